// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_lexer.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "model/source/ctf/trace_class.h"
#include "model/source/ctf/tsdl_string.h"

namespace exitscope::ctf {

namespace {

constexpr std::array<std::string_view, 28> kKeywords{"_Bool", "_Complex", "_Imaginary", "align", "callsite", "char",
    "clock", "const", "double", "enum", "env", "event", "float", "floating_point", "int", "integer", "long", "short",
    "signed", "stream", "string", "struct", "trace", "typealias", "typedef", "unsigned", "variant", "void"};

constexpr std::array<std::string_view, 19> kNumberSuffixes{"", "U", "UL", "ULL", "LU", "LLU", "Ul", "Ull", "lU", "llU",
    "u", "uL", "uLL", "Lu", "LLu", "ul", "ull", "lu", "llu"};

// The longer ones first: none of them begins with one before it.
constexpr std::array<std::string_view, 19> kSigns{
    "...", "->", ":=", "[", "]", "(", ")", "{", "}", "*", "+", "-", "<", ">", ":", ";", ".", ",", "="};

enum ByteUse : std::uint8_t { Space = 1, Digit = 2, Name = 4 };
constexpr auto kByteUses = [] {
    std::array<std::uint8_t, 256> uses{};
    for (const char c : {' ', '\t', '\r', '\n'})
        uses[static_cast<unsigned char>(c)] = Space;
    for (unsigned c = '0'; c <= '9'; ++c)
        uses[c] = Digit | Name;
    for (unsigned c = 'a'; c <= 'z'; ++c)
        uses[c] = uses[c - 'a' + 'A'] = Name;
    uses['_'] = Name;
    return uses;
}();

bool isOf(ByteUse use, char c)
{
    return (kByteUses[static_cast<unsigned char>(c)] & use) != 0;
}

bool isNameByte(char c)
{
    return isOf(Name, c);
}

// Most names are of fields, which begin with an underscore.
bool isKeyword(std::string_view name)
{
    const bool isOfField = name.size() > 1 && name[0] == '_' && name[1] >= 'a';
    return !isOfField && std::binary_search(kKeywords.begin(), kKeywords.end(), name);
}

std::size_t nameBytes(std::string_view text)
{
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), isNameByte) - text.begin());
}

int baseOf(std::string_view &digits)
{
    if (digits.starts_with("0x") || digits.starts_with("0X")) {
        digits.remove_prefix(2);
        return 16;
    }
    return digits.starts_with('0') ? 8 : 10;
}

} // namespace

void failTsdl(std::uint32_t line, const std::string &what)
{
    throw CtfError(line == 0 ? "metadata: " + what : "metadata, line " + std::to_string(line) + ": " + what);
}

std::string quotedTsdl(std::string_view text)
{
    constexpr std::size_t kShown = 60;
    std::string shown = "\"";
    for (const char c : text.substr(0, kShown))
        shown += c >= ' ' && c <= '~' ? c : '?';
    return shown + (text.size() > kShown ? "…\"" : "\"");
}

TsdlLexer::TsdlLexer(std::string_view text) : m_text(text)
{
    advance();
}

void TsdlLexer::advance()
{
    skipSpace();
    m_token = {};
    m_token.line = m_line;
    if (!rest().empty())
        readToken();
}

TsdlToken TsdlLexer::next() const
{
    TsdlLexer ahead(*this);
    ahead.advance();
    return ahead.m_token;
}

bool TsdlLexer::skipSign(std::string_view sign)
{
    const bool found = m_token.isSign(sign);
    if (found)
        advance();
    return found;
}

bool TsdlLexer::skipKeyword(std::string_view word)
{
    const bool found = m_token.isKeyword(word);
    if (found)
        advance();
    return found;
}

void TsdlLexer::expectSign(std::string_view sign)
{
    if (!skipSign(sign))
        failTsdl(m_token.line, quotedTsdl(sign) + " is missing");
}

