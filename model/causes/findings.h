// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

#include "model/cancel_flag.h"
#include "model/causes/finding_rules.h"
#include "model/causes/guest_symbols.h"
#include "model/recording.h"
#include "model/statistics/selection.h"

namespace exitscope {

// One thing that costs time, and what to try (manual "Findings").
struct Finding {
    const FindingRule *rule = nullptr;
    std::int64_t count = 0; // exits, or times
    std::optional<Ns> cost; // ns; nothing where it is not known
    bool isBound = false; // cost and share are upper bounds: sched_switch was not recorded (manual "Costs")
    double perSecond = 0; // times in a second of the vCPUs' time
    std::optional<double> costPerSecond; // ns in a second of the vCPUs' time
    std::optional<double> overheadPercent; // the cost's share of what is overhead; nothing where it is no part of it
    VcpuKey worstVcpu; // that it costs most
    QString worst; // "vm0/1": that vCPU
    QString evidence; // what these numbers are of: addresses, ports
    Selection selection; // what shows them, within what was asked for
};

// Dearest first, those of unknown cost last. Empty where nothing costs enough, or if it was cancelled.
std::vector<Finding> findingsOf(const Recording &recording, const Selection &selection, CancelFlag cancel = nullptr,
    const GuestSymbols *symbols = nullptr);

} // namespace exitscope
