// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/vcpu_track.h"

#include <algorithm>

namespace exitscope {

namespace {

// sched_switch's prev_state (README "Definitions").
constexpr std::int64_t kRunnableMask = 0xff;
constexpr std::int64_t kDeadMask = 0x70;
constexpr std::int32_t kKvmExitHlt = 5;
constexpr std::uint32_t kIntrTypeShift = 8; // intr_info: bits 8-10 are the type of the event
constexpr std::uint32_t kIntrTypeNmi = 2;

} // namespace

void VcpuTrack::enter(Ns t, std::int32_t pcpu, const EntryData &data)
{
    m_entryIds.claim(data.vcpuId);
    m_entries.push_back(t);
    m_previousKvmEvent = std::exchange(m_lastKvmEvent, t);
    m_pcpu = pcpu;
    apply(MachineEvent::Entry, t);
}

void VcpuTrack::exit(Ns t, std::int32_t pcpu, const ExitData &data, bool hasIntrInfo, std::uint16_t reason, bool isHalt)
{
    m_exitIds.claim(data.vcpuId);
    m_previousKvmEvent = std::exchange(m_lastKvmEvent, t);
    m_pcpu = pcpu;
    m_incoming = {};
    m_incoming.event = t;
    m_incoming.eventPcpu = pcpu;
    m_incoming.reason = reason;
    m_incoming.guestRip = data.guestRip;
    m_incoming.notNmi = hasIntrInfo && ((data.intrInfo >> kIntrTypeShift) & 7) != kIntrTypeNmi;
    apply(MachineEvent::Exit, t);
    m_lastExitHalt = isHalt;
}

void VcpuTrack::leaveForUserspace(Ns t, std::int32_t pcpu, const UserspaceExitData &data)
{
    m_previousKvmEvent = std::exchange(m_lastKvmEvent, t);
    m_pcpu = pcpu;
    m_userspaceHalt = data.reason == kKvmExitHlt && data.error == 0;
    apply(MachineEvent::UserspaceExit, t);
}

void VcpuTrack::runSyscall(Ns t, std::int32_t pcpu, bool entry)
{
    m_previousKvmEvent = std::exchange(m_lastKvmEvent, t);
    m_pcpu = pcpu;
    if (!entry && !isUserspace(m_state))
        m_userspaceHalt = false; // it left without saying why
    apply(entry ? MachineEvent::RunEntry : MachineEvent::RunExit, t);
}

void VcpuTrack::switchIn(Ns t, std::int32_t pcpu)
{
    m_pcpu = pcpu;
    apply(MachineEvent::SwitchIn, t);
}

void VcpuTrack::switchOut(Ns t, std::int64_t prevState)
{
    if ((prevState & kRunnableMask) == 0)
        apply(MachineEvent::OutRunnable, t);
    else if ((prevState & kDeadMask) != 0)
        apply(MachineEvent::OutDead, t);
    else
        apply(rests() ? MachineEvent::OutResting : MachineEvent::OutWaiting, t);
}

void VcpuTrack::blind(Ns t, Ns unknownFrom)
{
    m_unknownFrom = unknownFrom;
    apply(MachineEvent::Blinded, t);
}

bool VcpuTrack::rests() const
{
    return isUserspace(m_state) ? m_userspaceHalt : m_lastExitHalt;
}

void VcpuTrack::apply(MachineEvent event, Ns t)
{
    const Transition &row = transition(m_state, event);
    act(row.action, t);
    m_state = row.to;
    noteChange(t);
    m_unknownFrom = kNoTime;
}

void VcpuTrack::act(MachineAction action, Ns t)
{
    switch (action) {
    case MachineAction::Ignore:
    case MachineAction::Move:
        break;
    case MachineAction::BeginRun:
        closeExit(t, isKnown(m_state) ? t : kNoTime);
        beginRun(t);
        break;
    case MachineAction::EndRunPreempted:
        m_preemptedEarly = true;
        [[fallthrough]];
    case MachineAction::EndRun:
        endRun(t);
        break;
    case MachineAction::MarkEarlyPreempted:
        m_preemptedEarly = true;
        break;
    case MachineAction::MarkPreempted:
        if (m_exitOpen)
            m_exits.back().preempted = true;
        break;
    case MachineAction::CountExit:
        endRun(t);
        addExit(t, true);
        break;
    case MachineAction::CountLooseExit:
        addExit(t, false);
        break;
    case MachineAction::NoteUserspace:
        if (m_exitOpen)
            m_exits.back().qemu = true;
        break;
    case MachineAction::Forget: {
        // Dead threads and losses: what was seen stands, save an entry whose exit event was not.
        const Ns seen = m_unknownFrom == kNoTime ? t : m_unknownFrom;
        makeUnknown(hasOpenEntry(m_state) ? std::min(seen, m_entry) : seen, t);
        closeExit(t, kNoTime);
        break;
    }
    case MachineAction::Doubt:
        makeUnknown(m_lastKvmEvent, t);
        closeExit(t, kNoTime);
        break;
    case MachineAction::EntryInEntry:
        ++m_contradictions.entryInEntry;
        makeUnknown(m_entry, t);
        beginRun(t);
        break;
    case MachineAction::ExitWithoutEntry:
        ++m_contradictions.exitWithoutEntry;
        makeUnknown(m_previousKvmEvent, t);
        addExit(t, false);
        break;
    case MachineAction::UserspaceInEntry:
        ++m_contradictions.userspaceInEntry;
        makeUnknown(m_entry, t);
        break;
    }
}

void VcpuTrack::noteChange(Ns t)
{
    const VcpuState state = visibleState(m_state);
    const std::int32_t pcpu = info(state).onPcpu ? m_pcpu : kNoPcpu;
    if (!m_changes.empty()) {
        Change &last = m_changes.back();
        if (last.state == state && last.pcpu == pcpu)
            return;
        if (last.begin == t) { // of several changes at one time the last one counts
            last.state = state;
            last.pcpu = pcpu;
            return;
        }
    } else if (state == VcpuState::Unknown) {
        return;
    }
    m_changes.push_back({t, state, pcpu});
}

void VcpuTrack::closeExit(Ns t, Ns end)
{
    if (!m_exitOpen)
        return;
    m_exits.back().close = t;
    m_exits.back().end = end;
    m_exitOpen = false;
}

void VcpuTrack::beginRun(Ns t)
{
    m_entry = t;
    m_runEnd = kNoTime;
    m_runPcpu = m_pcpu;
    m_preemptedEarly = false;
}

void VcpuTrack::endRun(Ns t)
{
    if (m_runEnd == kNoTime)
        m_runEnd = t;
}

void VcpuTrack::addExit(Ns t, bool withRun)
{
    closeExit(t, kNoTime);
    ExitDraft exit = m_incoming;
    exit.entry = withRun ? m_entry : kNoTime;
    exit.runEnd = withRun ? m_runEnd : kNoTime;
    exit.pcpu = withRun ? m_runPcpu : exit.eventPcpu;
    exit.preemptedEarly = withRun && m_preemptedEarly;
    exit.end = kNoTime;
    exit.close = kNoTime;
    m_exits.push_back(exit);
    m_exitOpen = m_state != MachineState::Dead;
    if (!m_exitOpen)
        m_exits.back().close = t;
}

void VcpuTrack::makeUnknown(Ns from, Ns to)
{
    if (from >= to)
        return;
    while (!m_unknown.empty() && m_unknown.back().from >= from)
        m_unknown.pop_back();
    if (!m_unknown.empty() && m_unknown.back().to >= from)
        m_unknown.back().to = to;
    else
        m_unknown.push_back({from, to});
}

} // namespace exitscope