std::string TsdlLexer::takeWord(const char *what)
{
    if (m_token.kind != TsdlToken::Kind::Word)
        failTsdl(m_token.line, std::string("no name of ") + what);
    std::string word(m_token.text);
    advance();
    return word;
}

std::string TsdlLexer::takeString()
{
    std::string text = unescapedTsdl(m_token.text, m_token.line);
    advance();
    return text;
}

void TsdlLexer::skipSpace()
{
    while (!rest().empty()) {
        if (isOf(Space, m_text[m_at])) {
            m_line += m_text[m_at] == '\n';
            ++m_at;
        } else if (m_text[m_at] == '/' && rest().starts_with("/*")) {
            skipBlockComment();
        } else if (m_text[m_at] == '/' && rest().starts_with("//")) {
            m_at = std::min(m_text.find('\n', m_at), m_text.size());
        } else {
            return;
        }
    }
}

void TsdlLexer::skipBlockComment()
{
    const std::size_t end = m_text.find("*/", m_at + 2);
    if (end == std::string_view::npos)
        failTsdl(m_line, "a comment does not end");
    const std::string_view comment = m_text.substr(m_at, end - m_at);
    m_line += static_cast<std::uint32_t>(std::count(comment.begin(), comment.end(), '\n'));
    m_at = end + 2;
}

void TsdlLexer::readToken()
{
    const char c = m_text[m_at];
    if (isOf(Digit, c))
        readNumber();
    else if (c == '"' || c == '\'')
        readString();
    else if (isNameByte(c))
        readName();
    else
        readSign();
}

void TsdlLexer::take(TsdlToken::Kind kind, std::size_t bytes)
{
    if (bytes > kLargestToken)
        failTsdl(m_line, "a word is too long");
    m_token.kind = kind;
    m_token.text = m_text.substr(m_at, bytes);
    m_at += bytes;
}

void TsdlLexer::readName()
{
    take(TsdlToken::Kind::Word, nameBytes(rest()));
    // Behind the L of wide characters, which nothing writes, is no other word.
    if (m_token.text == "L" && (rest().starts_with('"') || rest().starts_with('\'')))
        failTsdl(m_line, "a text of wide characters");
    if (isKeyword(m_token.text))
        m_token.kind = TsdlToken::Kind::Keyword;
}

void TsdlLexer::readNumber()
{
    take(TsdlToken::Kind::Number, nameBytes(rest()));
    std::string_view digits = m_token.text;
    const int base = baseOf(digits);
    const char *const end = digits.data() + digits.size();
    const auto [behind, error] = std::from_chars(digits.data(), end, m_token.number, base);
    const std::string_view suffix = m_token.text.substr(static_cast<std::size_t>(behind - m_token.text.data()));
    if (error != std::errc()
        || std::find(kNumberSuffixes.begin(), kNumberSuffixes.end(), suffix) == kNumberSuffixes.end())
        failTsdl(m_line, quotedTsdl(m_token.text) + " is no number");
}

void TsdlLexer::readString()
{
    const char quote = m_text[m_at];
    std::size_t end = m_at + 1;
    while (end < m_text.size() && m_text[end] != quote)
        end += m_text[end] == '\\' ? 2 : 1;
    if (end >= m_text.size())
        failTsdl(m_line, "a text does not end");
    const std::uint32_t line = m_line;
    ++m_at;
    take(TsdlToken::Kind::String, end - m_at);
    m_token.line = line;
    m_line += static_cast<std::uint32_t>(std::count(m_token.text.begin(), m_token.text.end(), '\n'));
    ++m_at;
}

void TsdlLexer::readSign()
{
    const auto *sign = std::find_if(kSigns.begin(), kSigns.end(),
        [this](std::string_view each) { return each.front() == m_text[m_at] && rest().starts_with(each); });
    if (sign == kSigns.end())
        failTsdl(m_line, "a byte that no metadata has there");
    take(TsdlToken::Kind::Sign, sign->size());
}

} // namespace exitscope::ctf
