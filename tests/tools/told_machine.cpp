// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/told_machine.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>

#include "model/timeline/timeline_builder.h"
#include "tests/tools/guest_work.h"
#include "tests/tools/told_streams.h"

namespace exitscope::testing {

namespace {

constexpr std::int32_t kFirstVcpuTid = 2000, kMachinePid = 1000; // of the vCPUs' threads
constexpr Ns kLongGap = 100'000; // out of guest mode: it halts
constexpr Ns kSomeGap = 20'000; // so long another thread may have had the pCPU meanwhile
constexpr std::uint64_t kKernelRip = 0xffff'ffff'8100'0000, kProgramRip = 0x40'1000;

bool isWithin(const std::vector<TimeRange> &losses, Ns t)
{
    return std::ranges::any_of(
        losses, [t](const TimeRange &loss) { return loss.contains(t); });
}

// One stream: of what is lost nothing but that, in each way in which tracers tell it: packets that are missing, or
// events that were discarded before a packet was complete, which is between it and the one before or near its end.
class StreamWriter {
public:
    StreamWriter(std::int32_t pcpu, const std::vector<TimeRange> &losses, bool switches, std::uint32_t seed)
        : m_losses(losses), m_random(seed)
    {
        m_stream.pcpu = pcpu;
        m_stream.declaresSwitches = switches;
        m_stream.packets.emplace_back();
    }

    void add(const Record &record)
    {
        if (isWithin(m_losses, record.timeNs)) {
            m_hasLost = true;
            return;
        }
        if (std::exchange(m_hasLost, false))
            tellLoss();
        else if (m_stream.packets.back().events.size() >= m_most)
            beginPacket();
        m_stream.packets.back().events.push_back(record);
    }

    EventStream take(TimeRange &range)
    {
        if (m_hasLost)
            m_stream.packets.emplace_back().packetsLost = true;
        for (const EventPacket &packet : m_stream.packets) {
            if (packet.events.empty())
                continue;
            range.from = std::min(range.from, packet.events.front().timeNs);
            range.to = std::max(range.to, packet.events.back().timeNs);
        }
        return std::move(m_stream);
    }

private:
    static constexpr std::size_t kMostInPacket = 500;
    static constexpr std::size_t kMostBehind = 10; // events of a packet behind those that it discarded at its end

    EventPacket &beginPacket()
    {
        m_most = kMostInPacket;
        return m_stream.packets.emplace_back();
    }

    void tellLoss()
    {
        const std::size_t here = m_stream.packets.back().events.size();
        switch (here < m_most ? m_random() % 3 : 0) {
        case 0:
            beginPacket().packetsLost = true;
            return;
        case 1:
            beginPacket().eventsLost = true;
            return;
        default:
            m_stream.packets.back().eventsLost = true;
            m_most = std::min(m_most, here + 1 + m_random() % kMostBehind); // it may have lost some before
        }
    }

    const std::vector<TimeRange> &m_losses;
    std::mt19937 m_random;
    EventStream m_stream;
    std::size_t m_most = kMostInPacket; // that the last packet gets
    bool m_hasLost = false; // since the last event
};

Record threadInfo(std::int32_t tid, std::int32_t pid, std::uint32_t name)
{
    Record record;
    record.kind = EventKind::ThreadInfo;
    record.provesHost = false;
    record.tid = tid;
    record.thread = {pid, name};
    return record;
}

class MachineTeller {
public:
    MachineTeller(const MachineCourse &course, ReasonTable &reasons)
        : m_course(course), m_reasons(reasons), m_random(course.seed * 77 + 5),
          m_work({.seed = course.seed, .cpus = course.vcpus.size(), .tellsTids = chance(70), .dumpsState = chance(80)}),
          m_isSvm(chance(50)), m_tellsRips(chance(80)), m_hasCallChannel(chance(30))
    {
    }

    ToldMachine tell()
    {
        ToldMachine told;
        told.guest = tellGuest(told.exits);
        told.host = tellHost();
        return told;
    }

private:
    int below(int limit) { return int(m_random() % std::uint32_t(limit)); }
    bool chance(int percent) { return below(100) < percent; }

    struct GuestEvent {
        Ns guest, host;
        std::size_t cpu;
    };
    std::vector<GuestEvent> eventsInOrder() const;
    GuestTrace tellGuest(std::vector<std::vector<TrueExit>> &exits);
    GuestTrace buildGuest(EventStreams &streams) const;
    void noteExits(std::size_t cpu, Ns upTo, std::vector<TrueExit> &exits);
    Timeline tellHost();
    void tellVcpu(std::size_t cpu, StreamWriter &writer);
    void tellGap(std::size_t cpu, TimeRange gap, StreamWriter &writer);
    Ns exitEvent(const VcpuCourse &vcpu, std::size_t run) const;
    std::uint64_t reason(std::size_t cpu, std::size_t run, Ns gap);

