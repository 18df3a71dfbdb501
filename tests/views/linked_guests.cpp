// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/linked_guests.h"

#include <QTest>

namespace exitscope::test {

QString guestSamplePath()
{
    return QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample");
}

std::shared_ptr<const Recording> guestSample()
{
    static const auto recording = loadedFrom(guestSamplePath());
    return recording;
}

LinkedGuests::LinkedGuests() : LinkedViews(guestSample())
{
    QObject::connect(
        &clocks, &GuestClocks::changed, &guests, [this] { guests.set(clocks.current()); });
    QObject::connect(
        &guests, &LiveGuests::changed, &state,
        [this] { state.setGuests(guests.current() ? guests.current()->exits : nullptr); });
    QObject::connect(
        &state, &ViewState::changed, &clocks, [this](const ViewValues &now) { clocks.choose(now.clocks); });
}

bool LinkedGuests::knowGuests()
{
    if (!clocks.current())
        clocks.set(recording, {});
    return QTest::qWaitFor([this] { return !clocks.isBusy() && !guests.isBusy() && guests.current(); }, 20'000);
}

} // namespace exitscope::test
