// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/halts.h"

#include <algorithm>

#include "model/number_format.h"
#include "model/statistics/exit_filter.h"

namespace exitscope {

namespace {

HaltSource sourceOf(const Timeline &host)
{
    for (const Vm &vm : host.vms)
        for (const Vcpu &vcpu : vm.vcpus)
            if (!vcpu.halts.time.empty())
                return HaltSource::Events;
    return host.switchesRecorded ? HaltSource::States : HaltSource::None;
}

class HaltTally {
public:
    HaltTally(const Vcpu &vcpu, HaltSource source) : m_vcpu(vcpu), m_walk(vcpu.states), m_source(source)
    {
        for (std::size_t i = 0; i < kPollingTrials.size(); ++i)
            m_numbers.trials[i].polling = kPollingTrials[i];
        if (source != HaltSource::Events)
            m_numbers.gaveUp.reset();
    }

    void add(std::size_t exit);
    HaltNumbers take();

private:
    // When a halt's thread was last seen asleep, and where that ended.
    struct Sleep {
        bool isSeen = false;
        Ns kvmBefore = 0; // in Kvm, before it first went to sleep
        Ns wokenNs = kNoTime; // a wake-up came; kNoTime: none was seen
        Ns backNs = kNoTime; // it got a pCPU again
        Ns asleep = 0; // in all
    };

    void addEvents(std::size_t exit);
    void addStates(std::size_t exit, const Sleep &sleep);
    Sleep sleepWithin(TimeRange halt);
    void tryOthers(Ns lasted);
    Ns lastOf(std::size_t exit) const;

