// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "model/cancel_flag.h"
#include "model/recording.h"
#include "model/statistics/duration_bins.h"
#include "model/statistics/exit_sum.h"
#include "model/vcpu_walk.h"

namespace exitscope {

// The sums of any band that begins and ends where bins of durations do, as those that are dragged over a histogram, of
// the exits in one range that its other row filters let through: sums by bin and kind. How long it takes does not
// depend on how many exits there are.
class BandSums {
public:
    // Incomplete if it was cancelled.
    // Made for a selection, whatever its band.
    BandSums(std::shared_ptr<const Recording> recording, const Selection &selection, CancelFlag cancel = nullptr);

    bool isOf(const Recording *recording, const Selection &selection) const;
    // Whether it holds that band's sums: of the same recording, range and filters, the band where bins begin and end.
    bool holds(const Recording *recording, const Selection &selection) const;
    // Only if it holds them. `vcpu`: of the recording. Only the band of the selection is looked at.
    KindSums of(const VcpuAt &vcpu, const Selection &selection) const;

private:
    struct Cell {
        ExitKind kind;
        std::uint8_t bin = 0;
        ExitSum sum;
    };
    using Cells = std::vector<Cell>; // ordered by kind, then bin
    static constexpr int kDurations = 3;
    using VcpuCells = std::array<Cells, kDurations>; // by DurationKind

    class Filling;

    std::optional<VcpuCells> cellsOf(const VcpuAt &vcpu, CancelFlag cancel) const;

    std::shared_ptr<const Recording> m_recording;
    Selection m_selection; // without a band
    std::vector<VcpuCells> m_vcpus; // by VcpuAt::number
    bool m_isWhole = true; // else there would be as many sums as exits
};

} // namespace exitscope
