// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/random_stream.h"

#include <algorithm>
#include <optional>
#include <set>

#include "tests/model/property/random_host.h"

namespace exitscope::testing {

namespace {

using Events = std::vector<Record>;

struct Traits {
    HostOptions host;
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
    traits.host.steps = dice.between(20, 500);
    traits.host.isa = static_cast<std::uint32_t>(dice.between(0, 2));
    traits.host.equalTimes = dice.chance(10);
    traits.contexts = dice.chance(60);
    traits.processes = dice.chance(60);
    traits.lossPercent = dice.chance(50) ? dice.between(5, 50) : 0;
    traits.damagePerMille = dice.chance(60) ? dice.between(1, 40) : 0;
    // Without contexts, what is lost can make the thread 0 of all pCPUs a vCPU, of which nothing can be said.
    traits.host.idleThreads = traits.contexts || (traits.lossPercent == 0 && traits.damagePerMille == 0);
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
    if (dice.chance(10))
        traits.notRecorded.insert(EventKind::VmEntry);
    return traits;
}

// Makes the event tell something else than it did. Whom it is about stays one thread.
void falsify(Record &record, const HostOptions &host, Dice &dice)
{
    const std::int32_t someone = kFirstVcpuTid + dice.below(host.vcpus);
    switch (record.kind) {
    case EventKind::SchedSwitch:
        if (dice.chance(75))
            record.switched.nextTid = someone;
        else
            record.tid = record.switched.prevTid = someone;
        break;
    case EventKind::VmEntry:
    case EventKind::VmExit:
    case EventKind::UserspaceExit:
    case EventKind::IoctlEntry:
    case EventKind::IoctlExit:
        record.tid = someone;
        break;
    default:
        break;
    }
}

Events damaged(const Events &events, const Traits &traits, Dice &dice)
{
    Events result;
    for (Record record : events) {
        if (traits.notRecorded.contains(record.kind))
            continue;
        const int rarely = record.kind == EventKind::SchedSwitch ? 300 : 1000; // most contradictions are of switches
        if (dice.below(rarely) >= traits.damagePerMille) {
            result.push_back(record);
            continue;
        }
        const int how = dice.below(4);
        if (how == 0)
            continue;
        if (how == 1)
            result.push_back(record);
        if (how == 2)
            falsify(record, traits.host, dice);
        result.push_back(record);
        if (how == 3 && record.tid >= kFirstVcpuTid && record.tid < kFirstVcpuTid + traits.host.vcpus) {
            record.kind = EventKind::UserspaceExit;
            record.userspaceExit = {5, 0};
            result.push_back(record);
        }
    }
    return result;
}

Record blind(Ns begin, std::int32_t pcpu, Ns unknownFrom, Ns until)
{
    Record record;
    record.timeNs = begin;
    record.pcpu = pcpu;
    record.kind = EventKind::Blind;
    record.provesHost = false;
    record.blind = {unknownFrom, until};
    return record;
}

// The events of one pCPU in packets, some with a loss reported before them: where that is, the begin and the end of the
// packet miss events, and in between some of the last.
class LossyStream {
public:
    LossyStream(const Events &events, int lossPercent, Dice &dice)
    {
        std::size_t i = 0;
        while (i < events.size()) {
            const std::size_t n = std::min<std::size_t>(events.size() - i, dice.between(1, 40));
            Events packet(events.begin() + i, events.begin() + i + n);
            i += n;
            const bool lossy = dice.chance(lossPercent);
            if (lossy)
                lose(packet, dice);
            // A loss takes time: it does not part what was written at one time.
            while (lossPercent > 0 && packet.size() > 1 && packet.back().timeNs == packet[packet.size() - 2].timeNs)
                packet.pop_back();
            if (!packet.empty() && (!lossy || packet.size() > 1)) {
                m_packets.push_back(std::move(packet));
                m_lossy.push_back(lossy);
            }
        }
    }

