// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

#include "tests/model/property/dice.h"
#include "tests/tools/event_streams.h"

// What can be done with the events of one stream, whatever they tell.
namespace exitscope::testing {

using Events = std::vector<Record>; // of one stream; times never go back

// The event recorded twice: the same time and the same fields.
bool isRepetition(const Record &before, const Record &record);
Events withoutRepetitions(const Events &events);
void dropRepetitions(EventStream &stream); // that are some because what stood between them was lost

// As a recording without contexts has them. sched_process_exit tells its thread in a field of its own.
Record withoutContext(Record record);

// The events of one pCPU as one channel records them, or two: what the scheduler and interrupts tell, and what KVM and
// system calls tell. Other events are in either.
std::vector<Events> inChannels(const Events &events, int channels, Dice &dice);

void setRange(EventStreams &streams); // first to last event

// "120 p1 tid 101 VmExit 2:120"
QString text(const Record &record);

} // namespace exitscope::testing
