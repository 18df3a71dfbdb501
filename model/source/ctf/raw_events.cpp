// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/raw_events.h"

#include <utility>

#include "model/source/ctf/raw_fields.h"

namespace exitscope::ctf {

namespace {

using Item = StreamCursor::Item;

} // namespace

RawEvents::RawEvents(std::shared_ptr<const StreamData> data, Ns from, Ns to, CancelFlag cancel)
    : m_data(std::move(data)), m_clock(*m_data->layout().clock), m_from(from), m_to(to), m_cancel(cancel),
      m_cursor(m_data, firstPacket())
{
}

std::optional<Ns> RawEvents::beginOf(std::size_t packet) const
{
    const auto &begin = m_data->packets()[packet].begin;
    return begin && m_data->layout().packetsSetClock ? m_clock.find(*begin) : std::nullopt;
}

// The last one that begins before `from`: packets are in the order of their times.
std::size_t RawEvents::firstPacket() const
{
    std::size_t first = 0;
    for (std::size_t count = m_data->packets().size(); count > 1;) {
        const std::size_t half = count / 2;
        const auto begin = beginOf(first + half);
        if (!begin)
            return 0;
        if (*begin < m_from)
            first += half;
        count -= *begin < m_from ? half : count - half;
    }
    return first;
}

bool RawEvents::isBehind() const
{
    const auto &packets = m_data->packets();
    const auto at = static_cast<std::size_t>(&m_cursor.packet() - packets.data());
    const auto begin = beginOf(at);
    return begin && *begin >= m_to;
}

std::optional<RawEvent> RawEvents::next()
{
    while (!m_isOver && !isCancelled(m_cancel)) {
        switch (m_cursor.next()) {
        case Item::PacketBegin:
            m_isOver = isBehind();
            m_packet = m_isOver ? RawFields() : packetFields(*m_data, m_cursor.packet());
            break;
        case Item::Event:
        case Item::RepeatedEvent:
            if (const Ns time = m_cursor.timeNs(); time >= m_from && time < m_to)
                return event();
            break;
        case Item::PacketEnd:
        case Item::DiscardedEvents:
        case Item::DiscardedPackets:
            break;
        case Item::End:
            m_isOver = true;
            break;
        }
    }
    return std::nullopt;
}

RawEvent RawEvents::event()
{
    m_cursor.check();
    RawEvent event;
    event.timeNs = m_cursor.timeNs();
    const auto cpu = m_cursor.packet().cpu;
    event.pcpu = cpu && *cpu >= 0 && *cpu <= kMaxPcpu ? static_cast<std::int32_t>(*cpu) : kNoPcpu;
    event.tid = m_cursor.told().tid;
    event.name = m_cursor.event().eventClass->name;
    event.fields = m_packet;
    addEventFields(m_data->layout(), m_cursor.eventInPacket(), event.fields);
    return event;
}

} // namespace exitscope::ctf
