// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/guest/thread_states.h"

#include <algorithm>
#include <numeric>

namespace exitscope {

namespace {

constexpr std::size_t kMostRowsExact = 12; // of a range that is only asked for roughly
constexpr int kThreadSamples = 12; // of one with more

ThreadState onHost(VcpuState state)
{
    switch (state) {
    case VcpuState::Guest:
        return ThreadState::Running;
    case VcpuState::Kvm:
        return ThreadState::Kvm;
    case VcpuState::Userspace:
        return ThreadState::Userspace;
    case VcpuState::Preempted:
        return ThreadState::Preempted;
    case VcpuState::Idle:
        return ThreadState::Halted;
    case VcpuState::Blocked:
        return ThreadState::Blocked;
    case VcpuState::Unknown:
        break;
    }
    return ThreadState::Unknown;
}

ThreadState offCpu(GuestThreadState state)
{
    switch (state) {
    case GuestThreadState::Running:
        break;
    case GuestThreadState::Waiting:
        return ThreadState::Waiting;
    case GuestThreadState::Sleeping:
        return ThreadState::Sleeping;
    case GuestThreadState::Gone:
        return ThreadState::Gone;
    }
    return ThreadState::Unknown;
}

void cut(TimeRange &range, Ns from, Ns to)
{
    range.from = std::max(range.from, from);
    range.to = std::min(range.to, to);
}

Ns &in(TimePerThreadState &times, ThreadState state)
{
    return times[static_cast<std::size_t>(state)];
}

std::vector<TimeRange> lostOnAny(const GuestTrace &guest)
{
    std::vector<TimeRange> all;
    for (const GuestCpu &cpu : guest.cpus)
        all.insert(all.end(), cpu.lost.begin(), cpu.lost.end());
    std::ranges::sort(all, {}, &TimeRange::from);
    std::vector<TimeRange> disjoint;
    for (const TimeRange &lost : all)
        if (!disjoint.empty() && lost.from <= disjoint.back().to)
            disjoint.back().to = std::max(disjoint.back().to, lost.to);
        else
            disjoint.push_back(lost);
    return disjoint;
}

} // namespace

std::string_view name(ThreadState state)
{
    static constexpr std::array<std::string_view, kThreadStates> kNames{"Running", "In KVM", "In QEMU",
        "Preempted by the host", "Blocked by the host", "Halted", "Waiting", "Sleeping", "Gone", "Unknown"};
    return kNames[static_cast<std::size_t>(state)];
}

Ns lostIn(const TimePerThreadState &times)
{
    const auto in = [&](ThreadState state) { return times[static_cast<std::size_t>(state)]; };
    return in(ThreadState::Kvm) + in(ThreadState::Userspace) + in(ThreadState::Preempted) + in(ThreadState::Blocked);
}

GuestOnHost::GuestOnHost(const GuestTrace &guest, const ClockMap &map, std::vector<const Vcpu *> vcpus, TimeRange host)
    : m_guest(&guest), m_map(&map), m_vcpus(std::move(vcpus)), m_range(host), m_lost(lostOnAny(guest))
{
    m_known = {std::clamp(map.toHost(guest.range.from), host.from, host.to),
        std::clamp(map.toHost(guest.range.to), host.from, host.to)};
    for (const GuestCpu &cpu : guest.cpus)
        m_firstEvents.push_back(map.toHost(cpu.events.front()));
    m_firstCall.resize(guest.threads.size() + 1);
    for (const std::uint32_t thread : guest.calls.thread)
        ++m_firstCall[thread + 1];
    std::partial_sum(m_firstCall.begin(), m_firstCall.end(), m_firstCall.begin());
    m_calls.resize(guest.calls.size());
    std::vector<std::uint32_t> next = m_firstCall;
    for (std::size_t i = 0; i < guest.calls.size(); ++i) // a thread's calls are told of one after the other
        m_calls[next[guest.calls.thread[i]]++] = std::uint32_t(i);
}

std::optional<std::size_t> GuestOnHost::cpuNumbered(std::int32_t number) const
{
    const auto found = std::ranges::find(m_guest->cpus, number, &GuestCpu::number);
    return found == m_guest->cpus.end() ? std::nullopt : std::optional(std::size_t(found - m_guest->cpus.begin()));
}

std::uint32_t GuestOnHost::callAt(std::uint32_t thread, Ns guest) const
{
    const GuestCalls &calls = m_guest->calls;
    const auto first = m_calls.begin() + m_firstCall[thread];
    const auto last = m_calls.begin() + m_firstCall[thread + 1];
    const auto next
        = std::upper_bound(first, last, guest, [&](Ns t, std::uint32_t call) { return t < calls.begin[call]; });
    return next == first || guest >= calls.end[*(next - 1)] ? kNoCall : *(next - 1);
}

Ns GuestOnHost::doubtWithin(TimeRange guest) const
{
    const auto lost = std::ranges::upper_bound(m_lost, guest.from, {}, &TimeRange::to);
    return lost == m_lost.end() ? guest.to : std::clamp(lost->from, guest.from, guest.to);
}

ThreadOnHost::ThreadOnHost(const GuestOnHost &guest, std::uint32_t thread) : m_of(guest), m_thread(thread)
{
    const GuestStates &states = guest.guest().states;
    const auto [first, last] = std::ranges::equal_range(states.thread, thread);
    m_first = std::size_t(first - states.thread.begin());
    m_times = std::span(states.time).subspan(m_first, std::size_t(last - first));
}

// Times are mapped to be compared, as they are where intervals begin: the other way rounds differently.
bool ThreadOnHost::seek(Place &place, std::span<const Ns> guestTimes, Ns host) const
{
    constexpr int kFewSteps = 4; // to where the next answer nearly always is
    const auto settle = [&](std::size_t at, Ns from) {
        place.at = at;
        place.from = from;
        place.to = at + 1 < guestTimes.size() ? toHost(guestTimes[at + 1]) : kEndOfRecording;
    };
    for (int step = 0; step <= kFewSteps && place.from < place.to; ++step) {
        if (place.from <= host && host < place.to)
            return true;
        if (place.from <= host)
            settle(place.at + 1, place.to);
        else if (place.at > 0)
            settle(place.at - 1, toHost(guestTimes[place.at - 1]));
        else
            break;
    }
    place.from = place.to = 0;
    if (guestTimes.empty() || toHost(guestTimes.front()) > host)
        return false;
    std::size_t at = place.search.lastAtOrBefore(guestTimes, std::max(m_of.m_map->toGuest(host), guestTimes.front()));
    while (at > 0 && toHost(guestTimes[at]) > host)
        --at;
    for (settle(at, toHost(guestTimes[at])); place.to <= host;)
        settle(place.at + 1, place.to);
    return true;
}

TimePerState ThreadOnHost::statesWithin(const Vcpu &vcpu, TimeRange range)
{
    if (m_walkOf != &vcpu) {
        m_walkOf = &vcpu;
        m_walk.emplace(vcpu.states);
    }
    return m_walk->within(range);
}

ThreadOnHost::Piece ThreadOnHost::pieceAt(Ns t)
{
    const GuestTrace &guest = m_of.guest();
    const GuestStates &states = guest.states;
    Piece piece;
    piece.host = m_of.m_range;
    if (!seek(m_row, m_times, t)) {
        if (!m_times.empty())
            piece.host.to = std::min(piece.host.to, toHost(m_times.front()));
        if (const Ns born = guest.threads.begin[m_thread]; born != kNoTime) {
            const Ns since = toHost(born);
            cut(piece.host, t < since ? piece.host.from : since, t < since ? since : piece.host.to);
            if (t < since)
                piece.state = GuestThreadState::Gone;
        }
        return piece;
    }
    const std::size_t row = m_first + m_row.at;
    const GuestThreadState state = states.state[row];
    piece.guestFrom = m_times[m_row.at];
    cut(piece.host, m_row.from, m_row.to);
    if (state == GuestThreadState::Gone) {
        piece.state = state;
        return piece;
    }
    if (t >= m_of.m_known.to) {
        piece.host.from = std::max(piece.host.from, m_of.m_known.to);
        return piece;
    }
    cut(piece.host, m_of.m_known.from, m_of.m_known.to);
    piece.state = state;
    const std::optional<std::size_t> cpu = m_of.cpuNumbered(states.cpu[row]);
    if (state != GuestThreadState::Running) {
        cutToSeen(piece, t);
    } else if (cpu) {
        piece.cpu = *cpu;
        cutToSwitches(piece, t);
    } else {
        piece.state.reset();
    }
    return piece;
}

// It may have gone on where events were lost.
void ThreadOnHost::cutToSeen(Piece &piece, Ns t)
{
    if (m_of.m_lost.empty())
        return;
    const Ns guestTo = std::max(m_of.m_map->toGuest(piece.host.to), piece.guestFrom);
    const Ns doubt = m_of.doubtWithin({piece.guestFrom, guestTo});
    if (doubt == guestTo)
        return;
    const Ns since = toHost(doubt);
    if (t < since)
        return cut(piece.host, piece.host.from, since);
    piece.host.from = std::max(piece.host.from, since);
    piece.state.reset();
}

// It stands there as far as the CPU's own events say so.
void ThreadOnHost::cutToSwitches(Piece &piece, Ns t)
{
    const GuestCpu &cpu = m_of.guest().cpus[piece.cpu];
    if (const Ns first = m_of.m_firstEvents[piece.cpu]; t < first) {
        piece.host.to = std::min(piece.host.to, first);
        piece.state.reset();
        return;
    } else {
        piece.host.from = std::max(piece.host.from, first);
    }
    if (m_switchCpu != piece.cpu)
        m_switch = {};
    m_switchCpu = piece.cpu;
    if (seek(m_switch, cpu.switchTime, t))
        cut(piece.host, m_switch.from, m_switch.to);
    else if (!cpu.switchTime.empty())
        piece.host.to = std::min(piece.host.to, toHost(cpu.switchTime.front()));
    if (m_switch.from >= m_switch.to || cpu.switchTid[m_switch.at] != m_of.guest().threads.tid[m_thread])
        piece.state.reset();
}

void ThreadOnHost::addHost(ThreadInterval &interval, const Vcpu &vcpu, Ns t)
{
    const StateColumns &states = vcpu.states;
    const std::size_t size = states.size();
    if (size == 0 || t < states.begin(0) || t >= states.end(size - 1)) {
        if (size > 0)
            cut(interval.range, t < states.begin(0) ? interval.range.from : states.end(size - 1),
                t < states.begin(0) ? states.begin(0) : interval.range.to);
        return;
    }
    const std::size_t i = m_state.lastAtOrBefore(states.begins(), t);
    cut(interval.range, states.begin(i), states.end(i));
    interval.state = onHost(states.state(i));
    if (interval.state != ThreadState::Running && interval.state != ThreadState::Unknown)
        addReason(interval, vcpu, t);
}

// Of an exit that is not timed only as far as nothing else is known to have come since.
void ThreadOnHost::addReason(ThreadInterval &interval, const Vcpu &vcpu, Ns t)
{
    const ExitColumns &exits = vcpu.exits;
    const std::span<const Ns> times = exits.times();
    if (times.empty() || times.front() > t) {
        if (!times.empty())
            cut(interval.range, interval.range.from, times.front());
        return;
    }
    const std::size_t exit = m_exit.lastAtOrBefore(times, t);
    cut(interval.range, times[exit], exit + 1 < times.size() ? times[exit + 1] : interval.range.to);
    bool isOpen = false;
    if (exits.timed(exit)) {
        isOpen = t < exits.end(exit);
        cut(interval.range, isOpen ? interval.range.from : exits.end(exit),
            isOpen ? exits.end(exit) : interval.range.to);
    } else {
        const TimePerState since = vcpu.states.within({times[exit], t + 1});
        isOpen = since[std::size_t(VcpuState::Guest)] == 0 && since[std::size_t(VcpuState::Unknown)] == 0;
    }
    if (isOpen)
        interval.reason = exits.reason(exit);
}

ThreadInterval ThreadOnHost::at(Ns t)
{
    const Piece piece = pieceAt(t);
    ThreadInterval interval;
    interval.range = {std::min(piece.host.from, t), piece.host.to};
    if (piece.state == GuestThreadState::Running) {
        interval.cpu = m_of.guest().cpus[piece.cpu].number;
        if (const Vcpu *vcpu = m_of.m_vcpus[piece.cpu])
            addHost(interval, *vcpu, t);
    } else if (piece.state) {
        interval.state = offCpu(*piece.state);
        if (interval.state != ThreadState::Gone)
            interval.call = m_of.callAt(m_thread, piece.guestFrom);
    }
    return interval;
}

ThreadInterval ThreadOnHost::from(Ns t, Ns end)
{
    end = std::min(end, m_of.m_range.to); // behind it no interval ends: another host may have been recorded for longer
    ThreadInterval interval = at(t);
    interval.range.from = t;
    while (interval.range.to < end) {
        const ThreadInterval next = at(interval.range.to);
        if (!next.isSame(interval))
            break;
        interval.range.to = next.range.to;
    }
    interval.range.to = std::min(interval.range.to, end);
    return interval;
}

TimePerThreadState ThreadOnHost::within(TimeRange range)
{
    TimePerThreadState times{};
    cut(range, m_of.m_range.from, m_of.m_range.to);
    for (Ns t = range.from; t < range.to;) {
        const Piece piece = pieceAt(t);
        const TimeRange part{t, std::min(piece.host.to, range.to)};
        const Vcpu *vcpu = piece.state == GuestThreadState::Running ? m_of.m_vcpus[piece.cpu] : nullptr;
        if (vcpu) {
            const TimePerState states = statesWithin(*vcpu, part);
            Ns sum = 0;
            for (std::size_t i = 0; i < states.size(); ++i) {
                in(times, onHost(static_cast<VcpuState>(i))) += states[i];
                sum += states[i];
            }
            in(times, ThreadState::Unknown) += part.length() - sum;
        } else {
            in(times, piece.state ? offCpu(*piece.state) : ThreadState::Unknown) += part.length();
        }
        t = part.to;
    }
    return times;
}

bool ThreadOnHost::changesWithin(TimeRange range)
{
    return range.from >= m_of.m_range.from && range.to <= m_of.m_range.to && seek(m_row, m_times, range.from)
        && m_row.to < range.to;
}

TimePerThreadState ThreadOnHost::roughlyWithin(TimeRange range)
{
    cut(range, m_of.m_range.from, m_of.m_range.to);
    TimePerThreadState times{};
    if (range.length() <= 0)
        return times;
    const std::size_t first = seek(m_row, m_times, range.from) ? m_row.at : 0;
    const std::size_t ahead = std::min(first + kMostRowsExact, m_times.size());
    if (ahead == m_times.size() || toHost(m_times[ahead]) >= range.to)
        return within(range);
    const Ns length = range.length();
    for (int i = 0; i < kThreadSamples; ++i) {
        const Ns begin = length / kThreadSamples * i;
        const Ns end = i + 1 < kThreadSamples ? length / kThreadSamples * (i + 1) : length;
        in(times, at(range.from + begin + (end - begin) / 2).state) += end - begin;
    }
    return times;
}

std::optional<Ns> ThreadOnHost::firstRun() const
{
    const GuestStates &states = m_of.guest().states;
    for (std::size_t i = 0; i < m_times.size(); ++i)
        if (states.state[m_first + i] == GuestThreadState::Running)
            return toHost(m_times[i]);
    return std::nullopt;
}

} // namespace exitscope
