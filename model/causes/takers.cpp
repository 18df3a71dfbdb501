// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/takers.h"

#include <algorithm>
#include <map>

#include "model/statistics/exit_filter.h"

namespace exitscope {

namespace {

// The preempted time of one vCPU, piece by piece: on one pCPU, with one thread on it.
class TakerTally {
public:
    TakerTally(const VcpuAt &vcpu, TimeRange range, CancelFlag cancel)
        : m_at(vcpu), m_host(*vcpu.host), m_vcpu(*vcpu.vcpu), m_range(range), m_cancel(cancel)
    {
        for (const PcpuColumns &pcpu : m_host.pcpus)
            m_pcpus[pcpu.pcpu].columns = &pcpu;
    }

    VcpuTakers take();
    // Keeps the stretches of that thread.
    void listen(std::uint32_t thread, std::vector<TimeRange> &stretches)
    {
        m_heard = thread;
        m_stretches = &stretches;
    }

private:
    struct Pcpu {
        const PcpuColumns *columns;
        NearbySearch search;
    };

    void addWait(TimeRange wait);
    void addOnPcpu(TimeRange wait, std::int32_t pcpu);
    void charge(std::uint32_t thread, TimeRange piece);
    std::int32_t pcpuBefore(std::size_t interval) const;

    const VcpuAt &m_at;
    const Timeline &m_host;
    const Vcpu &m_vcpu;
    TimeRange m_range;
    CancelFlag m_cancel;
    std::map<std::int32_t, Pcpu> m_pcpus;
    NearbySearch m_waits;
    std::map<std::uint32_t, Taker> m_takers; // by thread
    std::uint32_t m_heard = kUnknownHostThread;
    std::vector<TimeRange> *m_stretches = nullptr; // of the thread above
};

VcpuTakers TakerTally::take()
{
    VcpuTakers result{m_at, 0, 0, {}};
    const StateColumns &states = m_vcpu.states;
    if (m_range.from >= m_range.to || states.size() == 0)
        return result;
    const std::size_t first = states.at(std::max(m_range.from, states.begin(0)));
    std::int32_t ranOn = first < states.size() ? pcpuBefore(first) : kNoPcpu;
    for (std::size_t i = first; i < states.size() && states.begin(i) < m_range.to && !isCancelled(m_cancel); ++i) {
        const std::int32_t pcpu = states.pcpu(i);
        if (pcpu != kNoPcpu) {
            result.migrations += ranOn != kNoPcpu && pcpu != ranOn && states.begin(i) >= m_range.from;
            ranOn = pcpu;
        }
        if (states.state(i) != VcpuState::Preempted)
            continue;
        const TimeRange wait{std::max(states.begin(i), m_range.from), std::min(states.end(i), m_range.to)};
        result.preempted += wait.length();
        addWait(wait);
    }
    for (const auto &[thread, taker] : m_takers)
        result.takers.push_back(taker);
    std::ranges::stable_sort(result.takers, std::ranges::greater(), &Taker::ns);
    return result;
}

std::int32_t TakerTally::pcpuBefore(std::size_t interval) const
{
    while (interval-- > 0)
        if (const std::int32_t pcpu = m_vcpu.states.pcpu(interval); pcpu != kNoPcpu)
            return pcpu;
    return kNoPcpu;
}

void TakerTally::addWait(TimeRange wait)
{
    const WaitColumns &waits = m_vcpu.waits;
    const std::span<const Ns> begins{waits.begin.data(), waits.begin.size()};
    if (begins.empty() || begins.front() >= wait.to)
        return charge(kUnknownHostThread, wait);
    if (begins.front() > wait.from)
        charge(kUnknownHostThread, {std::exchange(wait.from, begins.front()), begins.front()});
    for (std::size_t i = m_waits.lastAtOrBefore(begins, wait.from); wait.from < wait.to; ++i) {
        const Ns end = i + 1 < begins.size() ? std::min(begins[i + 1], wait.to) : wait.to;
        addOnPcpu({wait.from, end}, waits.pcpu[i]);
        wait.from = end;
    }
}

void TakerTally::addOnPcpu(TimeRange wait, std::int32_t pcpu)
{
    const auto found = m_pcpus.find(pcpu);
    if (found == m_pcpus.end() || found->second.columns->begin.empty())
        return charge(kUnknownHostThread, wait);
    auto &[columns, search] = found->second;
    const std::span<const Ns> begins{columns->begin.data(), columns->begin.size()};
    if (begins.front() >= wait.to)
        return charge(kUnknownHostThread, wait);
    if (begins.front() > wait.from)
        charge(kUnknownHostThread, {std::exchange(wait.from, begins.front()), begins.front()});
    for (std::size_t i = search.lastAtOrBefore(begins, wait.from); wait.from < wait.to; ++i) {
        const Ns end = i + 1 < begins.size() ? std::min(begins[i + 1], wait.to) : wait.to;
        charge(columns->thread[i], {wait.from, end});
        wait.from = end;
    }
}

// It cannot run where it waits: who did is not known.
void TakerTally::charge(std::uint32_t thread, TimeRange piece)
{
    if (piece.length() == 0)
        return;
    if (thread != kUnknownHostThread && m_vcpu.tid && m_host.threads[thread].tid == *m_vcpu.tid)
        thread = kUnknownHostThread;
    Taker &taker = m_takers[thread];
    taker.thread = thread;
    if (thread != kUnknownHostThread && taker.times == 0)
        taker.kind = kindOf(m_host.threads[thread], m_at.key.vm.vm, m_host);
    taker.ns += piece.length();
    ++taker.times;
    if (m_stretches && thread == m_heard)
        m_stretches->push_back(piece);
}

} // namespace

std::array<Ns, kTakerKinds> VcpuTakers::byKind() const
{
    std::array<Ns, kTakerKinds> sums{};
    for (const Taker &taker : takers)
        sums[static_cast<std::size_t>(taker.kind)] += taker.ns;
    return sums;
}

const HostThread *threadOf(const VcpuTakers &vcpu, const Taker &taker)
{
    return taker.thread == kUnknownHostThread ? nullptr : &vcpu.vcpu.host->threads[taker.thread];
}

QString takerText(const HostThread *thread)
{
    if (!thread)
        return QStringLiteral("–");
    if (thread->tid == 0)
        return QStringLiteral("nobody");
    const QString tid = QStringLiteral("tid ") % QString::number(thread->tid);
    return thread->name.isEmpty() ? tid : QString(thread->name % QStringLiteral(" (") % tid % u')');
}

TakerKind kindOf(const HostThread &thread, std::size_t vm, const Timeline &host)
{
    if (thread.tid == 0)
        return TakerKind::Free;
    if (thread.vm == vm)
        return thread.isVcpu ? TakerKind::OwnVcpu : TakerKind::OwnThread;
    if (thread.vm)
        return thread.isVcpu ? TakerKind::OtherVcpu : TakerKind::OtherThread;
    const bool areProcessesKnown
        = thread.pid && std::ranges::all_of(host.vms, [](const Vm &of) { return of.pid.has_value(); });
    return areProcessesKnown ? TakerKind::Host : TakerKind::Unknown;
}

std::vector<VcpuTakers> takersOf(const Recording &recording, const Selection &selection, CancelFlag cancel)
{
    const ExitFilter filter(selection, recording.reasons);
    std::vector<VcpuTakers> result;
    for (const VcpuAt &vcpu : vcpusOf(recording))
        if (filter.passesVcpu(vcpu.key))
            result.push_back(TakerTally(vcpu, filter.rangeIn(vcpu.host->range), cancel).take());
    return result;
}

std::vector<TimeRange> longestTaken(
    const VcpuAt &vcpu, std::uint32_t thread, TimeRange range, std::size_t most, CancelFlag cancel)
{
    std::vector<TimeRange> stretches;
    TakerTally tally(vcpu, range, cancel);
    tally.listen(thread, stretches);
    tally.take();
    std::ranges::stable_sort(stretches, std::ranges::greater(), &TimeRange::length);
    stretches.resize(std::min(stretches.size(), most));
    return stretches;
}

} // namespace exitscope
