// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/reader/file/trace_file.h"
#include "app/reader/perf/perf_events.h"
#include "app/reader/perf/perf_index.h"
#include "app/reader/perf/perf_source.h"

namespace exitscope::reader {

// What one CPU recorded. The source, the events and the index outlive it.
class PerfStream : public FileStream {
public:
    // `threads`: what perf told of threads beside what the CPUs recorded; empty: another stream tells it.
    PerfStream(
        const PerfSource &source, const PerfEvents &events, const PerfIndex &index, std::size_t cpu, bool tellsThreads);

    bool next(FileStep &step) override;
    std::uint64_t bytesRead() const override { return m_bytesRead; }
    void tellFields(RawEvent &event) const override;

private:
    bool nextRecord(PerfBytes &record);
    // False: it tells nothing.
    bool read(PerfBytes record, FileStep &step);
    bool readSample(PerfBytes sample, FileStep &step);
    bool readThread(PerfBytes record, FileStep &step) const;
    bool isRepeated(const FileStep &event, std::uint64_t config, PerfBytes raw);

    const PerfEvents &m_events;
    const PerfCpu &m_cpu;
    const std::string &m_broken;
    PerfWindow m_window;
    RawReading m_reading;
    PerfExtents::Reader m_threads;
    PerfExtents::Reader m_extents;
    bool m_tellsThreads;
    PerfExtent m_extent; // what is left of the one that is read
    std::uint64_t m_bytesRead = 0;
    bool m_isLostTold = false;

    const TraceFormat *m_format = nullptr; // of the last event
    PerfBytes m_raw; // so too

    // The event before.
    struct Last {
        std::uint64_t config = 0;
        Ns timeNs = 0;
        std::int32_t tid = kNoThread;
        std::vector<std::byte> raw; // empty: there is none
    };
    Last m_last;
};

} // namespace exitscope::reader
