// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// The words of CTF 1.8 metadata.
namespace exitscope::ctf {

inline constexpr std::size_t kLargestToken = 256 << 10; // bytes

struct TsdlToken {
    enum class Kind : std::uint8_t { End, Word, Keyword, Number, String, Sign };
    Kind kind = Kind::End;
    std::string_view text; // as written; of a String without its quotes
    std::uint64_t number = 0;
    std::uint32_t line = 1;

    bool isSign(std::string_view sign) const { return kind == Kind::Sign && text == sign; }
    bool isKeyword(std::string_view word) const { return kind == Kind::Keyword && text == word; }
    bool isName() const { return kind == Kind::Word || kind == Kind::Keyword; }
};

// Throws a CtfError; a line of 0 is none.
[[noreturn]] void failTsdl(std::uint32_t line, const std::string &what);
// For such an error: short, in quotes, printable.
std::string quotedTsdl(std::string_view text);

// Looks at one token at a time. A copy goes on on its own, which is how to look further ahead, or to come back.
class TsdlLexer {
public:
    explicit TsdlLexer(std::string_view text);

    const TsdlToken &token() const { return m_token; }
    std::uint32_t line() const { return m_token.line; }
    TsdlToken next() const; // the one behind token()
    void advance();

    bool skipSign(std::string_view sign); // if it is there
    bool skipKeyword(std::string_view word);
    void expectSign(std::string_view sign);
    std::string takeWord(const char *what); // an identifier, no keyword
    std::string takeString(); // of the String that token() is, with its escapes resolved

private:
    void skipSpace();
    void skipBlockComment();
    void readToken();
    void readName();
    void readNumber();
    void readString();
    void readSign();
    void take(TsdlToken::Kind kind, std::size_t bytes);
    std::string_view rest() const { return m_text.substr(m_at); }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::uint32_t m_line = 1;
    TsdlToken m_token;
};

} // namespace exitscope::ctf
