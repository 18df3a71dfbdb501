// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/causes/naive_takers.h"

#include <algorithm>
#include <optional>
#include <set>

namespace exitscope::naive {

namespace {

struct Thread {
    bool entered = false; // it is a vCPU from its first KVM event on
    bool onPcpu = true;
    std::optional<std::int32_t> waitsOn; // where, if it wants a pCPU
    Ns since = 0; // that is charged up to here
};

class Host {
public:
    void take(const Record &record);
    void end(Ns t)
    {
        for (auto &[tid, thread] : m_threads)
            charge(tid, t);
    }
    std::map<std::int32_t, TimeByThread> takers;

private:
    // What a waiting thread has waited so far goes to who is there.
    void charge(std::int32_t tid, Ns t)
    {
        Thread &thread = m_threads[tid];
        if (thread.waitsOn && t > thread.since)
            takers[tid][m_running.at(*thread.waitsOn)] += t - thread.since;
        thread.since = t;
    }
    void wait(std::int32_t tid, Ns t, std::int32_t pcpu)
    {
        charge(tid, t);
        if (m_threads[tid].entered)
            m_threads[tid].waitsOn = pcpu;
    }

    std::map<std::int32_t, Thread> m_threads;
    std::map<std::int32_t, std::int32_t> m_running; // tid by pCPU
};

void Host::take(const Record &record)
{
    const Ns t = record.timeNs;
    switch (record.kind) {
    case EventKind::VmEntry:
    case EventKind::VmExit:
        m_threads[record.tid].entered = true;
        break;
    case EventKind::SchedSwitch: {
        for (auto &[tid, thread] : m_threads)
            if (thread.waitsOn == record.pcpu)
                charge(tid, t);
        const auto &[state, prev, next] = record.switched;
        m_running[record.pcpu] = next;
        m_threads[next].onPcpu = true;
        m_threads[next].waitsOn.reset();
        m_threads[prev].onPcpu = false;
        if ((state & 0xff) == 0 && prev != 0)
            wait(prev, t, record.pcpu);
        break;
    }
    case EventKind::SchedWakeup:
        if (!m_threads[record.wakeup.tid].onPcpu && !m_threads[record.wakeup.tid].waitsOn)
            wait(record.wakeup.tid, t, record.wakeup.pcpu);
        break;
    case EventKind::Migration:
        if (m_threads[record.migration.tid].waitsOn)
            wait(record.migration.tid, t, record.migration.to);
        break;
    default:
        break;
    }
}

} // namespace

std::map<std::int32_t, TimeByThread> takersOf(const std::vector<std::vector<Record>> &streams)
{
    std::vector<Record> all;
    for (const std::vector<Record> &stream : streams)
        std::ranges::copy_if(
            stream, std::back_inserter(all), [](const Record &record) { return isEvent(record.kind); });
    std::ranges::stable_sort(all,
        [](const Record &a, const Record &b) { return a.timeNs != b.timeNs ? a.timeNs < b.timeNs : a.pcpu < b.pcpu; });
    Host host;
    for (const Record &record : all)
        host.take(record);
    if (!all.empty())
        host.end(all.back().timeNs);
    return host.takers;
}

} // namespace exitscope::naive
