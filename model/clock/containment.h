// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "model/clock/clock_map.h"
#include "model/clock/feasible_lines.h"
#include "model/clock/run_track.h"
#include "model/clock/search_budget.h"

// Guest code runs only while the host shows its vCPU in Guest: what that says of a map between their clocks.
namespace exitscope {

// The events of one guest CPU against the runs of the vCPU that it is taken for.
struct EventsOnRuns {
    std::span<const Ns> events; // on the guest's clock, ordered
    const RunTrack *runs = nullptr; // outlives this
};
using GuestOnVm = std::vector<EventsOnRuns>;

// What becomes of guest events under a map.
struct Containment {
    std::int64_t contained = 0; // within a run
    std::int64_t known = 0; // where the host knows whether its vCPU was in guest mode
    std::int64_t unknown = 0; // where it does not
    std::int64_t outside = 0; // of the host's recording
    // ln of how much likelier they fall like this under a true map than by chance; events closer than a gap count once.
    double likelihood = 0;

    std::int64_t misfits() const { return known - contained; }
    double share() const { return known > 0 ? double(contained) / double(known) : 0; }
};
Containment containmentOf(const GuestOnVm &guest, const ClockMap &map, Ns gap, const SearchBudget &budget = {});

// What a contained or an outside event counts for in likelihoods.
struct EventWeights {
    double in = 0; // ln
    double out = 0;
};
EventWeights weightsOf(const RunTrack &runs);

// The times of known events that fall out of runs, on the guest's clock, ordered.
std::vector<Ns> misfitsOf(const GuestOnVm &guest, const ClockMap &map, const SearchBudget &budget = {});

// Each event that is contained under the map must stay in its run: of each run the first and the last event.
// Ordered by guest time; only events within [from, to] of the guest.
std::vector<InstantBounds> boundsOfContained(
    const GuestOnVm &guest, const ClockMap &map, TimeRange within, const SearchBudget &budget = {});

// At most about `most` of a guest's events, spread over all; those that begin a burst first, which lie near VM entries.
class ThinnedGuest {
public:
    ThinnedGuest(const GuestOnVm &guest, TimeRange within, std::size_t most);
    ThinnedGuest(const ThinnedGuest &) = delete;
    ThinnedGuest &operator=(const ThinnedGuest &) = delete;

    const GuestOnVm &pairs() const { return m_pairs; }
    bool isAll() const { return m_isAll; } // there are no more

private:
    std::vector<std::vector<Ns>> m_events;
    GuestOnVm m_pairs; // of m_events
    bool m_isAll;
};

} // namespace exitscope
