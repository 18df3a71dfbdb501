// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/guest/guest_trace.h"

#include <algorithm>
#include <tuple>

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

std::uint32_t GuestBuilder::intern(const QString &name)
{
    m_guest.names.push_back(name); // each stream asks once for each of its names
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
        if (m_blindness.isBlind(number)) // with all that can be
            m_last->lost.push_back({m_allBlindSince, kEndOfRecording});
    }
    return *m_last;
}

void GuestBuilder::runs(std::int32_t number, Ns t, std::int32_t tid)
{
    GuestCpu &on = cpu(number);
    on.switchTime.push_back(t);
    on.switchTid.push_back(tid);
}

void GuestBuilder::add(const Record &record)
{
    switch (record.kind) {
    case EventKind::ThreadInfo:
        if (record.thread.name != kNoName)
            m_threadNames.push_back({record.tid, record.timeNs, record.thread.name});
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
    GuestCpu &on = cpu(record.pcpu);
    on.events.push_back(record.timeNs);
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
        if (unknown.contains(on->number) && !m_blindness.areSwitchesBlind(on->number))
            runs(on->number, record.timeNs, m_next.first(on->number));
    }
}

GuestTrace GuestBuilder::finish(TimeRange range)
{
    m_guest.range = range;
    std::ranges::sort(m_cpus, {}, [](const auto &cpu) { return cpu->number; });
    for (const auto &cpu : m_cpus) {
        for (TimeRange &lost : cpu->lost)
            lost.to = std::min(lost.to, range.to);
        for (std::uint8_t &way : cpu->inKernel)
            way = std::uint8_t((way & (m_ended | bitOf(Way::Idle))) != 0);
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
