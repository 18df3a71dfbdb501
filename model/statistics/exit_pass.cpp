// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/exit_pass.h"

#include <algorithm>
#include <vector>

#include "model/statistics/exit_filter.h"

namespace exitscope {

namespace {

constexpr std::size_t kPiece = 2048; // rows: a piece of all columns stays in the cache of the processor

void passOverVcpu(const VcpuAt &vcpu, const ExitFilter &range, std::span<ExitSink *const> sinks, CancelFlag cancel)
{
    std::vector<ExitSink *> wanting;
    for (ExitSink *sink : sinks)
        if (sink->beginVcpu(vcpu))
            wanting.push_back(sink);
    const auto [begin, end] = range.within(vcpu.vcpu->exits.times());
    for (std::size_t first = begin; first < end && !isCancelled(cancel); first += kPiece)
        for (ExitSink *sink : wanting)
            sink->add(first, std::min(first + kPiece, end));
    for (ExitSink *sink : wanting)
        if (!isCancelled(cancel))
            sink->endVcpu();
}

} // namespace

bool passOverExits(
    const Recording &recording, const Selection &selection, std::span<ExitSink *const> sinks, CancelFlag cancel)
{
    const ExitFilter range(selection, recording.reasons);
    for (const VmAt &vm : vmsOf(recording)) {
        for (ExitSink *sink : sinks)
            sink->beginVm(vm);
        for (const VcpuAt &vcpu : vm.vcpus)
            if (!isCancelled(cancel))
                passOverVcpu(vcpu, range, sinks, cancel);
        for (ExitSink *sink : sinks)
            if (!isCancelled(cancel))
                sink->endVm();
    }
    return !isCancelled(cancel);
}

} // namespace exitscope
