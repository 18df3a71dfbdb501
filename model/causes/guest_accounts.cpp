// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/guest_accounts.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "model/guest/interrupt_text.h"
#include "model/statistics/exit_filter.h"
#include "model/statistics/known_net.h"
#include "model/timeline/time_per_state.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

void addExit(GuestAccount &to, const ExitColumns &exits, std::size_t exit, bool isCertain, bool isNetKnown)
{
    to.add(exits, exit, isNetKnown);
    to.uncertain += isCertain ? 0 : 1;
}

// The accounts of one guest on its VM.
class GuestTally {
public:
    GuestTally(const Recording &recording, const GuestAlignment &alignment, const Selection &selection,
        const ExitFilter &filter, CancelFlag cancel)
        : m_recording(recording), m_alignment(alignment), m_guest(recording.guests[alignment.guest]),
          m_selection(selection), m_filter(filter), m_cancel(cancel)
    {
        findInterrupts();
    }

    void add(const VcpuAt &vcpu);
    GuestAccounts take();

private:
    void addTimes(const VcpuAt &vcpu, const GuestCpu &cpu);
    void addStretch(StateWalk &states, const GuestCpu &cpu, std::size_t rowsBefore, TimeRange stretch);
    void addExits(const VcpuAt &vcpu);
    void addHandlers(const GuestCpu &cpu, TimeRange range);
    void addCalls();
    void findInterrupts();
    bool isIn(Ns begin, TimeRange range) const
    {
        return begin >= range.from && (begin < range.to || (begin == range.to && !m_selection.to));
    }

    const Recording &m_recording;
    const GuestAlignment &m_alignment;
    const GuestTrace &m_guest;
    const Selection &m_selection;
    const ExitFilter &m_filter;
    CancelFlag m_cancel;
    std::map<std::uint32_t, ThreadAccount> m_threads;
    std::map<std::uint32_t, CallAccount> m_calls; // by name
    using InterruptKey = std::pair<IrqSource, std::int32_t>;
    std::map<InterruptKey, InterruptAccount> m_interrupts;
    std::map<std::uint32_t, InterruptKey> m_interruptOf; // by the label that it has as a context
    std::set<std::int32_t> m_cpus; // of the selected vCPUs
    TimeRange m_range; // of these
};

void GuestTally::add(const VcpuAt &vcpu)
{
    const auto found = std::ranges::find(m_alignment.vcpuOf, std::optional(vcpu.key.vcpu));
    const TimeRange range = m_filter.rangeIn(vcpu.host->range);
    if (found == m_alignment.vcpuOf.end()) { // it was not traced
        addTo(m_threads[kNobody].states, vcpu.vcpu->states.within(range));
    } else {
        const GuestCpu &cpu = m_guest.cpus[std::size_t(found - m_alignment.vcpuOf.begin())];
        addTimes(vcpu, cpu);
        addHandlers(cpu, range);
        m_cpus.insert(cpu.number);
        m_range = range;
    }
    addExits(vcpu);
}

// What stands between one row of its contexts and the next; before the first, and outside of the guest's trace, nobody.
void GuestTally::addTimes(const VcpuAt &vcpu, const GuestCpu &cpu)
{
    const ClockMap &map = m_alignment.map;
    const TimeRange range = m_filter.rangeIn(vcpu.host->range);
    const Ns end = std::clamp(map.toHost(m_guest.range.to), range.from, range.to);
    StateWalk states(vcpu.vcpu->states);
    Ns from = range.from;
    const auto upTo = [&](Ns to, std::size_t rowsBefore) {
        if (to > from)
            addStretch(states, cpu, rowsBefore, {from, to});
        from = std::max(from, to);
    };
    for (std::size_t row = 0; row < cpu.contexts.size() && !isCancelled(m_cancel); ++row)
        upTo(std::clamp(map.toHost(cpu.contexts.time[row]), range.from, end), row);
    upTo(end, cpu.contexts.size());
    upTo(range.to, 0);
}

void GuestTally::addStretch(StateWalk &states, const GuestCpu &cpu, std::size_t rowsBefore, TimeRange stretch)
{
    const TimePerState times = states.within(stretch);
    const GuestContext context = rowsBefore == 0 ? GuestContext{} : m_guest.contextOfRow(cpu, rowsBefore - 1);
    addTo(m_threads[context.thread].states, times);
    if (context.mode == GuestMode::Syscall)
        addTo(m_calls[m_guest.calls.name[context.call]].states, times);
    if (context.mode == GuestMode::Softirq || context.mode == GuestMode::Interrupt)
        addTo(m_interrupts[{context.source, context.irq}].states, times);
}

void GuestTally::addExits(const VcpuAt &vcpu)
{
    const ExitGuests::OfVcpu *own = m_selection.guests->of(vcpu.number);
    const ExitColumns &exits = vcpu.vcpu->exits;
    const auto [first, last] = m_filter.within(exits.times());
    for (std::size_t i = first; i < last; ++i) {
        if (!m_filter.passes(vcpu, i))
            continue;
        const bool isNetKnown = netIsKnown(m_recording, vcpu, i);
        if (!own) {
            addExit(m_threads[kNobody], exits, i, true, isNetKnown);
            continue;
        }
        const ExitGuests::Row &row = own->rows[i];
        addExit(
            m_threads[row.thread], exits, i, row.thread == kNobody || row.certainty != GuestCertainty::No, isNetKnown);
        if (row.call != kNoCall)
            addExit(m_calls[m_guest.calls.name[row.call]], exits, i, row.certainty == GuestCertainty::Yes, isNetKnown);
        const auto interrupt = m_interruptOf.find(row.labels[static_cast<std::size_t>(GuestLabel::Context)]);
        if (interrupt != m_interruptOf.end())
            addExit(m_interrupts[interrupt->second], exits, i, row.certainty == GuestCertainty::Yes, isNetKnown);
    }
}

