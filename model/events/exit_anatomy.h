// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

#include "model/events/event_list.h"
#include "model/timeline/time_range.h"
#include "model/vcpu_walk.h"

namespace exitscope {

// Something that lasted, cut to the range that is shown.
struct AnatomySpan {
    TimeRange range; // ns on the host's clock
    QString text; // "ioctl (KVM_RUN)", "softirq:TIMER", "stress (912)"
    int depth = 0; // on top of so many of its lane
    bool beganBefore = false; // the range, or nothing told its begin
    bool endsBehind = false; // so too
    bool isNobody = false; // of who ran on a pCPU: its idle thread
};

struct AnatomyState {
    TimeRange range; // so too
    VcpuState state{};
};

// What happened inside of one exit: what the vCPU was, and what the events around it tell of its thread and its pCPU.
struct ExitAnatomy {
    TimeRange range; // ns on the host's clock
    Ns exitNs = 0; // when the exit began: what people count from
    std::vector<AnatomyState> states;
    std::vector<AnatomySpan> calls; // system calls of the vCPU's thread: KVM_RUN, and QEMU's own
    std::vector<AnatomySpan> interrupts; // of the pCPU where it ran, or ran last
    std::vector<AnatomySpan> others; // who had that pCPU instead
    std::vector<std::size_t> marks; // in EventList::events: those of its thread, and that woke or moved it
};

// Of what `list` holds of the vCPU's host within the range. A system call or a handler of which the list has only one
// end lasts to the border of the range. Means nothing once it is cancelled.
ExitAnatomy anatomyOf(const Recording &recording, const VcpuAt &vcpu, std::size_t exit, const EventList &list,
    TimeRange range, CancelFlag cancel = nullptr);

} // namespace exitscope
