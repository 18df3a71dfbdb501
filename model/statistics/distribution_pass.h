// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "model/cancel_flag.h"
#include "model/recording.h"
#include "model/statistics/duration_histogram.h"
#include "model/statistics/duration_ranks.h"
#include "model/statistics/exit_filter.h"
#include "model/statistics/known_net.h"
#include "model/vcpu_walk.h"

namespace exitscope {

// The histograms and the distributions that are told of a selection; each leaves out the filter by its own kind of
// thing. From two passes over the exits in its range. The recording must outlive it.
class DistributionPass {
public:
    DistributionPass(const Recording &recording, const Selection &selection, CancelFlag cancel);
    // Its filters refer to its selections.
    DistributionPass(const DistributionPass &) = delete;
    DistributionPass &operator=(const DistributionPass &) = delete;

    bool run(); // false if it was cancelled: it tells nothing then

    // Least, largest and percentiles, to the groups of what is named.
    void tellReasons(std::vector<ReasonGroup> &groups); // without the filter of reasons
    void tellScenarios(std::vector<ScenarioGroup> &groups); // without the filter of scenarios
    void tellRuns(VcpuStatistics &vcpu); // without the filter of vCPUs
    // Without the band of the same kind of duration; once.
    DurationHistogram takeHistogram(DurationKind of);

private:
    static constexpr std::size_t kDurations = 3;

    struct GroupRanks {
        DurationRanks gross, net;
        DurationRanks plainNet; // where the net time of others is not known
        void tell(ExitGroup &group);
    };
    struct Place { // where the exits are that come
        const VcpuAt &of;
        const ExitColumns &exits;
        const std::vector<NetRole> &netRoles;
        DurationRanks &runs;
        bool isSelected = false; // the vCPU
    };
    struct Exit { // what an exit is to the selection, and its durations
        std::uint16_t reason = 0;
        std::uint8_t scenario = 0;
        bool passesReason = false, passesScenario = false, isInBand = true;
        bool isTimed = false, isNetKnown = false, hasRun = false;
        NetRole netRole{};
        Ns gross = 0, net = 0, run = 0;
    };
    bool goThrough(const auto &use); // all exits that count anywhere; false if it was cancelled
    bool read(const Place &place, std::size_t i, Exit &exit) const;
    // Calls act(ranks, duration) for all that the exit counts in.
    void forEachRanks(const Place &place, const Exit &exit, const auto &act);
    void countBins(const Exit &exit);
    // In the histogram of that kind of durations.
    bool countsIn(const Exit &exit, DurationKind of) const
    {
        return exit.passesReason && exit.passesScenario && (exit.isInBand || m_selection.bandOf == of);
    }

    const Recording &m_recording;
    const Selection m_selection;
    ExitFilter m_filter;
    CancelFlag m_cancel;
    std::vector<std::vector<NetRole>> m_netRoles; // by host
    bool m_hasBand = false;
    bool m_lacksNet = false; // that of any exit
    std::vector<GroupRanks> m_reasons; // by index into the ReasonTable
    std::vector<GroupRanks> m_scenarios; // by Scenario
    std::vector<DurationRanks> m_runs; // by VcpuAt::number
    std::array<DurationRanks, kDurations> m_ranks; // of the histograms, by DurationKind
    std::array<DurationHistogram, kDurations> m_histograms;
};

// Of the exits (or runs) that the selection lets through, but for a band of the same kind of duration.
DurationHistogram histogramOf(const Recording &recording, const Selection &selection, DurationKind of);

} // namespace exitscope
