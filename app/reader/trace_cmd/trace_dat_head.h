// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/reader/file/file_bytes.h"
#include "app/reader/file/packed_block.h"
#include "app/reader/file/trace_formats.h"
#include "model/record/description.h"
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
    Packing packing = Packing::None; // of the events and of parts of the head
    std::uint32_t longBytes = 8; // of the kernel
    std::uint32_t pageBytes = 0;
    std::string clock; // "mono"; empty: the file does not say
    std::optional<TscScale> tsc;
    std::int64_t addNs = 0; // to each time, as who recorded it asked for
    std::string threadNames; // the kernel's saved_cmdlines: "TID NAME", one a line
    std::vector<DatCpu> cpus;
    std::vector<std::string> otherBuffers; // those of trace-cmd record -B
    std::vector<wire::GuestThread> guestThreads; // of trace-cmd record -A: which thread is which vCPU
    std::vector<wire::HostShift> hostShifts; // so too, of a guest; in counts of the clock that was recorded with
    bool shiftsInterpolate = false;
};

// Versions 6 and 7; what they hold of formats goes to `formats`. Throws ReadError.
DatHead readDatHead(const FileBytes &file, TraceFormats &formats);

// The text of its kallsyms; empty if it has none. Throws ReadError.
std::string readDatKallsyms(const FileBytes &file);

bool isTraceDat(const std::string &firstBytes);

} // namespace exitscope::reader
