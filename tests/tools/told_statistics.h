// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "model/statistics/statistics.h"

namespace exitscope::testing {

enum class Told : std::uint8_t {
    Sums, // of each distribution: count, total, mean
    Percentiles, // and these, least and largest
    All, // and the deviation
};

// Every field, a line for each vCPU, VM, reason and scenario.
QStringList linesOf(const Statistics &statistics, Told told);
QStringList linesOf(const Totals &totals, Told told);
QStringList linesOf(const std::vector<ReasonGroup> &groups, Told told);
QStringList linesOf(const std::vector<ScenarioGroup> &groups, Told told);
QStringList linesOf(const ExitGroup &group, Told told);
QStringList linesOf(const Distribution &distribution, Told told);

} // namespace exitscope::testing
