// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "model/source/ctf/field_reader.h"
#include "model/source/ctf/layout.h"

namespace exitscope::ctf {

// An event in a packet.
struct EventInPacket {
    const EventLayout *layout = nullptr;
    PacketBits bits; // at its header
};

// The contexts and the payload of an event as one text that equals another one's if all fields of their own do: not
// those that perf adds to each sample, but for the thread's. `side` tells two of them apart where a field equals
// nothing, not even itself. Throws CtfError.
std::string flatFields(const StreamLayout &stream, const EventInPacket &event, char side);

} // namespace exitscope::ctf
