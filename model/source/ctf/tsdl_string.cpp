// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_string.h"

#include <charconv>

#include "model/source/ctf/tsdl_lexer.h"

namespace exitscope::ctf {

namespace {

constexpr std::string_view kSimple = "abfnrtv\\'\"?";
constexpr std::string_view kSimpleMeant = "\a\b\f\n\r\t\v\\'\"?";

// Three digits at most. Readers differ in what of more digits, or of a larger value, belongs to the character.
char takeCode(std::string_view &rest, int base, std::uint32_t line)
{
    unsigned code = 0;
    const std::string_view digits = rest.substr(0, 3);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, base);
    if (error != std::errc() || code > 0xff)
        failTsdl(line, "a character code that is not understood");
    rest.remove_prefix(static_cast<std::size_t>(end - digits.data()));
    return static_cast<char>(code);
}

// `rest` begins behind the backslash.
char takeEscape(std::string_view &rest, std::uint32_t line)
{
    const char c = rest.front();
    if (c >= '0' && c <= '7')
        return takeCode(rest, 8, line);
    rest.remove_prefix(1);
    if (c == 'x')
        return takeCode(rest, 16, line);
    const std::size_t at = kSimple.find(c);
    if (at == std::string_view::npos)
        failTsdl(line, "an escape that is not understood");
    return kSimpleMeant[at];
}

} // namespace

std::string unescapedTsdl(std::string_view written, std::uint32_t line)
{
    std::string text;
    text.reserve(written.size());
    while (!written.empty()) {
        char c = written.front();
        written.remove_prefix(1);
        if (c == '\\') {
            if (written.empty())
                failTsdl(line, "an escape that is not understood");
            c = takeEscape(written, line);
        }
        if (c == '\0')
            failTsdl(line, "a zero byte in a text");
        text += c;
    }
    return text;
}

} // namespace exitscope::ctf
