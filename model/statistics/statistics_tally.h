// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/statistics/exit_filter.h"
#include "model/statistics/exit_samples.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// All that is told of a selection, from all exits in its range. The recording must outlive it.
class StatisticsTally {
public:
    StatisticsTally(const Recording &recording, const Selection &selection);
    // Its filter refers to its selection.
    StatisticsTally(const StatisticsTally &) = delete;
    StatisticsTally &operator=(const StatisticsTally &) = delete;

    void add(const VmAt &vm);
    Statistics take(); // once

private:
    struct Mark { // where the samples of a level begin
        ExitGrouping::Marks reasons, scenarios;
        std::size_t runs = 0;
    };
    void add(const VcpuAt &vcpu);
    void addRow(Totals &totals, const ExitColumns &exits, std::size_t i);
    Mark mark() const;
    void fillSince(const Mark &mark, Totals &totals);

    const Recording &m_recording;
    const Selection m_selection;
    ExitFilter m_filter;
    ExitGrouping m_reasons, m_scenarios;
    std::vector<Ns> m_runs;
    Statistics m_result;

    const Timeline *m_host = nullptr;
    VmStatistics m_vm;
    std::vector<NetRole> m_netRoles; // on the host, by index into the ReasonTable
};

} // namespace exitscope
