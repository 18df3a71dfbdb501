// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/fast_machine.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/tools/vcpu_of_runs.h"

namespace exitscope::testing {

namespace {

constexpr Ns kMostEarly = 1000; // that KVM starts its timer before the guest's deadline

class Dice {
public:
    explicit Dice(std::uint32_t seed) : m_random(seed) { }
    Ns below(Ns limit) { return limit > 0 ? Ns(m_random() % std::uint64_t(limit)) : 0; }
    double uniform(double from, double to) { return from + (to - from) * double(m_random() >> 11) * 0x1p-53; }
    // Each power of ten as likely as another.
    double byPower(double from, double to) { return std::exp(uniform(std::log(from), std::log(to))); }
    bool chance(int percent) { return below(100) < percent; }

private:
    std::mt19937_64 m_random;
};

// The runs from one halt to the next.
struct Phase {
    std::vector<Run> runs;
};

class MachineMaker {
public:
    explicit MachineMaker(const FastMachineOptions &options) : m_options(options), m_dice(options.seed) { }
    SyncCase make();

private:
    TimeRange recorded() const { return {kHostBeginNs, kHostBeginNs + m_options.spanNs}; }
    TimeRange guestRange() const
    {
        return {kHostBeginNs - m_options.spanNs / 10, kHostBeginNs + m_options.spanNs + m_options.spanNs / 10};
    }
    std::vector<Phase> makePhases();
    std::vector<TimeRange> makeLosses();
    void makeEvents(const std::vector<Phase> &phases, VcpuCourse &vcpu);
    void addCode(const std::vector<Run> &runs, Vcpu &vcpu, GuestCpu &cpu, ReasonTable &reasons);
    void addTimers(std::int32_t number, GuestTimers &timers, HostClockEvents &host);

