// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/ctf2_json.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "model/source/ctf/trace_class.h"

namespace exitscope::ctf {

namespace {

using Numbers = std::vector<std::optional<std::uint64_t>>;

constexpr int kDeepest = 512; // below what QJsonDocument follows, far above what 64 levels of fields need

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

// The number of digits that `text` begins with.
std::size_t digits(std::string_view text)
{
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), isDigit) - text.begin());
}

struct NumberForm {
    bool isValid = false;
    bool isInteger = false;
};

NumberForm formOf(std::string_view number)
{
    const auto skip = [&](std::size_t count) { number.remove_prefix(count); };
    if (number.starts_with('-'))
        skip(1);
    const std::size_t whole = digits(number);
    if (whole == 0 || (whole > 1 && number[0] == '0'))
        return {};
    skip(whole);
    NumberForm form{true, number.empty()};
    if (number.starts_with('.')) {
        const std::size_t fraction = digits(number.substr(1));
        form.isValid = fraction > 0;
        skip(1 + fraction);
    }
    if (number.starts_with('e') || number.starts_with('E')) {
        skip(1);
        if (number.starts_with('+') || number.starts_with('-'))
            skip(1);
        const std::size_t exponent = digits(number);
        form.isValid = form.isValid && exponent > 0;
        skip(exponent);
    }
    form.isValid = form.isValid && number.empty();
    return form;
}

// Copies JSON, but each number that is no integer of 64 bits with a sign is replaced by its place in `unusual` and a
// half: no other number of the copy has a fraction then.
class NumberKeeper {
public:
    NumberKeeper(std::string_view text, std::size_t firstLine) : m_text(text), m_line(firstLine)
    {
        m_copy.reserve(text.size());
        while (m_at < m_text.size())
            step();
    }

    std::string m_copy;
    Numbers m_unusual;
    std::size_t m_properties = 0;

private:
    void step()
    {
        const char c = m_text[m_at];
        if (c == '"')
            copy(stringEnd());
        else if (c == '-' || isDigit(c))
            number();
        else
            mark(c);
    }

    void copy(std::size_t end)
    {
        m_copy.append(m_text, m_at, end - m_at);
        m_at = end;
    }

    std::size_t stringEnd() const
    {
        std::size_t end = m_at + 1;
        while (end < m_text.size() && m_text[end] != '"')
            end += m_text[end] == '\\' ? 2 : 1;
        return std::min(end + 1, m_text.size());
    }

    void number()
    {
        const std::size_t end = std::min(m_text.find_first_not_of("0123456789+-.eE", m_at), m_text.size());
        const std::string_view number = m_text.substr(m_at, end - m_at);
        const NumberForm form = formOf(number);
        if (!form.isValid)
            throw CtfError("line " + std::to_string(m_line) + " of the metadata has a malformed number");
        const char *last = number.data() + number.size();
        std::int64_t usual = 0;
        if (form.isInteger && std::from_chars(number.data(), last, usual).ec == std::errc{}) {
            copy(end);
            return;
        }
        std::uint64_t large = 0;
        const bool isExact
            = form.isInteger && number[0] != '-' && std::from_chars(number.data(), last, large).ec == std::errc{};
        m_copy += std::to_string(m_unusual.size()) + ".5";
        m_unusual.push_back(isExact ? std::optional(large) : std::nullopt);
        m_at = end;
    }

    // QJsonDocument reads numbers that JSON does not have, such as .5: none may be left over here.
    void mark(char c)
    {
        constexpr std::string_view kMarks = "{}[],: \t\r\nfalsetruenull";
        if (kMarks.find(c) == std::string_view::npos)
            throw CtfError("line " + std::to_string(m_line) + " of the metadata is no JSON");
        m_properties += c == ':';
        m_line += c == '\n';
        m_depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (m_depth > kDeepest)
            throw CtfError("line " + std::to_string(m_line) + " of the metadata nests too deeply");
        copy(m_at + 1);
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::size_t m_line;
    int m_depth = 0;
};

std::size_t propertiesIn(const QJsonValue &value)
{
    std::size_t count = 0;
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        count = static_cast<std::size_t>(object.size());
        for (auto it = object.begin(); it != object.end(); ++it)
            count += propertiesIn(it.value());
    } else if (value.isArray()) {
        for (const QJsonValue element : value.toArray())
            count += propertiesIn(element);
    }
    return count;
}

} // namespace

JsonText::JsonText(std::string_view text, std::size_t firstLine)
{
    NumberKeeper kept(text, firstLine);
    const QByteArray json = QByteArray::fromRawData(kept.m_copy.data(), static_cast<qsizetype>(kept.m_copy.size()));
    QJsonParseError fault;
    const QJsonDocument document = QJsonDocument::fromJson(json, &fault);
    if (fault.error != QJsonParseError::NoError) {
        const auto end = json.begin() + std::clamp<qsizetype>(fault.offset, 0, json.size());
        const auto line = firstLine + static_cast<std::size_t>(std::count(json.begin(), end, '\n'));
        throw CtfError("line " + std::to_string(line) + " of the metadata is no JSON, or cut");
    }
    if (!document.isObject())
        throw CtfError("it is no object");
    m_object = document.object();
    m_unusualNumbers = std::move(kept.m_unusual);
    if (propertiesIn(m_object) != kept.m_properties)
        throw CtfError("a property is written twice");
}

std::optional<JsonInteger> JsonText::integer(const QJsonValue &value) const
{
    if (!value.isDouble())
        return std::nullopt;
    const double number = value.toDouble(); // rounded, if it is a large integer
    if (std::floor(number) == number) {
        const qint64 usual = value.toInteger();
        return JsonInteger{usual < 0, static_cast<std::uint64_t>(usual)};
    }
    const auto place = static_cast<std::size_t>(number);
    const auto large = place < m_unusualNumbers.size() ? m_unusualNumbers[place] : std::nullopt;
    return large ? std::optional(JsonInteger{false, *large}) : std::nullopt;
}

std::string inQuotes(std::string_view text)
{
    constexpr std::size_t kLongest = 60;
    std::size_t length = std::min(text.size(), kLongest);
    while (length < text.size() && length > 0 && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
        --length; // no half of a character
    std::string result = "\"";
    for (const char c : text.substr(0, length))
        result += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? '?' : c;
    return result + (length < text.size() ? "…\"" : "\"");
}

} // namespace exitscope::ctf
