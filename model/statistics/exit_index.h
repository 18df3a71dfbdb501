// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "model/cancel_flag.h"
#include "model/recording.h"
#include "model/statistics/exit_filter.h"
#include "model/vcpu_walk.h"

namespace exitscope {

// The exits of one vCPU that a filter lets through, with counts per reason of any range in O(log n): counts at every
// block's begin, the rest of a block counted. At most 5 bytes per exit. The exits must outlive it.
class VcpuExitIndex {
public:
    // Without a filter: all exits.
    VcpuExitIndex(const VcpuAt &of, std::size_t reasons, const ExitFilter *filter);
    // None of the exits.
    explicit VcpuExitIndex(const ExitColumns &exits) : m_exits(exits), m_isWhole(false) { }

    std::size_t size() const { return m_isWhole ? m_exits.size() : m_rows.size(); }
    // The row in the ExitColumns of the i-th exit here.
    std::size_t row(std::size_t i) const { return m_isWhole ? i : m_rows[i]; }
    Ns time(std::size_t i) const { return m_exits.time(row(i)); }
    // The first of them at or after t.
    std::size_t lowerBound(Ns t) const;
    // The same for each of many times, which are ordered.
    std::vector<std::size_t> lowerBounds(std::span<const Ns> times) const;
    // [first, last) of those whose time lies in the range.
    std::pair<std::size_t, std::size_t> within(TimeRange range) const;
    // Adds the exits [first, last) to counts, by index into the ReasonTable.
    void addCounts(std::size_t first, std::size_t last, std::span<std::int64_t> counts) const;
    // Adds all exits before that one.
    void addCountsBefore(std::size_t last, std::span<std::int64_t> counts) const;
    void fetchCounts(std::size_t last) const; // what the latter reads, which is asked for soon
    // The first exit here at or after a row.
    std::size_t positionOf(std::size_t row) const;
    bool holds(std::size_t row) const;
    const ExitColumns &exits() const { return m_exits; }

private:
    const TimeIndex &timeIndex() const { return m_isWhole ? m_exits.timeIndex() : m_rowIndex; }

    const ExitColumns &m_exits;
    bool m_isWhole = true;
    std::vector<std::uint32_t> m_rows; // unless whole
    TimeIndex m_rowIndex; // of the times of these
    std::size_t m_reasons = 0;
    std::size_t m_block = 0; // exits per block
    std::vector<std::uint32_t> m_before; // per block: counts per reason before it
};

// Of all vCPUs of a recording, by VcpuAt::number. The range of a selection does not matter here.
class ExitIndex {
public:
    // Incomplete if it was cancelled.
    ExitIndex(std::shared_ptr<const Recording> recording, const Selection &selection, CancelFlag cancel = nullptr);

    std::size_t size() const { return m_vcpus.size(); }
    const VcpuExitIndex &operator[](std::size_t vcpu) const { return m_vcpus[vcpu]; }

private:
    std::shared_ptr<const Recording> m_recording;
    std::vector<VcpuExitIndex> m_vcpus;
};

// Keeps what is slow to make while the recording and the filters stay the same. Copies share it.
class ExitIndexCache {
public:
    // Without the selected range. Returns whether anything changed. Means nothing once it is cancelled.
    bool update(const std::shared_ptr<const Recording> &recording, Selection selection, CancelFlag cancel = nullptr);
    const std::shared_ptr<const ExitIndex> &all() const { return m_all; }
    const std::shared_ptr<const ExitIndex> &passing() const { return m_passing; }
    // Whether they are of that recording and of what that selection filters.
    bool isOf(const Recording *recording) const { return m_passing && m_recording.get() == recording; }
    bool isOf(const Recording *recording, Selection selection) const;

private:
    std::shared_ptr<const Recording> m_recording;
    Selection m_selection;
    std::shared_ptr<const ExitIndex> m_all;
    std::shared_ptr<const ExitIndex> m_passing; // the same as m_all without filters
};

} // namespace exitscope
