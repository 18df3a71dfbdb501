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
    GroupSum sums = m_sums;
    sums -= mark.sums;
    if (sums.count == 0)
        return {};
    const std::span<Ns> plain = std::span(m_net).subspan(mark.net);
    return sums.group(distributionOf(std::span(m_gross).subspan(mark.gross)),
        distributionOfBoth(plain, std::span(m_netApart).subspan(mark.netApart)),
        [&plain] { return distributionOf(plain); });
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
