// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "model/clock/containment.h"
#include "model/clock/search/correlation.h"
#include "model/clock/search_budget.h"

namespace exitscope {

// Of an event that falls into each bin of the range: ln of its likelihood under the true map against chance. Of an
// event of any of several vCPUs, of which nobody knows which: that of their mean.
std::vector<float> likelihoodByBin(
    std::span<const RunTrack *const> runs, TimeRange hostRange, Ns bin, const SearchBudget &budget);

// What the host's recording says of events in each of its bins, for every vCPU that a guest has events against;
// transformed once for all windows that are looked at in bins of that length.
class HostSignals {
public:
    // `anyOf`: which vCPU is which is not known, every event is against all of these. Empty: against its own.
    HostSignals(const GuestOnVm &guest, const std::vector<const RunTrack *> &anyOf, TimeRange hostRange, Ns bin,
        std::ptrdiff_t windowBins, const SearchBudget &budget);

    // The guest's events of two windows, at each place of theirs, are correlated: window.score, of places() values,
    // from -windowBins on. The second may be null.
    struct Window {
        Ns from; // on the guest's clock
        std::vector<float> score;
    };
    void correlate(Window &first, Window *second, const SearchBudget &budget) const;

    TimeRange hostRange() const { return m_hostRange; }
    Ns bin() const { return m_bin; }
    std::ptrdiff_t windowBins() const { return m_windowBins; }

private:
    struct Signal {
        std::vector<const EventsOnRuns *> pairs; // that are against it
        BlockCorrelation::Spectrum spectrum;
    };
    bool mark(const Signal &signal, Ns from, bool imaginary, BlockCorrelation::Spectrum &marks) const;

    TimeRange m_hostRange;
    Ns m_bin;
    std::ptrdiff_t m_windowBins;
    bool m_countsEach; // of events in one bin that are of several CPUs
    BlockCorrelation m_correlation;
    std::vector<Signal> m_signals;
};

} // namespace exitscope
