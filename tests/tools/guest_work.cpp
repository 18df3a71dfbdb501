// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/guest_work.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace exitscope::testing {

namespace {

constexpr std::size_t kFewThreads = 8; // that live: none ends
constexpr std::size_t kManyThreads = 20; // none forks
constexpr std::int64_t kAsleep = 1, kDead = 16, kParkedThread = 64;
constexpr std::array<const char *, 7> kCalls{"ioctl", "read", "write", "futex", "nanosleep", "clone", "exit_group"};
constexpr std::int32_t kIoctl = 0, kClone = 5, kExitGroup = 6; // of these, which are the first of names()
constexpr std::array<std::pair<std::int32_t, const char *>, 6> kSoftirqNames{
    {{1, "TIMER"}, {3, "NET_RX"}, {4, "BLOCK"}, {7, "SCHED"}, {8, "HRTIMER"}, {9, "RCU"}}};

std::string irqName(const IrqData &irq)
{
    switch (irq.source) {
    case IrqSource::Handler:
        return "irq:" + std::to_string(irq.number);
    case IrqSource::Vector:
        return "vector:" + std::to_string(irq.number);
    case IrqSource::Hrtimer:
        return "hrtimer";
    case IrqSource::Softirq:
        break;
    }
    return std::string("softirq:")
        + std::ranges::find(kSoftirqNames, irq.number, &std::pair<int, const char *>::first)->second;
}

Record irqRecordOf(EventKind kind, const IrqData &irq)
{
    Record record;
    record.kind = kind;
    record.irq = irq;
    return record;
}

} // namespace

GuestWork::GuestWork(const Options &options) : m_options(options), m_random(options.seed), m_cpus(options.cpus)
{
    for (const char *call : kCalls)
        addName(call);
    m_lastTid = 1;
    addThread("kthreadd", true); // which has 2
    m_lastTid = 10;
    for (std::size_t k = 0; k < m_cpus.size(); ++k)
        addThread("kworker/" + std::to_string(k) + ":1", true);
    m_lastTid = 100;
    for (int i = 0; i < 6; ++i) {
        Thread &thread = m_threads[addThread("work-" + std::to_string(i), false, i % 3 == 2 ? m_lastTid : 0)];
        thread.call = chance(60) ? below(kClone) : -1; // since before the trace
        thread.state = thread.call < 0 || chance(50) ? Thread::State::Waiting : Thread::State::Sleeping;
    }
    for (Cpu &cpu : m_cpus) {
        cpu.thread = chance(50) ? anyThread(Thread::State::Waiting) : -1;
        if (cpu.thread >= 0)
            m_threads[std::size_t(cpu.thread)].state = Thread::State::Running;
    }
}

std::uint32_t GuestWork::addName(const std::string &name)
{
    m_names.push_back(name);
    return std::uint32_t(m_names.size() - 1);
}

std::size_t GuestWork::addThread(const std::string &name, bool isOfKernel, std::int32_t pid)
{
    Thread &thread = m_threads.emplace_back();
    thread.tid = ++m_lastTid;
    thread.pid = pid > 0 ? pid : thread.tid;
    thread.name = addName(name);
    thread.isOfKernel = isOfKernel;
    return m_threads.size() - 1;
}

std::size_t GuestWork::living() const
{
    return m_threads.size() - std::size_t(std::ranges::count(m_threads, Thread::State::Gone, &Thread::state));
}

std::int32_t GuestWork::anyThread(Thread::State state)
{
    const auto count = int(std::ranges::count(m_threads, state, &Thread::state));
    if (count == 0)
        return -1;
    int skip = below(count);
    const auto is = [&](const Thread &thread) { return thread.state == state && skip-- == 0; };
    return std::int32_t(std::ranges::find_if(m_threads, is) - m_threads.begin());
}

std::int32_t GuestWork::tid(std::size_t cpu) const
{
    const std::int32_t thread = m_cpus[cpu].thread;
    return thread < 0 ? 0 : m_threads[std::size_t(thread)].tid;
}

int GuestWork::life(std::size_t cpu) const
{
    const std::int32_t thread = m_cpus[cpu].thread;
    return thread < 0 ? 1 : m_threads[std::size_t(thread)].lives;
}

std::string GuestWork::threadName(std::size_t cpu) const
{
    const std::int32_t thread = m_cpus[cpu].thread;
    return thread < 0 ? "swapper/" + std::to_string(cpu) : m_names[m_threads[std::size_t(thread)].name];
}

