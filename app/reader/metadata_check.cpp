// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/metadata_check.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "app/reader/ctf_stream.h"

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

// The parser's time grows with the square of a word's length.
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

private:
    static constexpr std::uint64_t kLongest = 256 << 10;

    void take(char c)
    {
        m_length = std::isalnum(static_cast<unsigned char>(c)) || c == '_' ? m_length + 1 : 0;
        if (m_length > kLongest) {
            throw ReadError("metadata: it holds a word of more than " + std::to_string(kLongest)
                + " bytes, as no tracer writes one");
        }
    }

    std::uint64_t m_length = 0;
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
            words.add(file, 0, size);
            return; // plain text
        }
        if (size - at < kHeaderBytes || header.contentBytes > size - at)
            throw ReadError("metadata: the file ends inside a packet, at byte " + std::to_string(size));
        if (header.magic != kMagic || header.contentBytes < kHeaderBytes || header.packetBytes < header.contentBytes)
            throw ReadError("metadata: no packet where one should begin, at byte " + std::to_string(at));
        words.add(file, at + kHeaderBytes, header.contentBytes - kHeaderBytes);
        at += header.packetBytes;
    }
}

} // namespace exitscope::reader
