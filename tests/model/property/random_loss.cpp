// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/random_loss.h"

#include <algorithm>
#include <set>

#include "tests/model/property/random_host.h"

namespace exitscope::testing {

namespace {

constexpr int kMostSlipIns = 10;

struct Traits {
    HostOptions host;
    int channels = 1;
    bool switchesInBoth = false; // channels
    bool contexts = true;
    int lossPercent = 0; // of packets
    std::set<EventKind> notRecorded;
    std::set<EventKind> small; // that slip in, and no others do; empty: any can
};

Traits traitsOf(LossKind kind, Dice &dice)
{
    Traits traits;
    traits.host.pcpus = dice.chance(10) ? 1 : dice.between(2, 4);
    traits.host.vcpus = dice.between(1, 4);
    traits.host.steps = dice.between(100, 600);
    traits.host.isa = dice.chance(10) ? 0 : static_cast<std::uint32_t>(dice.between(1, 2));
    traits.host.interrupts = dice.chance(85);
    traits.host.idleThreads = dice.chance(85);
    traits.host.deaths = dice.chance(50);
    traits.host.vcpuIds = false;
    traits.lossPercent = dice.between(10, 45);
    const bool oneChannel = kind == LossKind::OneChannel || kind == LossKind::Untold;
    traits.channels = kind == LossKind::TwoChannels ? 2 : oneChannel ? 1 : dice.between(1, 2);
    // Between two channels it is the order of the streams that counts, which is not that of what happened.
    const bool mayBeEqual = kind != LossKind::NoContexts && kind != LossKind::Untold;
    if (traits.channels == 1 && mayBeEqual && dice.chance(15)) {
        traits.host.equalTimes = EqualTimes::OfOnePcpu;
        traits.host.deaths = false; // of what has no length at the time of one it is not told whether it was before
        if (dice.chance(50)) { // a clock that stands still while events are lost
            traits.host.equalTimePercent = 80;
            traits.host.samePcpuPercent = 80;
        }
    }
    traits.host.manyIoctls = kind != LossKind::Untold && dice.chance(35);
    if (!traits.host.manyIoctls && kind != LossKind::Untold && dice.chance(15)) {
        traits.host.userspaceExitPercent = 80;
        traits.host.interrupts = false;
        traits.host.pcpus = 1;
        traits.host.vcpus = dice.between(1, 2);
        traits.lossPercent = 60;
        traits.host.steps = 2000;
        traits.small = {EventKind::UserspaceExit};
    }
    if (kind == LossKind::NoContexts && dice.chance(40)) {
        traits.host.isa = 1;
        traits.host.failedEntryPercent = 40;
    }
    traits.contexts = kind != LossKind::NoContexts;
    if (kind == LossKind::NoSwitches || (kind == LossKind::NoContexts && dice.chance(20)))
        traits.notRecorded.insert(EventKind::SchedSwitch);
    // By the events of a pCPU alone, another vCPU on it would then seem to enter twice.
    traits.host.lateExits = kind != LossKind::NoContexts || !traits.notRecorded.contains(EventKind::SchedSwitch);
    if (dice.chance(15))
        traits.notRecorded.insert(EventKind::SchedWakeup);
    if (dice.chance(10))
        traits.notRecorded.insert(EventKind::UserspaceExit);
    if (dice.chance(15))
        traits.notRecorded.insert({EventKind::IoctlEntry, EventKind::IoctlExit});
    // A death that nothing tells would make the whole recording untrue.
    if (dice.chance(30) && !traits.notRecorded.contains(EventKind::SchedSwitch))
        traits.notRecorded.insert(EventKind::ThreadExit);
    traits.switchesInBoth = traits.channels == 2 && dice.chance(40);
    return traits;
}

// A ring buffer that is full now and then. Where it is, a packet ends: the first event that did not fit is lost, up to
// ten that are small enough may still fit, and what comes before the next packet begins is lost.
class RingBuffer {
public:
    RingBuffer(LossKind kind, const Traits &traits, Dice &dice)
        : m_kind(kind), m_traits(traits), m_lossPercent(dice.chance(35) ? 0 : traits.lossPercent), m_dice(dice)
    {
    }

