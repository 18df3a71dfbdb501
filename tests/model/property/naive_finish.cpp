// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <set>

#include "tests/model/property/naive_reason.h"
#include "tests/model/property/naive_vcpu.h"

// The tale of a vCPU as a result, once all contradictions are known.
namespace exitscope::naive {
namespace {

Stretch common(const Stretch &a, const Stretch &b)
{
    return {std::max(a.begin, b.begin), std::min(a.end, b.end)};
}

Ns length(const Stretch &stretch)
{
    return std::max<Ns>(0, stretch.end - stretch.begin);
}

bool holds(const Stretch &stretch, Ns time)
{
    return stretch.begin <= time && time < stretch.end;
}

// A stretch without length touches Unknown if the vCPU is Unknown at its time.
bool touchesUnknown(const Stretch &stretch, const std::vector<Interval> &intervals)
{
    return std::any_of(
        intervals.begin(), intervals.end(),
        [&](const Interval &interval) {
            return interval.state == VcpuState::Unknown
                && (length(common(stretch, interval)) > 0 || holds(interval, stretch.begin));
        });
}

bool isOnPcpu(VcpuState state)
{
    return state == VcpuState::Guest || state == VcpuState::Kvm || state == VcpuState::Userspace;
}

// Where `work` lies in Kvm or Userspace of the vCPU on the pCPU of the work.
std::vector<Stretch> irqOf(const std::vector<Work> &work, const std::vector<Interval> &intervals)
{
    std::vector<Stretch> result;
    for (const Work &each : work)
        for (const Interval &interval : intervals)
            if ((interval.state == VcpuState::Kvm || interval.state == VcpuState::Userspace)
                && interval.pcpu == each.pcpu)
                result.push_back(common(each, interval));
    return united(std::move(result));
}

std::vector<Interval> until(Ns to, std::vector<Interval> intervals)
{
    for (Interval &interval : intervals)
        interval.end = std::min(interval.end, to);
    std::erase_if(intervals, [](const Interval &interval) { return interval.begin >= interval.end; });
    return intervals;
}

} // namespace

std::vector<Interval> VcpuTale::intervals(Ns from, Ns to) const
{
    std::vector<Stretch> unknown = m_unknown;
    if (m_unknownSince)
        unknown.push_back({*m_unknownSince, to});
    unknown = united(std::move(unknown));

    std::set<Ns> borders{from, to};
    for (const Change &change : m_changes)
        borders.insert(change.time);
    for (const Stretch &stretch : unknown)
        borders.insert({stretch.begin, stretch.end});

    std::vector<Interval> result;
    std::size_t change = 0;
    std::size_t stretch = 0;
    for (auto border = borders.begin(); std::next(border) != borders.end(); ++border) {
        while (change + 1 < m_changes.size() && m_changes[change + 1].time <= *border)
            ++change;
        while (stretch < unknown.size() && unknown[stretch].end <= *border)
            ++stretch;
        const bool isUnknown = stretch < unknown.size() && unknown[stretch].begin <= *border;
        const VcpuState state = isUnknown ? VcpuState::Unknown : m_changes[change].state;
        const std::int32_t pcpu = isOnPcpu(state) ? m_changes[change].pcpu : kNoPcpu;
        const Interval next{{*border, *std::next(border)}, state, pcpu};
        if (!result.empty() && result.back().state == state && result.back().pcpu == pcpu)
            result.back().end = next.end;
        else
            result.push_back(next);
    }
    return result;
}

Exit VcpuTale::told(const ExitTale &tale, const std::vector<Interval> &intervals, const std::vector<Stretch> &irq) const
{
    Exit exit;
    exit.isa = tale.event.isa;
    exit.code = codeOf(tale.event);
    exit.guestRip = tale.event.exit.guestRip;
    exit.event = tale.event.timeNs;
    exit.time = exit.event;
    exit.pcpu = tale.pcpu;
    exit.entryFailed = entryFailed(tale.event);
    const bool hasRun = tale.run && !exit.entryFailed
        && !touchesUnknown({tale.run->entry, tale.run->end.value_or(exit.event)}, intervals);
    if (hasRun) {
        exit.entry = tale.run->entry;
        exit.time = tale.run->end.value_or(exit.event);
        exit.pcpu = tale.run->end ? tale.run->endPcpu : tale.pcpu;
    }
    tellTarget(tale, hasRun, exit);
    exit.userspace = tale.userspace ? tale.why.value_or(0xfe) : 0xff;
    exit.scenario = scenarioOf(tale.event, tale.userspace, tale.preempted || (hasRun && tale.run->preempted));
    if (!tale.end || touchesUnknown({exit.time, *tale.end}, intervals))
        return exit;
    exit.end = tale.end;
    for (const Interval &interval : intervals)
        exit.parts[static_cast<std::size_t>(interval.state)] += length(common({exit.time, *exit.end}, interval));
    for (const Stretch &work : irq)
        exit.irq += length(common({exit.time, *exit.end}, work));
    return exit;
}

// By its fields, else by the first event of an allowed kind that lies between its time and its end.
void VcpuTale::tellTarget(const ExitTale &tale, bool hasRun, Exit &exit) const
{
    std::vector<TouchData> touches = hasRun ? tale.run->touches : std::vector<TouchData>();
    touches.insert(touches.end(), tale.touches.begin(), tale.touches.end());
    Target byEvent{};
    bool ofDevice = false;
    for (const TouchData &touch : touches) {
        ofDevice = ofDevice || touch.ofDevice == 1;
        if (byEvent.kind() == TargetKind::None && canTouch(tale.event, touch.target.kind()))
            byEvent = touch.target;
    }
    const Target byField = tale.event.exit.target;
    const bool hasField = byField.kind() != TargetKind::None;
    exit.target = hasField ? byField : byEvent;
    exit.targetsDiffer = hasField && byEvent.kind() != TargetKind::None && !(byEvent == byField);
    exit.ofDevice = ofDevice && exit.target.kind() == TargetKind::Page;
}

Vcpu VcpuTale::finish(Ns from, Ns to, const std::vector<Work> &work) const
{
    // One more nanosecond tells what is so at the time of the last event.
    const std::vector<Interval> longer = intervals(from, to + 1);
    Vcpu vcpu;
    vcpu.intervals = until(to, longer);
    vcpu.entries = m_entries;
    vcpu.irq = irqOf(work, vcpu.intervals);
    for (const ExitTale &tale : m_exits) {
        const Exit exit = told(tale, longer, vcpu.irq);
        vcpu.exits.push_back(exit);
        if (!isHalt(tale.event))
            continue;
        const Stretch rest{exit.time, tale.end.value_or(tale.closed.value_or(to))};
        for (const Interval &interval : vcpu.intervals)
            if (interval.state == VcpuState::Kvm)
                vcpu.haltKvm.push_back(common(rest, interval));
    }
    vcpu.haltKvm = united(std::move(vcpu.haltKvm));
    return vcpu;
}

} // namespace exitscope::naive
