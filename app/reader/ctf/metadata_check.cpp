// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/metadata_check.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "app/reader/ctf/ctf_stream.h"

namespace exitscope::reader {

namespace {

// The header of a metadata packet, in the byte order of the tracer.
constexpr std::uint32_t kMagic = 0x75d11d57;
constexpr std::size_t kContentSizeAt = 24; // bits
constexpr std::size_t kPacketSizeAt = 28; // bits
constexpr std::size_t kHeaderBytes = 37;

struct Header {
    std::uint32_t magic = 0;
    std::uint64_t contentBytes = 0;
    std::uint64_t packetBytes = 0;
};

Header parse(const char (&bytes)[kHeaderBytes])
{
    const auto number = [&](std::size_t at) {
        std::uint32_t value = 0;
        std::memcpy(&value, bytes + at, sizeof value);
        return value;
    };
    const bool swapped = number(0) == __builtin_bswap32(kMagic);
    const auto ordered = [&](std::size_t at) { return swapped ? __builtin_bswap32(number(at)) : number(at); };
    return {ordered(0), ordered(kContentSizeAt) / 8, ordered(kPacketSizeAt) / 8};
}

// Looks at the text word by word, for what the library does not survive or tells in words of its own.
class Words {
public:
    void add(std::ifstream &file, std::uint64_t at, std::uint64_t bytes)
    {
        file.seekg(static_cast<std::streamoff>(at));
        std::vector<char> part(64 << 10);
        while (bytes > 0
            && file.read(part.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(bytes, part.size())))) {
            for (std::streamsize i = 0; i < file.gcount(); ++i)
                take(part[static_cast<std::size_t>(i)]);
            bytes -= static_cast<std::uint64_t>(file.gcount());
        }
    }

    // Fields of these names get a clock from the library where the trace has none.
    void judge() const
    {
        if (!m_hasClock && (m_hasMaps || !m_hasTimestamps))
            throw ReadError(
                "metadata: it declares no clock, so its events have no times; copy the metadata again if it "
                "is not whole, or record with a tracer that writes times, as LTTng and perf do");
    }

private:
    static constexpr std::uint64_t kLongest = 256 << 10; // the parser's time grows with the square of a word's length
    static constexpr std::uint64_t kMostElements = 1 << 20; // the library makes a field for each, of some 100 bytes
    static constexpr std::size_t kKept = 32; // of a word: longer than any number, and what is looked for

    enum class In : std::uint8_t { Code, Text, Escape, Slash, Comment, Star };

    static bool isOfWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

    void take(char c)
    {
        const bool wasCode = m_in == In::Code || m_in == In::Slash;
        m_in = behind(c);
        if (isOfWord(c)) {
            if (++m_length > kLongest)
                throw ReadError("metadata: it holds a word of more than " + std::to_string(kLongest)
                    + " bytes, as no tracer writes one");
            if (wasCode && m_length <= kKept)
                m_word += c;
            return;
        }
        if (m_length > 0 && wasCode)
            finishWord();
        m_length = 0;
        m_word.clear();
        if (m_in == In::Code && !std::isspace(static_cast<unsigned char>(c))) {
            m_hasClock = m_hasClock || (c == '{' && m_isBehindClock);
            m_isBehindClock = false;
            m_isBehindBracket = c == '[';
        }
    }

    In behind(char c) const
    {
        switch (m_in) {
        case In::Text:
            return c == '\\' ? In::Escape : c == '"' ? In::Code : In::Text;
        case In::Escape:
            return In::Text;
        case In::Comment:
            return c == '*' ? In::Star : In::Comment;
        case In::Star:
            return c == '/' ? In::Code : c == '*' ? In::Star : In::Comment;
        case In::Slash:
            if (c == '*')
                return In::Comment;
            break;
        case In::Code:
            break;
        }
        return c == '"' ? In::Text : c == '/' ? In::Slash : In::Code;
    }

    void finishWord()
    {
        m_isBehindClock = m_word == "clock";
        m_hasMaps = m_hasMaps || m_word == "map";
        m_hasTimestamps = m_hasTimestamps || m_word.starts_with("timestamp");
        if (std::exchange(m_isBehindBracket, false) && std::isdigit(static_cast<unsigned char>(m_word.front()))
            && std::strtoull(m_word.c_str(), nullptr, 0) > kMostElements)
            throw ReadError("metadata: it declares an array of " + m_word + " elements, as no tracer writes one");
    }

    In m_in = In::Code;
    std::uint64_t m_length = 0; // of the word
    std::string m_word; // its begin; not inside of texts and comments
    bool m_isBehindClock = false; // the word, and nothing else
    bool m_isBehindBracket = false;
    bool m_hasClock = false;
    bool m_hasMaps = false; // of fields to clocks
    bool m_hasTimestamps = false;
};

} // namespace

void checkMetadata(const std::string &path)
{
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file)
        throw ReadError(std::string("metadata: ") + std::strerror(errno));
    const auto size = static_cast<std::uint64_t>(file.tellg());
    if (size == 0)
        throw ReadError("metadata: the file is empty");
    Words words;
    std::uint64_t at = 0;
    while (at < size) {
        char bytes[kHeaderBytes] = {};
        file.seekg(static_cast<std::streamoff>(at));
        file.read(bytes, sizeof bytes);
        const Header header = parse(bytes);
        if (at == 0 && header.magic != kMagic) {
            words.add(file, 0, size); // plain text
            break;
        }
        if (size - at < kHeaderBytes || header.contentBytes > size - at)
            throw ReadError("metadata: the file ends inside a packet, at byte " + std::to_string(size));
        if (header.magic != kMagic || header.contentBytes < kHeaderBytes || header.packetBytes < header.contentBytes)
            throw ReadError("metadata: no packet where one should begin, at byte " + std::to_string(at));
        words.add(file, at + kHeaderBytes, header.contentBytes - kHeaderBytes);
        at += header.packetBytes;
    }
    words.judge();
}

} // namespace exitscope::reader
