// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/record/raw_event.h"

#include <cctype>
#include <cstdio>
#include <cstring>

namespace exitscope {

namespace {

// What begins in RawFields: a part, by its mark and this, or a field, whose name and value follow, each up to a zero.
constexpr char kPart = '0'; // '0' to '3'
constexpr char kValue = 'v';
constexpr char kText = 't';

bool isPart(char mark)
{
    return mark >= kPart && mark < kPart + kRawParts;
}

std::string_view upToZero(std::string_view text)
{
    return text.substr(0, text.find('\0'));
}

std::string escaped(char c)
{
    constexpr std::string_view kQuoted = "\\'\"?";
    constexpr std::string_view kNamed = "\a\b\x1b\f\n\r\t\v";
    constexpr std::string_view kNames = "abefnrtv";
    if (kQuoted.find(c) != std::string_view::npos)
        return {'\\', c};
    if (const auto named = kNamed.find(c); named != std::string_view::npos)
        return {'\\', kNames[named]};
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f)
        return {c};
    char hex[8];
    std::snprintf(hex, sizeof hex, "\\x%02x", byte);
    return hex;
}

} // namespace

void RawFields::begin(RawPart part)
{
    m_bytes += static_cast<char>(kPart + static_cast<char>(part));
}

void RawFields::add(std::string_view name, std::string_view value, bool isText)
{
    m_bytes += isText ? kText : kValue;
    m_bytes += upToZero(name);
    m_bytes += '\0';
    m_bytes += upToZero(value);
    m_bytes += '\0';
}

std::vector<RawPart> RawFields::parts() const
{
    std::vector<RawPart> parts;
    for (std::size_t at = 0; at < m_bytes.size();) {
        if (isPart(m_bytes[at])) {
            parts.push_back(static_cast<RawPart>(m_bytes[at++] - kPart));
            continue;
        }
        at = m_bytes.find('\0', at) + 1;
        at = m_bytes.find('\0', at) + 1;
    }
    return parts;
}

std::vector<RawField> RawFields::fields() const
{
    std::vector<RawField> fields;
    RawField field;
    const std::string_view bytes = m_bytes;
    for (std::size_t at = 0; at < bytes.size();) {
        const char mark = bytes[at++];
        if (isPart(mark)) {
            field.part = static_cast<RawPart>(mark - kPart);
            continue;
        }
        field.isText = mark == kText;
        field.name = upToZero(bytes.substr(at));
        at += field.name.size() + 1;
        field.value = upToZero(bytes.substr(at));
        at += field.value.size() + 1;
        fields.push_back(field);
    }
    return fields;
}

std::optional<RawFields> RawFields::ofBytes(std::string bytes)
{
    if (!bytes.empty() && !isPart(bytes.front()))
        return std::nullopt;
    for (std::size_t at = 0; at < bytes.size();) {
        const char mark = bytes[at++];
        if (isPart(mark))
            continue;
        if (mark != kValue && mark != kText)
            return std::nullopt;
        for (int text = 0; text < 2; ++text) {
            const std::size_t end = bytes.find('\0', at);
            if (end == std::string::npos)
                return std::nullopt;
            at = end + 1;
        }
    }
    RawFields fields;
    fields.m_bytes = std::move(bytes);
    return fields;
}

std::string quotedText(std::string_view text)
{
    std::string quoted = "\"";
    for (const char c : text)
        quoted += escaped(c);
    return quoted += '"';
}

std::string fieldsText(const RawFields &fields)
{
    std::string text;
    const std::vector<RawField> all = fields.fields();
    auto next = all.begin();
    for (const RawPart part : fields.parts()) {
        text += text.empty() ? "{" : ", {";
        for (bool isFirst = true; next != all.end() && next->part == part; ++next, isFirst = false) {
            text += isFirst ? " " : ", ";
            text += next->name;
            text += " = ";
            text += next->isText ? quotedText(next->value) : next->value;
        }
        text += " }";
    }
    return text;
}

} // namespace exitscope
