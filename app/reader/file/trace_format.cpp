// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/file/trace_format.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace exitscope::reader {

namespace {

using Type = TraceSlot::Type;

std::string_view trimmed(std::string_view text)
{
    const std::size_t begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? std::string_view()
                                           : text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

bool take(std::string_view &text, std::string_view begin)
{
    if (!text.starts_with(begin))
        return false;
    text.remove_prefix(begin.size());
    return true;
}

std::string_view takeUpTo(std::string_view &text, char end)
{
    const std::string_view part = text.substr(0, text.find(end));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    return part;
}

std::optional<std::uint32_t> number(std::string_view text)
{
    std::uint32_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
    return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// "char comm[16]", "__data_loc char[] name", "unsigned long guest_rip"
struct Declaration {
    std::string_view type;
    std::string_view name;
    std::uint32_t elements = 0; // of an array
    bool isArray = false;
    bool isDynamic = false;
    bool isRelative = false;
};

Declaration declarationOf(std::string_view text)
{
    Declaration declared;
    declared.isRelative = take(text, "__rel_loc ");
    declared.isDynamic = declared.isRelative || take(text, "__data_loc ");
    const std::size_t bracket = text.find('[');
    declared.isArray = bracket != std::string_view::npos;
    if (declared.isArray && !declared.isDynamic)
        declared.elements = number(text.substr(bracket + 1, text.find(']', bracket) - bracket - 1)).value_or(0);
    text = trimmed(declared.isArray && !declared.isDynamic ? text.substr(0, bracket) : text);
    const std::size_t before = text.find_last_of(" \t*]");
    declared.name = text.substr(before + 1); // npos + 1 = 0
    declared.type = text.substr(0, text.size() - declared.name.size());
    return declared;
}

bool holdsCharacters(const Declaration &declared)
{
    const auto names = [&](std::string_view part) { return declared.type.find(part) != std::string_view::npos; };
    return declared.isArray && (names("char") || names("u8") || names("s8"));
}

TraceShape shapeOf(const Declaration &declared, bool isSigned)
{
    TraceShape shape;
    shape.isSigned = isSigned;
    shape.isAddress = !declared.isArray && !isSigned
        && (declared.type.find('*') != std::string_view::npos || declared.type.find("long") != std::string_view::npos);
    shape.isCharacters = holdsCharacters(declared);
    shape.elements = declared.elements;
    if (declared.isDynamic)
        shape.place = declared.isRelative ? TraceShape::Place::Behind : TraceShape::Place::At;
    return shape;
}

Type typeOf(const Declaration &declared, std::uint32_t size, bool isSigned)
{
    const bool isText = holdsCharacters(declared);
    if (declared.isDynamic) {
        if (!isText || size != kTextLocationBytes)
            return Type::None;
        return declared.isRelative ? Type::TextBehind : Type::TextAt;
    }
    if (isText)
        return Type::Text;
    if (declared.isArray || (size != 1 && size != 2 && size != 4 && size != 8))
        return Type::None;
    return isSigned ? Type::Signed : Type::Unsigned;
}

// "field:DECLARATION; offset:N; size:N; signed:N;", the last one not in old kernels
std::optional<TraceField> fieldOf(std::string_view line)
{
    if (!take(line, "field:"))
        return std::nullopt;
    const Declaration declared = declarationOf(trimmed(takeUpTo(line, ';')));
    const auto value = [&line](std::string_view label) -> std::optional<std::uint32_t> {
        std::string_view part = trimmed(takeUpTo(line, ';'));
        return take(part, label) ? number(part) : std::nullopt;
    };
    const std::optional<std::uint32_t> offset = value("offset:");
    const std::optional<std::uint32_t> size = value("size:");
    if (!offset || !size || declared.name.empty())
        return std::nullopt;
    const bool isSigned = value("signed:").value_or(0) != 0;
    return TraceField{
        std::string(declared.name), {typeOf(declared, *size, isSigned), *offset, *size}, shapeOf(declared, isSigned)};
}

} // namespace

std::optional<TraceFormat> parseTraceFormat(const std::string &system, std::string_view text)
{
    std::string_view name = takeUpTo(text, '\n');
    std::string_view id = takeUpTo(text, '\n');
    if (!take(name, "name: ") || name.empty() || !take(id, "ID: ") || takeUpTo(text, '\n') != "format:")
        return std::nullopt;
    TraceFormat format;
    format.name = system + ':' + std::string(name);
    if (const std::optional<std::uint32_t> value = number(trimmed(id)))
        format.id = *value;
    else
        return std::nullopt;
    bool isCommon = true;
    while (!text.empty()) {
        const std::string_view line = trimmed(takeUpTo(text, '\n'));
        if (line.starts_with("print fmt:"))
            break;
        if (line.empty()) { // once behind the common ones, and once behind all
            isCommon = false;
            continue;
        }
        std::optional<TraceField> field = fieldOf(line);
        if (!field)
            return std::nullopt;
        (isCommon ? format.common : format.fields).push_back(std::move(*field));
    }
    return format;
}

TraceSlot findSlot(const std::vector<TraceField> &fields, std::string_view name)
{
    const auto found
        = std::find_if(fields.begin(), fields.end(), [name](const TraceField &field) { return field.name == name; });
    return found != fields.end() ? found->slot : TraceSlot{};
}

} // namespace exitscope::reader
