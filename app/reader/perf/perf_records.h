// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "app/reader/perf/perf_source.h"

namespace exitscope::reader {

struct PerfRecord {
    std::uint64_t offset = 0; // in its source
    std::uint32_t type = 0;
    std::uint16_t misc = 0;
    PerfBytes bytes; // with its header, valid until the next one
    std::uint64_t behind = 0; // bytes of the file that follow it and are no records, but what it tells of
};

// Goes through the records of a part of a file once, in their order; those that are compressed are expanded to the
// source, and given in their place.
class PerfRecords {
public:
    PerfRecords(PerfSource &source, std::uint64_t begin, std::uint64_t end);
    ~PerfRecords();
    PerfRecords(const PerfRecords &) = delete;
    PerfRecords &operator=(const PerfRecords &) = delete;

    // False at the end. Throws ReadError where what follows cannot be read.
    bool next(PerfRecord &record);

private:
    class Expander;

    bool nextOf(PerfWindow &window, std::uint64_t &at, std::uint64_t end, PerfRecord &record) const;
    bool nextExpanded(PerfRecord &record);
    void expand(PerfBytes compressed);

    PerfSource &m_source;
    PerfWindow m_window;
    PerfWindow m_expandedWindow;
    std::uint64_t m_at;
    std::uint64_t m_end;
    std::uint64_t m_expandedAt = PerfSource::kExpanded; // up to where it was given
    std::unique_ptr<Expander> m_expander; // made when first needed
};

} // namespace exitscope::reader
