// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/record/raw_event.h"
#include "model/source/ctf/flat_event.h"
#include "model/source/ctf/stream_data.h"

// All fields of events, for people, as babeltrace2 prints them. It takes its time: the records of a trace are read by
// StreamCursor. All throw CtfError where fields go beyond the end, or a selector selects nothing.
namespace exitscope::ctf {

// The context of a packet, but for what tells of the packet itself (its size, its times, what was lost).
RawFields packetFields(const StreamData &stream, const Packet &packet);

// Adds the contexts and the payload of an event.
void addEventFields(const StreamLayout &stream, const EventInPacket &event, RawFields &fields);

} // namespace exitscope::ctf
