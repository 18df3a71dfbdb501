// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/naive_machine.h"

#include <algorithm>
#include <numeric>

namespace exitscope::naive {

bool isHalt(const Exit &exit)
{
    static const std::set<std::pair<std::uint32_t, std::int64_t>> kHalts{
        {1, 12}, {1, 36}, {1, 67}, {1, 68}, {2, 120}, {2, 139}, {2, 140}, {2, 166}, {2, 0x80000004}};
    return kHalts.contains({exit.isa, exit.code});
}

Thread &Machine::thread(Who who)
{
    Thread &x = threads[who];
    x.who = who;
    return x;
}

Thread *Machine::threadOf(const Record &record)
{
    if (record.tid != kNoThread)
        return &thread({record.tid, kNoPcpu});
    if (record.kind == EventKind::SchedSwitch)
        return &thread({record.switched.prevTid, kNoPcpu});
    if (const auto it = m_current.find(record.pcpu); it != m_current.end())
        return &thread({it->second, kNoPcpu});
    switch (record.kind) {
    case EventKind::VmEntry:
    case EventKind::VmExit:
    case EventKind::UserspaceExit:
    case EventKind::IrqBegin:
    case EventKind::IrqEnd:
        return &thread({kNoThread, record.pcpu});
    default:
        return nullptr;
    }
}

std::optional<std::int32_t> Machine::scheduledOn(const Thread &x) const
{
    for (const auto &[pcpu, tid] : m_current) {
        if (tid == x.who.tid)
            return pcpu;
    }
    return std::nullopt;
}

// By sched_switch or, where that has said nothing since a loss there, by its own events.
bool Machine::isShownElsewhere(const Thread &x, std::int32_t pcpu) const
{
    if (x.who.tid == kNoThread)
        return false;
    if (const auto scheduled = scheduledOn(x); scheduled && *scheduled != pcpu)
        return true;
    return x.known && x.rest == Rest::None && x.pcpu != pcpu && !m_current.contains(x.pcpu);
}

bool Machine::isKvmEvent(const Record &record, Thread &x) const
{
    switch (record.kind) {
    case EventKind::VmEntry:
    case EventKind::VmExit:
    case EventKind::UserspaceExit:
        return true;
    case EventKind::IoctlEntry:
        return record.ioctlEntry.cmd == kKvmRun;
    case EventKind::IoctlExit:
        return !x.lastIoctl || *x.lastIoctl == kKvmRun;
    default:
        return false;
    }
}

void Machine::note(Thread &x, Ns t)
{
    Interval change;
    change.begin = t;
    if (!x.known) {
        change.state = VcpuState::Unknown;
    } else if (x.rest == Rest::None) {
        change.state = x.mode;
        change.pcpu = x.pcpu;
    } else {
        change.state = x.rest == Rest::Preempted ? VcpuState::Preempted
            : x.rest == Rest::Idle               ? VcpuState::Idle
                                                 : VcpuState::Blocked;
    }
    x.changes.push_back(change);
}

void Machine::know(Thread &x, Ns t, std::int32_t pcpu, VcpuState mode)
{
    if (x.dead)
        return;
    x.known = true;
    x.mode = mode;
    x.rest = Rest::None;
    x.pcpu = pcpu;
    note(x, t);
}

// From `from` on until its next KVM event.
void Machine::makeUnknown(Thread &x, Ns from, Ns t)
{
    x.unknown.push_back({from, t});
    if (x.openExit >= 0) {
        x.exits[x.openExit].broken = true;
        x.exits[x.openExit].closed = from;
    }
    x.openExit = -1;
    x.entry.reset();
    x.known = false;
    x.userspaceIsHalt = false;
    x.rest = Rest::None;
    note(x, t);
}

bool Machine::contradict(int kind, Thread &x, Ns t)
{
    if (x.lastKvmEvent && !x.dead)
        makeUnknown(x, kind == 1 || kind == 6 ? x.entry->time : *x.lastKvmEvent, t);
    return x.lastKvmEvent.has_value();
}

// Of an entry nothing is known when its exit event cannot be seen.
void Machine::lose(Thread &x, Ns from, Ns t)
{
    makeUnknown(x, x.entry ? std::min(from, x.entry->time) : from, t);
}

// Counted if it affects a thread that makes a KVM event or made one before.
void Machine::contradictTogether(int kind, std::initializer_list<Thread *> affected, Ns t)
{
    bool any = kind == 3;
    for (Thread *x : affected)
        any = (x && contradict(kind, *x, t)) || any;
    contradictions[kind] += any;
}

void Machine::add(const Record &record)
{
    const Ns t = record.timeNs;
    m_pcpus.insert(record.pcpu);
    switch (record.kind) {
    case EventKind::ThreadInfo:
        return;
    case EventKind::Blind:
        return onBlind(record);
    case EventKind::CurrentThread:
        m_switchesSeen = true;
        switchIn(thread({record.tid, kNoPcpu}), t, record.pcpu);
        m_current[record.pcpu] = record.tid;
        return;
    default:
        break;
    }
    Thread *x = threadOf(record);
    endRuns(record, x);
    if (record.kind == EventKind::IrqBegin || record.kind == EventKind::IrqEnd)
        return onIrq(record, x);
    if (record.kind == EventKind::SchedSwitch)
        return onSwitch(record);
    if (record.kind == EventKind::SchedWakeup)
        return onWakeup(record);
    if (!x)
        return;
    if (record.kind == EventKind::IoctlEntry)
        x->lastIoctl = record.ioctlEntry.cmd;
    if (!isKvmEvent(record, *x))
        return;
    checkPcpu(record, *x);
    if (record.kind == EventKind::VmEntry)
        onEntry(record, *x);
    else if (record.kind == EventKind::VmExit)
        onExit(record, *x);
    else if (record.kind == EventKind::IoctlEntry)
        know(*x, t, record.pcpu, VcpuState::Kvm);
    else
        onUserspace(record, *x);
    x->lastKvmEvent = t;
}

void Machine::finish(Ns to)
{
    while (!m_openIrq.empty())
        endIrq(m_openIrq.begin()->first, to);
}

void Machine::endRuns(const Record &record, const Thread *x)
{
    if (!record.provesHost)
        return;
    for (auto &[who, y] : threads) {
        if (!y.entry || y.entry->runEnd || (y.entry->pcpu != record.pcpu && &y != x))
            continue;
        if (&y == x && record.kind == EventKind::VmEntry)
            continue; // contradiction 1: no run
        y.entry->runEnd = record.timeNs;
        y.mode = VcpuState::Kvm;
        note(y, record.timeNs);
    }
}

void Machine::endIrq(std::int32_t pcpu, Ns t)
{
    const auto it = m_openIrq.find(pcpu);
    if (it == m_openIrq.end())
        return;
    irqWork.push_back({it->second.who, pcpu, it->second.begin, t});
    m_openIrq.erase(it);
}

// Contradiction 3.
void Machine::checkPcpu(const Record &record, Thread &x)
{
    if (x.who.tid == kNoThread)
        return;
    const auto current = m_current.find(record.pcpu);
    if (current == m_current.end()) {
        if (scheduledOn(x) || x.off)
            contradictTogether(3, {&x}, record.timeNs);
    } else if (current->second != x.who.tid) {
        contradictTogether(3, {&x, &thread({current->second, kNoPcpu})}, record.timeNs);
    }
}

void Machine::onEntry(const Record &record, Thread &x)
{
    const Ns t = record.timeNs;
    endIrq(record.pcpu, t);
    x.entries.push_back(t);
    if (x.known && x.entry)
        contradictTogether(1, {&x}, t);
    if (x.openExit >= 0) {
        x.exits[x.openExit].next = t;
        x.exits[x.openExit].closed = t;
        x.openExit = -1;
    }
    know(x, t, record.pcpu, VcpuState::Guest);
    if (x.known)
        x.entry = OpenEntry{t, record.pcpu, std::nullopt, false};
}

void Machine::onExit(const Record &record, Thread &x)
{
    const Ns t = record.timeNs;
    if (x.known && !x.entry)
        contradictTogether(2, {&x}, t);
    SeenExit seen;
    Exit &exit = seen.exit;
    exit.isa = record.exit.isa;
    exit.code = record.exit.reason;
    if (exit.isa == 1)
        exit.code &= 0xffff;
    else if (exit.isa == 2 && record.exit.reason == 0xffffffff)
        exit.code = -1;
    seen.noNmi = record.hasIntrInfo && (record.exit.intrInfo >> 8 & 7) != 2;
    exit.guestRip = record.exit.guestRip;
    exit.event = exit.time = t;
    exit.pcpu = seen.eventPcpu = record.pcpu;
    seen.broken = x.dead;
    if (x.entry) {
        exit.entry = x.entry->time;
        exit.time = x.entry->runEnd.value_or(t);
        exit.pcpu = x.entry->pcpu;
        seen.preemptedEarly = x.entry->preempted;
        x.entry.reset();
    }
    x.lastExitIsHalt = isHalt(exit);
    x.exits.push_back(seen);
    x.openExit = x.dead ? -1 : static_cast<int>(x.exits.size()) - 1;
    know(x, t, record.pcpu, VcpuState::Kvm);
}

// kvm_userspace_exit, or the exit of KVM_RUN.
void Machine::onUserspace(const Record &record, Thread &x)
{
    if (x.known && x.entry)
        contradictTogether(6, {&x}, record.timeNs);
    if (!x.known || x.mode != VcpuState::Userspace)
        x.userspaceIsHalt = false;
    if (record.kind == EventKind::UserspaceExit)
        x.userspaceIsHalt = record.userspaceExit.reason == 5 && record.userspaceExit.error == 0;
    if (x.openExit >= 0)
        x.exits[x.openExit].userspace = true;
    know(x, record.timeNs, record.pcpu, VcpuState::Userspace);
}

void Machine::onSwitch(const Record &record)
{
    const Ns t = record.timeNs;
    endIrq(record.pcpu, t);
    m_switchesSeen = true;
    Thread &prev = thread({record.switched.prevTid, kNoPcpu});
    Thread &next = thread({record.switched.nextTid, kNoPcpu});
    bool prevLeaves = true;
    const auto current = m_current.find(record.pcpu);
    if (current != m_current.end() && current->second != prev.who.tid) { // contradiction 4
        const bool prevElsewhere = scheduledOn(prev) || prev.off;
        contradictTogether(4, {&thread({current->second, kNoPcpu}), prevElsewhere ? &prev : nullptr}, t);
        prevLeaves = !prevElsewhere;
    }
    m_current.erase(record.pcpu);
    if (prevLeaves && prev.who.tid != 0)
        switchOut(prev, record);
    switchIn(next, t, record.pcpu);
    m_current[record.pcpu] = next.who.tid;
}

void Machine::switchOut(Thread &prev, const Record &record)
{
    const Ns t = record.timeNs;
    const bool runnable = (record.switched.prevState & 0xff) == 0;
    prev.off = !scheduledOn(prev); // else another pCPU's contradiction is still open
    if (runnable && prev.openExit >= 0)
        prev.exits[prev.openExit].preempted = true;
    if (runnable && prev.entry)
        prev.entry->preempted = true;
    if (record.switched.prevState & 0x70) {
        lose(prev, t, t);
        prev.dead = prev.lastKvmEvent.has_value(); // else its number may be given to a vCPU yet
    } else if (prev.known) {
        const bool rests = prev.mode == VcpuState::Userspace ? prev.userspaceIsHalt : prev.lastExitIsHalt;
        prev.rest = runnable ? Rest::Preempted : rests ? Rest::Idle : Rest::Blocked;
        note(prev, t);
    }
    const bool blind = std::any_of(m_blindUntil.begin(), m_blindUntil.end(), [t](Ns until) { return t < until; });
    if (blind) {
        lose(prev, t, t);
        prev.off = false;
        prev.lastIoctl.reset();
    }
}

void Machine::switchIn(Thread &next, Ns t, std::int32_t pcpu)
{
    if (next.who.tid == 0)
        return; // the idle thread of every pCPU
    if (isShownElsewhere(next, pcpu)) { // contradiction 5
        contradictTogether(5, {&next}, t);
        if (const auto scheduled = scheduledOn(next))
            m_current.erase(*scheduled);
    }
    next.off = false;
    if (!next.known)
        return;
    if (next.entry && !next.entry->runEnd) { // whoever is switched in is in the kernel
        next.entry->runEnd = t;
        next.mode = VcpuState::Kvm;
    }
    next.rest = Rest::None;
    next.pcpu = pcpu;
    note(next, t);
}

void Machine::onWakeup(const Record &record)
{
    const auto it = threads.find({record.wakeup.tid, kNoPcpu});
    if (it == threads.end())
        return;
    Thread &x = it->second;
    if (x.known && (x.rest == Rest::Idle || x.rest == Rest::Blocked)) {
        x.rest = Rest::Preempted;
        note(x, record.timeNs);
    }
}

void Machine::onIrq(const Record &record, const Thread *x)
{
    auto it = m_openIrq.find(record.pcpu);
    const auto source = static_cast<std::size_t>(record.irq.source);
    if (record.kind == EventKind::IrqBegin) {
        if (it == m_openIrq.end())
            it = m_openIrq.emplace(record.pcpu, OpenIrq{x ? x->who : Who{}, record.timeNs, {}}).first;
        ++it->second.depth[source];
        return;
    }
    if (it == m_openIrq.end())
        return;
    auto &depth = it->second.depth;
    depth[source] = std::max(0, depth[source] - 1);
    if (std::accumulate(depth.begin(), depth.end(), 0) == 0)
        endIrq(record.pcpu, record.timeNs);
}

void Machine::onBlind(const Record &record)
{
    for (auto &[who, x] : threads) {
        x.off = false;
        if (m_switchesSeen && record.pcpu != kNoPcpu && isShownElsewhere(x, record.pcpu))
            continue;
        lose(x, record.blind.unknownFromNs, record.timeNs);
        x.lastIoctl.reset();
    }
    for (const std::int32_t pcpu : m_pcpus) { // any of them, if it is not known which
        if (record.pcpu != kNoPcpu && record.pcpu != pcpu)
            continue;
        m_current.erase(pcpu);
        endIrq(pcpu, record.timeNs);
    }
    m_blindUntil.push_back(record.blind.untilNs);
}

} // namespace exitscope::naive