    struct Exit { // of a run
        std::uint64_t rip = 0;
        bool isIdle = false;
    };

    const MachineCourse &m_course;
    ReasonTable &m_reasons;
    std::mt19937 m_random;
    GuestWork m_work;
    bool m_isSvm, m_tellsRips, m_hasCallChannel;
    std::vector<std::vector<Exit>> m_exits; // by vCPU and run
};

// By the guest's clock; of one CPU no two at one time, which streams of a CPU could tell in another order.
std::vector<MachineTeller::GuestEvent> MachineTeller::eventsInOrder() const
{
    std::vector<GuestEvent> events;
    for (std::size_t k = 0; k < m_course.vcpus.size(); ++k) {
        Ns last = kNoTime;
        for (const Ns host : m_course.vcpus[k].events) {
            const Ns guest = m_course.truth.toGuest(host);
            if (guest > last)
                events.push_back({guest, host, k});
            last = std::max(last, guest);
        }
    }
    std::ranges::stable_sort(events, {}, [](const GuestEvent &event) { return std::pair(event.guest, event.cpu); });
    return events;
}

// SVM's exit event comes behind the interrupt that caused it.
Ns MachineTeller::exitEvent(const VcpuCourse &vcpu, std::size_t run) const
{
    const Ns end = vcpu.runs[run].end;
    const Ns next = run + 1 < vcpu.runs.size() ? vcpu.runs[run + 1].begin : kEndOfRecording;
    return m_isSvm && run % 3 == 0 ? end + std::min<Ns>(300, (next - end) / 3) : end;
}

// What the exits of runs that end before that time interrupted: all events before these have happened.
void MachineTeller::noteExits(std::size_t cpu, Ns upTo, std::vector<TrueExit> &exits)
{
    const VcpuCourse &vcpu = m_course.vcpus[cpu];
    while (m_exits[cpu].size() < vcpu.runs.size() && vcpu.runs[m_exits[cpu].size()].end < upTo) {
        Exit &exit = m_exits[cpu].emplace_back();
        TrueExit truth{exitEvent(vcpu, m_exits[cpu].size() - 1), m_work.tid(cpu), m_work.life(cpu),
            m_work.threadName(cpu), m_work.call(cpu), m_work.context(cpu)};
        exit.isIdle = truth.context == "idle";
        const bool isInProgram = m_work.isInProgram(cpu) && !chance(3);
        if (m_tellsRips)
            exit.rip = isInProgram ? kProgramRip : kKernelRip;
        if (m_tellsRips && m_work.isInProgram(cpu) && !isInProgram)
            truth.context = "kernel"; // an interrupt that left no event
        exits.push_back(std::move(truth));
    }
}

GuestTrace MachineTeller::tellGuest(std::vector<std::vector<TrueExit>> &exits)
{
    const std::size_t cpus = m_course.vcpus.size();
    m_exits.resize(cpus);
    exits.resize(cpus);
    std::vector<std::vector<TimeRange>> losses(2 * cpus); // on the guest's clock, by CPU and channel
    for (std::size_t k = 0; k < cpus; ++k)
        for (const TimeRange &loss : m_course.vcpus[k].guestLosses)
            losses[2 * k + std::size_t(m_hasCallChannel && chance(50))].push_back(
                {m_course.truth.toGuest(loss.from), m_course.truth.toGuest(loss.to)});
    std::vector<StreamWriter> writers;
    for (std::size_t k = 0; k < cpus; ++k)
        for (const std::size_t channel : {0, 1})
            writers.emplace_back(std::int32_t(k), losses[2 * k + channel], channel == 0, m_random());
    for (const GuestEvent &event : eventsInOrder()) {
        noteExits(event.cpu, event.host, exits[event.cpu]);
        Record record = m_work.next(event.cpu);
        record.timeNs = event.guest;
        record.pcpu = std::int32_t(event.cpu);
        const bool isOfCall
            = record.kind == EventKind::HostProof && (record.plain.entersKernel != 0 || record.plain.leavesKernel != 0);
        writers[2 * event.cpu + std::size_t(m_hasCallChannel && isOfCall)].add(record);
    }
    for (std::size_t k = 0; k < cpus; ++k)
        noteExits(k, kEndOfRecording, exits[k]);
    EventStreams streams;
    TimeRange range{kEndOfRecording, kNoTime};
    for (std::size_t i = 0; i < writers.size(); ++i)
        if (i % 2 == 0 || m_hasCallChannel)
            streams.streams.push_back(writers[i].take(range));
    streams.from = range.from;
    streams.to = range.to;
    return buildGuest(streams);
}

GuestTrace MachineTeller::buildGuest(EventStreams &streams) const
{
    std::vector<Record> infos;
    for (const GuestWork::Thread &thread : m_work.threads()) {
        infos.push_back(threadInfo(thread.tid, thread.pid, thread.name));
        infos.back().timeNs = streams.from;
    }
    GuestBuilder builder;
    for (const std::string &name : m_work.names())
        builder.intern(QString::fromStdString(name)); // none is there twice
    for (const Record &record : toldRecords(streams, infos))
        builder.add(record);
    GuestTrace guest = builder.finish({streams.from, streams.to});
    guest.path = QStringLiteral("/guest0");
    return guest;
}

std::uint64_t MachineTeller::reason(std::size_t cpu, std::size_t run, Ns gap)
{
    if (gap >= kLongGap && m_exits[cpu][run].isIdle)
        return m_isSvm ? 0x78 : 12; // HLT
    constexpr std::uint64_t kVmx[] = {1, 10, 48, 52}, kSvm[] = {0x60, 0x72, 0x400, 0x64}; // interrupt, CPUID, …
    return (m_isSvm ? kSvm : kVmx)[below(4)];
}

// Some are halts or preemptions, with another thread on the pCPU meanwhile.
void MachineTeller::tellGap(std::size_t cpu, TimeRange gap, StreamWriter &writer)
{
    if (gap.length() < kSomeGap || !chance(gap.length() < kLongGap ? 20 : 80))
        return;
    Record record;
    record.pcpu = std::int32_t(cpu);
    record.kind = EventKind::SchedSwitch;
    const std::int32_t tid = kFirstVcpuTid + record.pcpu, other = chance(50) ? 0 : 500;
    record.timeNs = gap.from + gap.length() / 3;
    record.tid = tid;
    record.switched = {gap.length() < kLongGap ? 0 : 1, tid, other};
    writer.add(record);
    record.timeNs = gap.from + gap.length() / 3 * 2;
    record.tid = other;
    record.switched = {0, other, tid};
    writer.add(record);
}

void MachineTeller::tellVcpu(std::size_t cpu, StreamWriter &writer)
{
    const VcpuCourse &vcpu = m_course.vcpus[cpu];
    Record record;
    record.pcpu = std::int32_t(cpu);
    const auto add = [&](Ns t, EventKind kind) {
        record.tid = kFirstVcpuTid + record.pcpu;
        record.timeNs = t;
        record.kind = kind;
        if (m_course.recorded.contains(t))
            writer.add(record);
    };
    for (std::size_t i = 0; i < vcpu.runs.size(); ++i) {
        const Ns next = i + 1 < vcpu.runs.size() ? vcpu.runs[i + 1].begin : vcpu.runs[i].end + kLongGap;
        const Ns event = exitEvent(vcpu, i);
        record.entry = {std::int64_t(cpu)};
        add(vcpu.runs[i].begin, EventKind::VmEntry);
        if (event > vcpu.runs[i].end) {
            record.plain = {};
            add(vcpu.runs[i].end, EventKind::HostProof);
        }
        record.isa = m_isSvm ? 2 : 1;
        record.exit = {m_exits[cpu][i].rip, reason(cpu, i, next - event), std::int32_t(cpu), 0, {}};
        add(event, EventKind::VmExit);
        if (m_course.recorded.contains(event) && m_course.recorded.contains(next))
            tellGap(cpu, {event, next}, writer);
    }
}

Timeline MachineTeller::tellHost()
{
    EventStreams streams;
    TimeRange range{kEndOfRecording, kNoTime};
    for (std::size_t k = 0; k < m_course.vcpus.size(); ++k) {
        StreamWriter writer(std::int32_t(k), m_course.vcpus[k].hostLosses, true, m_random());
        tellVcpu(k, writer);
        streams.streams.push_back(writer.take(range));
    }
    streams.from = range.from;
    streams.to = range.to;
    TimelineBuilder builder(m_reasons, SwitchesRecorded::All);
    std::vector<Record> infos;
    for (std::size_t k = 0; k < m_course.vcpus.size(); ++k) {
        const std::uint32_t name = builder.intern(QStringLiteral("CPU %1/KVM").arg(k));
        infos.push_back(threadInfo(kFirstVcpuTid + std::int32_t(k), kMachinePid, name));
        infos.back().timeNs = range.from;
    }
    builder.add(toldRecords(streams, infos));
    return builder.finish(range);
}

} // namespace

std::vector<Ns> recordedEvents(const VcpuCourse &vcpu, const ClockMap &truth)
{
    std::vector<Ns> events;
    for (const Ns time : vcpu.events)
        if (!isWithin(vcpu.guestLosses, time))
            events.push_back(truth.toGuest(time));
    std::ranges::sort(events);
    return events;
}

ToldMachine tellMachine(const MachineCourse &course, ReasonTable &reasons)
{
    return MachineTeller(course, reasons).tell();
}

} // namespace exitscope::testing
