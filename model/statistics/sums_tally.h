// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "model/recording.h"
#include "model/statistics/exit_filter.h"
#include "model/statistics/exit_sum.h"
#include "model/statistics/group_sum.h"
#include "model/statistics/known_net.h"
#include "model/statistics/statistics.h"
#include "model/vcpu_walk.h"

namespace exitscope {

// What is wanted of Totals beside its own sums.
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

// Statistics of a selection, of sums by kind. The recording must outlive it.
class SumsTally {
public:
    SumsTally(const Recording &recording, const Selection &selection, StatisticsParts parts);
    // Its filter refers to its selection.
    SumsTally(const SumsTally &) = delete;
    SumsTally &operator=(const SumsTally &) = delete;

    const Selection &selection() const { return m_selection; }
    void want(StatisticsParts parts) { m_parts = m_parts | parts; } // before the first VM

    void beginVm(const VmAt &vm);
    // Of the VM begun last. `sums`: of its exits in the selected range that the row filters let through.
    void add(const VcpuAt &vcpu, const KindSums &sums);
    void endVm();
    Statistics take(); // once

private:
    struct Level { // a vCPU, a VM, or all
        explicit Level(std::size_t count) : reasons(count), scenarios(kScenarios) { }
        Level &operator+=(const Level &other);

        std::vector<GroupSum> reasons; // by index into the ReasonTable
        std::vector<GroupSum> scenarios; // by Scenario
        std::int64_t runs = 0;
        Ns runTotal = 0;
    };
    void fill(Totals &totals, const Level &level) const;

    const Recording &m_recording;
    const Selection m_selection;
    ExitFilter m_filter;
    StatisticsParts m_parts;
    std::vector<std::uint16_t> m_order; // reasons, as they are told
    std::vector<NetRole> m_netRoles; // on the host of the VM
    VmStatistics m_vm;
    Level m_ofVm, m_ofAll;
    Statistics m_result;
};

// The sums by kind of a vCPU's exits, in the range of a selection and by its row filters.
using SumsSource = std::function<KindSums(const VcpuAt &vcpu)>;
// Row by row; O(exits in the range). Both must outlive it.
SumsSource sumsRowByRow(const Recording &recording, const Selection &selection, CancelFlag cancel = nullptr);

// As statisticsOf(), of each distribution what distributionOfSum() tells.
Statistics sumsOf(const Recording &recording, const Selection &selection, const SumsSource &source);

} // namespace exitscope
