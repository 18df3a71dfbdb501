// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>

#include "model/trace/wire/record.h"

namespace exitscope::reader {

// Where a stream is blind (README "Definitions"), from the order of its messages.
// What was discarded before packet N was lost between packets N-1 and N, or at the end of packet N. So the stretch to
// the first event of N is blind, and that from the last event of N to the first of N+1. Packets without events do not
// count as packets here.
class LossTracker {
public:
    struct Loss {
        Ns timeNs; // the last event before, or when the loss began
        BlindData blind;
    };

    // `beginNs`: when the loss can have begun, if that is known.
    void discardedEvents(std::optional<Ns> beginNs);
    void discardedPackets(std::optional<Ns> beginNs);
    void packetEnd();
    // The loss that ends with this event. Every event of the stream must be told, at times that do not step back.
    std::optional<Loss> event(Ns timeNs);
    // The loss that lasts to the end of the stream.
    std::optional<Loss> end();

private:
    static constexpr std::size_t kTail = 11; // events at the end of a packet that a loss makes doubtful

    void open(Ns unknownFromNs, std::optional<Ns> beginNs);
    void beginPacket(Ns beforeNs);

    Ns m_lastNs = kNoTime; // of the last event
    bool m_open = false; // a loss, until the next event
    Ns m_unknownFromNs = kNoTime;
    Ns m_beginNs = kNoTime; // of an open loss with no event before
    bool m_nextPacketLost = false;
    bool m_packetLost = false;
    Ns m_beforePacketNs = kNoTime;
    std::size_t m_packetEvents = 0;
    std::array<Ns, kTail> m_tail{}; // of the packet, by event number modulo kTail
};

} // namespace exitscope::reader
