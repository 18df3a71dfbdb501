// SPDX-License-Identifier: GPL-3.0-or-later
// The second half of VcpuTrack: from the draft to the columns.
#include <algorithm>

#include "model/timeline/vcpu_track.h"

namespace exitscope {

namespace {

bool isVmx(const ReasonKey &key, std::int64_t code)
{
    return key == ReasonKey{1, code};
}

bool isSvm(const ReasonKey &key, std::int64_t code)
{
    return key == ReasonKey{2, code};
}

// A stretch without length is where it is: what the vCPU is at that time counts.
bool touchesUnknown(const StateColumns &states, StateWalk &walk, Ns from, Ns to, MachineState atEnd)
{
    if (from == to && states.size() > 0 && from == states.end(states.size() - 1))
        return visibleState(atEnd) == VcpuState::Unknown;
    for (std::size_t i = walk.at(from); i < states.size() && (states.begin(i) < to || from == to); ++i) {
        if (states.state(i) == VcpuState::Unknown)
            return true;
        if (from == to)
            break;
    }
    return false;
}

bool isPageFault(const ReasonKey &key)
{
    return isVmx(key, 48) || isVmx(key, 49) || isSvm(key, 1024);
}

} // namespace

Vcpu VcpuTrack::columns(TimeRange range, const ReasonTable &reasons) const
{
    Vcpu vcpu;
    fillStates(vcpu, range);
    fillExits(vcpu, reasons);
    fillInterrupts(vcpu);
    fillHalts(vcpu, range, reasons);
    vcpu.entries = m_entries;
    return vcpu;
}

// The drafted changes with the Unknown stretches laid over them.
void VcpuTrack::fillStates(Vcpu &vcpu, TimeRange range) const
{
    StateColumns &states = vcpu.states;
    states.start(range.from);
    auto unknown = m_unknown.begin();
    const auto fill = [&](Ns from, Ns to, VcpuState state, std::int32_t pcpu) {
        while (unknown != m_unknown.end() && unknown->to <= from)
            ++unknown;
        for (auto u = unknown; u != m_unknown.end() && u->from < to && from < to; ++u) {
            states.append(std::max(from, u->from), state, pcpu);
            from = std::min(to, u->to);
            states.append(from, VcpuState::Unknown, kNoPcpu);
        }
        states.append(to, state, pcpu);
    };
    if (m_changes.empty()) {
        states.append(range.to, VcpuState::Unknown, kNoPcpu);
        return;
    }
    fill(range.from, m_changes.front().begin, VcpuState::Unknown, kNoPcpu);
    for (std::size_t i = 0; i < m_changes.size(); ++i) {
        const Ns until = i + 1 < m_changes.size() ? m_changes[i + 1].begin : range.to;
        fill(m_changes[i].begin, until, m_changes[i].state, m_changes[i].pcpu);
    }
}

void VcpuTrack::fillExits(Vcpu &vcpu, const ReasonTable &reasons) const
{
    ExitColumns &exits = vcpu.exits;
    StateWalk runs(vcpu.states), walk(vcpu.states);
    for (const ExitDraft &draft : m_exits) {
        const bool run
            = draft.entry != kNoTime && !touchesUnknown(vcpu.states, runs, draft.entry, draft.runEnd, m_state);
        const Ns time = run ? draft.runEnd : draft.event;
        const bool timed = draft.end != kNoTime && !touchesUnknown(vcpu.states, walk, time, draft.end, m_state);
        exits.time.push_back(time);
        exits.event.push_back(draft.event);
        exits.entry.push_back(run ? draft.entry : kNoTime);
        exits.end.push_back(timed ? draft.end : kNoTime);
        ExitParts parts;
        if (timed) {
            const TimePerState spent = walk.within({time, draft.end});
            parts.kvm = spent[std::size_t(VcpuState::Kvm)];
            parts.userspace = spent[std::size_t(VcpuState::Userspace)];
            parts.preempted = spent[std::size_t(VcpuState::Preempted)];
            parts.idle = spent[std::size_t(VcpuState::Idle)];
            parts.blocked = spent[std::size_t(VcpuState::Blocked)];
        }
        exits.parts.push_back(parts);
        exits.guestRip.push_back(draft.guestRip);
        exits.reason.push_back(draft.reason);
        exits.scenario.push_back(scenarioOf(draft, reasons[draft.reason], run && draft.preemptedEarly));
        exits.pcpu.push_back(run ? draft.pcpu : draft.eventPcpu);
        exits.entryFailed.push_back(draft.entryFailed);
    }
}

// The first that fits (manual "Definitions").
Scenario VcpuTrack::scenarioOf(const ExitDraft &exit, const ExitReason &reason, bool early) const
{
    if (exit.qemu)
        return Scenario::Qemu;
    if (reason.isHalt)
        return Scenario::Halt;
    if (isPageFault(reason.key))
        return Scenario::PageFault;
    if (exit.preempted || early)
        return Scenario::Preempted;
    const bool interrupt = isVmx(reason.key, 1) || (isVmx(reason.key, 0) && !exit.notNmi) || isSvm(reason.key, 96)
        || isSvm(reason.key, 97);
    return interrupt ? Scenario::Interrupt : Scenario::Host;
}

// Interrupt work counts where the vCPU is in Kvm or Userspace on that pCPU.
void VcpuTrack::fillInterrupts(Vcpu &vcpu) const
{
    const StateColumns &states = vcpu.states;
    std::vector<TimeRange> pieces; // of one pCPU they are in order; a thread that moves can mix two
    StateWalk walk(states);
    for (const InterruptWork &work : m_irq) {
        for (std::size_t i = walk.at(work.begin); i < states.size() && states.begin(i) < work.end; ++i) {
            const VcpuState state = states.state(i);
            if ((state == VcpuState::Kvm || state == VcpuState::Userspace) && states.pcpu(i) == work.pcpu)
                pieces.push_back({std::max(work.begin, states.begin(i)), std::min(work.end, states.end(i))});
        }
    }
    std::ranges::stable_sort(pieces, {}, &TimeRange::from);
    Ns counted = kNoTime; // up to here
    for (const TimeRange &piece : pieces) {
        if (piece.to > counted)
            vcpu.irq.append(std::max(piece.from, counted), piece.to);
        counted = std::max(counted, piece.to);
    }
    StretchWalk irq(vcpu.irq);
    for (std::size_t i = 0; i < vcpu.exits.size(); ++i)
        if (vcpu.exits.timed(i))
            vcpu.exits.parts[i].irq = irq.within({vcpu.exits.time[i], vcpu.exits.end[i]});
}

void VcpuTrack::fillHalts(Vcpu &vcpu, TimeRange range, const ReasonTable &reasons) const
{
    const StateColumns &states = vcpu.states;
    StateWalk walk(states);
    for (std::size_t e = 0; e < m_exits.size(); ++e) {
        if (!reasons[m_exits[e].reason].isHalt)
            continue;
        const Ns from = vcpu.exits.time[e];
        const Ns to = m_exits[e].close == kNoTime ? range.to : m_exits[e].close;
        for (std::size_t i = walk.at(from); i < states.size() && states.begin(i) < to; ++i)
            if (states.state(i) == VcpuState::Kvm)
                vcpu.haltKvm.append(std::max(from, states.begin(i)), std::min(to, states.end(i)));
    }
}

} // namespace exitscope
