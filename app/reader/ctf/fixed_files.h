// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

// Files in which a packet's head says what cannot be. libbabeltrace2 reads files by mmap(), so this program has an
// mmap() of its own, which puts what is right in its place: in the memory of this process alone.
namespace exitscope::reader {

// Finds the files of the directory that are to be read so: `.fix/NAME` has a line for each place, "OFFSET HEXBYTES".
void noteFixes(const std::string &directory);

} // namespace exitscope::reader
