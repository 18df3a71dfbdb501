// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/exit_samples.h"

namespace exitscope {

namespace {

Distribution distributionOfBoth(std::span<Ns> a, std::span<Ns> b)
{
    if (a.empty() || b.empty())
        return distributionOf(a.empty() ? b : a);
    std::vector<Ns> both(a.begin(), a.end());
    both.insert(both.end(), b.begin(), b.end());
    return distributionOf(both);
}

} // namespace

ExitGroup ExitSamples::since(const Mark &mark)
{
    ExitGroup group = m_sums;
    group.count -= mark.sums.count;
    group.timed -= mark.sums.timed;
    group.parts -= mark.sums.parts;
    if (group.count == 0)
        return group;
    group.gross = distributionOf(std::span(m_gross).subspan(mark.gross));
    const std::span<Ns> plain = std::span(m_net).subspan(mark.net);
    group.net = distributionOfBoth(plain, std::span(m_netApart).subspan(mark.netApart));
    if (m_unknown == mark.unknown)
        group.knownNet = group.net;
    else if (m_apart - mark.apart < group.count)
        group.knownNet = distributionOf(plain);
    return group;
}

ExitGrouping::Marks ExitGrouping::marks() const
{
    Marks result;
    result.reserve(m_samples.size());
    for (const ExitSamples &samples : m_samples)
        result.push_back(samples.mark());
    return result;
}

} // namespace exitscope
