// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/reader/file_bytes.h"
#include "app/reader/trace_formats.h"
#include "model/record/record.h"

namespace exitscope::reader {

// Where a trace.dat has the ring buffer of one CPU.
struct DatCpu {
    std::int32_t number = kNoPcpu;
    std::uint64_t offset = 0; // in the file
    std::uint64_t bytes = 0; // there
};

// How counts of a CPU's time stamp counter become nanoseconds.
struct TscScale {
    std::uint32_t factor = 0;
    std::uint32_t shift = 0; // bits, at most 32
};

// What a trace.dat says before its events; of its top-level buffer.
struct DatHead {
    bool isBigEndian = false;
    bool isCompressed = false; // by zstd
    std::uint32_t longBytes = 8; // of the kernel
    std::uint32_t pageBytes = 0;
    std::string clock; // "mono"; empty: the file does not say
    std::optional<TscScale> tsc;
    std::int64_t addNs = 0; // to each time, as who recorded it asked for
    std::string hostname;
    std::string threadNames; // the kernel's saved_cmdlines: "TID NAME", one a line
    std::vector<DatCpu> cpus;
    // Those of trace-cmd record -B: they are not read, which nobody tells where the top-level one has events, too.
    std::vector<std::string> otherBuffers;
};

// Versions 6 and 7; what they hold of formats goes to `formats`. Throws ReadError.
DatHead readDatHead(const FileBytes &file, TraceFormats &formats);

bool isTraceDat(const std::string &firstBytes);

} // namespace exitscope::reader
