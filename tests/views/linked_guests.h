// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/session/live_guests.h"
#include "tests/views/linked_views.h"

namespace exitscope::test {

QString guestSamplePath(); // the sample with its guest
std::shared_ptr<const Recording> guestSample(); // loaded once

// The sample with its guest, joined as the window joins them: the state knows what exits interrupted.
struct LinkedGuests : LinkedViews {
    LinkedGuests();
    // Until it does; false if that does not come.
    bool knowGuests();

    GuestClocks clocks;
    LiveGuests guests;
};

} // namespace exitscope::test
