// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

// Bytes of any origin for the native decoder. It may refuse them with CtfError; any other exception, and whatever
// breaks a promise of require(), ends the program.
namespace exitscope::fuzz {

using Bytes = std::span<const std::uint8_t>;

// A file `metadata`: what all streams that it declares are compiled to, and described as. Returns how many the decoder
// reads.
std::size_t readMetadata(Bytes bytes);

// Files of one stream, read to their end in each way in which streams are read. Returns how many events they hold; none
// if they are refused. The first byte chooses the metadata: its rest by 6 is the place among metadataNames(), or 5,
// where the text is part of the input: two bytes, little endian, tell how long it is, and it follows. From 128 on there
// are two files: two more bytes tell how long the first one is. Behind that the files follow.
std::uint64_t readPackets(Bytes bytes);

inline constexpr std::uint8_t kOwnMetadata = 5;
inline constexpr std::uint8_t kTwoFiles = 128;
std::span<const char *const> metadataNames(); // files in tests/fuzz/metadata

// In a directory that is gone at the end of the program: the path of the file that holds these bytes, until the next
// one of that name is written.
std::string writeInput(const char *name, Bytes bytes);
std::string inputDirectory();

inline Bytes bytesOf(std::string_view text)
{
    return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

// Ends the program unless it is so, with what was promised.
void require(bool isSo, const char *promise);

} // namespace exitscope::fuzz
