// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "model/cancel_flag.h"
#include "model/recording.h"
#include "model/statistics/exit_filter.h"
#include "model/statistics/exit_sum.h"
#include "model/vcpu_walk.h"

namespace exitscope {

// Sums by kind of any exits of one vCPU that follow each other, of those that a filter lets through, in O(log n): sums
// at every block's begin, the rest of a block row by row. At most 6 bytes per exit. The exits must outlive it.
class VcpuExitSums {
public:
    // `reasons`: of the recording. Incomplete once it is cancelled.
    VcpuExitSums(const VcpuAt &of, std::size_t reasons, const ExitFilter &filter, CancelFlag cancel = nullptr);

    // Of the exits [first, last); the filter is the same.
    KindSums within(std::size_t first, std::size_t last, const ExitFilter &filter) const;

private:
    enum class Sign : std::uint8_t { Plus, Minus };
    void addRows(std::vector<ExitSum> &sums, std::size_t first, std::size_t last, const ExitFilter &filter,
        Sign sign = Sign::Plus) const;

    VcpuAt m_of;
    const ExitColumns &m_exits;
    std::vector<ExitKind> m_kinds; // in order
    std::size_t m_block = 0; // exits per block
    std::vector<ExitSum> m_before; // per block: of each kind before it
};

// Of all vCPUs of a recording: the sums of any range, of the exits that the row filters of a selection let through.
// Whatever else is selected leaves out whole vCPUs, or whole kinds.
class ExitSums {
public:
    // Incomplete if it was cancelled.
    ExitSums(std::shared_ptr<const Recording> recording, const Selection &selection, CancelFlag cancel = nullptr);

    bool isOf(const Recording *recording, const Selection &selection) const;
    // `vcpu`: of the recording. Only the range of the selection is looked at.
    KindSums of(const VcpuAt &vcpu, const Selection &selection) const;

private:
    std::shared_ptr<const Recording> m_recording;
    Selection m_rows; // filters
    std::vector<VcpuExitSums> m_vcpus; // by VcpuAt::number
};

} // namespace exitscope