    std::vector<WrittenPacket> write(const Events &events)
    {
        m_events = &events;
        if (m_kind == LossKind::Borders && m_dice.chance(60))
            loseBegin();
        while (!atEnd()) {
            if (m_dice.chance(4))
                writeEmptyPacket();
            writePacket();
        }
        if (m_packet.packetsLost || !m_packet.events.empty()) // what was lost last is told by a packet without events
            endPacket();
        return std::move(m_packets);
    }

private:
    bool atEnd() const { return m_at == m_events->size(); }
    void take(bool lost)
    {
        if (!atEnd())
            m_packet.events.push_back({(*m_events)[m_at++], lost});
    }
    void lose(int n)
    {
        for (int i = 0; i < n; ++i)
            take(true);
    }
    void endPacket()
    {
        m_packets.push_back(std::move(m_packet));
        m_packet = {};
    }

    void loseBegin()
    {
        (m_dice.chance(70) ? m_packet.eventsLost : m_packet.packetsLost) = true;
        lose(m_dice.between(1, 25));
    }

    void writeEmptyPacket()
    {
        if (m_dice.chance(3 * m_lossPercent)) {
            m_packet.eventsLost = true;
            lose(m_dice.between(1, 10));
        }
        endPacket();
    }

    void writePacket()
    {
        if (m_dice.chance(m_kind == LossKind::LostPackets ? m_lossPercent : m_lossPercent / 10)) {
            m_packet.packetsLost = true;
            lose(m_dice.between(1, 30));
        }
        const int room = m_dice.chance(20) ? m_dice.between(1, 11) : m_dice.between(6, 30);
        for (int i = 0; i < room; ++i)
            take(false);
        // Few events are left: there is no other packet.
        const bool last = m_events->size() - m_at < 12;
        const bool full = last && m_kind == LossKind::Borders
            ? m_dice.chance(60)
            : m_dice.chance(m_lossPercent) && m_kind != LossKind::Borders;
        if (!full || atEnd())
            return endPacket();
        if (m_dice.chance(15)) // told with the next packet
            return loseBetween();
        m_packet.eventsLost = true;
        lose(1);
        slipIn();
        if (last && m_dice.chance(50))
            lose(12);
        const int more = m_dice.chance(25) ? 0 : m_dice.between(1, 25);
        lose(more);
        endPacket();
        m_packet.eventsLost = more > 0 && m_dice.chance(25); // some of them count with the next
    }

    void slipIn()
    {
        int left = m_dice.chance(10) ? kMostSlipIns : m_dice.between(0, kMostSlipIns);
        if (m_kind != LossKind::SmallEvents && m_dice.chance(50))
            left = m_dice.between(0, 3);
        for (int i = 0; left > 0 && i < 20 && !atEnd(); ++i) {
            const bool small
                = m_traits.small.empty() ? m_dice.chance(60) : m_traits.small.contains((*m_events)[m_at].kind);
            take(!small);
            left -= small;
        }
    }

    void loseBetween()
    {
        endPacket();
        m_packet.eventsLost = true;
        lose(m_dice.between(1, 15));
    }

