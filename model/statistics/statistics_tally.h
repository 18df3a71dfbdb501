// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cancel_flag.h"
#include "model/statistics/exit_filter.h"
#include "model/statistics/exit_pass.h"
#include "model/statistics/exit_samples.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// What is wanted of Totals beside the sums: distributions are dear.
struct StatisticsParts {
    bool reasons = false;
    bool scenarios = false;
    bool runs = false;

    StatisticsParts operator|(StatisticsParts other) const
    {
        return {reasons || other.reasons, scenarios || other.scenarios, runs || other.runs};
    }
};
inline constexpr StatisticsParts kAllParts{true, true, true};

// Statistics of a selection, from one pass over the exits. The recording must outlive it.
class StatisticsTally final : public ExitSink {
public:
    StatisticsTally(const Recording &recording, const Selection &selection, StatisticsParts parts, CancelFlag cancel);
    // Its filter refers to its selection.
    StatisticsTally(const StatisticsTally &) = delete;
    StatisticsTally &operator=(const StatisticsTally &) = delete;

    const Selection &selection() const { return m_selection; }
    void want(StatisticsParts parts) { m_parts = m_parts | parts; } // before the pass

    void beginVm(const VmAt &vm) override;
    void endVm() override;
    bool beginVcpu(const VcpuAt &vcpu) override;
    void endVcpu() override;
    void add(std::size_t first, std::size_t last) override;

    Statistics take(); // once, behind the pass

private:
    struct Mark { // where the samples of a level begin
        ExitGrouping::Marks reasons, scenarios;
        std::size_t runs = 0;
    };
    Mark mark() const;
    void fillSince(const Mark &mark, Totals &totals);

    const Recording &m_recording;
    const Selection m_selection;
    ExitFilter m_filter;
    StatisticsParts m_parts;
    CancelFlag m_cancel;
    bool m_lacksSwitches; // of any host
    ExitGrouping m_reasons, m_scenarios;
    std::vector<Ns> m_runs;
    Statistics m_result;

    const Timeline *m_host = nullptr;
    VmStatistics m_vm;
    Mark m_beforeVm, m_beforeVcpu; // before the first VM there is nothing
    std::vector<ExitSamples::NetRole> m_netRoles; // on the host, by index into the ReasonTable
};

} // namespace exitscope
