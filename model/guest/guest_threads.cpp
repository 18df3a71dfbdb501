// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/guest/guest_threads.h"

#include <algorithm>
#include <array>

namespace exitscope {

namespace {

constexpr std::size_t kMostIntervals = 24; // to be gone through one by one
constexpr int kSamples = 16;

// Few share so short a range.
template <typename Whose>
class Sums {
public:
    using Share = ShareOfGuest<Whose>;
    void add(const Whose &whose, Ns ns)
    {
        const auto known = std::ranges::find(m_sums, whose, &Share::of);
        if (known != m_sums.end())
            known->ns += ns;
        else
            m_sums.push_back({whose, ns});
    }
    Share largest() const
    {
        const auto most = std::ranges::max_element(m_sums, {}, &Share::ns);
        return most == m_sums.end() ? Share{} : *most;
    }

private:
    std::vector<Share> m_sums;
};

} // namespace

bool GuestCpuOnHost::knowsGuest(Ns guest) const
{
    if (guest < m_guest->range.from || guest > m_guest->range.to)
        return false;
    const auto next = std::ranges::upper_bound(m_cpu->lost, guest, {}, &TimeRange::from);
    return next == m_cpu->lost.begin() || guest >= (next - 1)->to;
}

bool GuestCpuOnHost::knows(Ns host) const
{
    return !m_map->isEmpty() && knowsGuest(m_map->toGuest(host));
}

std::int32_t GuestCpuOnHost::threadAt(Ns host) const
{
    if (m_map->isEmpty())
        return kNoThread;
    const Ns guest = m_map->toGuest(host);
    return knowsGuest(guest) ? m_cpu->threadAt(guest) : kNoThread;
}

std::int32_t GuestCpuOnHost::otherThreadWithin(TimeRange host, std::int32_t thread) const
{
    if (const std::int32_t first = threadAt(host.from); first != thread)
        return first;
    const std::vector<Ns> &switches = m_cpu->switchTime;
    const Ns last = m_map->toGuest(host.to);
    auto next = std::ranges::upper_bound(switches, m_map->toGuest(host.from));
    for (; next != switches.end() && *next <= last; ++next)
        if (const std::int32_t tid = m_cpu->switchTid[std::size_t(next - switches.begin())]; tid != thread)
            return tid;
    return threadAt(host.to);
}

QString GuestCpuOnHost::nameOf(std::int32_t tid, Ns host) const
{
    if (tid == 0)
        return QStringLiteral("swapper/") % QString::number(m_cpu->number); // every kernel's idle thread
    return m_guest->threadName(tid, m_map->toGuest(host));
}

GuestContext GuestCpuOnHost::contextAt(Ns host) const
{
    if (m_map->isEmpty())
        return {};
    const Ns guest = m_map->toGuest(host);
    const std::vector<Ns> &times = m_cpu->contexts.time;
    const auto next = std::ranges::upper_bound(times, guest);
    if (!knowsGuest(guest) || next == times.begin())
        return {};
    return m_guest->contextOfRow(*m_cpu, std::size_t(next - times.begin()) - 1);
}

std::size_t GuestShares::Rows::startedBy(Ns guest)
{
    return begins.empty() || begins.front() > guest ? 0 : search.lastAtOrBefore(begins, guest) + 1;
}

template <typename Whose, typename Of>
ShareOfGuest<Whose> GuestShares::largest(TimeRange range, Rows &rows, const Of &ofRow)
{
    const std::span<const Ns> begins = m_states.begins();
    if (begins.empty() || range.to <= begins.front() || m_cpu.map().isEmpty())
        return {};
    const ClockMap &map = m_cpu.map();
    const auto started = [&](Ns host) {
        const Ns guest = map.toGuest(host);
        return m_cpu.knowsGuest(guest) ? rows.startedBy(guest) : 0;
    };
    Sums<Whose> sums;
    // Changes within a stretch of guest mode, at most some; what follows them counts for the last one.
    const auto addStretch = [&](TimeRange stretch) {
        std::size_t next = rows.startedBy(map.toGuest(stretch.from));
        Ns from = stretch.from;
        for (std::size_t i = 0; i < kMostIntervals && next < rows.begins.size(); ++i, ++next) {
            const Ns at = map.toHost(rows.begins[next]);
            if (at >= stretch.to)
                break;
            if (at > from) {
                sums.add(ofRow(started(from)), at - from);
                from = at;
            }
        }
        sums.add(ofRow(started(from)), stretch.to - from);
    };
    const std::size_t first = range.from < begins.front() ? 0 : m_first.lastAtOrBefore(begins, range.from);
    const std::size_t last = m_last.lastAtOrBefore(begins, std::max(range.to - 1, begins.front())) + 1;
    if (last - first <= kMostIntervals) {
        for (std::size_t i = first; i < last; ++i) {
            const TimeRange part{std::max(range.from, m_states.begin(i)), std::min(range.to, m_states.end(i))};
            if (m_states.state(i) == VcpuState::Guest && part.length() > 0)
                addStretch(part);
        }
        return sums.largest();
    }
    const Ns step = std::max<Ns>(range.length() / kSamples, 1);
    const Ns end = m_states.end(m_states.size() - 1);
    for (int i = 0; i < kSamples; ++i) {
        const Ns at = range.from + step / 2 + i * step;
        if (at < begins.front() || at >= end)
            continue;
        if (m_states.state(m_sampled.lastAtOrBefore(begins, at)) == VcpuState::Guest)
            sums.add(ofRow(started(at)), step);
    }
    return sums.largest();
}

GuestShare GuestShares::thread(TimeRange range)
{
    const std::vector<std::int32_t> &tids = m_cpu.cpu().switchTid;
    const auto tidOf = [&](std::size_t started) { return started == 0 ? kNoThread : tids[started - 1]; };
    GuestShare share = largest<std::int32_t>(range, m_switches, tidOf);
    if (share.ns == 0)
        share.of = kNoThread;
    return share;
}

ContextShare GuestShares::context(TimeRange range)
{
    const GuestTrace &guest = m_cpu.guest();
    const auto contextOf = [&](std::size_t started) {
        return kindOf(guest, started == 0 ? GuestContext{} : guest.contextOfRow(m_cpu.cpu(), started - 1));
    };
    return largest<ContextKind>(range, m_contexts, contextOf);
}

} // namespace exitscope