std::string GuestWork::call(std::size_t cpu) const
{
    const std::int32_t thread = m_cpus[cpu].thread;
    const std::int32_t call = thread < 0 ? -1 : m_threads[std::size_t(thread)].call;
    return call < 0 ? "none" : m_names[std::size_t(call)];
}

std::string GuestWork::context(std::size_t cpu) const
{
    const Cpu &on = m_cpus[cpu];
    if (!on.irqs.empty()) {
        const IrqData &last = on.irqs.back();
        const IrqData *below = on.irqs.size() > 1 ? &on.irqs[on.irqs.size() - 2] : nullptr;
        const bool isOfSoftirq = last.source == IrqSource::Hrtimer && below && below->source == IrqSource::Softirq
            && below->number == kHrtimerSoftirq; // which runs the timer itself
        return irqName(isOfSoftirq ? *below : last);
    }
    if (on.thread < 0)
        return "idle";
    const Thread &thread = m_threads[std::size_t(on.thread)];
    if (thread.isOfKernel)
        return "kernel";
    return thread.call < 0 ? "user" : "syscall:" + m_names[std::size_t(thread.call)];
}

Record GuestWork::next(std::size_t number)
{
    Cpu &cpu = m_cpus[number];
    const std::int32_t owner = tid(number);
    Record record;
    if (number == 0 && m_options.dumpsState && m_dumped < m_cpus.size() + 1)
        record = dump();
    else if (!cpu.irqs.empty())
        record = inInterrupt(cpu);
    else if (cpu.thread < 0)
        record = inIdle(cpu);
    else if (m_threads[std::size_t(cpu.thread)].isOfKernel)
        record = inKernelThread(cpu);
    else
        record = m_threads[std::size_t(cpu.thread)].call < 0 ? inProgram(cpu) : inCall(cpu);
    if (m_options.tellsTids && record.kind != EventKind::ThreadExit)
        record.tid = owner;
    return record;
}

// The first threads are the kernel's.
Record GuestWork::dump()
{
    Record record;
    record.plain.thread = m_threads[m_dumped++].tid;
    record.plain.facts = IsKernelThread;
    return record;
}

Record GuestWork::begin(Cpu &cpu, IrqData irq)
{
    cpu.irqs.push_back(irq);
    return irqRecordOf(EventKind::IrqBegin, irq);
}

Record GuestWork::interrupt(Cpu &cpu)
{
    switch (below(3)) {
    case 0:
        return begin(cpu, {IrqSource::Handler, 4 + below(3)});
    case 1:
        return begin(cpu, {IrqSource::Vector, 236});
    default:
        return begin(cpu, {IrqSource::Hrtimer, kNoIrq});
    }
}

Record GuestWork::softirq(Cpu &cpu)
{
    return begin(cpu, {IrqSource::Softirq, kSoftirqNames[std::size_t(below(int(kSoftirqNames.size())))].first});
}

Record GuestWork::inInterrupt(Cpu &cpu)
{
    const IrqData top = cpu.irqs.back();
    const int what = below(100);
    if (what < 25)
        return wake();
    if (what < 35)
        return plain();
    if (top.source == IrqSource::Softirq && what < 50)
        return interrupt(cpu);
    const bool runsTimers
        = top.source == IrqSource::Vector || (top.source == IrqSource::Softirq && top.number == kHrtimerSoftirq);
    if (runsTimers && what < 65)
        return begin(cpu, {IrqSource::Hrtimer, kNoIrq});
    cpu.irqs.pop_back();
    return irqRecordOf(EventKind::IrqEnd, top);
}

Record GuestWork::inIdle(Cpu &cpu)
{
    const std::int32_t next = anyThread(Thread::State::Waiting);
    if (next >= 0 && chance(60))
        return switchTo(cpu, 0, next);
    const int what = below(100);
    return what < 50 ? interrupt(cpu) : what < 75 ? softirq(cpu) : plain();
}

Record GuestWork::preempt(Cpu &cpu)
{
    const std::int32_t next = anyThread(Thread::State::Waiting);
    return next < 0 ? plain() : switchTo(cpu, 0, next);
}

Record GuestWork::inKernelThread(Cpu &cpu)
{
    Thread &thread = m_threads[std::size_t(cpu.thread)];
    const int what = below(100);
    if (what < 40)
        return switchTo(cpu, chance(10) ? kParkedThread : kAsleep, anyThread(Thread::State::Waiting));
    if (what < 50)
        return preempt(cpu);
    if (what < 70)
        return interrupt(cpu);
    if (what < 80)
        return softirq(cpu);
    if (what < 90)
        return wake();
    return thread.tid == 2 && living() < kManyThreads ? fork(thread) : plain();
}

