// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/guest/guest_trace.h"

#include <algorithm>
#include <tuple>

#include "model/reference/syscall_names.h"

namespace exitscope {

namespace {

// Ways into the kernel's code.
enum class Way : std::uint8_t { None, Idle, Syscall, Ioctl, Irq }; // and on, by IrqSource

constexpr std::uint32_t bitOf(Way way, IrqSource source = IrqSource::Handler)
{
    return 1U << (unsigned(way) + (way == Way::Irq ? unsigned(source) : 0));
}

// The one by which the CPU runs the kernel's code from the event on; 0: by none.
std::uint32_t wayIn(const Record &record)
{
    switch (record.kind) {
    case EventKind::IoctlEntry: // a guest's guest runs code of its own
        return record.ioctlEntry.cmd == kKvmRun ? 0 : bitOf(Way::Ioctl);
    case EventKind::IrqBegin:
        return bitOf(Way::Irq, record.irq.source);
    case EventKind::SchedSwitch:
        return record.switched.nextTid == 0 ? bitOf(Way::Idle) : 0;
    case EventKind::HostProof:
        return record.plain.entersKernel != 0 ? bitOf(Way::Syscall) : 0;
    default:
        return 0;
    }
}

QString numberedName(const QString &name, std::int32_t number)
{
    return name.isEmpty() ? QString::number(number) : QString(name % QLatin1Char('-') % QString::number(number));
}

// The one that ends with the event.
std::uint32_t wayOut(const Record &record)
{
    switch (record.kind) {
    case EventKind::IoctlExit:
        return bitOf(Way::Ioctl) | bitOf(Way::Syscall);
    case EventKind::IrqEnd:
        return bitOf(Way::Irq, record.irq.source);
    case EventKind::HostProof:
        return record.plain.leavesKernel != 0 ? bitOf(Way::Syscall) | bitOf(Way::Ioctl) : 0;
    default:
        return 0;
    }
}
static_assert(unsigned(Way::Irq) + kIrqSources <= 8); // GuestCpu::inKernel holds the bits until all is read

} // namespace

std::int32_t GuestCpu::threadAt(Ns t) const
{
    const auto next = std::ranges::upper_bound(switchTime, t);
    return next == switchTime.begin() ? kNoThread : switchTid[std::size_t(next - switchTime.begin()) - 1];
}

QString GuestTrace::threadName(std::int32_t tid, Ns t) const
{
    const auto [first, last] = std::ranges::equal_range(nameTid, tid);
    if (first == last)
        return {};
    const auto begin = nameTime.begin() + (first - nameTid.begin());
    const auto end = nameTime.begin() + (last - nameTid.begin());
    const auto next = std::upper_bound(begin, end, t);
    const auto at = std::size_t((next == begin ? begin : next - 1) - nameTime.begin());
    return names[nameIndex[at]];
}

GuestContext GuestTrace::contextBehind(const GuestCpu &cpu, std::size_t events) const
{
    const auto next = std::ranges::upper_bound(cpu.contexts.events, events);
    if (next == cpu.contexts.events.begin())
        return {};
    return contextOfRow(cpu, std::size_t(next - cpu.contexts.events.begin()) - 1);
}

GuestContext GuestTrace::contextOfRow(const GuestCpu &cpu, std::size_t row) const
{
    using Level = GuestContexts::Level;
    const GuestContexts &rows = cpu.contexts;
    GuestContext context;
    context.thread = rows.thread[row];
    context.call = rows.call[row];
    const Level level = rows.level[row];
    if (level == Level::Soft || level == Level::Hard) {
        context.mode = level == Level::Hard ? GuestMode::Interrupt : GuestMode::Softirq;
        context.source = rows.source[row];
        context.irq = rows.irq[row];
    } else if (level == Level::NotKnown || context.thread == kNobody) {
        context.mode = GuestMode::Unknown;
    } else if (threads.isOfKernel[context.thread] != 0) {
        context.mode = threads.isIdle(context.thread) ? GuestMode::Idle : GuestMode::Kernel;
    } else if (context.call != kUnknownCall) {
        context.mode = context.call == kNoCall ? GuestMode::User : GuestMode::Syscall;
    }
    return context;
}

QString GuestTrace::nameOf(std::uint32_t thread) const
{
    if (threads.isIdle(thread))
        return QStringLiteral("swapper/") % QString::number(threads.cpu[thread]);
    return threadName(threads.tid[thread], threads.end[thread]);
}

QString GuestTrace::processNameOf(std::uint32_t thread) const
{
    if (threads.isIdle(thread))
        return QStringLiteral("swapper");
    const std::int32_t pid = threads.pid[thread];
    if (pid == kNoThread)
        return {};
    const QString ofFirst = threadName(pid, threads.end[thread]);
    return ofFirst.isEmpty() ? nameOf(thread) : ofFirst;
}

QString GuestTrace::threadText(std::uint32_t thread) const
{
    return threads.isIdle(thread) ? nameOf(thread) : numberedName(nameOf(thread), threads.tid[thread]);
}

QString GuestTrace::processText(std::uint32_t thread) const
{
    if (threads.isIdle(thread))
        return processNameOf(thread);
    const std::int32_t pid = threads.pid[thread];
    return pid == kNoThread ? QString() : numberedName(processNameOf(thread), pid);
}

std::uint32_t GuestBuilder::intern(const QString &name)
{
    const auto known = m_nameIndex.constFind(name);
    if (known != m_nameIndex.cend())
        return *known;
    m_guest.names.push_back(name);
    m_nameIndex.insert(name, std::uint32_t(m_guest.names.size() - 1));
    return std::uint32_t(m_guest.names.size() - 1);
}

GuestCpu &GuestBuilder::cpu(std::int32_t number)
{
    if (m_last && m_last->number == number)
        return *m_last;
    const auto found = std::ranges::find(m_cpus, number, [](const auto &cpu) { return cpu->number; });
    if (found != m_cpus.end()) {
        m_last = found->get();
    } else {
        m_last = m_cpus.emplace_back(std::make_unique<GuestCpu>()).get();
        m_last->number = number;
        if (m_blindness.isBlind(number)) { // with all that can be
            m_last->lost.push_back({m_allBlindSince, kEndOfRecording});
            m_contexts.blind(number, m_blindness.areSwitchesBlind(number), 0, m_allBlindSince);
        }
    }
    return *m_last;
}

void GuestBuilder::runs(std::int32_t number, Ns t, std::int32_t tid)
{
    GuestCpu &on = cpu(number);
    on.switchTime.push_back(t);
    on.switchTid.push_back(tid);
    m_contexts.runs(m_contexts.cpu(number), tid, t);
}

void GuestBuilder::tell(const Record &record)
{
    if (record.thread.name != kNoName)
        m_threadNames.push_back({record.tid, record.timeNs, record.thread.name});
    if (record.tid > 0 && record.thread.pid != kNoThread)
        m_contexts.lives().tellProcess(record.tid, record.thread.pid);
}

// Where no name is told, of the number; kNoName without either.
std::uint32_t GuestBuilder::nameOfCall(const PlainData &call)
{
    if (call.call != 0)
        return call.call - 1;
    return (call.facts & HasCallNumber) != 0 ? intern(syscallName(call.callNumber)) : kNoName;
}

void GuestBuilder::noteCalls(const Record &record)
{
    ContextBuilder::Cpu &on = m_contexts.cpu(record.pcpu);
    ThreadLives::Call call;
    if (record.kind == EventKind::IoctlEntry || (record.kind == EventKind::HostProof && record.plain.entersKernel != 0))
        call.cpu = record.pcpu;
    if (record.kind == EventKind::IoctlEntry || record.kind == EventKind::IoctlExit) {
        call.name = intern(QStringLiteral("ioctl"));
        if (record.kind == EventKind::IoctlEntry)
            return m_contexts.enter(on, record, call);
        call.returned = record.ioctlExit.returned;
        call.hasReturned = record.ioctlExit.isKnown != 0;
        return m_contexts.leave(on, record, call);
    }
    if (record.kind != EventKind::HostProof || (record.plain.entersKernel == 0 && record.plain.leavesKernel == 0))
        return m_contexts.event(on, record);
    call.name = nameOfCall(record.plain);
    if (record.plain.entersKernel != 0) {
        call.file = record.plain.file == 0 ? kNoName : record.plain.file - 1;
        return m_contexts.enter(on, record, call);
    }
    call.returned = record.plain.returned;
    call.hasReturned = (record.plain.facts & HasReturned) != 0;
    if (call.name == kNoName || !m_guest.names[call.name].endsWith(QLatin1String("sigreturn")))
        m_contexts.leave(on, record, call);
}

void GuestBuilder::add(const Record &record)
{
    switch (record.kind) {
    case EventKind::ThreadInfo:
        tell(record);
        return;
    case EventKind::NextSwitch:
        m_next.tell(record);
        if (m_begun.insert(record.pcpu).second)
            runs(record.pcpu, record.timeNs, m_next.first(record.pcpu));
        return;
    case EventKind::Blind:
        blind(record);
        return;
    case EventKind::Sighted:
        sighted(record);
        return;
    case EventKind::SchedSwitch:
        m_next.passed(record.stream, record.pcpu);
        m_contexts.event(m_contexts.cpu(record.pcpu), record);
        runs(record.pcpu, record.timeNs,
            m_blindness.areSwitchesBlind(record.pcpu) ? kNoThread : record.switched.nextTid);
        break;
    case EventKind::TimerStart:
        m_guest.timers.time.push_back(record.timeNs);
        m_guest.timers.cpu.push_back(record.pcpu);
        m_guest.timers.tid.push_back(record.tid != kNoThread ? record.tid : cpu(record.pcpu).threadAt(record.timeNs));
        m_guest.timers.expires.push_back(record.timer.expires);
        break;
    case EventKind::Vmsync:
        m_guest.vmsync.time.push_back(record.timeNs);
        m_guest.vmsync.data.push_back(record.vmsync);
        break;
    default:
        break;
    }
    if (record.kind != EventKind::SchedSwitch)
        noteCalls(record);
    if (record.kind == EventKind::HostProof && (record.plain.facts & IsMark) != 0 && record.plain.file != 0) {
        m_guest.marks.time.push_back(record.timeNs);
        m_guest.marks.text.push_back(record.plain.file - 1);
    }
    GuestCpu &on = cpu(record.pcpu);
    on.events.push_back(record.timeNs);
    m_contexts.noteBehind(m_contexts.cpu(record.pcpu), on.events.size(), record.timeNs);
    on.inKernel.push_back(std::uint8_t(wayIn(record)));
    m_ended |= wayOut(record);
}

// The CPU of that number; kNoPcpu: all that told anything yet.
std::vector<GuestCpu *> GuestBuilder::cpusOf(std::int32_t number)
{
    if (number != kNoPcpu)
        return {&cpu(number)};
    std::vector<GuestCpu *> all;
    for (const auto &on : m_cpus)
        all.push_back(on.get());
    return all;
}

// Events that were lost in a stream without sched_switch leave known who runs.
void GuestBuilder::blind(const Record &record)
{
    for (GuestCpu *on : cpusOf(record.pcpu)) {
        m_begun.insert(on->number);
        if (!m_blindness.isBlind(on->number))
            on->lost.push_back({record.timeNs, kEndOfRecording});
        if (record.blind.ofSwitches != 0)
            runs(on->number, record.timeNs, kNoThread);
    }
    if (record.pcpu == kNoPcpu)
        m_allBlindSince = record.timeNs;
    else if (record.blind.ofSwitches != 0)
        m_next.passed(record.stream, record.pcpu);
    m_blindness.pass(record);
    for (const GuestCpu *on : cpusOf(record.pcpu))
        m_contexts.blind(on->number, record.blind.ofSwitches != 0, on->events.size(), record.timeNs);
    m_contexts.lose(record.timeNs);
}

void GuestBuilder::sighted(const Record &record)
{
    const std::vector<GuestCpu *> cpus = cpusOf(record.pcpu);
    std::set<std::int32_t> unknown;
    for (const GuestCpu *on : cpus)
        if (m_blindness.areSwitchesBlind(on->number))
            unknown.insert(on->number);
    m_blindness.pass(record);
    for (GuestCpu *on : cpus) {
        if (!m_blindness.isBlind(on->number) && !on->lost.empty() && on->lost.back().to == kEndOfRecording)
            on->lost.back().to = record.timeNs;
        m_contexts.sighted(
            m_contexts.cpu(on->number), m_blindness.isBlind(on->number), m_blindness.areSwitchesBlind(on->number));
        if (unknown.contains(on->number) && !m_blindness.areSwitchesBlind(on->number))
            runs(on->number, record.timeNs, m_next.first(on->number));
    }
}

GuestTrace GuestBuilder::finish(TimeRange range)
{
    m_guest.range = range;
    m_contexts.finish(range);
    m_guest.threads = m_contexts.lives().takeThreads();
    m_guest.calls = m_contexts.lives().takeCalls();
    m_guest.states = m_contexts.takeStates();
    std::ranges::sort(m_cpus, {}, [](const auto &cpu) { return cpu->number; });
    for (const auto &cpu : m_cpus) {
        for (TimeRange &lost : cpu->lost)
            lost.to = std::min(lost.to, range.to);
        for (std::uint8_t &way : cpu->inKernel)
            way = std::uint8_t((way & (m_ended | bitOf(Way::Idle))) != 0);
        cpu->contexts = m_contexts.takeContexts(cpu->number);
        if (!cpu->events.empty())
            m_guest.cpus.push_back(std::move(*cpu));
    }
    std::ranges::stable_sort(m_threadNames, {}, [](const Name &name) { return std::tuple(name.tid, name.time); });
    for (const Name &name : m_threadNames) {
        m_guest.nameTid.push_back(name.tid);
        m_guest.nameTime.push_back(name.time);
        m_guest.nameIndex.push_back(name.index);
    }
    return std::move(m_guest);
}

} // namespace exitscope