    const FastMachineOptions &m_options;
    Dice m_dice;
    ClockLine m_truth;
};

std::vector<Phase> MachineMaker::makePhases()
{
    std::vector<Phase> phases;
    const TimeRange range = guestRange();
    for (Ns t = range.from; t < range.to;) {
        Phase &phase = phases.emplace_back();
        const Ns end = m_options.rests ? t + 500'000 + m_dice.below(4'000'000) : range.to;
        while (t < end) {
            const double run = (m_options.periodNs - m_options.exitNs)
                + m_options.periodNs * m_dice.uniform(-m_options.jitter, m_options.jitter);
            phase.runs.push_back({t, t + std::max<Ns>(40, std::llround(run))});
            t = phase.runs.back().end + std::llround(m_options.exitNs);
        }
        t += 100'000 + m_dice.below(4'000'000); // only if it rests is there a next one
    }
    return phases;
}

std::vector<TimeRange> MachineMaker::makeLosses()
{
    std::vector<TimeRange> losses;
    for (int i = 0; i < (m_options.losesEvents ? 3 : 0); ++i) {
        const Ns from = kHostBeginNs + m_dice.below(m_options.spanNs);
        losses.push_back({from, from + m_options.spanNs / 100});
    }
    std::ranges::sort(losses, {}, &TimeRange::from);
    return losses;
}

void MachineMaker::makeEvents(const std::vector<Phase> &phases, VcpuCourse &vcpu)
{
    vcpu.guestLosses = makeLosses();
    for (const Phase &phase : phases) {
        const Ns woken = phase.runs.front().begin + m_options.restEdge.from
            + m_dice.below(m_options.restEdge.to - m_options.restEdge.from);
        const Ns rests = phase.runs.back().end - m_options.restEdge.from
            - m_dice.below(m_options.restEdge.to - m_options.restEdge.from);
        for (const Run &run : phase.runs) {
            const Ns edge = std::min(m_options.edgeNs, (run.end - run.begin) / 2 - 10);
            std::vector<Ns> times{run.begin + 5 + m_dice.below(edge), run.end - 5 - m_dice.below(edge)};
            while (times.size() < m_options.eventsPerRun)
                times.push_back(run.begin + 5 + m_dice.below(run.end - run.begin - 10));
            for (const Ns fixed : {woken, rests})
                if (m_options.rests && fixed > run.begin && fixed < run.end)
                    times.push_back(fixed);
            for (const Ns time : times)
                if (!m_options.rests || (time >= woken && time <= rests))
                    vcpu.events.push_back(time);
        }
    }
    std::ranges::sort(vcpu.events);
}

void MachineMaker::addCode(const std::vector<Run> &runs, Vcpu &vcpu, GuestCpu &cpu, ReasonTable &reasons)
{
    for (std::size_t i = 0; i < cpu.events.size(); ++i)
        cpu.inKernel.push_back(std::uint8_t(m_dice.below(2)));
    ExitColumns &exits = vcpu.exits;
    std::size_t before = 0;
    for (const Run &run : runs) {
        while (before < cpu.events.size() && m_truth.toHost(cpu.events[before]) <= run.end)
            ++before;
        if (run.begin <= recorded().from || run.end >= recorded().to || before == 0)
            continue;
        exits.append({.time = run.end,
            .event = run.end,
            .entry = run.begin,
            .guestRip = cpu.inKernel[before - 1] != 0 && !m_options.hasLowKernel ? 0xffff'ffff'8100'0000 : 0x40'1000,
            .reason = reasons.indexOf({1, 10}), // VMX, CPUID
            .scenario = {},
            .pcpu = 0});
    }
}

void MachineMaker::addTimers(std::int32_t number, GuestTimers &timers, HostClockEvents &host)
{
    TimeRange range = recorded();
    range.to = range.from + Ns(m_options.deadlinesUntil * double(range.length()));
    for (Ns t = range.from + m_dice.below(1'000'000); t < range.to; t += 100'000 + m_dice.below(1'500'000)) {
        const Ns expires = t + 50'000 + m_dice.below(4'000'000);
        timers.time.push_back(m_truth.toGuest(t));
        timers.cpu.push_back(number);
        timers.tid.push_back(kNoThread);
        timers.expires.push_back(m_truth.toGuest(expires));
        host.deadlineTime.push_back(t);
        host.deadlinePcpu.push_back(number);
        host.deadlineExpires.push_back(expires - m_dice.below(kMostEarly));
    }
}

SyncCase MachineMaker::make()
{
    const Ns offset = Ns(m_dice.uniform(-30.0 * double(kDayNs), 30.0 * double(kDayNs)));
    m_truth = {kHostBeginNs - offset, kHostBeginNs, m_dice.uniform(-kMostDrift, kMostDrift)};
    SyncCase result;
    Timeline &host = result.recording.hosts.emplace_back();
    host.range = recorded();
    Vm &vm = host.vms.emplace_back();
    vm.name = QStringLiteral("vm0");
    vm.pid = 1000;
    GuestTrace &guest = result.recording.guests.emplace_back();
    guest.path = QStringLiteral("/guest0");
    guest.range = {kEndOfRecording, kNoTime};
    MachineCourse course{m_options.seed, host.range, ClockMap(m_truth), {}};
    for (std::size_t k = 0; k < m_options.vcpus; ++k) {
        const std::vector<Phase> phases = makePhases();
        VcpuCourse &own = course.vcpus.emplace_back();
        for (const Phase &phase : phases)
            own.runs.insert(own.runs.end(), phase.runs.begin(), phase.runs.end());
        own.hostLosses = makeLosses();
        const auto number = std::int32_t(k);
        vm.vcpus.push_back(vcpuOfRuns(own.runs, host.range, own.hostLosses, number, 2000 + number, number));
        GuestCpu &cpu = guest.cpus.emplace_back();
        cpu.number = number;
        makeEvents(phases, own);
        cpu.events = recordedEvents(own, course.truth);
        guest.range = {std::min(guest.range.from, cpu.events.front()), std::max(guest.range.to, cpu.events.back())};
        if (m_options.tellsCode)
            addCode(own.runs, vm.vcpus.back(), cpu, result.recording.reasons);
        if (m_options.setsDeadlines)
            addTimers(number, guest.timers, host.clockEvents);
    }
    result.truth.push_back(course.truth);
    result.vmOf.push_back(0);
    if (m_options.tellsThreads)
        tellThreads(result, course);
    return result;
}

} // namespace

FastMachineOptions drawFastMachine(std::uint32_t seed)
{
    Dice dice(seed * 7919 + 17);
    FastMachineOptions options;
    options.seed = seed;
    options.vcpus = 1 + seed % 2;
    do {
        options.exitNs = dice.byPower(500, 50'000);
        options.periodNs = dice.byPower(2000, 200'000);
    } while (options.exitNs > 0.7 * options.periodNs);
    options.jitter = dice.chance(20) ? 0 : dice.uniform(0, 0.02);
    options.edgeNs = Ns(dice.byPower(50, 3000));
    options.eventsPerRun = std::size_t(std::llround(dice.byPower(2, 50)));
    options.rests = dice.chance(70);
    if (dice.chance(30))
        options.restEdge = {3000, 6000};
    options.setsDeadlines = dice.chance(40);
    options.losesEvents = dice.chance(30);
    const double runs = 80'000.0 / double(options.eventsPerRun + 2);
    options.spanNs = Ns(std::clamp(runs * options.periodNs, 20e6, 8e8));
    return options;
}

FastMachineOptions farFromRests(std::uint32_t seed)
{
    FastMachineOptions options;
    options.seed = seed;
    options.spanNs = 300'000'000;
    options.edgeNs = 40;
    options.restEdge = {3000, 4000};
    return options;
}

SyncCase makeFastMachine(const FastMachineOptions &options)
{
    return MachineMaker(options).make();
}

} // namespace exitscope::testing
