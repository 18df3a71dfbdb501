// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/views/many_threads.h"

#include <array>

#include "tests/views/made_recording.h"

namespace exitscope::testing {

namespace {

constexpr std::uint32_t kThreadsOfProcess = 10;
constexpr MadeVcpu kVcpu{.run = 7000, .jitter = 1500, .alike = 1, .exit = 1000};

std::shared_ptr<Recording> hostOf(const ManyThreadsShape &shape)
{
    MadeVcpu vcpu = kVcpu;
    vcpu.count = shape.turns;
    vcpu.end = kMadeBegin + Ns(shape.turns) * (kVcpu.run + kVcpu.jitter + kVcpu.exit);
    std::vector<MadeVcpu> vcpus;
    for (std::size_t i = 0; i < shape.cpus; ++i) {
        vcpus.push_back(vcpu);
        vcpus.back().begin += Ns(i) * 3001; // no two do the same at a time
        vcpus.back().end += Ns(i) * 3001;
        vcpus.back().pcpu = std::int32_t(i);
    }
    return std::make_shared<Recording>(*makeRecording({vcpus}));
}

// What one guest does, turn by turn, on the vCPUs of a recording.
class ThreadMaker {
public:
    ThreadMaker(const ManyThreadsShape &shape, const std::vector<Vcpu> &vcpus, const ClockMap &map)
        : m_shape(shape), m_vcpus(vcpus), m_map(map), m_rows(shape.threads), m_on(shape.cpus, kNobody)
    {
        m_guest.path = QStringLiteral("/t/guest");
        m_guest.cpus.resize(shape.cpus);
        for (std::size_t cpu = 0; cpu < shape.cpus; ++cpu)
            m_guest.cpus[cpu].number = std::int32_t(cpu);
    }

    GuestTrace make()
    {
        listThreads();
        for (std::size_t turn = 0; turn < m_shape.turns; ++turn)
            for (std::size_t cpu = 0; cpu < m_shape.cpus; ++cpu)
                takeTurn(cpu, turn);
        tellStates();
        m_guest.range = {m_guest.cpus.front().events.front(), m_last};
        return std::move(m_guest);
    }

private:
    struct Row {
        Ns time;
        GuestThreadState state;
        std::int32_t cpu;
    };

    void listThreads()
    {
        static const std::array<const char *, 5> kNames{"web", "db", "worker", "cache", "cron"};
        for (const char *name : kNames)
            m_guest.names.push_back(QString::fromLatin1(name));
        m_read = std::uint32_t(m_guest.names.size());
        m_guest.names.push_back(QStringLiteral("read"));
        GuestThreads &threads = m_guest.threads;
        for (std::uint32_t i = 0; i < m_shape.threads; ++i) {
            const std::uint32_t process = i / kThreadsOfProcess;
            threads.tid.push_back(std::int32_t(i) + 1);
            threads.pid.push_back(std::int32_t(process * kThreadsOfProcess) + 1);
            threads.cpu.push_back(kNoPcpu);
            threads.isOfKernel.push_back(0);
            threads.begin.push_back(kNoTime);
            threads.end.push_back(kEndOfRecording);
            m_guest.nameTid.push_back(threads.tid.back());
            m_guest.nameTime.push_back(0);
            m_guest.nameIndex.push_back(process % std::uint32_t(kNames.size()));
        }
    }

