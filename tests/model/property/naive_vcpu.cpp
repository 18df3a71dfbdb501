// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/naive_vcpu.h"

#include <algorithm>

#include "tests/model/property/naive_reason.h"

namespace exitscope::naive {
namespace {

constexpr std::int32_t kUserspaceExitHlt = 5; // KVM_EXIT_HLT

bool isRunnable(std::int64_t prevState)
{
    return (prevState & 0xff) == 0;
}

} // namespace

VcpuTale::VcpuTale(Ns from, std::int32_t pcpu) : m_unknownSince(from), m_changes{{from, VcpuState::Unknown, kNoPcpu}}
{
    if (pcpu != kNoPcpu)
        m_pcpu = pcpu;
}

void VcpuTale::proveHost(Ns time, std::int32_t pcpu, bool isOwn)
{
    if (!m_run || m_run->end || (m_run->pcpu != pcpu && !isOwn))
        return;
    m_run->end = time;
    m_run->endPcpu = pcpu;
    note(time);
}

void VcpuTale::ownEvent(Ns time, std::int32_t pcpu, bool isBlind, bool provesHost)
{
    m_ownPcpu = isBlind ? std::nullopt : std::optional(pcpu);
    if (m_off != Off::No || (!provesHost && m_run && !m_run->end)) // KVM itself can record it while it enters
        return;
    m_pcpu = pcpu;
    note(time);
}

Shown VcpuTale::entry(const KvmEvent &at)
{
    Shown shown;
    kvmEventBegins(at);
    if (m_run) {
        shown.entryInEntry = true;
        contradicted(m_run->entry, at.time);
    }
    if (m_exit)
        m_exits[*m_exit].end = at.time;
    m_exit.reset();
    m_run = Run{at.time, at.pcpu, {}, kNoPcpu, false, {}};
    m_entrySinceExit = true;
    m_userspace = false;
    m_entries.push_back(at.time);
    kvmEventEnds(at);
    return shown;
}

Shown VcpuTale::exit(const KvmEvent &at, const Record &event)
{
    Shown shown;
    const bool wasUnknown = isUnknown() || at.atWrongPcpu || !at.makesKnown;
    kvmEventBegins(at);
    if (!wasUnknown && !m_entrySinceExit) {
        shown.exitWithoutEntry = true;
        contradicted(*m_lastKvmEvent, at.time);
    }
    if (at.atWrongPcpu && m_lastKvmEvent == at.time)
        m_run.reset(); // Unknown at its very time
    closeExit(at.time);
    m_exits.push_back({event, at.pcpu, m_run, {}, {}, true, false, false, {}, {}});
    if (entryFailed(event))
        failLastRun();
    m_exit = m_exits.size() - 1;
    m_run.reset();
    m_entrySinceExit = false;
    m_userspace = false;
    m_lastExit = isHalt(event) ? Memory::Halt : Memory::Other;
    kvmEventEnds(at);
    return shown;
}

Shown VcpuTale::userspaceExit(const KvmEvent &at, const UserspaceExitData &data)
{
    Shown shown;
    kvmEventBegins(at);
    if (m_run) {
        shown.userspaceInEntry = true;
        contradicted(m_run->entry, at.time);
        m_run.reset();
    }
    leave(data.reason == kUserspaceExitHlt && data.error == 0 ? Memory::Halt : Memory::Other, whyLeft(data));
    kvmEventEnds(at);
    return shown;
}

void VcpuTale::runEntry(const KvmEvent &at)
{
    kvmEventBegins(at);
    m_userspace = false;
    kvmEventEnds(at);
    m_lastIoctlIsRun = true;
}

Shown VcpuTale::runExit(const KvmEvent &at)
{
    Shown shown;
    const bool wasUnknown = m_unknownSince || at.atWrongPcpu; // why it left may have been told before
    kvmEventBegins(at);
    if (m_run) {
        shown.userspaceInEntry = true;
        contradicted(m_run->entry, at.time);
        m_run.reset();
    }
    leave(m_userspace || wasUnknown ? m_whyLeft : Memory::Other, {});
    kvmEventEnds(at);
    return shown;
}

void VcpuTale::touch(const TouchData &data)
{
    if (m_run)
        m_run->touches.push_back(data);
    else if (m_exit && m_exits[*m_exit].looked)
        m_exits[*m_exit].touches.push_back(data);
}

void VcpuTale::switchOut(Ns time, std::int64_t prevState)
{
    m_ownPcpu.reset();
    m_off = isRunnable(prevState) ? Off::Runnable : Off::Asleep;
    if (isRunnable(prevState) && m_exit && m_exits[*m_exit].looked)
        m_exits[*m_exit].preempted = true;
    if (isRunnable(prevState) && m_run && m_run->end)
        m_run->preempted = true;
    if (!isRunnable(prevState) && (prevState & 0x70) != 0)
        return die(time);
    note(time);
}

void VcpuTale::switchIn(Ns time, std::int32_t pcpu)
{
    m_ownPcpu.reset();
    m_off = Off::No;
    m_pcpu = pcpu;
    note(time);
}

void VcpuTale::wake(Ns time)
{
    if (m_off != Off::No)
        m_off = Off::Runnable;
    note(time);
}

void VcpuTale::die(Ns time)
{
    m_dead = true;
    if (m_exit)
        m_exits[*m_exit].looked = false;
    note(time);
}

void VcpuTale::lose(Ns time, bool onBlindPcpu)
{
    if (m_dead)
        return;
    m_lastIoctlIsRun.reset();
    if (!hadKvmEvent()) {
        forget();
        return;
    }
    becomeUnknown(onBlindPcpu && m_run ? m_run->entry : time);
    forget();
    closeExit(time);
    m_run.reset();
    m_entrySinceExit = false;
}

bool VcpuTale::doubtUntilNext()
{
    if (!hadKvmEvent() || m_dead)
        return false;
    becomeUnknown(*m_lastKvmEvent);
    forget();
    return true;
}

void VcpuTale::doubtUntil(Ns time)
{
    if (hadKvmEvent())
        contradicted(*m_lastKvmEvent, time);
}

VcpuState VcpuTale::state() const
{
    if (m_dead || !hadKvmEvent())
        return VcpuState::Unknown;
    if (m_off == Off::Runnable)
        return VcpuState::Preempted;
    if (m_off == Off::Asleep)
        return asleep();
    if (m_run && !m_run->end)
        return VcpuState::Guest;
    return m_userspace ? VcpuState::Userspace : VcpuState::Kvm;
}

VcpuState VcpuTale::asleep() const
{
    switch (m_userspace ? m_whyLeft : m_lastExit) {
    case Memory::Forgotten:
        return VcpuState::Unknown;
    case Memory::Halt:
        return VcpuState::Idle;
    default:
        return VcpuState::Blocked;
    }
}

void VcpuTale::note(Ns time)
{
    m_changes.push_back({time, state(), m_pcpu.value_or(kNoPcpu)});
}

void VcpuTale::becomeUnknown(Ns since)
{
    m_unknownSince = std::min(m_unknownSince.value_or(since), since);
}

void VcpuTale::forget()
{
    m_lastExit = Memory::Forgotten;
    m_whyLeft = Memory::Forgotten;
    if (m_exit)
        m_exits[*m_exit].looked = false;
}

void VcpuTale::contradicted(Ns begin, Ns end)
{
    m_unknown.push_back({begin, end});
    forget();
}

void VcpuTale::kvmEventBegins(const KvmEvent &at)
{
    if (!at.makesKnown)
        lose(at.time, false);
    if (at.makesKnown && m_unknownSince) {
        m_unknown.push_back({*m_unknownSince, at.time});
        m_unknownSince.reset();
    }
}

void VcpuTale::kvmEventEnds(const KvmEvent &at)
{
    m_lastKvmEvent = at.time;
    m_off = Off::No;
    m_pcpu = at.pcpu;
    if (!at.makesKnown)
        lose(at.time, false); // it leaves nothing open
    note(at.time);
}

void VcpuTale::leave(Memory why, std::optional<int> told)
{
    if (m_exit && m_exits[*m_exit].looked) {
        ExitTale &exit = m_exits[*m_exit];
        exit.userspace = true;
        exit.why = exit.why ? exit.why : told;
    }
    m_userspace = true;
    m_whyLeft = why;
}

void VcpuTale::closeExit(Ns time)
{
    if (m_exit)
        m_exits[*m_exit].closed = time;
    m_exit.reset();
}

// Whether an entry failed is known only at its exit event.
void VcpuTale::failLastRun()
{
    if (!m_run)
        return;
    for (Change &change : m_changes)
        if (change.time >= m_run->entry && change.state == VcpuState::Guest)
            change.state = VcpuState::Kvm;
}

} // namespace exitscope::naive
