// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/exit_filter.h"

#include <algorithm>

namespace exitscope {

std::optional<Ns> durationOf(const ExitColumns &exits, std::size_t i, DurationKind of)
{
    if (of == DurationKind::Run)
        return exits.hasRun(i) ? std::optional(exits.run(i)) : std::nullopt;
    if (!exits.timed(i))
        return std::nullopt;
    return of == DurationKind::Gross ? exits.parts[i].gross() : exits.parts[i].net();
}

ExitFilter::ExitFilter(const Selection &selection, const ReasonTable &reasons)
    : m_selection(selection), m_hasBand(selection.minNs || selection.maxNs)
{
    for (std::size_t i = 0; i < reasons.size(); ++i)
        m_reasons.push_back(selection.reasons.empty() || selection.reasons.contains(reasons[i].key));
    for (int i = 0; i < kScenarios; ++i)
        m_scenarios.push_back(selection.scenarios.empty() || selection.scenarios.contains(static_cast<Scenario>(i)));
}

bool ExitFilter::passesVcpu(const QString &vcpuId) const
{
    return m_selection.vcpus.empty() || m_selection.vcpus.contains(vcpuId);
}

std::pair<std::size_t, std::size_t> ExitFilter::within(const std::vector<Ns> &times) const
{
    const auto first = m_selection.from ? std::ranges::lower_bound(times, *m_selection.from) : times.begin();
    const auto last = m_selection.to ? std::lower_bound(first, times.end(), *m_selection.to) : times.end();
    return {std::size_t(first - times.begin()), std::size_t(last - times.begin())};
}

bool ExitFilter::inBand(const ExitColumns &exits, std::size_t i) const
{
    const std::optional<Ns> duration = durationOf(exits, i, m_selection.bandOf);
    return duration && *duration >= m_selection.minNs.value_or(*duration)
        && (!m_selection.maxNs || *duration < *m_selection.maxNs);
}

TimeRange ExitFilter::rangeIn(TimeRange host) const
{
    const Ns from = std::clamp(m_selection.from.value_or(host.from), host.from, host.to);
    const Ns to = std::clamp(m_selection.to.value_or(host.to), from, host.to);
    return {from, to};
}

} // namespace exitscope