    Events withBlindStretches(int &count) const
    {
        Events result;
        for (std::size_t k = 0; k < m_packets.size(); ++k) {
            const Events &packet = m_packets[k];
            const Ns before = k > 0 ? m_packets[k - 1].back().timeNs : packet.front().timeNs;
            if (m_lossy[k] && k > 0)
                result.push_back(blind(before, packet.front().pcpu, before, packet.front().timeNs));
            result.insert(result.end(), packet.begin(), packet.end());
            if (!m_lossy[k])
                continue;
            ++count;
            const Ns tail = packet.size() >= 11 ? packet[packet.size() - 11].timeNs : before;
            const Ns until = k + 1 < m_packets.size() ? m_packets[k + 1].front().timeNs : kEndOfRecording;
            result.push_back(blind(packet.back().timeNs, packet.front().pcpu, tail, until));
        }
        return result;
    }

private:
    static void lose(Events &packet, Dice &dice)
    {
        Events kept;
        for (std::size_t i = 0; i < packet.size(); ++i) {
            const bool atBegin = i < 3;
            const bool atEnd = i + 10 > packet.size();
            if (!(atBegin && dice.chance(50)) && !(atEnd && dice.chance(60)))
                kept.push_back(packet[i]);
        }
        packet = std::move(kept);
    }

    std::vector<Events> m_packets;
    std::vector<bool> m_lossy;
};

// Before the first sched_switch, and before the first after a loss, its prev_tid is current.
Events withCurrentThreads(const Events &events)
{
    Events result;
    bool known = false;
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (events[i].kind == EventKind::Blind) {
            known = false;
        } else if (!known) {
            known = true;
            for (std::size_t j = i; j < events.size() && events[j].kind != EventKind::Blind; ++j) {
                if (events[j].kind != EventKind::SchedSwitch)
                    continue;
                Record record;
                record.timeNs = events[i].timeNs;
                record.pcpu = events[i].pcpu;
                record.tid = events[j].switched.prevTid;
                record.kind = EventKind::CurrentThread;
                record.provesHost = false;
                result.push_back(record);
                break;
            }
        }
        result.push_back(events[i]);
    }
    return result;
}

void addProcesses(RandomStream &stream, const Traits &traits, Ns t, Dice &dice)
{
    Events infos;
    for (int i = 0; i < traits.host.vcpus; ++i) {
        Record record;
        record.timeNs = t;
        record.pcpu = 0;
        record.tid = kFirstVcpuTid + i;
        record.kind = EventKind::ThreadInfo;
        record.provesHost = false;
        record.thread = {50 + dice.below(2), kNoName};
        stream.pids[record.tid] = record.thread.pid;
        infos.push_back(record);
    }
    stream.records.insert(stream.records.begin(), infos.begin(), infos.end());
}

} // namespace

RandomStream randomStream(std::uint32_t seed)
{
    Dice dice(seed);
    const Traits traits = traitsOf(dice);
    RandomStream stream;
    for (const Events &host : randomHost(traits.host, dice)) {
        const LossyStream lossy(damaged(host, traits, dice), traits.lossPercent, dice);
        for (Record record : withCurrentThreads(lossy.withBlindStretches(stream.blindStretches))) {
            if (!traits.contexts && record.kind != EventKind::CurrentThread)
                record.tid = kNoThread;
            stream.records.push_back(record);
        }
    }
    if (traits.lossPercent > 0 && dice.chance(10) && !stream.records.empty()) { // a stream whose pCPU is not known
        const Ns t = stream.records[dice.below(static_cast<int>(stream.records.size()))].timeNs;
        stream.records.push_back(blind(t, kNoPcpu, t, dice.chance(50) ? t + dice.below(500) : kEndOfRecording));
        ++stream.blindStretches;
    }
    std::stable_sort(stream.records.begin(), stream.records.end(),
        [](const Record &a, const Record &b) { return std::pair(a.timeNs, a.pcpu) < std::pair(b.timeNs, b.pcpu); });
    stream.from = stream.records.empty() ? 0 : stream.records.front().timeNs - dice.below(2) * dice.below(50);
    stream.to = stream.records.empty() ? 10 : stream.records.back().timeNs + dice.below(2) * dice.below(50);
    if (traits.processes)
        addProcesses(stream, traits, stream.from, dice);
    return stream;
}

} // namespace exitscope::testing
