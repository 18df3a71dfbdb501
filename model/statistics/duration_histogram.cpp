// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/duration_histogram.h"

#include <algorithm>
#include <cmath>

#include "model/statistics/statistics.h"

namespace exitscope {

namespace {

using Borders = std::array<Ns, DurationBins::kCount + 1>;

const Borders &borders()
{
    static const Borders table = [] {
        Borders made{};
        for (int i = 0; i <= DurationBins::kCount; ++i)
            made[std::size_t(i)] = Ns(
                std::llround(double(DurationBins::kLowest) * std::pow(10.0, double(i) / DurationBins::kPerDecade)));
        return made;
    }();
    return table;
}

} // namespace

int DurationBins::indexOf(Ns duration)
{
    const auto after = std::upper_bound(borders().begin(), borders().end(), duration);
    return std::clamp(int(after - borders().begin()) - 1, 0, kCount - 1);
}

Ns DurationBins::lower(int bin)
{
    return borders()[std::size_t(bin)];
}

HistogramTally::HistogramTally(const Recording &recording, const Selection &selection, DurationKind of)
    : m_selection(selection), m_filter(m_selection, recording.reasons)
{
    m_histogram.of = of;
    m_histogram.counts.resize(recording.reasons.size());
    m_histogram.leftOut.resize(recording.reasons.size());
}

void HistogramTally::beginVm(const VmAt &vm)
{
    m_host = vm.host;
}

bool HistogramTally::beginVcpu(const VcpuAt &vcpu)
{
    m_exits = &vcpu.vcpu->exits;
    return m_filter.passesVcpu(vcpu.key);
}

void HistogramTally::add(std::size_t first, std::size_t last)
{
    const DurationKind of = m_histogram.of;
    for (std::size_t i = first; i < last; ++i) {
        if (!m_filter.passes(*m_host, *m_exits, i))
            continue;
        const std::uint16_t reason = m_exits->reason(i);
        const std::optional<Ns> duration = m_filter.durationOf(*m_host, *m_exits, i, of);
        if (!duration) {
            m_histogram.leftOut[reason] += of == DurationKind::Net && m_exits->timed(i);
            continue;
        }
        ++m_histogram.counts[reason][std::size_t(DurationBins::indexOf(*duration))];
        m_durations.push_back(*duration);
    }
}

DurationHistogram HistogramTally::take(CancelFlag cancel)
{
    const Percentiles percentiles = percentilesOf(m_durations, cancel);
    m_histogram.total = std::int64_t(m_durations.size());
    m_histogram.p50 = percentiles.p50;
    m_histogram.p95 = percentiles.p95;
    m_histogram.p99 = percentiles.p99;
    return std::move(m_histogram);
}

DurationHistogram histogramOf(const Recording &recording, const Selection &selection, DurationKind of)
{
    HistogramTally tally(recording, selection, of);
    const std::array<ExitSink *, 1> sinks{&tally};
    passOverExits(recording, selection, sinks, nullptr);
    return tally.take(nullptr);
}

} // namespace exitscope
