// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/naive_timeline.h"

#include <algorithm>

#include "tests/model/property/naive_machine.h"

namespace exitscope::naive {

namespace {

Stretch cut(Stretch a, Stretch b)
{
    return {std::max(a.begin, b.begin), std::min(a.end, b.end)};
}

// Of a stretch without length counts the time at which it is.
bool overlaps(const std::vector<Stretch> &stretches, Stretch with)
{
    with.end = std::max(with.end, with.begin + 1);
    return std::any_of(
        stretches.begin(), stretches.end(), [with](Stretch s) { return s.begin < with.end && with.begin < s.end; });
}

void append(std::vector<Interval> &intervals, const Interval &next)
{
    if (next.end <= next.begin)
        return;
    if (!intervals.empty() && intervals.back().state == next.state && intervals.back().pcpu == next.pcpu)
        intervals.back().end = next.end;
    else
        intervals.push_back(next);
}

// What the thread seemed to be, with the stretches in which it is Unknown laid over it.
std::vector<Interval> paint(const Thread &x, const std::vector<Stretch> &unknown, Stretch range)
{
    std::vector<Interval> seeming{{range, VcpuState::Unknown, kNoPcpu}};
    for (Interval change : x.changes) {
        seeming.back().end = change.begin;
        change.end = range.end;
        seeming.push_back(change);
    }
    std::vector<Interval> painted;
    for (Interval piece : seeming) {
        for (const Stretch &blank : unknown) {
            if (blank.end <= piece.begin || blank.begin >= piece.end)
                continue;
            Interval before = piece;
            before.end = blank.begin;
            append(painted, before);
            append(painted, {cut(blank, piece), VcpuState::Unknown, kNoPcpu});
            piece.begin = std::min(blank.end, piece.end);
        }
        append(painted, piece);
    }
    return painted;
}

std::vector<Stretch> irqOf(const Thread &x, const std::vector<IrqWork> &work, const std::vector<Interval> &intervals)
{
    std::vector<Stretch> irq;
    for (const IrqWork &piece : work) {
        for (const Interval &interval : intervals) {
            const bool counts = interval.state == VcpuState::Kvm || interval.state == VcpuState::Userspace;
            if (counts && piece.who == x.who && piece.pcpu == interval.pcpu)
                irq.push_back(cut({piece.begin, piece.end}, interval));
        }
    }
    return united(std::move(irq));
}

Scenario scenarioOf(const SeenExit &seen, bool hasRun)
{
    const auto is
        = [&seen](std::uint32_t isa, std::int64_t code) { return seen.exit.isa == isa && seen.exit.code == code; };
    if (seen.userspace)
        return Scenario::Qemu;
    if (isHalt(seen.exit))
        return Scenario::Halt;
    if (is(1, 48) || is(1, 49) || is(2, 1024))
        return Scenario::PageFault;
    if (seen.preempted || (hasRun && seen.preemptedEarly))
        return Scenario::Preempted;
    if (is(1, 1) || (is(1, 0) && !seen.noNmi) || is(2, 96) || is(2, 97))
        return Scenario::Interrupt;
    return Scenario::Host;
}

Exit exitOf(const SeenExit &seen, const Vcpu &vcpu, const std::vector<Stretch> &unknown)
{
    Exit exit = seen.exit;
    if (exit.entry && overlaps(unknown, {*exit.entry, exit.time})) {
        exit.entry.reset();
        exit.time = exit.event;
        exit.pcpu = seen.eventPcpu;
    }
    exit.scenario = scenarioOf(seen, exit.entry.has_value());
    if (!seen.next || seen.broken || overlaps(unknown, {exit.time, *seen.next}))
        return exit;
    exit.end = seen.next;
    const Stretch whole{exit.time, *seen.next};
    for (const Interval &interval : vcpu.intervals) {
        const Stretch part = cut(interval, whole);
        exit.parts[static_cast<std::size_t>(interval.state)] += std::max<Ns>(0, part.end - part.begin);
    }
    for (const Stretch &irq : vcpu.irq) {
        const Stretch part = cut(irq, whole);
        exit.irq += std::max<Ns>(0, part.end - part.begin);
    }
    return exit;
}

// Kvm time from the begin of a halt exit until its end, the next exit, or where it becomes Unknown.
void addHaltKvm(Vcpu &vcpu, const Thread &x, const std::vector<Stretch> &unknown)
{
    for (std::size_t i = 0; i < vcpu.exits.size(); ++i) {
        const Exit &exit = vcpu.exits[i];
        if (!isHalt(exit))
            continue;
        Stretch halt{exit.time, x.exits[i].closed};
        for (const Stretch &blank : unknown) {
            if (blank.end > exit.time)
                halt.end = std::min(halt.end, std::max(exit.time, blank.begin));
        }
        for (const Interval &interval : vcpu.intervals) {
            if (interval.state == VcpuState::Kvm)
                vcpu.haltKvm.push_back(cut(halt, interval));
        }
    }
    vcpu.haltKvm = united(std::move(vcpu.haltKvm));
}

Vcpu vcpuOf(Thread &x, const Machine &machine, Stretch range)
{
    std::vector<Stretch> unknown;
    for (const Stretch &stretch : united(x.unknown))
        unknown.push_back(cut(stretch, range));
    Vcpu vcpu;
    vcpu.intervals = paint(x, unknown, range);
    // All that is Unknown, also what no contradiction or loss put over it.
    for (const Interval &interval : vcpu.intervals) {
        if (interval.state == VcpuState::Unknown)
            unknown.push_back(interval);
    }
    vcpu.entries = x.entries;
    vcpu.irq = irqOf(x, machine.irqWork, vcpu.intervals);
    for (const SeenExit &seen : x.exits)
        vcpu.exits.push_back(exitOf(seen, vcpu, unknown));
    addHaltKvm(vcpu, x, unknown);
    return vcpu;
}

} // namespace

std::vector<Stretch> united(std::vector<Stretch> stretches)
{
    std::erase_if(stretches, [](Stretch s) { return s.end <= s.begin; });
    std::sort(stretches.begin(), stretches.end(), [](Stretch a, Stretch b) { return a.begin < b.begin; });
    std::vector<Stretch> result;
    for (const Stretch &s : stretches) {
        if (!result.empty() && s.begin <= result.back().end)
            result.back().end = std::max(result.back().end, s.end);
        else
            result.push_back(s);
    }
    return result;
}

Result timelineOf(const std::vector<Record> &records, Ns from, Ns to)
{
    Machine machine;
    for (const Record &record : records)
        machine.add(record);
    machine.finish(to);
    Result result;
    result.contradictions = machine.contradictions;
    for (auto &[who, x] : machine.threads) {
        if (!x.entries.empty() || !x.exits.empty())
            result.vcpus[who] = vcpuOf(x, machine, {from, to});
    }
    return result;
}

} // namespace exitscope::naive
