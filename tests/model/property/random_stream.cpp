// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/random_stream.h"

#include <algorithm>
#include <array>
#include <set>

#include "tests/model/property/random_host.h"

namespace exitscope::testing {

namespace {

struct Traits {
    HostOptions host;
    int channels = 1;
    bool contexts = true;
    bool processes = true;
    int lossPercent = 0; // of packets
    int damagePerMille = 0; // of events
    std::set<EventKind> notRecorded;
};

Traits traitsOf(Dice &dice)
{
    Traits traits;
    traits.host.pcpus = dice.between(1, 4);
    traits.host.vcpus = dice.between(1, 4);
    traits.host.steps = dice.between(20, 550);
    traits.host.isa = static_cast<std::uint32_t>(dice.between(0, 2));
    if (dice.chance(20))
        traits.host.equalTimes = dice.chance(50) ? EqualTimes::Anywhere : EqualTimes::OfOnePcpu;
    traits.host.strict = dice.chance(50);
    traits.host.idleThreads = dice.chance(85);
    traits.host.deaths = dice.chance(60);
    traits.channels = dice.between(1, 2);
    traits.contexts = dice.chance(60);
    traits.processes = dice.chance(60);
    traits.lossPercent = dice.chance(50) ? dice.between(5, 50) : 0;
    traits.damagePerMille = dice.chance(65) ? dice.between(1, 50) : 0;
    // One number makes threads that follow each other one vCPU; here each is to be one of its own.
    traits.host.vcpuIds = traits.contexts && !traits.host.deaths && traits.host.strict && dice.chance(70);
    if (dice.chance(25))
        traits.notRecorded.insert(EventKind::SchedSwitch);
    if (dice.chance(25))
        traits.notRecorded.insert(EventKind::SchedWakeup);
    if (dice.chance(25))
        traits.notRecorded.insert(EventKind::UserspaceExit);
    if (dice.chance(25))
        traits.notRecorded.insert({EventKind::IoctlEntry, EventKind::IoctlExit});
    if (dice.chance(25))
        traits.notRecorded.insert({EventKind::IrqBegin, EventKind::IrqEnd});
    if (dice.chance(25))
        traits.notRecorded.insert(EventKind::ThreadExit);
    if (dice.chance(10))
        traits.notRecorded.insert(EventKind::VmEntry);
    return traits;
}

bool isVcpu(std::int32_t tid, const HostOptions &host)
{
    return tid >= kFirstVcpuTid && tid < kFirstVcpuTid + host.vcpus;
}

// Events with damage done to some of them.
class Damage {
public:
    Damage(const Traits &traits, Dice &dice) : m_traits(traits), m_dice(dice) { }

    std::vector<Events> of(const std::vector<Events> &host)
    {
        m_result.resize(host.size());
        for (std::size_t pcpu = 0; pcpu < host.size(); ++pcpu) {
            for (const Record &record : host[pcpu])
                if (!m_traits.notRecorded.contains(record.kind))
                    take(record);
        }
        for (Events &events : m_result)
            std::stable_sort(
                events.begin(), events.end(), [](const Record &a, const Record &b) { return a.timeNs < b.timeNs; });
        return std::move(m_result);
    }

private:
    void put(const Record &record) { m_result[static_cast<std::size_t>(record.pcpu)].push_back(record); }

    void take(const Record &record)
    {
        // Most contradictions are of switches, and many of exits that are gone.
        const bool oftener = record.kind == EventKind::SchedSwitch || record.kind == EventKind::VmExit;
        const int rarely = oftener ? 350 : 1000;
        if (m_dice.below(rarely) >= m_traits.damagePerMille)
            return put(record);
        switch (m_dice.below(6)) {
        case 0: // dropped
            return;
        case 1:
            put(record);
            return put(later(record, m_dice.chance(70) ? 1 : m_dice.between(2, 30)));
        case 2:
            return put(falsified(record));
        case 3:
            return put(moved(record));
        default: // 4, 5
            put(record);
            if (isVcpu(record.tid, m_traits.host))
                put(madeUp(record));
        }
    }

    static Record later(Record record, Ns by)
    {
        record.timeNs += by;
        return record;
    }

    Record moved(Record record)
    {
        record.timeNs = std::max<Ns>(1, record.timeNs + m_dice.between(-40, 40));
        if (m_dice.chance(40))
            record.pcpu = m_dice.below(m_traits.host.pcpus);
        return record;
    }

    // Makes the event tell something else than it did. Whom it is about stays one thread.
    Record falsified(Record record)
    {
        const std::int32_t someone = kFirstVcpuTid + m_dice.below(m_traits.host.vcpus);
        switch (record.kind) {
        case EventKind::SchedSwitch:
            if (m_dice.chance(75))
                record.switched.nextTid = someone;
            else
                record.tid = record.switched.prevTid = someone;
            break;
        case EventKind::VmExit:
            record.tid = someone;
            if (record.exit.vcpuId != kNoVcpuId)
                record.exit.vcpuId = someone - kFirstVcpuTid;
            break;
        case EventKind::VmEntry:
        case EventKind::UserspaceExit:
        case EventKind::IoctlEntry:
        case EventKind::IoctlExit:
        case EventKind::ThreadExit:
            record.tid = someone;
            break;
        case EventKind::SchedWakeup:
            record.wakeup.tid = someone;
            break;
        default:
            break;
        }
        return record;
    }

    // An event of the thread that was not.
    Record madeUp(const Record &other)
    {
        Record record;
        record.timeNs = other.timeNs;
        record.pcpu = other.pcpu;
        record.tid = other.tid;
        record.kind = EventKind::UserspaceExit;
        record.userspaceExit = {5, 0};
        if (m_dice.chance(5) && !m_traits.notRecorded.contains(EventKind::ThreadExit) && m_traits.host.deaths) {
            record.kind = EventKind::ThreadExit;
            record.userspaceExit = {0, 0};
        }
        return record;
    }

