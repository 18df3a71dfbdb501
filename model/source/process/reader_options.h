// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>

namespace exitscope {

// What reads streams.
enum class SourceChoice : std::uint8_t {
    Any, // the native decoder, and exitscope-reader for what that does not understand
    Native, // nothing else
    Reader,
};

// How streams are read, and how exitscope-reader processes are run.
struct ReaderOptions {
    SourceChoice source = SourceChoice::Any;
    QString readerProgram; // exitscope-reader; empty: the one beside the running program
    int hangTimeoutMs = 10'000; // a reader that makes no progress for so long is ended
    int maxReaders = 32; // processes that work at one time; above that one serves several streams
    std::uint64_t readerMemoryBytes = 1ull << 30; // address space of one reader
};

} // namespace exitscope
