// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "model/guest/exit_guests.h"
#include "model/statistics/selection.h"
#include "model/timeline/timeline.h"
#include "model/vcpu_walk.h"

namespace exitscope {

// Lets through what a selection leaves of a recording; made once, asked for every exit.
// Selection and reasons must outlive it.
class ExitFilter {
public:
    ExitFilter(const Selection &selection, const ReasonTable &reasons);

    bool passesVcpu(const VcpuKey &vcpu) const;
    // [first, last) of ordered times within the selected range; without one nothing is left out.
    std::pair<std::size_t, std::size_t> within(std::span<const Ns> times) const;
    // By reason, scenario, duration, and all else that an exit has.
    bool passes(const VcpuAt &of, std::size_t i) const
    {
        const ExitColumns &exits = of.vcpu->exits;
        return passesKind(exits.reason(i), exits.scenario(i)) && (!m_hasBand || inBand(*of.host, exits, i))
            && passesRest(of, i);
    }
    // By all but reason, scenario and duration.
    bool passesRest(const VcpuAt &of, std::size_t i) const
    {
        const ExitColumns &exits = of.vcpu->exits;
        return (!m_hasPlaces || inPlace(exits, i)) && (!m_hasCauses || ofCauses(exits, i))
            && (!m_hasSymbols || inSymbol(of.key.vm, exits.guestRip(i))) && (!m_hasGuests || inGuest(of.number, i));
    }
    bool passesKind(std::uint16_t reason, Scenario scenario) const
    {
        return passesReason(reason) && passesScenario(scenario);
    }
    bool passesReason(std::uint16_t reason) const { return m_reasons[reason]; }
    bool passesScenario(Scenario scenario) const { return m_scenarios[static_cast<std::size_t>(scenario)]; }
    // That duration of an exit, if it has one and that is known.
    std::optional<Ns> durationOf(const Timeline &host, const ExitColumns &exits, std::size_t i, DurationKind of) const;
    // The selected range, cut to that of the host.
    TimeRange rangeIn(TimeRange host) const;

private:
    bool inBand(const Timeline &host, const ExitColumns &exits, std::size_t i) const;
    bool inPlace(const ExitColumns &exits, std::size_t i) const;
    bool inSymbol(const VmKey &vm, std::uint64_t address) const;
    bool ofCauses(const ExitColumns &exits, std::size_t i) const;
    bool inGuest(std::size_t vcpu, std::size_t i) const;
    void addLabels(GuestLabel kind, const std::set<QString> &texts);

    const Selection &m_selection;
    const ReasonTable &m_table;
    std::vector<char> m_reasons; // by index into the ReasonTable
    std::vector<char> m_scenarios; // by Scenario
    bool m_hasBand = false;
    bool m_hasPlaces = false; // addresses or pCPUs
    bool m_hasCauses = false; // targets, regions, user space or touches
    std::vector<std::uint64_t> m_addresses, m_targets; // ordered; the targets packed
    bool m_hasSymbols = false;
    std::map<VmKey, std::vector<CodeRange>> m_code; // of the symbols: ordered
    bool m_hasGuests = false; // what exits interrupted in their guests
    std::array<std::vector<std::uint32_t>, kGuestLabels> m_labels; // by GuestLabel, ordered
    std::array<bool, kGuestLabels> m_hasLabels{}; // else all pass
};

} // namespace exitscope
