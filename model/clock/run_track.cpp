// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/run_track.h"

#include <algorithm>

namespace exitscope {

namespace {

HostKnows knowsOf(VcpuState state)
{
    if (state == VcpuState::Unknown)
        return HostKnows::Nothing;
    return state == VcpuState::Guest ? HostKnows::Guest : HostKnows::NotGuest;
}

} // namespace

void RunTrack::append(Ns from, HostKnows what)
{
    if (!knows.empty() && knows.back() == what)
        return;
    begin.push_back(from);
    knows.push_back(what);
}

Ns RunTrack::timeIn(HostKnows what) const
{
    Ns sum = 0;
    for (std::size_t i = 0; i < size(); ++i)
        if (knows[i] == what)
            sum += end(i) - begin[i];
    return sum;
}

void RunTrack::finish()
{
    const auto guest = double(timeIn(HostKnows::Guest));
    const auto known = guest + double(timeIn(HostKnows::NotGuest));
    share = known > 0 ? std::clamp(guest / known, 1e-4, 1 - 1e-4) : 0.5;
    std::vector<Ns> lengths;
    for (std::size_t i = 0; i < size(); ++i)
        if (knows[i] == HostKnows::Guest)
            lengths.push_back(end(i) - begin[i]);
    if (lengths.empty())
        return;
    const auto middle = lengths.begin() + std::ptrdiff_t(lengths.size() / 2);
    std::nth_element(lengths.begin(), middle, lengths.end());
    median = *middle;
}

RunTrack runsOf(const Vcpu &vcpu)
{
    const StateColumns &states = vcpu.states;
    RunTrack track;
    for (std::size_t i = 0; i < states.size(); ++i)
        track.append(states.begin(i), knowsOf(states.state(i)));
    if (states.size() > 0)
        track.range = {states.begin(0), states.end(states.size() - 1)};
    track.finish();
    return track;
}

RunTrack runsOfAny(const Vm &vm)
{
    struct Change {
        Ns time;
        std::size_t vcpu;
        HostKnows knows;
    };
    std::vector<Change> changes;
    RunTrack all;
    for (std::size_t v = 0; v < vm.vcpus.size(); ++v) {
        const RunTrack one = runsOf(vm.vcpus[v]);
        all.range = v == 0 ? one.range
                           : TimeRange{std::min(all.range.from, one.range.from), std::max(all.range.to, one.range.to)};
        for (std::size_t i = 0; i < one.size(); ++i)
            changes.push_back({one.begin[i], v, one.knows[i]});
    }
    std::ranges::stable_sort(changes, {}, &Change::time);
    std::vector<HostKnows> now(vm.vcpus.size(), HostKnows::Nothing);
    for (std::size_t i = 0; i < changes.size(); ++i) {
        now[changes[i].vcpu] = changes[i].knows;
        if (i + 1 < changes.size() && changes[i + 1].time == changes[i].time)
            continue;
        const auto any = [&](HostKnows what) { return std::ranges::find(now, what) != now.end(); };
        all.append(changes[i].time,
            any(HostKnows::Guest)         ? HostKnows::Guest
                : any(HostKnows::Nothing) ? HostKnows::Nothing
                                          : HostKnows::NotGuest);
    }
    all.finish();
    return all;
}

RunTrack neverRuns(TimeRange range)
{
    RunTrack track;
    track.range = range;
    track.append(range.from, HostKnows::NotGuest);
    track.finish();
    return track;
}

HostKnows RunCursor::at(Ns t)
{
    if (m_track.size() == 0 || t < m_track.range.from || t > m_track.range.to)
        return HostKnows::Nothing;
    if (t < m_track.begin[m_at])
        m_at = std::size_t(std::ranges::upper_bound(m_track.begin, t) - m_track.begin.begin()) - 1;
    // Mostly the same stretch or the next, but of some events of many it can be far: in strides that grow.
    std::size_t stride = 1;
    while (m_at + stride < m_track.size() && m_track.begin[m_at + stride] <= t) {
        m_at += stride;
        stride *= 2;
    }
    const auto first = m_track.begin.begin() + std::ptrdiff_t(m_at) + 1;
    const auto last = m_track.begin.begin() + std::ptrdiff_t(std::min(m_at + stride, m_track.size()));
    m_at = std::size_t(std::upper_bound(first, std::max(first, last), t) - m_track.begin.begin()) - 1;
    if (m_at > 0 && t == m_track.begin[m_at] && m_track.knows[m_at - 1] == HostKnows::Guest)
        --m_at;
    return m_track.knows[m_at];
}

} // namespace exitscope
