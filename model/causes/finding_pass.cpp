// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/finding_pass.h"

#include <algorithm>

#include "model/diagnostic_codes.h"

namespace exitscope {

namespace {

void count(std::unordered_map<std::uint64_t, std::int64_t> &counts, std::uint64_t value)
{
    if (const auto known = counts.find(value); known != counts.end())
        ++known->second;
    else if (counts.size() < FindingSums::kMostTold)
        counts.emplace(value, 1);
}

bool passesExits(FindingMeasure measure)
{
    return measure != FindingMeasure::Unknown && measure != FindingMeasure::Taken;
}

// Else each exit looks as if KVM had handled it in the kernel.
bool tellsUserspace(const Recording &recording, const ExitColumns &exits)
{
    const std::string_view missing = info(Code::UserspaceExitsMissing).text;
    if (std::ranges::none_of(recording.diagnostics, [&](const Diagnostic &diagnostic) {
            return diagnostic.code == QLatin1String(missing.data(), qsizetype(missing.size()));
        }))
        return true;
    for (std::size_t i = 0; i < exits.size(); ++i) // of several hosts one may tell it
        if (exits.userspace(i) != kNoUserspaceExit)
            return true;
    return false;
}

} // namespace

bool takesExits(FindingMeasure measure)
{
    return measure == FindingMeasure::Exits || measure == FindingMeasure::Pair;
}

FindingPass::FindingPass(const Recording &recording, const ExitFilter &filter, const VcpuAt &vcpu,
    const ExitGuests *guests, CancelFlag cancel)
    : m_recording(recording), m_filter(filter), m_exits(vcpu.vcpu->exits), m_vcpu(vcpu),
      m_guest(guests ? guests->of(vcpu.number) : nullptr), m_cancel(cancel), m_rules(findingRules()),
      m_ofReason(recording.reasons.size()), m_sums(m_rules.size())
{
    const bool isHandlerKnown = tellsUserspace(recording, m_exits);
    for (std::size_t reason = 0; reason < m_ofReason.size(); ++reason)
        for (std::size_t rule = 0; rule < m_rules.size(); ++rule)
            if (passesExits(m_rules[rule].measure) && !(m_rules[rule].match.ofUnknownHandler && isHandlerKnown)
                && m_rules[rule].match.fitsReason(recording.reasons[reason]))
                m_ofReason[reason].push_back(rule);
}

std::vector<FindingSums> FindingPass::run()
{
    const auto [begin, end] = m_filter.within(m_exits.times());
    for (std::size_t i = begin; i < end; ++i) {
        if (i % kExitsPerLook == 0 && isCancelled(m_cancel))
            break;
        if (m_filter.passes(m_vcpu, i))
            takeExit(i, end);
    }
    takeUnknown(begin, end);
    return std::move(m_sums);
}

void FindingPass::takeExit(std::size_t i, std::size_t end)
{
    const ExitParts parts = m_exits.timed(i) ? m_exits.parts(i) : ExitParts{};
    bool isTaken = false; // each exit's net time belongs to the first rule that takes it
    for (const std::size_t at : m_ofReason[m_exits.reason(i)]) {
        const FindingRule &rule = m_rules[at];
        switch (rule.measure) {
        case FindingMeasure::Exits:
        case FindingMeasure::Pair:
            if (isTaken || !rule.match.fits(m_exits, i)
                || (rule.measure == FindingMeasure::Pair && !pairs(rule, i, end)))
                break;
            isTaken = true;
            note(at, i, parts.net());
            break;
        case FindingMeasure::ShortSleeps:
            if (parts.idle > 0 && parts.gross() < kShortSleep && rule.match.fits(m_exits, i))
                note(at, i, parts.kvm + parts.preempted);
            break;
        case FindingMeasure::Blocked:
            if (parts.blocked > 0 && rule.match.fits(m_exits, i))
                note(at, i, parts.blocked);
            break;
        case FindingMeasure::Wanders:
            if (i > 0 && m_exits.pcpu(i) != m_exits.pcpu(i - 1) && m_exits.pcpu(i) != kNoPcpu
                && m_exits.pcpu(i - 1) != kNoPcpu)
                note(at, i, 0);
            break;
        case FindingMeasure::Taken:
        case FindingMeasure::Unknown:
            break;
        }
    }
}

// Whether the next exit of the vCPU fits the rule's second match.
bool FindingPass::pairs(const FindingRule &rule, std::size_t i, std::size_t end) const
{
    const std::size_t next = i + 1;
    return next < end && rule.follower.fitsReason(m_recording.reasons[m_exits.reason(next)])
        && rule.follower.fits(m_exits, next);
}

void FindingPass::note(std::size_t rule, std::size_t exit, Ns cost)
{
    FindingSums &sums = m_sums[rule];
    ++sums.count;
    sums.cost += cost;
    sums.reasons.insert(m_exits.reason(exit));
    sums.scenarios.insert(m_exits.scenario(exit));
    sums.touches.insert(m_exits.touch(exit));
    count(sums.addresses, m_exits.guestRip(exit));
    if (takesExits(m_rules[rule].measure)) // by their targets what is left differs from what others took
        count(sums.targets, m_exits.target(exit).packed);
    if (m_guest) {
        const ExitGuests::Row &row = m_guest->rows[exit];
        const std::uint64_t context = row.labels[static_cast<std::size_t>(GuestLabel::Context)];
        count(sums.guests, context << 32 | row.threadName);
    }
}

// Between the exits: a vCPU that has not begun, or that has ended, hides nothing.
void FindingPass::takeUnknown(std::size_t begin, std::size_t end)
{
    if (begin == end)
        return;
    const StateColumns &states = m_vcpu.vcpu->states;
    const TimeRange within{m_exits.time(begin), m_exits.time(end - 1)};
    for (std::size_t rule = 0; rule < m_rules.size(); ++rule) {
        if (m_rules[rule].measure != FindingMeasure::Unknown)
            continue;
        m_sums[rule].of = within.length();
        for (std::size_t i = states.at(within.from); i < states.size() && states.begin(i) < within.to; ++i) {
            if (states.state(i) != VcpuState::Unknown)
                continue;
            ++m_sums[rule].count;
            m_sums[rule].cost += std::min(within.to, states.end(i)) - std::max(within.from, states.begin(i));
        }
    }
}

} // namespace exitscope