    void takeTurn(std::size_t cpu, std::size_t turn)
    {
        const ExitColumns &exits = m_vcpus[cpu].exits;
        const Ns entry = exits.entry(turn);
        const Ns part = (exits.time(turn) - entry) / 7;
        const auto perCpu = std::uint32_t(m_shape.threads / m_shape.cpus);
        const auto thread = std::uint32_t(turn * 7 % perCpu * m_shape.cpus + cpu);
        const Ns comes = m_map.toGuest(entry + part);
        const Ns enters = m_map.toGuest(entry + 3 * part);
        const Ns leaves = m_map.toGuest(entry + 5 * part);
        if (const std::uint32_t before = std::exchange(m_on[cpu], thread); before != kNobody)
            m_rows[before].push_back(
                {comes, turn % 3 == 0 ? GuestThreadState::Waiting : GuestThreadState::Sleeping, kNoPcpu});
        m_rows[thread].push_back({comes, GuestThreadState::Running, std::int32_t(cpu)});
        m_guest.cpus[cpu].switchTime.push_back(comes);
        m_guest.cpus[cpu].switchTid.push_back(m_guest.threads.tid[thread]);
        const auto call = std::uint32_t(m_guest.calls.size());
        addCall(thread, cpu, {enters, leaves});
        addEvent(cpu, comes, thread, kNoCall);
        addEvent(cpu, enters, thread, call);
        addEvent(cpu, leaves, thread, kNoCall);
    }

    void addCall(std::uint32_t thread, std::size_t cpu, TimeRange range)
    {
        GuestCalls &calls = m_guest.calls;
        calls.thread.push_back(thread);
        calls.cpu.push_back(std::int32_t(cpu));
        calls.name.push_back(m_read);
        calls.file.push_back(kNoName);
        calls.begin.push_back(range.from);
        calls.end.push_back(range.to);
        calls.returned.push_back(0);
        calls.facts.push_back(GuestCalls::Entered | GuestCalls::Left | GuestCalls::HasReturned);
    }

    void addEvent(std::size_t cpu, Ns time, std::uint32_t thread, std::uint32_t call)
    {
        GuestCpu &on = m_guest.cpus[cpu];
        on.events.push_back(time);
        on.inKernel.push_back(call != kNoCall);
        m_last = std::max(m_last, time);
        GuestContexts &rows = on.contexts;
        rows.events.push_back(std::uint32_t(on.events.size()));
        rows.time.push_back(time);
        rows.thread.push_back(thread);
        rows.call.push_back(call);
        rows.level.push_back(GuestContexts::NoInterrupt);
        rows.source.push_back(IrqSource::Handler);
        rows.irq.push_back(kNoIrq);
        rows.begins.push_back(0);
    }

    void tellStates()
    {
        GuestStates &states = m_guest.states;
        for (std::uint32_t thread = 0; thread < m_shape.threads; ++thread) {
            for (const Row &row : m_rows[thread]) {
                states.thread.push_back(thread);
                states.time.push_back(row.time);
                states.state.push_back(row.state);
                states.cpu.push_back(row.cpu);
            }
        }
    }

    const ManyThreadsShape &m_shape;
    const std::vector<Vcpu> &m_vcpus;
    const ClockMap &m_map;
    GuestTrace m_guest;
    std::vector<std::vector<Row>> m_rows; // of each thread
    std::vector<std::uint32_t> m_on; // who is on each CPU
    std::uint32_t m_read = 0; // in names
    Ns m_last = 0;
};

} // namespace

GuestMaps ManyThreads::maps() const
{
    GuestMaps maps;
    maps.recording = recording;
    GuestAlignment found;
    found.verdict = SyncVerdict::Aligned;
    found.vm = VmKey{0, 0};
    for (std::size_t cpu = 0; cpu < recording->guests.front().cpus.size(); ++cpu)
        found.vcpuOf.emplace_back(cpu);
    found.map = ClockMap(line);
    maps.found.guests = {found};
    return maps;
}

ManyThreads makeManyThreads(const ManyThreadsShape &shape)
{
    const auto recording = hostOf(shape);
    ManyThreads made;
    made.line = {0, kMadeBegin, 1e-6};
    const ClockMap map(made.line);
    GuestTrace guest = ThreadMaker(shape, recording->hosts.front().vms.front().vcpus, map).make();
    TraceInfo info;
    info.path = guest.path;
    info.beginNs = guest.range.from;
    info.endNs = guest.range.to;
    for (const GuestCpu &cpu : guest.cpus)
        info.events += std::int64_t(cpu.events.size());
    guest.traces = {recording->traces.size()};
    recording->traces.push_back(info);
    recording->guests.push_back(std::move(guest));
    made.recording = recording;
    return made;
}

} // namespace exitscope::testing
