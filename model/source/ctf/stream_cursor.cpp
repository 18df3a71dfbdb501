// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/stream_cursor.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace exitscope::ctf {

namespace {

constexpr std::uint64_t kGiga = 1'000'000'000;

bool standsForNone(Ns time)
{
    return time == kNoTime || time == kEndOfRecording;
}

} // namespace

ClockScale::ClockScale(const ClockClass &clock) : m_frequency(clock.frequency)
{
    constexpr auto kMost = std::numeric_limits<Ns>::max() / static_cast<Ns>(kGiga);
    if (clock.offsetSeconds <= -kMost - 1 || clock.offsetSeconds >= kMost - 1)
        return;
    const auto ns = static_cast<Ns>(cyclesToNs(clock.offsetCycles));
    m_base = clock.offsetSeconds * static_cast<Ns>(kGiga) + ns;
}

// In floating point where the clock does not count nanoseconds: what is compared with other programs must be rounded as
// libbabeltrace2 does it.
std::uint64_t ClockScale::cyclesToNs(std::uint64_t cycles) const
{
    if (m_frequency == kGiga)
        return cycles;
    const double ns = 1e9 * static_cast<double>(cycles) / static_cast<double>(m_frequency);
    constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
    return ns >= static_cast<double>(kMost) ? kMost : static_cast<std::uint64_t>(ns);
}

std::optional<Ns> ClockScale::find(std::uint64_t cycles) const
{
    const std::uint64_t ns = cyclesToNs(cycles);
    Ns result = 0;
    if (!m_base || ns > static_cast<std::uint64_t>(std::numeric_limits<Ns>::max())
        || __builtin_add_overflow(*m_base, static_cast<Ns>(ns), &result))
        return std::nullopt;
    return result;
}

Ns ClockScale::toNs(std::uint64_t cycles) const
{
    if (const auto ns = find(cycles))
        return *ns;
    throw CtfError("a time does not fit in 64 bits of nanoseconds");
}

StreamCursor::StreamCursor(std::shared_ptr<const StreamData> data, std::size_t packet)
    : m_data(std::move(data)), m_clock(*m_data->layout().clock), m_fields(m_data->layout().registers), m_packet(packet)
{
}

// Behind what cannot be read nobody knows where the next event begins.
StreamCursor::Item StreamCursor::next()
{
    try {
        return tryNext();
    } catch (...) {
        m_bytesBefore = bytesRead();
        m_packet = m_data->packets().size();
        m_isInPacket = false;
        throw;
    }
}

StreamCursor::Item StreamCursor::tryNext()
{
    if (!m_isInPacket) {
        if (m_packet == m_data->packets().size())
            return Item::End;
        beginPacket();
    }
    if (!m_due.empty()) {
        const auto [item, count] = m_due.front();
        m_due.pop_front();
        m_count = count;
        return item;
    }
    return m_bits.at == m_bits.end ? endPacket() : readEvent();
}

void StreamCursor::beginPacket()
{
    const auto &packets = m_data->packets();
    const Packet &packet = packets[m_packet];
    const StreamLayout &layout = m_data->layout();
    const std::uint8_t *bytes = m_data->bytesOf(packet);
    m_bits = {bytes, packet.contentBits, 0};
    const TraceLayout &trace = m_data->trace().layout();
    FieldReader header(trace.registers);
    header.read(trace.programs, trace.packetHeader, m_bits);
    m_fields.read(layout.programs, layout.packetContext, m_bits);
    m_isInPacket = true;
    const bool isFirst = m_packet == 0;
    const Packet *before = isFirst ? nullptr : &packets[m_packet - 1];
    if (layout.countsLostEvents && packet.discardedEvents) {
        if (isFirst && *packet.discardedEvents != 0)
            m_due.emplace_back(Item::DiscardedEvents, std::nullopt);
        else if (before && *packet.discardedEvents != before->discardedEvents)
            m_due.emplace_back(Item::DiscardedEvents, *packet.discardedEvents - before->discardedEvents.value_or(0));
    }
    if (layout.countsPackets && packet.number && before && *packet.number - before->number.value_or(0) > 1)
        m_due.emplace_back(Item::DiscardedPackets, *packet.number - before->number.value_or(0) - 1);
    m_due.emplace_back(Item::PacketBegin, std::nullopt);
}

void StreamCursor::check() const
{
    if (m_isInPacket && m_data->shrank(packet()))
        throw CtfError("the file became shorter while it was read");
}

bool StreamCursor::hasTime() const
{
    const auto time = m_clock.find(m_fields.cycles);
    return time && !standsForNone(*time);
}

Ns StreamCursor::timeNs() const
{
    const Ns time = m_clock.toNs(m_fields.cycles);
    if (standsForNone(time))
        throw CtfError("a time that stands for none");
    return time;
}

