// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/sums_cache.h"

#include <utility>

#include "model/freed_elsewhere.h"

namespace exitscope {

namespace {

constexpr std::size_t kFewExits = 20'000; // they are summed row by row in a moment

std::size_t exitsWithin(const Recording &recording, const Selection &selection)
{
    const ExitFilter filter(selection, recording.reasons);
    std::size_t count = 0;
    for (const VcpuAt &vcpu : vcpusOf(recording)) {
        const auto [first, last] = filter.within(vcpu.vcpu->exits.times());
        count += last - first;
    }
    return count;
}

bool hasRowFilter(const Selection &selection)
{
    return rowFiltersIn(selection) != Selection{};
}

} // namespace

bool SumsCache::hasRanges(const Recording *recording, const Selection &selection) const
{
    const std::shared_ptr<const ExitSums> &sums = hasRowFilter(selection) ? m_filtered : m_all;
    return sums && sums->isOf(recording, selection);
}

SumsSource SumsCache::sourceOf(const std::shared_ptr<const Recording> &recording, const Selection &selection) const
{
    if (m_bands && m_bands->holds(recording.get(), selection))
        return [bands = m_bands, selection](const VcpuAt &vcpu) { return bands->of(vcpu, selection); };
    if (hasRanges(recording.get(), selection))
        return [sums = hasRowFilter(selection) ? m_filtered : m_all, selection](
                   const VcpuAt &vcpu) { return sums->of(vcpu, selection); };
    if (exitsWithin(*recording, selection) <= kFewExits)
        return sumsRowByRow(*recording, selection);
    return nullptr;
}

bool SumsCache::hasBands(const Recording *recording, const Selection &selection) const
{
    return m_bands && m_bands->isOf(recording, selection);
}

void SumsCache::keep(ExitSums ranges, const Selection &of)
{
    (hasRowFilter(of) ? m_filtered : m_all) = freedElsewhere(std::move(ranges));
}

void SumsCache::keep(BandSums bands)
{
    m_bands = freedElsewhere(std::move(bands));
}

} // namespace exitscope