    const Traits &m_traits;
    Dice &m_dice;
    std::vector<Events> m_result; // by pCPU
};

// The events of one stream in packets, some of which tell of a loss: where that is, the begin and the end of the packet
// miss events, and in between some of the last.
class Packing {
public:
    Packing(int lossPercent, Dice &dice) : m_lossPercent(lossPercent), m_dice(dice) { }

    std::vector<EventPacket> of(const Events &events)
    {
        std::size_t i = 0;
        while (i < events.size()) {
            if (m_dice.chance(5))
                addPacket({});
            const std::size_t n = std::min<std::size_t>(events.size() - i, m_dice.between(1, 40));
            addPacket(Events(events.begin() + i, events.begin() + i + n));
            i += n;
        }
        if (m_dice.chance(10)) // without events: what was lost at the end, or a stream that cannot be read
            addPacket({});
        return std::move(m_packets);
    }

private:
    void addPacket(Events events)
    {
        EventPacket packet;
        packet.eventsLost = m_dice.chance(m_lossPercent);
        packet.packetsLost = m_dice.chance(m_lossPercent / 4);
        if (packet.eventsLost)
            events = lossy(events);
        if (packet.packetsLost)
            events.erase(events.begin(), events.begin() + m_dice.below(static_cast<int>(events.size()) + 1));
        packet.events = std::move(events);
        m_packets.push_back(std::move(packet));
    }

    Events lossy(const Events &events)
    {
        Events kept;
        for (std::size_t i = 0; i < events.size(); ++i) {
            const bool atBegin = i < 3;
            const bool atEnd = i + 10 > events.size();
            if (!(atBegin && m_dice.chance(50)) && !(atEnd && m_dice.chance(60)))
                kept.push_back(events[i]);
        }
        return kept;
    }

    const int m_lossPercent;
    Dice &m_dice;
    std::vector<EventPacket> m_packets;
};

void addStreams(
    RandomStream &stream, const std::vector<Events> &channels, std::int32_t pcpu, const Traits &traits, Dice &dice)
{
    const bool turned = dice.chance(50);
    for (std::size_t i = 0; i < channels.size(); ++i) {
        const std::size_t channel = turned ? channels.size() - 1 - i : i;
        EventStream one;
        one.pcpu = pcpu;
        one.declaresSwitches = channel == 0 && !traits.notRecorded.contains(EventKind::SchedSwitch);
        Events events = channels[channel];
        for (Record &record : events) {
            record.stream = static_cast<std::uint32_t>(stream.streams.streams.size());
            if (!traits.contexts)
                record = withoutContext(record);
        }
        one.packets = Packing(traits.lossPercent, dice).of(withoutRepetitions(events));
        stream.streams.streams.push_back(std::move(one));
    }
}

void addProcesses(RandomStream &stream, const Traits &traits, Dice &dice)
{
    for (int i = 0; i < traits.host.vcpus; ++i) {
        Record record;
        record.timeNs = stream.streams.from;
        record.pcpu = 0;
        record.tid = kFirstVcpuTid + i;
        record.kind = EventKind::ThreadInfo;
        record.provesHost = false;
        record.thread = {50 + dice.below(2), kNoName};
        stream.pids[record.tid] = record.thread.pid;
        stream.threadInfos.push_back(record);
    }
}

// Events that only prove the host tell what was touched, and exits do by their fields. By dice of their own, so that
// all else of the host stays what it is.
void addTouches(EventStreams &streams, std::uint32_t seed)
{
    constexpr std::array kKinds{TargetKind::Port, TargetKind::Msr, TargetKind::Page, TargetKind::CpuidLeaf,
        TargetKind::ApicRegister, TargetKind::Vector};
    Dice dice(seed + 0x70'000'000);
    const auto anyTarget = [&] {
        const TargetKind kind = kKinds[std::size_t(dice.below(int(kKinds.size())))];
        return Target::of(kind, std::uint64_t(dice.below(3)) * Target::kPageBytes);
    };
    for (EventStream &stream : streams.streams) {
        for (EventPacket &packet : stream.packets) {
            for (Record &record : packet.events) {
                if (record.kind == EventKind::VmExit && dice.chance(40)) {
                    record.exit.target = anyTarget();
                } else if (record.kind == EventKind::HostProof && record.provesHost && dice.chance(80)) {
                    record.kind = EventKind::Touch;
                    record.touch = {anyTarget(), 0};
                    record.touch.ofDevice = record.touch.target.kind() == TargetKind::Page && dice.chance(30);
                }
            }
        }
    }
}

} // namespace

RandomStream randomStream(std::uint32_t seed)
{
    Dice dice(seed);
    const Traits traits = traitsOf(dice);
    RandomStream stream;
    const std::vector<Events> host = Damage(traits, dice).of(randomHost(traits.host, dice));
    for (std::size_t pcpu = 0; pcpu < host.size(); ++pcpu) {
        const auto channels = inChannels(host[pcpu], traits.channels, dice);
        addStreams(stream, channels, static_cast<std::int32_t>(pcpu), traits, dice);
    }
    for (EventStream &one : stream.streams.streams) {
        dropRepetitions(one);
        for (const EventPacket &packet : one.packets)
            stream.blindStretches += packet.eventsLost || packet.packetsLost;
    }
    setRange(stream.streams);
    addTouches(stream.streams, seed);
    if (traits.processes)
        addProcesses(stream, traits, dice);
    return stream;
}

} // namespace exitscope::testing
