// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "model/record/record.h"
#include "model/record/stream_recorder.h"
#include "model/source/ctf/field_reader.h"
#include "model/source/ctf/flat_event.h"
#include "model/source/ctf/stream_data.h"

namespace exitscope::ctf {

// Nanoseconds from the origin of a clock's cycles.
class ClockScale {
public:
    explicit ClockScale(const ClockClass &clock);
    Ns toNs(std::uint64_t cycles) const; // throws CtfError where it does not fit
    std::optional<Ns> find(std::uint64_t cycles) const; // none, where it does not

private:
    std::uint64_t cyclesToNs(std::uint64_t cycles) const;

    std::uint64_t m_frequency;
    std::optional<Ns> m_base; // of its zero; none: it does not fit
};

// Goes through a stream from its begin to its end, as libbabeltrace2 2.0 tells it.
class StreamCursor {
public:
    enum class Item : std::uint8_t {
        DiscardedEvents, // count()
        DiscardedPackets,
        PacketBegin,
        PacketEnd,
        Event,
        RepeatedEvent, // equals the one before in time, name, thread and all fields of its own
        End,
    };

    // Begins at that packet of the stream. The clock stands at zero there unless packets set it.
    explicit StreamCursor(std::shared_ptr<const StreamData> data, std::size_t packet = 0);

    // Goes over events of which nothing is told, as many as follow of fixed form and each later than the one before,
    // but not over very many at once. How many; timeNs() is that of the last, `kinds` gets their Richness bits.
    std::uint64_t skip(StreamRecorder::Untold untold, std::uint32_t &kinds);

    Item next(); // throws CtfError, and then says that the stream ends there

    // Throws CtfError if what was read of the packet may be no more in its file.
    void check() const;

    // What was read need not stay in memory.
    void letGo() const;

    // Of the last item.
    std::optional<std::uint64_t> count() const { return m_count; } // none: the trace does not tell it
    const Packet &packet() const { return m_data->packets()[m_packet]; }
    const EventLayout &event() const { return *m_event.layout; }
    const EventInPacket &eventInPacket() const { return m_event; }
    const EventTold &told() const { return m_fields.told(); } // valid until the next call
    Ns timeNs() const; // of an event; throws CtfError
    std::uint64_t bytesRead() const; // of the stream

private:
    Item tryNext();
    void beginPacket();
    Item endPacket();
    Item readEvent();
    const EventLayout &layoutOfEvent() const;
    bool repeatsLast();
    bool hasTime() const; // the last event

    std::shared_ptr<const StreamData> m_data;
    ClockScale m_clock;
    FieldReader m_fields;
    std::size_t m_packet = 0;
    bool m_isInPacket = false;
    std::uint64_t m_bytesBefore = 0; // of the packets that were read
    std::deque<std::pair<Item, std::optional<std::uint64_t>>> m_due; // before the events of the packet
    std::optional<std::uint64_t> m_count;
    PacketBits m_bits;
    EventInPacket m_event;
    EventInPacket m_last; // the event before it, with no layout before the first
    std::uint64_t m_lastCycles = 0;
    std::uint64_t m_latestCycles = 0; // of all events so far
    const std::uint8_t *m_context = nullptr; // of the last event that was read whole, if all tell their thread there
};

} // namespace exitscope::ctf