    const Vcpu &m_vcpu;
    StateWalk m_walk;
    HaltSource m_source;
    HaltNumbers m_numbers;
    std::vector<Ns> m_wakeToEntry;
};

void HaltTally::add(std::size_t exit)
{
    ++m_numbers.halts;
    ++m_numbers.wokenBy[m_vcpu.wokenBy.empty() ? std::uint8_t(0) : m_vcpu.wokenBy[exit]];
    Sleep sleep;
    if (m_vcpu.exits.timed(exit)) {
        sleep = sleepWithin({m_vcpu.exits.time(exit), m_vcpu.exits.end(exit)});
        if (sleep.wokenNs != kNoTime)
            m_wakeToEntry.push_back(m_vcpu.exits.end(exit) - sleep.wokenNs);
    }
    if (m_source == HaltSource::Events)
        addEvents(exit);
    else if (m_source == HaltSource::States && m_vcpu.exits.timed(exit))
        addStates(exit, sleep);
    else
        ++m_numbers.unknown;
}

// The last time at which events of its thread belong to a halt: that of its next VM entry, or before its next exit
// event, or before it is not known what it did.
Ns HaltTally::lastOf(std::size_t exit) const
{
    const Ns event = m_vcpu.exits.event(exit);
    const auto entry = std::upper_bound(m_vcpu.entries.begin(), m_vcpu.entries.end(), event);
    Ns last = entry == m_vcpu.entries.end() ? kEndOfRecording : *entry;
    if (exit + 1 < m_vcpu.exits.size())
        last = std::min(last, m_vcpu.exits.event(exit + 1) - 1);
    const StateColumns &states = m_vcpu.states;
    for (std::size_t i = states.at(event); i < states.size() && states.begin(i) <= last; ++i)
        if (states.state(i) == VcpuState::Unknown)
            last = std::min(last, states.begin(i) - 1);
    return last;
}

void HaltTally::addEvents(std::size_t exit)
{
    const HaltColumns &halts = m_vcpu.halts;
    const Ns last = lastOf(exit);
    auto at = std::size_t(
        std::lower_bound(halts.time.begin(), halts.time.end(), m_vcpu.exits.event(exit)) - halts.time.begin());
    if (at == halts.time.size() || halts.time[at] > last)
        ++m_numbers.unknown;
    for (; at < halts.time.size() && halts.time[at] <= last; ++at) {
        const Ns lasted = halts.lasted[at];
        tryOthers(lasted);
        if (halts.slept[at] == 0) {
            ++m_numbers.polled;
            m_numbers.polledNs += lasted;
            continue;
        }
        // What this halt made of the next one's polling is told before it itself.
        const std::optional<Ns> polling = halts.pollingAt(halts.time[at] - lasted);
        const Ns poll = std::min(polling.value_or(0), lasted);
        ++m_numbers.slept;
        m_numbers.sleptNs += lasted - poll;
        m_numbers.pollingUnknown += !polling;
        *m_numbers.gaveUp += poll > 0;
        m_numbers.gaveUpNs += poll;
    }
}

void HaltTally::addStates(std::size_t exit, const Sleep &sleep)
{
    const Ns time = m_vcpu.exits.time(exit);
    if (!sleep.isSeen) {
        ++m_numbers.polled;
        m_numbers.polledNs += m_vcpu.exits.parts(exit).kvm;
        return tryOthers(m_vcpu.exits.parts(exit).kvm);
    }
    ++m_numbers.slept;
    m_numbers.sleptNs += sleep.asleep;
    m_numbers.gaveUpNs += sleep.kvmBefore;
    tryOthers(sleep.backNs - time);
}

HaltTally::Sleep HaltTally::sleepWithin(TimeRange halt)
{
    Sleep sleep;
    const StateColumns &states = m_vcpu.states;
    for (std::size_t i = m_walk.at(halt.from); i < states.size() && states.begin(i) < halt.to; ++i) {
        const VcpuState state = states.state(i);
        if (state == VcpuState::Idle) {
            sleep.asleep += std::min(states.end(i), halt.to) - std::max(states.begin(i), halt.from);
            sleep.backNs = states.end(i);
            sleep.wokenNs = kNoTime;
            sleep.isSeen = true;
        } else if (state == VcpuState::Preempted && sleep.isSeen && sleep.backNs == states.begin(i)) {
            sleep.wokenNs = states.begin(i);
            sleep.backNs = states.end(i);
        } else if (state == VcpuState::Kvm && !sleep.isSeen) {
            sleep.kvmBefore += std::min(states.end(i), halt.to) - std::max(states.begin(i), halt.from);
        }
    }
    return sleep;
}

void HaltTally::tryOthers(Ns lasted)
{
    for (PollingTrial &trial : m_numbers.trials) {
        trial.caught += trial.polling > 0 && lasted <= trial.polling;
        trial.polled += std::min(lasted, trial.polling);
    }
}

HaltNumbers HaltTally::take()
{
    m_numbers.wakeToEntry = distributionOf(m_wakeToEntry);
    return std::move(m_numbers);
}

HaltNumbers numbersOf(
    const VcpuAt &at, HaltSource source, const ExitFilter &filter, const ReasonTable &reasons, CancelFlag cancel)
{
    const Vcpu &vcpu = *at.vcpu;
    const auto [first, last] = filter.within(vcpu.exits.times());
    HaltTally tally(vcpu, source);
    for (std::size_t i = first; i < last && !isCancelled(cancel); ++i)
        if (reasons[vcpu.exits.reason(i)].isHalt && filter.passes(at, i))
            tally.add(i);
    return tally.take();
}

} // namespace

std::vector<VcpuHalts> haltsOf(const Recording &recording, const Selection &selection, CancelFlag cancel)
{
    const ExitFilter filter(selection, recording.reasons);
    std::vector<HaltSource> sources;
    for (const Timeline &host : recording.hosts)
        sources.push_back(sourceOf(host));
    std::vector<VcpuHalts> result;
    for (const VcpuAt &vcpu : vcpusOf(recording)) {
        if (!filter.passesVcpu(vcpu.key))
            continue;
        const HaltSource source = sources[vcpu.key.vm.host];
        HaltNumbers numbers = numbersOf(vcpu, source, filter, recording.reasons, cancel);
        if (numbers.halts > 0)
            result.push_back({vcpu, source, std::move(numbers)});
    }
    return result;
}

QString wokenByText(const HaltNumbers &numbers)
{
    constexpr std::size_t kMost = 3;
    std::vector<std::pair<std::int64_t, int>> vectors;
    for (const auto &[vector, count] : numbers.wokenBy)
        if (vector != 0)
            vectors.emplace_back(-count, vector);
    std::ranges::sort(vectors);
    QStringList texts;
    for (std::size_t i = 0; i < std::min(kMost, vectors.size()); ++i)
        texts << QStringLiteral("0x%1 %2").arg(
            QString::number(vectors[i].second, 16), formatShare(-vectors[i].first, numbers.halts));
    return texts.isEmpty() ? QStringLiteral("–") : texts.join(QStringLiteral(", "));
}

} // namespace exitscope
