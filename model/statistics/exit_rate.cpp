// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/exit_rate.h"

#include <algorithm>
#include <numeric>

namespace exitscope {

std::int64_t ExitRate::total(int bin) const
{
    const auto first = counts.begin() + std::ptrdiff_t(std::size_t(bin) * reasons);
    return std::accumulate(first, first + std::ptrdiff_t(reasons), std::int64_t(0));
}

TimeRange ExitRate::rangeOf(int bin) const
{
    const auto border = [this](int i) { return range.from + Ns(double(range.length()) * i / bins); };
    return {border(bin), bin + 1 == bins ? range.to : border(bin + 1)};
}

double ExitRate::perSecond(int bin, std::int64_t exits) const
{
    return double(exits) * 1e9 / double(std::max<Ns>(rangeOf(bin).length(), 1));
}

double ExitRate::highest() const
{
    double most = 0;
    for (int bin = 0; bin < bins; ++bin)
        most = std::max(most, perSecond(bin, total(bin)));
    return most;
}

ExitRate exitRate(const ExitIndex &exits, std::size_t reasons, TimeRange range, int bins)
{
    ExitRate rate;
    rate.range = range;
    rate.reasons = reasons;
    // Bins shorter than a ns would be empty or doubled.
    rate.bins = int(std::clamp<Ns>(range.length(), 1, std::max(bins, 1)));
    rate.counts.resize(std::size_t(rate.bins) * reasons);
    for (int bin = 0; bin < rate.bins; ++bin) {
        TimeRange within = rate.rangeOf(bin);
        if (bin + 1 == rate.bins)
            ++within.to;
        const auto counts = std::span(rate.counts).subspan(std::size_t(bin) * reasons, reasons);
        for (std::size_t v = 0; v < exits.size(); ++v) {
            const auto [first, last] = exits[v].within(within);
            exits[v].addCounts(first, last, counts);
        }
    }
    return rate;
}

} // namespace exitscope