Record GuestWork::inProgram(Cpu &cpu)
{
    const int what = below(100);
    if (what < 50)
        return enter(m_threads[std::size_t(cpu.thread)]);
    if (what < 60)
        return preempt(cpu);
    if (what < 80)
        return interrupt(cpu);
    return what < 90 ? softirq(cpu) : plain();
}

Record GuestWork::inCall(Cpu &cpu)
{
    Thread &thread = m_threads[std::size_t(cpu.thread)];
    const int what = below(100);
    if (what < 10)
        return preempt(cpu);
    if (what < 20)
        return interrupt(cpu);
    if (what < 30)
        return softirq(cpu);
    if (what < 45)
        return wake();
    if (thread.call == kExitGroup) {
        if (thread.isEnding)
            return switchTo(cpu, kDead, anyThread(Thread::State::Waiting));
        thread.isEnding = true;
        Record record;
        record.kind = EventKind::ThreadExit;
        record.tid = thread.tid;
        return record;
    }
    if (thread.call == kClone && !thread.hasForked)
        return fork(thread);
    return what < 65 ? switchTo(cpu, kAsleep, anyThread(Thread::State::Waiting)) : leave(thread);
}

Record GuestWork::enter(Thread &thread)
{
    thread.call = below(kClone);
    thread.hasForked = false;
    if (living() < kManyThreads && chance(5))
        thread.call = kClone;
    else if (living() > kFewThreads + m_cpus.size() && chance(5))
        thread.call = kExitGroup;
    Record record;
    if (thread.call == kIoctl) {
        record.kind = EventKind::IoctlEntry;
        record.ioctlEntry = {0x5401};
        return record;
    }
    record.plain.entersKernel = 1;
    record.plain.call = std::uint32_t(thread.call) + 1;
    return record;
}

Record GuestWork::leave(Thread &thread)
{
    Record record;
    const std::int32_t call = std::exchange(thread.call, -1);
    if (call == kIoctl) {
        record.kind = EventKind::IoctlExit;
        record.ioctlExit = {0, 1};
        return record;
    }
    record.plain.leavesKernel = 1;
    record.plain.call = std::uint32_t(call) + 1;
    record.plain.facts = HasReturned;
    return record;
}

// A child of a program is in its parent's call until that ends for it too.
Record GuestWork::fork(Thread &parent)
{
    parent.hasForked = true;
    const bool isOfKernel = parent.isOfKernel;
    const std::int32_t call = parent.call, pid = chance(50) && !isOfKernel ? parent.pid : 0;
    const std::size_t gone = std::size_t(std::max(anyThread(Thread::State::Gone), 0));
    const bool isReused = m_threads[gone].state == Thread::State::Gone && chance(30) && !isOfKernel;
    if (isReused) { // another life of its id
        m_threads[gone].isEnding = false;
        ++m_threads[gone].lives;
    }
    Thread &child = m_threads[isReused ? gone : addThread("new-" + std::to_string(m_lastTid), isOfKernel, pid)];
    child.call = call;
    child.hasForked = true;
    child.state = Thread::State::Waiting;
    Record record;
    record.plain.facts = IsFork;
    record.plain.thread = child.tid;
    return record;
}

Record GuestWork::switchTo(Cpu &cpu, std::int64_t prevState, std::int32_t next)
{
    Record record;
    record.kind = EventKind::SchedSwitch;
    record.switched = {prevState, tid(std::size_t(&cpu - m_cpus.data())), 0};
    if (cpu.thread >= 0)
        m_threads[std::size_t(cpu.thread)].state = prevState == 0 ? Thread::State::Waiting
            : prevState == kDead                                  ? Thread::State::Gone
                                                                  : Thread::State::Sleeping;
    cpu.thread = next;
    if (next >= 0)
        m_threads[std::size_t(next)].state = Thread::State::Running;
    record.switched.nextTid = tid(std::size_t(&cpu - m_cpus.data()));
    return record;
}

Record GuestWork::wake()
{
    const std::int32_t woken = anyThread(Thread::State::Sleeping);
    if (woken < 0)
        return plain();
    m_threads[std::size_t(woken)].state = Thread::State::Waiting;
    Record record;
    record.kind = EventKind::SchedWakeup;
    record.wakeup = {m_threads[std::size_t(woken)].tid, 0};
    return record;
}

} // namespace exitscope::testing
