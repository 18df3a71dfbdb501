// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/duration_histogram.h"

#include <algorithm>
#include <cmath>

#include "model/statistics/exit_filter.h"
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

DurationHistogram histogramOf(const Recording &recording, const Selection &selection, DurationKind of)
{
    DurationHistogram histogram;
    histogram.of = of;
    histogram.counts.resize(recording.reasons.size());
    histogram.leftOut.resize(recording.reasons.size());
    std::vector<Ns> durations;
    const ExitFilter filter(selection, recording.reasons);
    for (const Timeline &host : recording.hosts) {
        for (const Vm &vm : host.vms) {
            for (const Vcpu &vcpu : vm.vcpus) {
                if (!filter.passesVcpu(vm.vcpuId(vcpu)))
                    continue;
                const ExitColumns &exits = vcpu.exits;
                const auto [first, last] = filter.within(exits.time);
                for (std::size_t i = first; i < last; ++i) {
                    if (!filter.passes(host, exits, i))
                        continue;
                    const std::optional<Ns> duration = filter.durationOf(host, exits, i, of);
                    if (!duration) {
                        histogram.leftOut[exits.reason[i]] += of == DurationKind::Net && exits.timed(i);
                        continue;
                    }
                    ++histogram.counts[exits.reason[i]][std::size_t(DurationBins::indexOf(*duration))];
                    durations.push_back(*duration);
                }
            }
        }
    }
    const Distribution distribution = distributionOf(durations);
    histogram.total = distribution.count;
    histogram.p50 = distribution.p50;
    histogram.p95 = distribution.p95;
    histogram.p99 = distribution.p99;
    return histogram;
}

} // namespace exitscope
