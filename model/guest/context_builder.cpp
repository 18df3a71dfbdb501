// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/guest/context_builder.h"

#include <algorithm>
#include <numeric>
#include <ranges>
#include <utility>

namespace exitscope {

namespace {

template <typename T>
void reorder(std::vector<T> &column, const std::vector<std::uint32_t> &order)
{
    std::vector<T> ordered;
    ordered.reserve(column.size());
    for (const std::uint32_t from : order)
        ordered.push_back(column[from]);
    column = std::move(ordered);
}

// Of the innermost interrupt.
void doubt(GuestContexts &rows, std::size_t row)
{
    rows.level[row] = GuestContexts::NotKnown;
    rows.source[row] = IrqSource::Handler;
    rows.irq[row] = kNoIrq;
    rows.begins[row] = 0;
}

constexpr std::uint32_t kNoState = std::numeric_limits<std::uint32_t>::max();

} // namespace

ContextBuilder::Cpu &ContextBuilder::cpu(std::int32_t number)
{
    const auto [known, isNew] = m_cpus.try_emplace(number);
    if (isNew) {
        known->second.number = number;
        known->second.isBlind = known->second.areSwitchesBlind = false;
    }
    return known->second;
}

bool ContextBuilder::isAnyBlind() const
{
    return std::ranges::any_of(
        m_cpus, [](const auto &cpu) { return cpu.second.isBlind; });
}

std::uint32_t ContextBuilder::lifeOf(std::int32_t tid, const Cpu &cpu)
{
    if (tid < 0)
        return kNobody;
    return tid == 0 ? m_lives.idle(cpu.number) : m_lives.lifeOf(tid);
}

std::uint32_t ContextBuilder::threadOf(const Cpu &cpu, const Record &record)
{
    return record.tid == kNoThread ? cpu.thread : lifeOf(record.tid, cpu);
}

void ContextBuilder::state(std::uint32_t thread, GuestThreadState state, std::int32_t cpu, Ns t)
{
    if (thread >= m_stateOf.size())
        m_stateOf.resize(thread + 1, kNoState);
    const std::uint32_t last = m_stateOf[thread];
    if (last != kNoState && m_states.state[last] == state && m_states.cpu[last] == cpu)
        return;
    m_stateOf[thread] = std::uint32_t(m_states.size());
    m_states.thread.push_back(thread);
    m_states.time.push_back(t);
    m_states.state.push_back(state);
    m_states.cpu.push_back(cpu);
}

void ContextBuilder::runs(Cpu &cpu, std::int32_t tid, Ns t)
{
    cpu.thread = lifeOf(tid, cpu);
    if (cpu.thread != kNobody)
        state(cpu.thread, GuestThreadState::Running, cpu.number, t);
}

// The thread that goes; whoever comes is told to runs().
void ContextBuilder::switchThreads(Cpu &cpu, const Record &record)
{
    cpu.irqs.clear();
    cpu.areIrqsKnown = !cpu.isBlind;
    if (cpu.areSwitchesBlind)
        return;
    const std::uint32_t gone = lifeOf(record.switched.prevTid, cpu);
    if (gone == kNobody)
        return;
    constexpr std::int64_t kParked = 64; // dead up to Linux 4.13
    const std::int64_t left = record.switched.prevState;
    constexpr std::int64_t kAsleep = 0x0f;
    const bool goesOn = leavesRunnable(left) || (left & kAsleep) != 0; // as one can that ends: not yet
    const bool isDead = m_lives.isDying(gone) ? !goesOn : leavesDead(left) && (left & 0x70) != kParked;
    if (isDead && record.switched.prevTid != 0) {
        state(gone, GuestThreadState::Gone, kNoPcpu, record.timeNs);
        m_lives.end(gone, record.timeNs);
        return;
    }
    state(gone, leavesRunnable(left) ? GuestThreadState::Waiting : GuestThreadState::Sleeping, kNoPcpu, record.timeNs);
    if (isAnyBlind()) // it may go on where nobody sees it
        m_lives.forget(gone, record.timeNs);
}

void ContextBuilder::irqBegins(Cpu &cpu, const IrqData &irq)
{
    if (cpu.isBlind)
        return;
    if (irq.source == IrqSource::Softirq) { // nothing but a thread is below it
        cpu.areIrqsKnown = true;
        cpu.irqs.clear();
    }
    const bool isOfSoftirq = irq.source == IrqSource::Hrtimer && !cpu.irqs.empty()
        && cpu.irqs.back().source == IrqSource::Softirq && cpu.irqs.back().number == kHrtimerSoftirq;
    if (isOfSoftirq) // the softirq runs the timer itself
        return;
    cpu.irqs.push_back({irq.source, irq.number});
    cpu.hasIrqBegun = true;
}

void ContextBuilder::irqEnds(Cpu &cpu, IrqSource source)
{
    if (cpu.isBlind)
        return;
    const auto innermost = std::ranges::find(cpu.irqs.rbegin(), cpu.irqs.rend(), source, &IrqData::source);
    if (innermost != cpu.irqs.rend())
        cpu.irqs.erase(std::prev(innermost.base()), cpu.irqs.end());
    if (source == IrqSource::Softirq) {
        cpu.irqs.clear();
        cpu.areIrqsKnown = true;
    }
}

void ContextBuilder::event(Cpu &cpu, const Record &record)
{
    switch (record.kind) {
    case EventKind::SchedSwitch:
        return switchThreads(cpu, record);
    case EventKind::SchedWakeup: {
        const std::uint32_t woken = record.wakeup.tid > 0 ? m_lives.lifeOf(record.wakeup.tid) : kNobody;
        const bool isRunning = woken != kNobody && woken < m_stateOf.size() && m_stateOf[woken] != kNoState
            && m_states.state[m_stateOf[woken]] == GuestThreadState::Running;
        if (woken != kNobody && !isRunning)
            state(woken, GuestThreadState::Waiting, kNoPcpu, record.timeNs);
        return;
    }
    case EventKind::IrqBegin:
        m_tellsSoftirqs = m_tellsSoftirqs || record.irq.source == IrqSource::Softirq;
        return irqBegins(cpu, record.irq);
    case EventKind::IrqEnd:
        m_tellsSoftirqs = m_tellsSoftirqs || record.irq.source == IrqSource::Softirq;
        return irqEnds(cpu, record.irq.source);
    case EventKind::ThreadExit:
        if (record.tid > 0 && !cpu.isBlind)
            m_lives.exits(record.tid);
        return;
    case EventKind::HostProof:
        if (record.plain.thread > 0 && (record.plain.facts & IsKernelThread) != 0)
            m_lives.tellKernelThread(record.plain.thread);
        if (record.plain.thread > 0 && (record.plain.facts & IsFork) != 0)
            m_lives.fork(
                cpu.isBlind ? kNobody : threadOf(cpu, record), record.plain.thread, record.timeNs, isAnyBlind());
        return;
    default:
        return;
    }
}

// Only threads enter and leave system calls, so that no interrupt is open.
void ContextBuilder::enter(Cpu &cpu, const Record &record, const ThreadLives::Call &call)
{
    if (cpu.isBlind)
        return;
    cpu.irqs.clear();
    cpu.areIrqsKnown = true;
    if (const std::uint32_t thread = threadOf(cpu, record); thread != kNobody)
        m_lives.enter(thread, call, record.timeNs);
}

void ContextBuilder::leave(Cpu &cpu, const Record &record, const ThreadLives::Call &call)
{
    if (cpu.isBlind)
        return;
    cpu.irqs.clear();
    cpu.areIrqsKnown = true;
    if (const std::uint32_t thread = threadOf(cpu, record); thread != kNobody)
        m_lives.leave(thread, call, record.timeNs);
}

void ContextBuilder::noteBehind(Cpu &cpu, std::size_t events, Ns t)
{
    using Level = GuestContexts::Level;
    Level level = cpu.areIrqsKnown && !cpu.isBlind ? Level::NoInterrupt : Level::NotKnown;
    IrqData open{IrqSource::Handler, kNoIrq};
    if (!cpu.irqs.empty()) { // a softirq is below all others
        open = cpu.irqs.back();
        level = open.source == IrqSource::Softirq ? Level::Soft : Level::Hard;
    }
    const bool isKnown = cpu.thread != kNobody && !cpu.isBlind;
    const std::uint32_t spell = isKnown ? m_lives.spellOf(cpu.thread) : ThreadLives::kUnknownSpell;
    GuestContexts &rows = cpu.rows;
    const bool begins = std::exchange(cpu.hasIrqBegun, false);
    if (!begins && rows.size() > 0 && rows.thread.back() == cpu.thread && rows.call.back() == spell
        && rows.level.back() == level && rows.source.back() == open.source && rows.irq.back() == open.number)
        return;
    if (rows.size() == 0 || rows.events.back() != events || rows.begins.back() != 0) { // a loss keeps what began
        rows.events.push_back(std::uint32_t(events));
        rows.time.push_back(t);
        rows.thread.emplace_back();
        rows.call.emplace_back();
        rows.level.emplace_back();
        rows.source.emplace_back();
        rows.irq.emplace_back();
        rows.begins.emplace_back();
    }
    rows.thread.back() = cpu.thread;
    rows.call.back() = spell;
    rows.level.back() = level;
    rows.source.back() = open.source;
    rows.irq.back() = open.number;
    rows.begins.back() = std::uint8_t(begins);
    if (level == Level::Hard && open.source == IrqSource::Hrtimer && cpu.irqs.size() == 1 && !cpu.areIrqsKnown)
        cpu.timerRows.push_back(rows.size() - 1);
}

void ContextBuilder::blind(std::int32_t number, bool ofSwitches, std::size_t events, Ns t)
{
    Cpu &of = cpu(number);
    of.isBlind = true;
    of.areSwitchesBlind = of.areSwitchesBlind || ofSwitches;
    of.irqs.clear();
    of.areIrqsKnown = false;
    if (ofSwitches)
        of.thread = kNobody;
    noteBehind(of, events, t);
}

void ContextBuilder::sighted(Cpu &cpu, bool isBlind, bool areSwitchesBlind)
{
    cpu.isBlind = isBlind;
    cpu.areSwitchesBlind = areSwitchesBlind;
}

void ContextBuilder::lose(Ns t)
{
    std::vector<std::uint32_t> known;
    for (const auto &[number, cpu] : m_cpus)
        if (!cpu.isBlind && cpu.thread != kNobody)
            known.push_back(cpu.thread);
    m_lives.loseAllBut(known, t);
}

void ContextBuilder::finish(TimeRange range)
{
    m_lives.finish(range);
    for (auto &[number, cpu] : m_cpus) {
        for (std::uint32_t &spell : cpu.rows.call)
            spell = m_lives.callOf(spell);
        for (const std::size_t row : cpu.timerRows)
            if (m_tellsSoftirqs)
                doubt(cpu.rows, row);
    }
}

GuestStates ContextBuilder::takeStates()
{
    std::vector<std::uint32_t> order(m_states.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::stable_sort(order, {}, [this](std::uint32_t row) { return m_states.thread[row]; });
    reorder(m_states.thread, order);
    reorder(m_states.time, order);
    reorder(m_states.state, order);
    reorder(m_states.cpu, order);
    return std::move(m_states);
}

} // namespace exitscope
