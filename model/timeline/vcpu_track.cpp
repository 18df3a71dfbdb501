// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/vcpu_track.h"

#include <algorithm>

namespace exitscope {

namespace {

// sched_switch's prev_state (manual "Definitions").
constexpr std::int32_t kKvmExitHlt = 5;
constexpr std::int32_t kKvmExitShutdown = 8;
constexpr std::uint64_t kVmxEntryFailed = 1u << 31; // exit_reason
constexpr std::uint32_t kIntrTypeShift = 8; // intr_info: bits 8-10 are the type of the event
constexpr std::uint32_t kIntrTypeNmi = 2;

std::uint8_t userspaceOf(const UserspaceExitData &data)
{
    if (data.error < 0)
        return kFailedUserspaceExit;
    return data.reason >= 0 && data.reason < kOtherUserspaceExit ? static_cast<std::uint8_t>(data.reason)
                                                                 : kOtherUserspaceExit;
}

} // namespace

void EarlyTouches::add(const TouchData &touch)
{
    m_ofDevice = m_ofDevice || touch.ofDevice != 0;
    const TargetKinds kind = bit(touch.target.kind());
    if ((m_kinds & kind) != 0)
        return;
    m_kinds |= kind;
    m_touches[m_size++] = touch.target;
}

Target EarlyTouches::firstOf(TargetKinds kinds) const
{
    if ((m_kinds & kinds) == 0)
        return {};
    return *std::find_if(m_touches.begin(), m_touches.begin() + m_size,
        [kinds](Target touch) { return (bit(touch.kind()) & kinds) != 0; });
}

void VcpuTrack::enter(Ns t, std::int32_t pcpu, const EntryData &data)
{
    m_entryIds.claim(data.vcpuId);
    m_entries.append(t);
    noteKvmEvent(t, pcpu);
    m_lastInside = t;
    apply(MachineEvent::Entry, t);
}

void VcpuTrack::exit(Ns t, std::int32_t pcpu, const Record &record, std::uint16_t reason, bool isHalt)
{
    m_exitIds.claim(record.exit.vcpuId);
    noteKvmEvent(t, pcpu);
    m_incoming = draftOf(record, reason);
    m_exitKinds = targetKindsOf(record.isa, record.exit.reason);
    apply(MachineEvent::Exit, t);
    m_lastExit = isHalt ? Rest::Asked : Rest::NotAsked;
    m_halts.exits(isHalt);
}

void VcpuTrack::leaveForUserspace(Ns t, std::int32_t pcpu, const UserspaceExitData &data)
{
    noteKvmEvent(t, pcpu);
    if (data.reason == kKvmExitShutdown)
        m_shutdown = t;
    m_leftFor = data.reason == kKvmExitHlt && data.error == 0 ? Rest::Asked : Rest::NotAsked;
    m_leavesFor = userspaceOf(data);
    apply(MachineEvent::UserspaceExit, t);
}

void VcpuTrack::runSyscall(Ns t, std::int32_t pcpu, bool entry)
{
    noteKvmEvent(t, pcpu);
    if (entry)
        m_lastInside = t;
    if (!entry && isKnown(m_state) && !isUserspace(m_state))
        m_leftFor = Rest::NotAsked; // it left without saying why
    m_leavesFor = kUnknownUserspaceExit;
    apply(entry ? MachineEvent::RunEntry : MachineEvent::RunExit, t);
}

void VcpuTrack::noteBlindly(const Record &record, std::uint16_t reason, bool isHalt)
{
    const Ns t = record.timeNs;
    noteKvmEvent(t, record.pcpu);
    if (record.kind == EventKind::VmEntry || record.kind == EventKind::IoctlEntry)
        m_lastInside = t;
    if (record.kind == EventKind::VmEntry) {
        m_entryIds.claim(record.entry.vcpuId);
        m_entries.append(t);
    } else if (record.kind == EventKind::VmExit) {
        m_exitIds.claim(record.exit.vcpuId);
        m_incoming = draftOf(record, reason);
        addExit(t, false);
        closeExit(t, false);
        m_halts.exits(isHalt);
    }
}

void VcpuTrack::noteKvmEvent(Ns t, std::int32_t pcpu)
{
    if (m_firstKvmEvent == kNoTime)
        m_firstKvmEvent = t;
    m_previousKvmEvent = std::exchange(m_lastKvmEvent, t);
    m_pcpu = pcpu;
}

ExitDraft VcpuTrack::draftOf(const Record &record, std::uint16_t reason)
{
    ExitDraft draft{};
    draft.event = record.timeNs;
    draft.eventPcpu = record.pcpu;
    draft.reason = reason;
    draft.guestRip = record.exit.guestRip;
    draft.notNmi = record.hasIntrInfo && ((record.exit.intrInfo >> kIntrTypeShift) & 7) != kIntrTypeNmi;
    draft.entryFailed = record.isa == kIsaVmx && (record.exit.reason & kVmxEntryFailed) != 0;
    draft.userspace = kNoUserspaceExit;
    draft.target = record.exit.target;
    return draft;
}

void VcpuTrack::plainEvent(Ns t, std::int32_t pcpu, bool provesHost)
{
    if (!provesHost && m_state == MachineState::Guest)
        return;
    if (runs(m_state))
        m_pcpu = pcpu;
    apply(MachineEvent::HostEvent, t);
}

// Before the exit event comes, too: on SVM's fast path kvm_msr is written before it.
void VcpuTrack::touch(const TouchData &touch)
{
    if (hasOpenEntry(m_state))
        return m_early.add(touch);
    if (!m_exitOpen || !m_exitLooked)
        return;
    ExitDraft &exit = m_exits.last();
    if (!exit.touch.isKnown() && (bit(touch.target.kind()) & m_exitKinds) != 0)
        exit.touch = touch.target;
    exit.ofDevice = exit.ofDevice || touch.ofDevice != 0;
}

void VcpuTrack::switchIn(Ns t, std::int32_t pcpu)
{
    m_pcpu = pcpu;
    m_shownAt = kNoPcpu;
    if (waits())
        m_waits.getsIn(t, pcpu);
    apply(MachineEvent::SwitchIn, t);
}

void VcpuTrack::switchOut(Ns t, std::int32_t pcpu, std::int64_t prevState)
{
    m_shownAt = kNoPcpu;
    applyOut(t, prevState);
    if (waits())
        m_waits.waitsAt(t, pcpu);
}

void VcpuTrack::wakeUp(Ns t, std::int32_t pcpu)
{
    const bool waited = waits();
    apply(MachineEvent::Wakeup, t);
    if (waits() && !waited)
        m_waits.waitsAt(t, pcpu);
}

void VcpuTrack::migrate(Ns t, std::int32_t pcpu)
{
    if (waits())
        m_waits.waitsAt(t, pcpu);
}

void VcpuTrack::haltEvent(const Record &record)
{
    if (record.kind == EventKind::HaltWakeup)
        m_halts.wakeUp(record.timeNs, record.haltWakeup);
    else if (record.kind == EventKind::HaltPolling)
        m_halts.setPolling(record.timeNs, record.haltPolling);
    else
        m_halts.inject(record.timeNs, record.touch.target.value());
}

void VcpuTrack::applyOut(Ns t, std::int64_t prevState)
{
    if (leavesRunnable(prevState))
        return apply(MachineEvent::OutRunnable, t);
    if (leavesDead(prevState))
        return apply(MachineEvent::OutDead, t);
    switch (isUserspace(m_state) ? m_leftFor : m_lastExit) {
    case Rest::Asked:
        return apply(MachineEvent::OutResting, t);
    case Rest::NotAsked:
        return apply(MachineEvent::OutWaiting, t);
    case Rest::Forgotten:
        return apply(MachineEvent::OutForgotten, t);
    }
}

void VcpuTrack::lose(Ns t, bool fromEntry)
{
    m_halts.exits(false); // what is injected next can be of another exit
    m_loseFromEntry = fromEntry;
    apply(MachineEvent::Lost, t);
}

void VcpuTrack::forgetRest()
{
    m_lastExit = Rest::Forgotten;
    m_leftFor = Rest::Forgotten;
}

void VcpuTrack::endAt(Ns t)
{
    closeExit(t, false);
    makeUnknown(t, kEndOfRecording);
}

void VcpuTrack::append(VcpuTrack &&later)
{
    const Ns t = later.m_firstKvmEvent;
    closeExit(t, false);
    while (!m_changes.empty() && m_changes.back().begin() >= t)
        m_changes.dropLast();
    m_changes.append({t, {VcpuState::Unknown, kNoPcpu}});
    const auto appendAll = [](auto &to, auto &from) { from.take([&to](const auto &value) { to.append(value); }); };
    appendAll(m_changes, later.m_changes);
    appendAll(m_exits, later.m_exits);
    appendAll(m_entries, later.m_entries);
    appendAll(m_irq, later.m_irq);
    m_waits.append(std::move(later.m_waits), t);
    m_halts.append(std::move(later.m_halts));
    for (const TimeRange &range : later.m_unknown)
        makeUnknown(std::max(range.from, t), range.to);
    m_state = later.m_state;
    m_lastKvmEvent = later.m_lastKvmEvent;
    m_exitOpen = false;
}

void VcpuTrack::apply(MachineEvent event, Ns t)
{
    const Transition &row = transition(m_state, event);
    act(row.action, t);
    m_state = row.to;
    noteChange(t);
}

void VcpuTrack::act(MachineAction action, Ns t)
{
    switch (action) {
    case MachineAction::Ignore:
    case MachineAction::Move:
        break;
    case MachineAction::BeginRun:
        m_contradictions.entryInEntry += takeDoubtedEntry(t);
        closeExit(t, true);
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
        if (m_exitOpen && m_exitLooked)
            m_exits.last().preempted = true;
        break;
    case MachineAction::CountExit:
        endRun(t);
        if (m_incoming.entryFailed)
            takeBackRun(m_entry);
        addExit(t, !m_incoming.entryFailed);
        break;
    case MachineAction::CountLooseExit:
        addExit(t, false);
        break;
    case MachineAction::NoteUserspace:
        m_contradictions.userspaceInEntry += takeDoubtedEntry(t);
        if (m_exitOpen && m_exitLooked)
            noteUserspace(m_exits.last());
        break;
    case MachineAction::Forget:
        if (m_loseFromEntry && hasOpenEntry(m_state))
            makeUnknown(m_entry, t);
        closeExit(t, false);
        forgetRest();
        m_entrySinceExit = m_doubtedEntry = false;
        break;
    case MachineAction::Die:
        closeExit(t, false);
        break;
    case MachineAction::Doubt:
        m_doubtedEntry = m_doubtedEntry || hasOpenEntry(m_state);
        makeUnknown(m_doubtedEntry ? m_entry : m_lastKvmEvent, t);
        m_exitLooked = false;
        forgetRest();
        break;
    case MachineAction::EntryInEntry:
        ++m_contradictions.entryInEntry;
        makeUnknown(m_entry, t);
        forgetRest();
        split(t);
        beginRun(t);
        break;
    case MachineAction::ExitWithoutEntry:
        if (m_entrySinceExit) { // contradiction 6 or so took it
            addExit(t, false);
            break;
        }
        ++m_contradictions.exitWithoutEntry;
        makeUnknown(m_previousKvmEvent, t);
        forgetRest();
        addExit(t, false);
        break;
    case MachineAction::UserspaceInEntry:
        ++m_contradictions.userspaceInEntry;
        makeUnknown(m_entry, t);
        m_lastExit = Rest::Forgotten; // why it left KVM_RUN this event tells itself
        break;
    }
}

void VcpuTrack::noteChange(Ns t)
{
    const VcpuState state = visibleState(m_state);
    const StateOnPcpu what(state, info(state).onPcpu ? m_pcpu : kNoPcpu);
    if (!m_changes.empty()) {
        StateChange &last = m_changes.back();
        if (last.what() == what)
            return;
        if (last.begin() == t) { // of several changes at one time the last one counts
            last.setWhat(what);
            return;
        }
    } else if (state == VcpuState::Unknown) {
        return;
    }
    m_changes.append({t, what});
}

// The entry that was open when the vCPU was doubted, if there is one, contradicts what comes now too.
bool VcpuTrack::takeDoubtedEntry(Ns t)
{
    if (!std::exchange(m_doubtedEntry, false))
        return false;
    makeUnknown(m_entry, t);
    m_lastExit = Rest::Forgotten;
    return true;
}

// The first event that says why counts.
void VcpuTrack::noteUserspace(ExitDraft &exit) const
{
    exit.qemu = true;
    if (exit.userspace == kNoUserspaceExit || exit.userspace == kUnknownUserspaceExit)
        exit.userspace = m_leavesFor;
}

// What the draft says from here on can be taken back alone.
void VcpuTrack::split(Ns t)
{
    if (!m_changes.empty() && m_changes.back().begin() < t)
        m_changes.append({t, m_changes.back().what()});
}

void VcpuTrack::closeExit(Ns t, bool byEntry)
{
    if (!m_exitOpen)
        return;
    m_exits.last().close = t;
    m_exits.last().timed = byEntry;
    m_exitOpen = false;
}

void VcpuTrack::beginRun(Ns t)
{
    m_entry = t;
    m_runEnd = kNoTime;
    m_runPcpu = m_pcpu;
    m_entrySinceExit = true;
    m_doubtedEntry = false;
    m_preemptedEarly = false;
    m_early.clear();
}

void VcpuTrack::endRun(Ns t)
{
    if (m_runEnd != kNoTime)
        return;
    m_runEnd = t;
    m_runPcpu = m_pcpu;
}

void VcpuTrack::addExit(Ns t, bool withRun)
{
    closeExit(t, false);
    ExitDraft exit = m_incoming;
    exit.entry = withRun ? m_entry : kNoTime;
    exit.runEnd = withRun ? m_runEnd : kNoTime;
    exit.pcpu = withRun ? m_runPcpu : exit.eventPcpu;
    exit.preemptedEarly = withRun && m_preemptedEarly;
    if (withRun) {
        exit.earlyTouch = m_early.firstOf(m_exitKinds);
        exit.ofDeviceEarly = m_early.areOfDevice();
    }
    exit.timed = false;
    exit.close = kNoTime;
    m_exits.append(exit);
    m_entrySinceExit = m_doubtedEntry = false;
    m_exitLooked = true;
    m_exitOpen = m_state != MachineState::Dead;
    if (!m_exitOpen)
        m_exits.last().close = t;
}

// The guest did not run since that entry, which failed.
void VcpuTrack::takeBackRun(Ns entry)
{
    for (std::size_t i = m_changes.size(); i-- > 0 && m_changes[i].begin() >= entry;)
        if (const StateOnPcpu what = m_changes[i].what(); what.state() == VcpuState::Guest)
            m_changes[i].setWhat({VcpuState::Kvm, what.pcpu()});
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