// By what exits that came out of it are called.
void GuestTally::findInterrupts()
{
    using Level = GuestContexts::Level;
    std::set<InterruptKey> known;
    for (const GuestCpu &cpu : m_guest.cpus)
        for (std::size_t row = 0; row < cpu.contexts.size(); ++row)
            if (cpu.contexts.level[row] == Level::Soft || cpu.contexts.level[row] == Level::Hard)
                known.emplace(cpu.contexts.source[row], cpu.contexts.irq[row]);
    for (const InterruptKey &key : known)
        if (const auto label = m_selection.guests->labelNamed(interruptText(key.first, key.second)))
            m_interruptOf.emplace(*label, key);
}

void GuestTally::addHandlers(const GuestCpu &cpu, TimeRange range)
{
    const GuestContexts &rows = cpu.contexts;
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (rows.begins[row] != 0 && isIn(m_alignment.map.toHost(rows.time[row]), range))
            ++m_interrupts[{rows.source[row], rows.irq[row]}].handlers;
}

void GuestTally::addCalls()
{
    const GuestCalls &calls = m_guest.calls;
    const ClockMap &map = m_alignment.map;
    for (std::size_t i = 0; i < calls.size() && !m_cpus.empty(); ++i) {
        const Ns begin = map.toHost(calls.begin[i]);
        if (!calls.has(i, GuestCalls::Entered) || !m_cpus.contains(calls.cpu[i]) || !isIn(begin, m_range))
            continue;
        CallAccount &account = m_calls[calls.name[i]];
        ++account.calls;
        if (!calls.has(i, GuestCalls::Left))
            continue;
        ++account.ended;
        account.wall += map.toHost(calls.end[i]) - begin;
    }
}

GuestAccounts GuestTally::take()
{
    addCalls();
    GuestAccounts result;
    result.vm = *m_alignment.vm;
    result.guest = m_alignment.guest;
    for (auto &[thread, account] : m_threads) {
        account.thread = thread;
        if (account.onCpu() > 0 || account.in(VcpuState::Unknown) > 0 || account.exits > 0)
            result.threads.push_back(account);
    }
    // Without any sched_switch nobody knows who is on a CPU in the calls that threads make.
    const bool isAnyKnown = std::ranges::any_of(m_threads, [](const auto &thread) { return thread.first != kNobody; });
    for (auto &[name, account] : m_calls) {
        account.name = name == kNoName ? QString() : m_guest.names[name];
        account.areTimesKnown = isAnyKnown;
        result.calls.push_back(account);
    }
    for (auto &[key, account] : m_interrupts) {
        account.source = key.first;
        account.irq = key.second;
        result.interrupts.push_back(account);
    }
    std::ranges::stable_sort(
        result.threads, {},
        [this](const ThreadAccount &account) {
            const bool isNobody = account.thread == kNobody;
            const bool isIdle = !isNobody && m_guest.threads.isIdle(account.thread);
            return std::tuple(isNobody, isIdle, -account.lost(), -account.onCpu());
        });
    std::ranges::stable_sort(
        result.calls, {}, [](const CallAccount &account) { return std::tuple(-account.lost(), -account.calls); });
    std::ranges::stable_sort(result.interrupts, {},
        [](const InterruptAccount &account) { return std::tuple(-account.lost(), -account.handlers); });
    return result;
}

} // namespace

GuestAccount &GuestAccount::operator+=(const GuestAccount &other)
{
    ExitCosts::operator+=(other);
    addTo(states, other.states);
    uncertain += other.uncertain;
    areTimesKnown = areTimesKnown && other.areTimesKnown;
    return *this;
}

Ns GuestAccount::onCpu() const
{
    return sumOf(states);
}

Ns GuestAccount::lost() const
{
    return lostIn(states);
}

std::vector<GuestAccounts> guestAccountsOf(const Recording &recording, std::span<const GuestAlignment> alignments,
    const Selection &selection, CancelFlag cancel)
{
    const ExitFilter filter(selection, recording.reasons);
    std::vector<GuestAccounts> all;
    for (const GuestAlignment &alignment : alignments) {
        if (!alignment.isAligned() || !alignment.vm)
            continue;
        if (std::ranges::find(all, *alignment.vm, &GuestAccounts::vm) != all.end())
            continue; // exits are of the first guest of a VM
        GuestTally tally(recording, alignment, selection, filter, cancel);
        for (const VcpuAt &vcpu : vcpusOf(recording))
            if (vcpu.key.vm == *alignment.vm && filter.passesVcpu(vcpu.key))
                tally.add(vcpu);
        all.push_back(tally.take());
    }
    return all;
}

} // namespace exitscope
