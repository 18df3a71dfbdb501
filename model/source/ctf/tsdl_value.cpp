// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_value.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace exitscope::ctf {

namespace {

constexpr std::size_t kLongestPath = 64;
constexpr std::uint64_t kLargestTsdlAlignment = 1 << 20;
constexpr std::string_view kHexDigits = "0123456789abcdef";

constexpr std::array<std::string_view, 6> kCharacterEncodings{"UTF8", "utf8", "utf-8", "UTF-8", "ASCII", "ascii"};

TsdlValue takeNumber(TsdlLexer &lexer)
{
    TsdlValue value;
    value.line = lexer.line();
    value.isNegative = lexer.skipSign("-");
    if (!value.isNegative)
        lexer.skipSign("+");
    const TsdlToken &token = lexer.token();
    if (token.kind != TsdlToken::Kind::Number)
        failTsdl(token.line, "a value is missing");
    value.number = token.number;
    if (value.isNegative) {
        if (value.number > std::uint64_t{1} << 63)
            failTsdl(token.line, "a number is too small");
        value.number = 0 - value.number;
    }
    lexer.advance();
    return value;
}

int hexDigit(char c)
{
    const char lower = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    const std::size_t at = kHexDigits.find(lower);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

bool isDashOfUuid(std::size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

} // namespace

std::string TsdlValue::text() const
{
    if (kind == Kind::Number)
        failTsdl(line, "a number where a text belongs");
    std::string joined = path.front();
    for (std::size_t part = 1; part < path.size(); ++part)
        joined += "." + path[part];
    return joined;
}

std::uint64_t TsdlValue::count() const
{
    if (kind != Kind::Number || isNegative)
        failTsdl(line, "a value is no number of 0 or more");
    return number;
}

std::int64_t TsdlValue::integer() const
{
    if (kind != Kind::Number || (!isNegative && number > std::numeric_limits<std::int64_t>::max()))
        failTsdl(line, "a value is no number of 64 bits with a sign");
    return static_cast<std::int64_t>(number);
}

bool TsdlValue::truth() const
{
    if (kind == Kind::Number)
        return number != 0;
    const std::string word = text();
    if (word == "true" || word == "TRUE")
        return true;
    if (word != "false" && word != "FALSE")
        failTsdl(line, quotedTsdl(word) + " is neither true nor false");
    return false;
}

TsdlValue takeTsdlValue(TsdlLexer &lexer)
{
    const TsdlToken &token = lexer.token();
    if (!token.isName() && token.kind != TsdlToken::Kind::String)
        return takeNumber(lexer);
    TsdlValue value;
    value.line = token.line;
    if (token.isName()) {
        value.kind = TsdlValue::Kind::Path;
        value.path = takeTsdlPath(lexer);
    } else {
        value.kind = TsdlValue::Kind::Text;
        value.path.push_back(lexer.takeString());
    }
    return value;
}

std::vector<std::string> takeTsdlPath(TsdlLexer &lexer)
{
    std::vector<std::string> path;
    do {
        if (!lexer.token().isName() || path.size() == kLongestPath)
            failTsdl(lexer.line(), "a name is missing, or has too many parts");
        path.emplace_back(lexer.token().text);
        lexer.advance();
    } while (lexer.skipSign("."));
    return path;
}

ByteOrder tsdlByteOrder(const TsdlValue &value, std::optional<ByteOrder> native)
{
    const std::string order = value.text();
    if (order == "le")
        return ByteOrder::Little;
    if (order == "be" || order == "network")
        return ByteOrder::Big;
    if (order != "native" || !native)
        failTsdl(value.line, quotedTsdl(order) + " is no byte order here");
    return *native;
}

bool tsdlIsCharacter(const TsdlValue &encoding)
{
    const std::string name = encoding.text();
    if (std::find(kCharacterEncodings.begin(), kCharacterEncodings.end(), name) != kCharacterEncodings.end())
        return true;
    if (name != "none")
        failTsdl(encoding.line, "the encoding " + quotedTsdl(name) + " is not known");
    return false;
}

unsigned tsdlAlignment(const TsdlValue &value)
{
    const std::uint64_t bits = value.count();
    if (!std::has_single_bit(bits) || bits > kLargestTsdlAlignment)
        failTsdl(value.line, "an alignment is no power of two, or too large");
    return static_cast<unsigned>(bits);
}

TsdlUuid tsdlUuid(const TsdlValue &value)
{
    const std::string text = value.text();
    TsdlUuid uuid{};
    std::size_t digits = 0;
    bool isRight = text.size() == 36;
    for (std::size_t at = 0; isRight && at < text.size(); ++at) {
        if (isDashOfUuid(at)) {
            isRight = text[at] == '-';
            continue;
        }
        const int digit = hexDigit(text[at]);
        isRight = digit >= 0;
        std::uint8_t &byte = uuid[digits++ / 2];
        byte = static_cast<std::uint8_t>((byte << 4) | (digit & 0xf));
    }
    if (!isRight)
        failTsdl(value.line, quotedTsdl(text) + " is no UUID");
    return uuid;
}

void TsdlAttributes::once(const std::string &name, std::uint32_t line)
{
    if (!m_seen.insert(name).second)
        failTsdl(line, quotedTsdl(name) + " is given twice");
}

void takeTsdlValues(TsdlLexer &lexer, TsdlAttributes &attributes,
    const std::function<bool(const std::string &, const TsdlValue &)> &known)
{
    lexer.expectSign("{");
    while (!lexer.skipSign("}")) {
        const std::uint32_t line = lexer.line();
        const std::string name = takeTsdlValue(lexer).text();
        lexer.expectSign("=");
        if (known(name, takeTsdlValue(lexer)))
            attributes.once(name, line);
        lexer.expectSign(";");
    }
}

} // namespace exitscope::ctf
