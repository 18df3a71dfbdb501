// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/exit_filter.h"

#include <algorithm>

#include "model/statistics/known_net.h"

namespace exitscope {

namespace {

// There can be thousands, and each exit is looked for. By halves without a branch, as which half it is cannot be
// foreseen; not empty.
bool holds(std::span<const std::uint64_t> ordered, std::uint64_t value)
{
    const std::uint64_t *at = ordered.data();
    for (std::size_t left = ordered.size(); left > 1; left -= left / 2)
        at += at[left / 2] <= value ? left / 2 : 0;
    return *at == value;
}

} // namespace

ExitFilter::ExitFilter(const Selection &selection, const ReasonTable &reasons)
    : m_selection(selection), m_table(reasons), m_hasBand(selection.minNs || selection.maxNs),
      m_hasPlaces(!selection.addresses.empty() || !selection.pcpus.empty()),
      m_hasCauses(!selection.targets.empty() || !selection.regions.empty() || !selection.userspace.empty()
          || !selection.touches.empty()),
      m_addresses(selection.addresses.begin(), selection.addresses.end()), m_hasSymbols(!selection.symbols.empty())
{
    for (const Target target : selection.targets) // their order is that of what is packed
        m_targets.push_back(target.packed);
    for (std::size_t i = 0; i < reasons.size(); ++i)
        m_reasons.push_back(selection.reasons.empty() || selection.reasons.contains(reasons[i].key));
    for (int i = 0; i < kScenarios; ++i)
        m_scenarios.push_back(selection.scenarios.empty() || selection.scenarios.contains(static_cast<Scenario>(i)));
    for (const auto &[name, ranges] : selection.symbols)
        for (const CodeRange &range : ranges)
            m_code[range.vm].push_back(range);
    for (auto &[vm, ranges] : m_code)
        std::ranges::sort(ranges);
    addLabels(GuestLabel::Thread, selection.threads);
    addLabels(GuestLabel::Process, selection.processes);
    addLabels(GuestLabel::Syscall, selection.syscalls);
    addLabels(GuestLabel::Context, selection.contexts);
}

// Of what no guest has nothing passes.
void ExitFilter::addLabels(GuestLabel kind, const std::set<QString> &texts)
{
    static const ExitGuests kNone;
    const auto at = static_cast<std::size_t>(kind);
    const ExitGuests &guests = m_selection.guests ? *m_selection.guests : kNone;
    m_hasLabels[at] = !texts.empty();
    m_hasGuests = m_hasGuests || !texts.empty();
    for (const QString &text : texts)
        if (const std::optional<std::uint32_t> label = guests.labelNamed(text))
            m_labels[at].push_back(*label);
    std::ranges::sort(m_labels[at]);
}

bool ExitFilter::inGuest(std::size_t vcpu, std::size_t i) const
{
    for (std::size_t kind = 0; kind < kGuestLabels; ++kind) {
        if (!m_hasLabels[kind])
            continue;
        const std::uint32_t label = m_selection.guests
            ? m_selection.guests->labelOf(vcpu, i, static_cast<GuestLabel>(kind))
            : ExitGuests::kUnknown;
        if (!std::ranges::binary_search(m_labels[kind], label))
            return false;
    }
    return true;
}

bool ExitFilter::passesVcpu(const VcpuKey &vcpu) const
{
    return m_selection.vcpus.empty() || m_selection.vcpus.contains(vcpu);
}

std::pair<std::size_t, std::size_t> ExitFilter::within(std::span<const Ns> times) const
{
    const auto first = m_selection.from ? std::ranges::lower_bound(times, *m_selection.from) : times.begin();
    const auto last = m_selection.to ? std::lower_bound(first, times.end(), *m_selection.to) : times.end();
    return {std::size_t(first - times.begin()), std::size_t(last - times.begin())};
}

std::optional<Ns> ExitFilter::durationOf(
    const Timeline &host, const ExitColumns &exits, std::size_t i, DurationKind of) const
{
    if (of == DurationKind::Run)
        return exits.hasRun(i) ? std::optional(exits.run(i)) : std::nullopt;
    if (!exits.timed(i))
        return std::nullopt;
    if (of == DurationKind::Gross)
        return exits.parts(i).gross();
    return netIsKnown(host, m_table[exits.reason(i)]) ? std::optional(exits.parts(i).net()) : std::nullopt;
}

bool ExitFilter::inBand(const Timeline &host, const ExitColumns &exits, std::size_t i) const
{
    const std::optional<Ns> duration = durationOf(host, exits, i, m_selection.bandOf);
    return duration && *duration >= m_selection.minNs.value_or(*duration)
        && (!m_selection.maxNs || *duration < *m_selection.maxNs);
}

bool ExitFilter::inPlace(const ExitColumns &exits, std::size_t i) const
{
    return (m_addresses.empty() || holds(m_addresses, exits.guestRip(i)))
        && (m_selection.pcpus.empty() || m_selection.pcpus.contains(exits.pcpu(i)));
}

// No two symbols of a VM have a byte in common.
bool ExitFilter::inSymbol(const VmKey &vm, std::uint64_t address) const
{
    const auto of = m_code.find(vm);
    if (of == m_code.end())
        return false;
    const auto after = std::ranges::upper_bound(of->second, address, {}, &CodeRange::first);
    return after != of->second.begin() && address <= std::prev(after)->last;
}

bool ExitFilter::ofCauses(const ExitColumns &exits, std::size_t i) const
{
    const Target target = exits.target(i);
    return (m_targets.empty() || holds(m_targets, target.packed))
        && (m_selection.regions.empty() || m_selection.regions.contains(target.region()))
        && (m_selection.userspace.empty() || m_selection.userspace.contains(exits.userspace(i)))
        && (m_selection.touches.empty() || m_selection.touches.contains(exits.touch(i)));
}

TimeRange ExitFilter::rangeIn(TimeRange host) const
{
    const Ns from = std::clamp(m_selection.from.value_or(host.from), host.from, host.to);
    const Ns to = std::clamp(m_selection.to.value_or(host.to), from, host.to);
    return {from, to};
}

} // namespace exitscope
