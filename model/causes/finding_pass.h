// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <unordered_map>
#include <vector>

#include "model/cancel_flag.h"
#include "model/causes/finding_rules.h"
#include "model/recording.h"
#include "model/statistics/exit_filter.h"
#include "model/vcpu_walk.h"

namespace exitscope {

// A halt that lasted less is a short sleep, ns.
inline constexpr Ns kShortSleep = 200'000;

// Whether it takes exits from the rules behind it; others count beside.
bool takesExits(FindingMeasure measure);

// What one rule found on one vCPU.
struct FindingSums {
    std::int64_t count = 0;
    Ns cost = 0;
    Ns of = 0; // of Unknown: the time that it is a part of
    std::set<std::uint16_t> reasons; // of the exits, by index into the ReasonTable
    std::set<Scenario> scenarios; // so too
    std::set<PageTouch> touches; // so too
    // How many of them have each guest_rip and each Target::packed: of the first kMostTold that came.
    std::unordered_map<std::uint64_t, std::int64_t> addresses;
    std::unordered_map<std::uint64_t, std::int64_t> targets;
    // And what they interrupted in their guest: the label of the context above that of the thread's name. Empty where
    // nothing is known of guests.
    std::unordered_map<std::uint64_t, std::int64_t> guests;

    static constexpr std::size_t kMostTold = 4096;
    bool hasAllTargets() const { return targets.size() < kMostTold; }
};

// Goes through the exits and states of one vCPU for all rules at once. Filter and recording must outlive it.
class FindingPass {
public:
    // `guests`: null if nothing is known of them.
    FindingPass(const Recording &recording, const ExitFilter &filter, const VcpuAt &vcpu, const ExitGuests *guests,
        CancelFlag cancel);

    std::vector<FindingSums> run(); // by rule; incomplete if it was cancelled

private:
    void takeExit(std::size_t i, std::size_t end);
    bool pairs(const FindingRule &rule, std::size_t i, std::size_t end) const;
    void note(std::size_t rule, std::size_t exit, Ns cost);
    void takeUnknown(std::size_t begin, std::size_t end);

    const Recording &m_recording;
    const ExitFilter &m_filter;
    const ExitColumns &m_exits;
    const VcpuAt &m_vcpu;
    const ExitGuests::OfVcpu *m_guest; // null if nothing is known of it
    CancelFlag m_cancel;
    std::span<const FindingRule> m_rules;
    std::vector<std::vector<std::size_t>> m_ofReason; // the rules that can take exits with that reason
    std::vector<FindingSums> m_sums;
};

} // namespace exitscope
