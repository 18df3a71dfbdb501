// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/sync_case.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <string>

#include "tests/tools/ctf_writer.h"
#include "tests/tools/vcpu_of_runs.h"

namespace exitscope::testing {

namespace {

constexpr double kLeastChange = 40e-6;
constexpr Ns kLeastRun = 4000;

class CaseMaker {
public:
    explicit CaseMaker(const SyncCaseOptions &options) : m_options(options), m_random(options.seed) { }
    SyncCase make();

private:
    Ns below(Ns limit) { return Ns(m_random() % std::uint64_t(limit)); }
    double uniform(double from, double to) { return from + (to - from) * double(m_random() >> 11) * 0x1p-53; }
    bool chance(int percent) { return below(100) < percent; }

    TimeRange guestRange() const
    {
        const Ns margin = m_options.spanNs / 10;
        const TimeRange range = m_options.guest.value_or(TimeRange{-margin, m_options.spanNs + margin});
        return {kHostBeginNs + range.from, kHostBeginNs + range.to};
    }
    std::vector<Run> makeRuns();
    std::vector<TimeRange> makeLosses();
    ClockMap makeTruth();
    void makeEvents(VcpuCourse &vcpu);

    const SyncCaseOptions &m_options;
    std::mt19937_64 m_random;
};

// A guest that works in bursts of some ms, with an exit now and then, and rests between them. The runs go on before and
// after the host's recording.
std::vector<Run> CaseMaker::makeRuns()
{
    const TimeRange guest = guestRange();
    const Ns end = std::max(kHostBeginNs + m_options.spanNs, guest.to);
    std::vector<Run> runs;
    Ns t = std::min(kHostBeginNs, guest.from);
    while (t < end) {
        const Ns burst = t + 200'000 + below(4'000'000);
        while (t < burst) {
            const Ns length = 4000 + below(chance(10) ? 400'000 : 80'000);
            runs.push_back({t, t + length});
            t += length + 3000 + below(40'000);
        }
        t += 500'000 + below(12'000'000);
    }
    return runs;
}

std::vector<TimeRange> CaseMaker::makeLosses()
{
    std::vector<TimeRange> losses;
    if (!m_options.losesEvents)
        return losses;
    for (int i = 0; i < 4; ++i) {
        const Ns from = kHostBeginNs + below(m_options.spanNs);
        losses.push_back({from, from + m_options.spanNs / 200});
    }
    std::ranges::sort(losses, {}, &TimeRange::from);
    return losses;
}

ClockMap CaseMaker::makeTruth()
{
    const Ns offset = Ns(uniform(-30.0 * double(kDayNs), 30.0 * double(kDayNs)));
    std::vector<ClockPiece> pieces{
        {{kHostBeginNs - offset, kHostBeginNs, uniform(-kMostDrift, kMostDrift)}, kNoTime, {kNoTime, kNoTime}, {}}};
    if (m_options.changesRate) {
        for (int change = 1; change <= 2; ++change) {
            const ClockLine &before = pieces.back().line;
            const Ns at = before.toGuest(
                kHostBeginNs + Ns(uniform(change * 0.3, change * 0.3 + 0.1) * double(m_options.spanNs)));
            double drift = before.drift;
            while (std::abs(drift - before.drift) < kLeastChange)
                drift = uniform(-kMostDrift, kMostDrift);
            pieces.push_back({{at, before.toHost(at), drift}, at, {kNoTime, kNoTime}, {}});
        }
    }
    return ClockMap(std::move(pieces));
}

// Of each run the first event is near its entry and the last near its exit, the rest lies between.
void CaseMaker::makeEvents(VcpuCourse &vcpu)
{
    for (const Run &run : vcpu.runs) {
        if (m_options.losesEvents && chance(1)) {
            if (!vcpu.guestLosses.empty())
                vcpu.guestLosses.back().to = std::min(vcpu.guestLosses.back().to, run.begin);
            vcpu.guestLosses.push_back({run.begin, run.begin + 2'000'000 + below(4'000'000)});
        }
        const Run part{run.begin + m_options.quietNs, run.end - m_options.quietNs};
        if (part.end - part.begin < kLeastRun)
            continue;
        const Ns edge = std::min(m_options.edgeNs, (part.end - part.begin) / 2 - 10);
        std::vector<Ns> times{part.begin + 5 + below(edge), part.end - 5 - below(edge)};
        while (times.size() < m_options.eventsPerRun)
            times.push_back(part.begin + 5 + below(part.end - part.begin - 10));
        for (const Ns time : times)
            if (guestRange().contains(time))
                vcpu.events.push_back(time);
    }
    std::ranges::sort(vcpu.events);
}

SyncCase CaseMaker::make()
{
    SyncCase result;
    Timeline &host = result.recording.hosts.emplace_back();
    host.range = {kHostBeginNs, kHostBeginNs + m_options.spanNs};
    std::vector<GuestTrace> guests;
    MachineCourse course;
    for (std::size_t v = 0; v < m_options.vms; ++v) {
        Vm &vm = host.vms.emplace_back();
        vm.name = QStringLiteral("vm%1").arg(v);
        vm.pid = 1000 + std::int32_t(v);
        GuestTrace &guest = guests.emplace_back();
        guest.path = QStringLiteral("/guest%1").arg(v);
        result.truth.push_back(makeTruth());
        course = {m_options.seed, host.range, result.truth.back(), {}};
        for (std::size_t k = 0; k < m_options.vcpus; ++k) {
            VcpuCourse &own = course.vcpus.emplace_back();
            own.runs = makeRuns();
            own.hostLosses = makeLosses();
            makeEvents(own);
            vm.vcpus.push_back(
                vcpuOfRuns(own.runs, host.range, own.hostLosses, std::int32_t(k), std::int32_t(2000 + 10 * v + k), 0));
            GuestCpu &cpu = guest.cpus.emplace_back();
            cpu.number = std::int32_t(k);
            cpu.events = recordedEvents(own, course.truth);
        }
        guest.range = {guest.cpus.front().events.front(), guest.cpus.front().events.back()};
        for (const GuestCpu &cpu : guest.cpus)
            guest.range = {std::min(guest.range.from, cpu.events.front()), std::max(guest.range.to, cpu.events.back())};
    }
    // The guests come in any order.
    std::vector<std::size_t> order(m_options.vms);
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::ranges::shuffle(order, m_random);
    std::vector<ClockMap> truth;
    for (const std::size_t v : order) {
        result.recording.guests.push_back(std::move(guests[v]));
        truth.push_back(result.truth[v]);
    }
    result.truth = std::move(truth);
    result.vmOf = std::move(order);
    if (m_options.tellsThreads)
        tellThreads(result, course);
    return result;
}

} // namespace

SyncCase makeSyncCase(const SyncCaseOptions &options)
{
    return CaseMaker(options).make();
}

void tellThreads(SyncCase &made, const MachineCourse &course)
{
    ToldMachine told = tellMachine(course, made.recording.reasons);
    told.host.clockEvents = std::move(made.recording.hosts.at(0).clockEvents);
    told.guest.timers = std::move(made.recording.guests.at(0).timers);
    made.recording.hosts[0] = std::move(told.host);
    made.recording.guests[0] = std::move(told.guest);
    made.exits = std::move(told.exits);
}

std::int64_t writeSyncPair(const std::string &directory, const SyncCase &made)
{
    std::int64_t written = 0;
    const auto guestOf = std::ranges::find(made.vmOf, std::size_t(0)) - made.vmOf.begin();
    CtfTrace host(directory + "/host");
    host.options.recorded = {.entryVcpuId = false, .intrInfo = false};
    host.options.index = true;
    const Vm &vm = made.recording.hosts.at(0).vms.at(0);
    for (std::size_t k = 0; k < vm.vcpus.size(); ++k) {
        Event event;
        event.tid = *vm.vcpus[k].tid;
        event.pid = *vm.pid;
        event.procname = "CPU " + std::to_string(k) + "/KVM";
        event.vcpuId = std::int64_t(k);
        event.reason = 1;
        event.isa = 1;
        const StateColumns &states = vm.vcpus[k].states;
        for (std::size_t i = 0; i < states.size(); ++i) {
            if (states.state(i) != VcpuState::Guest)
                continue;
            event.type = EventType::VmEntry;
            host.stream(std::int32_t(k)).event(states.begin(i), event);
            event.type = EventType::VmExit;
            host.stream(std::int32_t(k)).event(states.end(i), event);
            written += 2;
        }
    }
    host.write();
    CtfTrace guest(directory + "/guest");
    guest.options.index = true;
    guest.options.hostname = "guest";
    guest.options.traceUuid = "c0ffee00-0000-4000-8000-000000000002";
    guest.options.clockUuid = "9e570000-0000-4000-8000-000000000001";
    const Event call = parseEvent("other:syscall_entry_read tid=130 pid=130 procname=dd");
    for (const GuestCpu &cpu : made.recording.guests.at(std::size_t(guestOf)).cpus) {
        for (const Ns time : cpu.events)
            guest.stream(cpu.number).event(time, call);
        written += std::int64_t(cpu.events.size());
    }
    guest.write();
    return written;
}

} // namespace exitscope::testing
