// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/pcpu_view.h"

#include <algorithm>

namespace exitscope {

bool Blindness::View::any(std::int32_t pcpu) const
{
    return !streams.empty() && (streams.contains(pcpu) || streams.contains(kNoPcpu));
}

bool Blindness::View::anyOfSwitches(std::int32_t pcpu) const
{
    const auto holds = [&](std::int32_t at) {
        const auto found = streams.find(at);
        return found != streams.end()
            && std::ranges::any_of(found->second, [](const auto &stream) { return stream.second; });
    };
    return !streams.empty() && (holds(pcpu) || holds(kNoPcpu));
}

void Blindness::announce(const Record &record)
{
    if (record.pcpu != kNoPcpu) // else there is no elsewhere
        mark(m_fromElsewhere, record);
}

void Blindness::pass(const Record &record)
{
    mark(m_here, record);
    if (record.pcpu == kNoPcpu)
        mark(m_fromElsewhere, record);
}

void Blindness::mark(View &view, const Record &record)
{
    if (record.kind == EventKind::Blind) {
        view.streams[record.pcpu][record.stream] = record.blind.ofSwitches != 0;
    } else if (record.kind == EventKind::Sighted) {
        const auto found = view.streams.find(record.pcpu);
        if (found == view.streams.end())
            return;
        found->second.erase(record.stream);
        if (found->second.empty())
            view.streams.erase(found);
    }
}

// Of each pCPU that can be blind, as it is seen from that one.
template <typename Holds>
bool Blindness::anyPcpu(std::int32_t seenFrom, Holds holds) const
{
    if (holds(m_here, seenFrom))
        return true;
    return std::ranges::any_of(m_fromElsewhere.streams,
        [&](const auto &pcpu) { return pcpu.first != seenFrom && holds(m_fromElsewhere, pcpu.first); });
}

bool Blindness::isAnyBlind(std::int32_t seenFrom) const
{
    return anyPcpu(
        seenFrom, [](const View &view, std::int32_t pcpu) { return view.any(pcpu); });
}

bool Blindness::areAnySwitchesBlind(std::int32_t seenFrom) const
{
    return anyPcpu(
        seenFrom, [](const View &view, std::int32_t pcpu) { return view.anyOfSwitches(pcpu); });
}

std::int32_t PcpuView::current(std::int32_t pcpu) const
{
    const std::int32_t *tid = m_current.find(pcpu);
    return tid ? *tid : kNoThread;
}

bool PcpuView::isElsewhere(std::int32_t tid, std::int32_t pcpu) const
{
    const std::int32_t *place = m_place.find(tid);
    return place && *place != pcpu;
}

std::int32_t PcpuView::place(std::int32_t tid) const
{
    const std::int32_t *place = m_place.find(tid);
    return place && *place != kOffCpu ? *place : kNoPcpu;
}

// A thread is in one place: who is where it was thought to be is not known.
void PcpuView::leaveAllBut(std::int32_t pcpu, std::int32_t tid, Ns t)
{
    const std::int32_t from = place(tid);
    if (!m_claimed.contains(tid)) { // then it can be current on one pCPU only
        if (from != kNoPcpu && from != pcpu && current(from) == tid) {
            m_current.erase(from);
            m_occupancy.note(from, kNoThread, t);
        }
        return;
    }
    m_current.eraseIf([&](std::int32_t at, std::int32_t current) {
        const bool leaves = current == tid && at != pcpu;
        if (leaves)
            m_occupancy.note(at, kNoThread, t);
        return leaves;
    });
}

void PcpuView::settle(std::int32_t pcpu, std::int32_t tid, Ns t)
{
    m_current[pcpu] = tid;
    m_occupancy.note(pcpu, tid, t);
    m_spoken.insert(pcpu);
    if (tid <= 0)
        return; // 0 is the idle thread, one on every pCPU
    const std::int32_t before = place(tid);
    if (before != kNoPcpu && before != pcpu && current(before) == tid)
        m_claimed.insert(tid);
    m_place[tid] = pcpu;
}

void PcpuView::turnUp(std::int32_t pcpu, std::int32_t tid, Ns t)
{
    std::int32_t *place = m_place.find(tid);
    if (tid <= 0 || !place || !isNewAt(pcpu, tid))
        return;
    leaveAllBut(pcpu, tid, t);
    m_claimed.erase(tid);
    if (current(pcpu) == tid)
        *place = pcpu;
    else
        m_place.erase(tid);
}

void PcpuView::bury(std::int32_t tid)
{
    if (const std::int32_t *place = m_place.find(tid); place && *place == kOffCpu)
        m_place.erase(tid);
}

void PcpuView::switchThreads(std::int32_t pcpu, std::int32_t prev, std::int32_t next, bool offIsKnown, Ns t)
{
    const std::int32_t thought = current(pcpu);
    if (thought > 0 && thought != prev && place(thought) == pcpu)
        m_place.erase(thought); // not seen to leave: where it is now is not known
    if (prev > 0 && prev != next) {
        leaveAllBut(pcpu, prev, t);
        if (offIsKnown)
            m_place[prev] = kOffCpu;
        else
            m_place.erase(prev);
    }
    if (next > 0)
        leaveAllBut(pcpu, next, t);
    settle(pcpu, next, t);
}

void PcpuView::forget(std::int32_t pcpu, Ns t)
{
    m_current.forEach([&](std::int32_t at, std::int32_t) {
        if (pcpu == kNoPcpu || at == pcpu)
            m_occupancy.note(at, kNoThread, t);
    });
    if (pcpu == kNoPcpu) {
        m_current.clear();
        m_spoken.clear();
    } else {
        m_current.erase(pcpu);
        m_spoken.erase(pcpu);
    }
    m_place.eraseIf([&](std::int32_t tid, std::int32_t place) { return current(place) != tid; });
}

void PcpuView::forgetWhoIsOff()
{
    m_place.eraseIf([](std::int32_t, std::int32_t place) { return place == kOffCpu; });
}

void NextSwitches::tell(const Record &nextSwitch)
{
    m_streams.insert(nextSwitch.stream);
    m_byPcpu[nextSwitch.pcpu][nextSwitch.stream] = {nextSwitch.tid, nextSwitch.nextSwitch.atNs};
}

void NextSwitches::passed(std::uint32_t stream, std::int32_t pcpu)
{
    const auto found = m_byPcpu.find(pcpu);
    if (found != m_byPcpu.end())
        found->second.erase(stream);
}

std::vector<std::int32_t> NextSwitches::pcpus() const
{
    std::vector<std::int32_t> all;
    for (const auto &[pcpu, streams] : m_byPcpu)
        all.push_back(pcpu);
    return all;
}

std::int32_t NextSwitches::first(std::int32_t pcpu) const
{
    const auto found = m_byPcpu.find(pcpu);
    if (found == m_byPcpu.end())
        return kNoThread;
    Next first{kNoThread, kEndOfRecording};
    for (const auto &[stream, next] : found->second) {
        // At one time the stretch counts as the first: then it is not known.
        if (next.atNs < first.atNs || (next.atNs == first.atNs && next.tid == kNoThread))
            first = next;
    }
    return first.tid;
}

} // namespace exitscope
