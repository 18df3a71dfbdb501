// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/reader/file/trace_formats.h"
#include "app/reader/perf/perf_source.h"
#include "model/record/record.h"

namespace exitscope::reader {

// Where the records of one event have what all of them have, by its sample_type. Offsets in bytes; 0: it is not there.
struct PerfLayout {
    // From the begin of a sample's header.
    std::uint16_t id = 0;
    std::uint16_t thread = 0; // process id, then thread id, of 32 bits each
    std::uint16_t time = 0;
    std::uint16_t cpu = 0;
    std::uint16_t fixed = 8; // the first byte behind what has always the same size
    // From the end of any other record, back.
    std::uint16_t idBack = 0;
    std::uint16_t timeBack = 0;
    std::uint16_t cpuBack = 0;
    std::uint16_t trailer = 0; // bytes of all of these
};

// One event as `perf record` opened it.
struct PerfEvent {
    std::uint64_t config = 0; // of a tracepoint: its number in the kernel
    std::uint64_t sampleType = 0;
    std::uint64_t readFormat = 0;
    bool isTracepoint = false;
    bool countsSoftware = false; // a tracepoint, or another event that the kernel makes itself
    bool isSampled = false; // not each time that it happens
    std::optional<std::int32_t> clockId; // none: perf's own clock
    PerfLayout layout;
    const TracePlan *plan = nullptr; // of a tracepoint whose format the file has
    const TraceFormat *format = nullptr; // so too
    std::uint32_t kinds = 0; // Richness bits
};

// What a record says of itself.
struct PerfStamp {
    std::uint64_t timeNs = 0; // 0: it was not recorded, but made up by perf, of what was there already
    std::int32_t cpu = kNoPcpu;
};

// The events of a file, and whose a record is.
class PerfEvents {
public:
    static constexpr std::int32_t kMaxCpu = 65535;

    // `attr`: a perf_event_attr of this or another version of the kernel. Throws ReadError.
    void add(PerfBytes attr, const std::vector<std::uint64_t> &ids);
    // After the last add().
    void findFormats(TraceFormats &formats);

    const std::vector<PerfEvent> &all() const { return m_events; }
    // `record` with its header; null: of an event that the file does not tell of. Throws ReadError where it is too
    // short.
    const PerfEvent *ofSample(PerfBytes record) const;
    PerfStamp sampleStamp(const PerfEvent &event, PerfBytes sample) const;
    // Of a record that is no sample; none where perf was told not to stamp them.
    std::optional<PerfStamp> stamp(PerfBytes record) const;
    std::optional<std::uint64_t> id(PerfBytes record) const; // so too
    // Bytes at its end that are its stamp.
    std::size_t trailer(PerfBytes record) const;
    const PerfEvent *find(std::uint64_t id) const;

private:
    const PerfEvent *ofOther(PerfBytes record) const;

    std::vector<PerfEvent> m_events;
    bool m_areAllStamped = true;
    std::unordered_map<std::uint64_t, std::uint32_t> m_places; // in m_events, by id
};

// What tracepoints add, behind what `layout` tells of. Throws ReadError where the sample is too short for it.
PerfBytes rawOf(const PerfEvent &event, PerfBytes sample);

} // namespace exitscope::reader
