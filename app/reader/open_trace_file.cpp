// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/open_trace_file.h"

#include <algorithm>

#include "app/reader/file/byte_cursor.h"
#include "app/reader/perf/perf_data.h"
#include "app/reader/perf/perf_head.h"
#include "app/reader/text/text_trace.h"
#include "app/reader/trace_cmd/trace_dat.h"
#include "app/reader/trace_cmd/trace_dat_head.h"

namespace exitscope::reader {

std::unique_ptr<TraceFile> openTraceFile(const std::string &path, const Alive &alive)
{
    constexpr std::uint64_t enough = 64 << 10; // bytes, to know any of them
    std::string begin;
    {
        const FileBytes file(path);
        begin = ByteCursor(file, 0, false).bytes(std::min(enough, file.size()));
    }
    if (isTraceDat(begin))
        return openTraceDat(path, alive);
    if (isPerfData(begin))
        return std::make_unique<PerfData>(path, alive);
    if (TextTrace::recognizes(begin))
        return std::make_unique<TextTrace>(path, alive);
    throw ReadError(
        "it is no trace that can be read: neither trace.dat of trace-cmd, nor perf.data, nor text of these");
}

std::string kallsymsOf(const std::string &path)
{
    const FileBytes file(path);
    constexpr std::uint64_t enough = 64; // bytes
    if (!isTraceDat(ByteCursor(file, 0, false).bytes(std::min(enough, file.size()))))
        throw ReadError("it is no trace.dat of trace-cmd, and holds no symbols");
    return readDatKallsyms(file);
}

} // namespace exitscope::reader
