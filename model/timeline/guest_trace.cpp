// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/guest_trace.h"

#include <algorithm>
#include <tuple>

namespace exitscope {

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
    }
    return *m_last;
}

void GuestBuilder::add(const Record &record)
{
    const auto runs = [&](std::int32_t tid) {
        GuestCpu &on = cpu(record.pcpu);
        on.switchTime.push_back(record.timeNs);
        on.switchTid.push_back(tid);
    };
    switch (record.kind) {
    case EventKind::ThreadInfo:
        if (record.thread.name != kNoName)
            m_threadNames.push_back({record.tid, record.timeNs, record.thread.name});
        return;
    case EventKind::CurrentThread:
        runs(record.tid);
        return;
    case EventKind::Blind:
        blind(record);
        return;
    case EventKind::SchedSwitch:
        runs(record.switched.nextTid);
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
    cpu(record.pcpu).events.push_back(record.timeNs);
}

// Who runs is not known again before a sched_switch tells it.
void GuestBuilder::blind(const Record &record)
{
    const TimeRange lost{record.timeNs, record.blind.untilNs};
    const auto lose = [&](GuestCpu &on) {
        on.lost.push_back(lost);
        on.switchTime.push_back(record.timeNs);
        on.switchTid.push_back(kNoThread);
    };
    if (record.pcpu != kNoPcpu) {
        lose(cpu(record.pcpu));
        return;
    }
    for (const auto &on : m_cpus)
        lose(*on);
}

GuestTrace GuestBuilder::finish(TimeRange range)
{
    m_guest.range = range;
    std::ranges::sort(m_cpus, {}, [](const auto &cpu) { return cpu->number; });
    for (const auto &cpu : m_cpus) {
        for (TimeRange &lost : cpu->lost)
            lost.to = std::min(lost.to, range.to);
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
