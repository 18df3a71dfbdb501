// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <utility>
#include <vector>

#include "model/record/raw_event.h"

namespace exitscope::test {

// An event as text: its time, ns on its trace's clock, and "NAME { FIELDS }, { FIELDS }".
using EventText = std::pair<Ns, QByteArray>;

bool hasBabeltrace();
// What babeltrace2 prints of the CTF trace in that directory, ordered. Ends the test program if it prints nothing.
std::vector<EventText> babeltraceEvents(const QString &directory);

EventText textOf(const RawEvent &event);

// Empty if they are the same, else the first difference. Where a text of ours is empty theirs may be any:
// libbabeltrace2 2.0 leaves there what the event of that kind before it had.
QByteArray difference(const std::vector<EventText> &ours, const std::vector<EventText> &theirs);

// Those from `from` on, before `to`.
std::vector<EventText> between(const std::vector<EventText> &events, Ns from, Ns to);

} // namespace exitscope::test