    const LossKind m_kind;
    const Traits &m_traits;
    const int m_lossPercent;
    Dice &m_dice;
    const Events *m_events = nullptr;
    std::size_t m_at = 0;
    WrittenPacket m_packet;
    std::vector<WrittenPacket> m_packets;
};

std::vector<WrittenPacket> withUntoldGaps(const Events &events, Dice &dice)
{
    WrittenPacket packet;
    for (const Record &record : events)
        packet.events.push_back({record, false});
    const int gaps = dice.chance(60) ? dice.between(1, 2) : 0;
    for (int i = 0; i < gaps && !events.empty(); ++i) {
        const int first = dice.below(static_cast<int>(events.size()));
        const int end = std::min(first + dice.between(1, 20), static_cast<int>(events.size()));
        for (int k = first; k < end; ++k)
            packet.events[static_cast<std::size_t>(k)].lost = true;
    }
    return {packet};
}

// Each of the two channels has some of the switches.
std::vector<Events> withSwitchesInBoth(const std::vector<Events> &channels, Dice &dice)
{
    std::vector<Events> result(2);
    result[1] = channels[1];
    for (const Record &record : channels[0])
        result[record.kind == EventKind::SchedSwitch && dice.chance(50) ? 1 : 0].push_back(record);
    for (Events &events : result)
        std::stable_sort(
            events.begin(), events.end(), [](const Record &a, const Record &b) { return a.timeNs < b.timeNs; });
    return result;
}

// From anywhere on, also from its begin.
void cut(WrittenStream &stream, Dice &dice)
{
    const std::size_t kept = static_cast<std::size_t>(dice.below(static_cast<int>(stream.packets.size()) + 1));
    for (std::size_t i = dice.chance(10) ? 0 : kept; i < stream.packets.size(); ++i) {
        stream.packets[i].unread = true;
        for (WrittenEvent &event : stream.packets[i].events)
            event.lost = true;
    }
}

void addStreams(LossyHost &host, const Events &events, std::int32_t pcpu, const Traits &traits, Dice &dice)
{
    Events recorded;
    for (const Record &record : events)
        if (!traits.notRecorded.contains(record.kind))
            recorded.push_back(traits.contexts ? record : withoutContext(record));
    std::vector<Events> channels = inChannels(withoutRepetitions(recorded), traits.channels, dice);
    if (traits.switchesInBoth)
        channels = withSwitchesInBoth(channels, dice);
    for (std::size_t channel = 0; channel < channels.size(); ++channel) {
        WrittenStream stream;
        stream.pcpu = pcpu;
        stream.declaresSwitches
            = (channel == 0 || traits.switchesInBoth) && !traits.notRecorded.contains(EventKind::SchedSwitch);
        if (host.kind == LossKind::Untold)
            stream.packets = withUntoldGaps(channels[channel], dice);
        else
            stream.packets = RingBuffer(host.kind, traits, dice).write(channels[channel]);
        if (host.kind == LossKind::CutStreams && dice.chance(40))
            cut(stream, dice);
        host.streams.push_back(std::move(stream));
    }
}

bool isCut(const WrittenStream &stream)
{
    return std::any_of(
        stream.packets.begin(), stream.packets.end(), [](const WrittenPacket &packet) { return packet.unread; });
}

// The events of a stream in one list, each with its packet.
struct Placed {
    const WrittenEvent *event = nullptr;
    std::size_t packet = 0;
};
std::vector<Placed> placed(const WrittenStream &stream)
{
    std::vector<Placed> result;
    for (std::size_t i = 0; i < stream.packets.size(); ++i)
        for (const WrittenEvent &event : stream.packets[i].events)
            result.push_back({&event, i});
    return result;
}

// Of the events left in the packet the first (n = 0) and so on; of those before or after it the nearest.
class LeftEvents {
public:
    explicit LeftEvents(const std::vector<Placed> &events) : m_end(static_cast<int>(events.size()))
    {
        for (int i = 0; i < m_end; ++i)
            if (!events[static_cast<std::size_t>(i)].event->lost)
                m_left.push_back({i, events[static_cast<std::size_t>(i)].packet});
    }

