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

// Changes within a stretch of guest mode, at most some; what follows them counts for the last one.
template <typename Whose, typename At>
void addStretch(
    Sums<Whose> &sums, const GuestCpuOnHost &cpu, const std::vector<Ns> &changes, const At &whoseAt, TimeRange stretch)
{
    auto next = std::ranges::upper_bound(changes, cpu.map().toGuest(stretch.from));
    Ns from = stretch.from;
    for (std::size_t i = 0; i < kMostIntervals && next != changes.end(); ++i, ++next) {
        const Ns at = cpu.map().toHost(*next);
        if (at >= stretch.to)
            break;
        if (at > from) {
            sums.add(whoseAt(from), at - from);
            from = at;
        }
    }
    sums.add(whoseAt(from), stretch.to - from);
}

template <typename Whose, typename At>
ShareOfGuest<Whose> largestShare(
    const Vcpu &vcpu, const GuestCpuOnHost &cpu, const std::vector<Ns> &changes, const At &whoseAt, TimeRange range)
{
    const StateColumns &states = vcpu.states;
    const std::span<const Ns> begins = states.begins();
    if (states.size() == 0 || range.to <= begins.front())
        return {};
    const auto after = [&](Ns t) { return std::size_t(std::ranges::upper_bound(begins, t) - begins.begin()); };
    const std::size_t first = std::max<std::size_t>(after(range.from), 1) - 1;
    const std::size_t last = after(range.to - 1); // behind the interval that holds the end
    Sums<Whose> sums;
    if (last - first <= kMostIntervals) {
        for (std::size_t i = first; i < last; ++i) {
            const TimeRange part{std::max(range.from, states.begin(i)), std::min(range.to, states.end(i))};
            if (states.state(i) == VcpuState::Guest && part.length() > 0)
                addStretch(sums, cpu, changes, whoseAt, part);
        }
        return sums.largest();
    }
    const Ns step = std::max<Ns>(range.length() / kSamples, 1);
    for (int i = 0; i < kSamples; ++i) {
        const Ns at = range.from + step / 2 + i * step;
        const std::size_t interval = states.at(at);
        if (interval < states.size() && states.state(interval) == VcpuState::Guest)
            sums.add(whoseAt(at), step);
    }
    return sums.largest();
}

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

GuestShare guestShareOf(const Vcpu &vcpu, const GuestCpuOnHost &cpu, TimeRange range)
{
    const auto threadAt = [&](Ns t) { return cpu.threadAt(t); };
    GuestShare share = largestShare<std::int32_t>(vcpu, cpu, cpu.cpu().switchTime, threadAt, range);
    if (share.ns == 0)
        share.of = kNoThread;
    return share;
}

ContextShare contextShareOf(const Vcpu &vcpu, const GuestCpuOnHost &cpu, TimeRange range)
{
    const auto contextAt = [&](Ns t) { return kindOf(cpu.guest(), cpu.contextAt(t)); };
    return largestShare<ContextKind>(vcpu, cpu, cpu.cpu().contexts.time, contextAt, range);
}

} // namespace exitscope