void StreamCursor::letGo() const
{
    if (m_isInPacket)
        m_data->letGo(packet(), m_event.bits.data == m_bits.data ? m_event.bits.at / 8 : 0);
}

StreamCursor::Item StreamCursor::endPacket()
{
    check();
    m_bytesBefore += packet().bytes;
    m_bits = {};
    m_isInPacket = false;
    ++m_packet;
    return Item::PacketEnd;
}

const EventLayout &StreamCursor::layoutOfEvent() const
{
    const StreamLayout &layout = m_data->layout();
    const auto id = m_fields.role(Role::EventClassId);
    if (!id && layout.stream->events.size() != 1)
        throw CtfError("nothing tells of which kind an event of it is");
    const EventLayout *event = layout.event(id ? *id : layout.stream->events.begin()->first);
    if (!event)
        throw CtfError("an event of it is of a kind that the metadata does not know");
    return *event;
}

std::uint64_t StreamCursor::skip(StreamRecorder::Untold untold, std::uint32_t &kinds)
{
    constexpr std::uint64_t kMost = 4096;
    const StreamLayout &layout = m_data->layout();
    const bool canSkip = untold.all || ((untold.proofs || untold.others) && m_context);
    if (!canSkip || !m_isInPacket || !m_due.empty() || !m_event.layout || !layout.contextBytes)
        return 0;
    const auto isUntold = [&](const EventLayout &event, std::uint64_t at) {
        if (untold.all)
            return true;
        const bool isPlain = event.plan.what.kind == EventKind::HostProof && !event.plan.what.isMark
            && event.isOfContext && (event.plan.what.provesHost ? untold.proofs : untold.others);
        return isPlain && std::memcmp(m_bits.data + at / 8, m_context, *layout.contextBytes) == 0;
    };
    const PacketBits bits = m_bits;
    const EventInPacket before = m_event;
    const std::uint64_t cycles = m_fields.cycles, latest = m_latestCycles;
    std::uint64_t count = 0;
    HeaderTold told;
    while (count < kMost && m_bits.at < m_bits.end && tellsUsual(layout.usualHeader, m_bits, m_fields.cycles, told)) {
        const EventLayout *event = layout.event(told.id);
        if (!event || !event->fixedBits || told.cycles <= m_latestCycles)
            break;
        PacketBits fields{m_bits.data, m_bits.end, told.end};
        align(fields, layout.contextAlignment);
        if (fields.at > fields.end || *event->fixedBits > fields.end - fields.at || !isUntold(*event, fields.at))
            break;
        m_event = {event, m_bits};
        m_bits.at = fields.at + *event->fixedBits;
        m_fields.cycles = m_latestCycles = told.cycles;
        kinds |= event->kinds;
        ++count;
    }
    if (count > 0 && !hasTime()) { // which of them has none?
        m_bits = bits;
        m_event = before;
        m_fields.cycles = cycles;
        m_latestCycles = latest;
        return 0;
    }
    m_lastCycles = count > 0 ? m_fields.cycles : m_lastCycles;
    return count;
}

StreamCursor::Item StreamCursor::readEvent()
{
    const StreamLayout &layout = m_data->layout();
    m_last = m_event;
    const std::uint64_t last = m_lastCycles;
    m_event.bits = m_bits;
    m_fields.forget();
    if (!m_fields.readUsual(layout.usualHeader, m_bits))
        m_fields.read(layout.programs, layout.eventHeader, m_bits);
    m_event.layout = &layoutOfEvent();
    m_lastCycles = m_fields.cycles;
    m_latestCycles = std::max(m_latestCycles, m_lastCycles);
    PacketBits contexts = m_bits;
    align(contexts, layout.contextAlignment);
    m_fields.read(layout.programs, m_event.layout->program, m_bits);
    require(m_bits, 0);
    m_context = m_event.layout->isOfContext ? m_bits.data + contexts.at / 8 : nullptr;
    if (m_bits.at == m_event.bits.at)
        throw CtfError("an event of it takes no room");
    const bool isSameTime = m_last.layout && last == m_lastCycles;
    return isSameTime && repeatsLast() ? Item::RepeatedEvent : Item::Event;
}

// perf declares an event anew for each time that it was asked for, so the name counts, not the class.
bool StreamCursor::repeatsLast()
{
    const StreamLayout &layout = m_data->layout();
    return m_last.layout->eventClass->name == m_event.layout->eventClass->name
        && flatFields(layout, m_last, 'a') == flatFields(layout, m_event, 'b');
}

std::uint64_t StreamCursor::bytesRead() const
{
    return m_bytesBefore + (m_isInPacket ? std::min(m_bits.at, m_bits.end) / 8 : 0);
}

} // namespace exitscope::ctf
