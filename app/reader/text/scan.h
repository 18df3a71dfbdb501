// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

// Words and numbers of a line.
namespace exitscope::reader::scan {

inline constexpr std::size_t kNone = std::string_view::npos; // what is looked for is not there

constexpr bool isBlank(char c)
{
    return c == ' ' || c == '\t';
}
constexpr bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

constexpr std::string_view trimLeft(std::string_view text)
{
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    return text;
}
constexpr std::string_view trim(std::string_view text)
{
    text = trimLeft(text);
    while (!text.empty() && isBlank(text.back()))
        text.remove_suffix(1);
    return text;
}

constexpr bool areDigits(std::string_view text)
{
    for (const char c : text)
        if (!isDigit(c))
            return false;
    return !text.empty();
}

// All of the text, 64 bits at most.
inline std::optional<std::uint64_t> digits(std::string_view text, int base = 10)
{
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size())
        return std::nullopt;
    return value;
}

// So too, with "0x" or without.
inline std::optional<std::int64_t> hex(std::string_view text)
{
    if (text.starts_with("0x"))
        text.remove_prefix(2);
    const auto value = digits(text, 16);
    return value ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

// Decimal, perhaps negative; hexadecimal behind "0x". What is unsigned comes as the bits that it has.
inline std::optional<std::int64_t> number(std::string_view text)
{
    if (text.starts_with("0x"))
        return hex(text);
    const bool isNegative = text.starts_with('-');
    const auto value = digits(text.substr(isNegative ? 1 : 0));
    if (!value || (isNegative && *value > std::uint64_t{1} << 63))
        return std::nullopt;
    return static_cast<std::int64_t>(isNegative ? 0 - *value : *value);
}

// Up to the next blank, comma or bracket.
constexpr std::string_view word(std::string_view text)
{
    return text.substr(0, text.find_first_of(" \t,[]()"));
}

// The word behind the first `key` that begins one; without data if there is none.
constexpr std::string_view wordAfter(std::string_view text, std::string_view key)
{
    for (std::size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1))
        if (at == 0 || isBlank(text[at - 1]) || text[at - 1] == '(')
            return word(trimLeft(text.substr(at + key.size())));
    return {};
}

} // namespace exitscope::reader::scan
