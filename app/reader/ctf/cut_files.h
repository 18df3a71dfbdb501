// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

// Files that end inside a packet, of which only what lies before is read. libbabeltrace2 reads a file up to the size
// that fstat() tells, and from 2.1 on looks for packets up to the size that stat() tells, so this program has an
// fstat() and a stat() of its own, which tell a smaller one. Thus no copy is needed.
namespace exitscope::reader {

// Finds the files of the directory that are cut: `.cut/NAME` is a link whose text is the number of bytes to read.
// True if there is any.
bool noteCuts(const std::string &directory);

// The bytes to read of a file with that size.
std::uint64_t bytesToRead(const std::string &path, std::uint64_t size);

// Whether the library has asked for the size of each file of the directory that is cut, and so heard of the cut.
bool knowsCuts(const std::string &directory);

} // namespace exitscope::reader
