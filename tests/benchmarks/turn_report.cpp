// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/turn_report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace exitscope::benchmark {

double nearestRank(std::vector<double> values, double percent)
{
    if (values.empty())
        return 0;
    std::ranges::sort(values);
    const double rank = std::ceil(double(values.size()) * percent / 100);
    return values[std::size_t(std::max(rank, 1.0)) - 1];
}

const Turn &TurnReport::Phase::best() const
{
    return *std::ranges::min_element(longest, {}, &Turn::ownMs);
}

void TurnReport::add(const QString &phase, std::vector<Turn> turns)
{
    auto at = std::ranges::find(m_phases, phase, &Phase::name);
    if (at == m_phases.end())
        at = m_phases.insert(at, {phase, {}, {}});
    for (const Turn &turn : turns)
        at->all.push_back(turn.ownMs());
    const auto longest = std::ranges::max_element(turns, {}, &Turn::ownMs);
    at->longest.push_back(longest == turns.end() ? Turn{} : *longest);
}

bool TurnReport::isWithinLimit() const
{
    return std::ranges::all_of(
        m_phases, [](const Phase &phase) { return phase.best().ownMs() <= kLimitMs; });
}

void TurnReport::print() const
{
    std::printf("%-26s %6s %9s %8s %9s %8s %9s %9s  %s\n", "phase", "turns", "median ms", "p95 ms", "stall ms",
        "cpu ms", "waited ms", "worst ms", "the event that took longest in the stall");
    for (const Phase &phase : m_phases) {
        const Turn &best = phase.best();
        const Turn &worst = *std::ranges::max_element(phase.longest, {}, &Turn::ownMs);
        std::printf("%-26s %6zu %9.1f %8.1f %9.1f %8.1f %9.1f %9.1f  %s: %.1f\n", qPrintable(phase.name),
            phase.all.size(), nearestRank(phase.all, 50), nearestRank(phase.all, 95), best.ownMs(), best.cpuMs,
            best.stolenMs, worst.ownMs(), qPrintable(best.what), best.whatMs);
    }
}

} // namespace exitscope::benchmark
