// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "model/guest/guest_trace.h"
#include "model/timeline/clock_events.h"

namespace exitscope {

// Where a map may pass, by what is told beside the events themselves: no evidence, but of maps that fit equally well
// the one near a starting point is the likelier one.
struct StartingPoint {
    Ns guest; // at this time of the guest's clock
    TimeRange host; // the host's clock may show that
};

// By the wall clocks, which both traces' times are on: NTP keeps them within a second. And by the TSC: where KVM set a
// guest's TSC (kvm_write_tsc_offset) a guest was starting, and its kernel's clock began some seconds later.
std::vector<StartingPoint> startingPoints(const GuestTrace &guest, const HostClockEvents &host);

} // namespace exitscope
