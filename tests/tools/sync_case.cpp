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
    Vcpu makeVcpu(const std::vector<Run> &runs, std::int32_t number, std::int32_t tid);
    std::vector<TimeRange> makeLosses();
    ClockMap makeTruth();
    std::vector<Ns> makeEvents(const std::vector<Run> &runs, const ClockMap &truth);

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

Vcpu CaseMaker::makeVcpu(const std::vector<Run> &runs, std::int32_t number, std::int32_t tid)
{
    return vcpuOfRuns(runs, {kHostBeginNs, kHostBeginNs + m_options.spanNs}, makeLosses(), number, tid, 0);
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
std::vector<Ns> CaseMaker::makeEvents(const std::vector<Run> &runs, const ClockMap &truth)
{
    std::vector<Ns> events;
    Ns lostUntil = kNoTime;
    for (const Run &run : runs) {
        if (m_options.losesEvents && chance(1))
            lostUntil = run.begin + 2'000'000 + below(4'000'000);
        const Ns edge = std::min(m_options.edgeNs, (run.end - run.begin) / 2 - 10);
        std::vector<Ns> times{run.begin + 5 + below(edge), run.end - 5 - below(edge)};
        while (times.size() < m_options.eventsPerRun)
            times.push_back(run.begin + 5 + below(run.end - run.begin - 10));
        for (const Ns time : times)
            if (time >= lostUntil && guestRange().contains(time))
                events.push_back(truth.toGuest(time));
    }
    std::ranges::sort(events);
    return events;
}

SyncCase CaseMaker::make()
{
    SyncCase result;
    Timeline &host = result.recording.hosts.emplace_back();
    host.range = {kHostBeginNs, kHostBeginNs + m_options.spanNs};
    std::vector<GuestTrace> guests;
    for (std::size_t v = 0; v < m_options.vms; ++v) {
        Vm &vm = host.vms.emplace_back();
        vm.name = QStringLiteral("vm%1").arg(v);
        vm.pid = 1000 + std::int32_t(v);
        GuestTrace &guest = guests.emplace_back();
        guest.path = QStringLiteral("/guest%1").arg(v);
        result.truth.push_back(makeTruth());
        for (std::size_t k = 0; k < m_options.vcpus; ++k) {
            const std::vector<Run> runs = makeRuns();
            vm.vcpus.push_back(makeVcpu(runs, std::int32_t(k), std::int32_t(2000 + 10 * v + k)));
            GuestCpu &cpu = guest.cpus.emplace_back();
            cpu.number = std::int32_t(k);
            cpu.events = makeEvents(runs, result.truth.back());
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
    return result;
}

} // namespace

SyncCase makeSyncCase(const SyncCaseOptions &options)
{
    return CaseMaker(options).make();
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
