// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

#include "model/cancel_flag.h"
#include "model/recording.h"
#include "model/statistics/selection.h"
#include "model/vcpu_walk.h"

namespace exitscope {

// Takes the exits of a recording in, by the order of hosts, VMs, vCPUs and time. What it leaves out is its own affair.
class ExitSink {
public:
    virtual ~ExitSink() = default;

    virtual void beginVm(const VmAt &vm) = 0;
    virtual void endVm() { }
    // Of the VM begun last. False: it wants none of its exits, nor its end.
    virtual bool beginVcpu(const VcpuAt &vcpu) = 0;
    virtual void endVcpu() { }
    virtual void add(std::size_t first, std::size_t last) = 0; // rows [first, last) of the vCPU's exits
};

// Hands the exits within the range of the selection to all sinks, a piece to one after the other, so that memory is
// gone through once. False if it was cancelled: the sinks hold only a part then.
bool passOverExits(
    const Recording &recording, const Selection &selection, std::span<ExitSink *const> sinks, CancelFlag cancel);

} // namespace exitscope