    std::vector<int> in(std::size_t packet) const
    {
        std::vector<int> result;
        for (const auto &[position, of] : m_left)
            if (of == packet)
                result.push_back(position);
        return result;
    }
    int lastBefore(std::size_t packet) const
    {
        int result = -1;
        for (const auto &[position, of] : m_left)
            if (of < packet)
                result = position;
        return result;
    }
    int firstAfter(std::size_t packet) const
    {
        for (const auto &[position, of] : m_left)
            if (of > packet)
                return position;
        return m_end;
    }

private:
    std::vector<std::pair<int, std::size_t>> m_left;
    int m_end = 0;
};

// Positions of the events between which the pCPU is blind.
std::vector<std::pair<int, int>> blindStretches(const WrittenStream &stream, const LeftEvents &left)
{
    std::vector<std::pair<int, int>> result;
    for (std::size_t i = 0; i < stream.packets.size(); ++i) {
        const WrittenPacket &packet = stream.packets[i];
        if (packet.unread) { // to the end of the recording
            result.emplace_back(left.lastBefore(i), left.firstAfter(stream.packets.size()));
            break;
        }
        if (!packet.eventsLost && !packet.packetsLost)
            continue;
        const std::vector<int> own = left.in(i);
        result.emplace_back(left.lastBefore(i), own.empty() ? left.firstAfter(i) : own.front());
        if (packet.eventsLost && !own.empty())
            result.emplace_back(own.size() < 11 ? left.lastBefore(i) : own[own.size() - 11], left.firstAfter(i));
    }
    return result;
}

} // namespace

LossyHost lossyHost(LossKind kind, std::uint32_t seed)
{
    // The hosts of a kind stay what they are when another kind comes.
    constexpr std::uint32_t kFirstKinds = 8;
    const auto number = static_cast<std::uint32_t>(kind);
    Dice dice(number < kFirstKinds ? seed * kFirstKinds + number : (number << 28) + seed);
    const Traits traits = traitsOf(kind, dice);
    LossyHost host;
    host.kind = kind;
    const std::vector<Events> events = randomHost(traits.host, dice);
    for (std::size_t pcpu = 0; pcpu < events.size(); ++pcpu)
        addStreams(host, events[pcpu], static_cast<std::int32_t>(pcpu), traits, dice);
    return host;
}

LossyHost asWritten(const EventStreams &streams)
{
    LossyHost host;
    for (const EventStream &stream : streams.streams) {
        WrittenStream written{stream.pcpu, stream.declaresSwitches, {}};
        for (const EventPacket &packet : stream.packets) {
            written.packets.push_back({{}, packet.eventsLost, packet.packetsLost});
            for (const Record &record : packet.events)
                written.packets.back().events.push_back({record, false});
        }
        host.streams.push_back(std::move(written));
    }
    return host;
}

EventStreams LossyHost::whole() const
{
    EventStreams result;
    for (const WrittenStream &written : streams) {
        EventStream stream{written.pcpu, written.declaresSwitches, {EventPacket{}}};
        for (const WrittenPacket &packet : written.packets)
            for (const WrittenEvent &event : packet.events)
                stream.packets.front().events.push_back(event.record);
        result.streams.push_back(std::move(stream));
    }
    setRange(result);
    return result;
}

EventStreams LossyHost::lossy() const
{
    EventStreams result;
    for (const WrittenStream &written : streams) {
        EventStream stream{written.pcpu, written.declaresSwitches, {}};
        stream.restLost = isCut(written);
        for (const WrittenPacket &packet : written.packets) {
            if (packet.unread)
                break;
            EventPacket left{{}, packet.eventsLost, packet.packetsLost};
            for (const WrittenEvent &event : packet.events)
                if (!event.lost)
                    left.events.push_back(event.record);
            stream.packets.push_back(std::move(left));
        }
        dropRepetitions(stream);
        result.streams.push_back(std::move(stream));
    }
    setRange(result);
    return result;
}

bool lossesAreTold(const LossyHost &host)
{
    for (const WrittenStream &stream : host.streams) {
        const std::vector<Placed> events = placed(stream);
        const auto blind = blindStretches(stream, LeftEvents(events));
        for (int i = 0; i < static_cast<int>(events.size()); ++i) {
            const bool told = std::any_of(blind.begin(), blind.end(),
                [i](const auto &stretch) { return stretch.first < i && i < stretch.second; });
            if (events[static_cast<std::size_t>(i)].event->lost && !told)
                return false;
        }
    }
    return true;
}

std::set<std::pair<Ns, std::int32_t>> blindBegins(const LossyHost &host)
{
    std::set<std::pair<Ns, std::int32_t>> result;
    for (const WrittenStream &stream : host.streams) {
        const std::vector<Placed> events = placed(stream);
        for (const auto &[after, before] : blindStretches(stream, LeftEvents(events)))
            if (after >= 0)
                result.emplace(events[static_cast<std::size_t>(after)].event->record.timeNs, stream.pcpu);
    }
    return result;
}

QStringList listing(const LossyHost &host)
{
    struct Line {
        Ns time;
        QString text;
    };
    std::vector<Line> lines;
    QStringList result;
    for (std::size_t s = 0; s < host.streams.size(); ++s) {
        const WrittenStream &stream = host.streams[s];
        result.append(QStringLiteral("stream %1: p%2%3")
                          .arg(s)
                          .arg(stream.pcpu)
                          .arg(stream.declaresSwitches ? QStringLiteral(" sched_switch") : QString()));
        for (std::size_t i = 0; i < stream.packets.size(); ++i) {
            const WrittenPacket &packet = stream.packets[i];
            const QString place = QStringLiteral("%1.%2").arg(s).arg(i);
            const std::size_t left = std::count_if(
                packet.events.begin(), packet.events.end(), [](const WrittenEvent &event) { return !event.lost; });
            if (packet.unread)
                result.append(QStringLiteral("packet %1 (p%2): not read").arg(place).arg(stream.pcpu));
            else if (packet.eventsLost || packet.packetsLost)
                result.append(QStringLiteral("packet %1 (p%2, %3 events left):%4%5")
                                  .arg(place)
                                  .arg(stream.pcpu)
                                  .arg(left)
                                  .arg(packet.eventsLost ? QStringLiteral(" events lost") : QString(),
                                      packet.packetsLost ? QStringLiteral(" packets lost before it") : QString()));
            for (const WrittenEvent &event : packet.events)
                lines.push_back({event.record.timeNs,
                    (event.lost ? QStringLiteral("- ") : QStringLiteral("  ")) + place.leftJustified(6)
                        + text(event.record)});
        }
    }
    std::stable_sort(lines.begin(), lines.end(), [](const Line &a, const Line &b) { return a.time < b.time; });
    for (const Line &line : lines)
        result.append(line.text);
    return result;
}

} // namespace exitscope::testing
