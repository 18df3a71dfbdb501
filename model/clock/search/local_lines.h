// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/clock/search/coarse_search.h"

namespace exitscope {

// A line for each window of the guest's range, found where the line of a neighbour leads, or a path.
class LocalLines {
public:
    LocalLines(const GuestOnVm &guest, TimeRange within, Ns bin, const SearchBudget &budget);

    // One piece for each stretch over which the windows agree on a line.
    ClockMap follow(const std::vector<CoarseCandidate::PathPoint> &path);

private:
    struct Window {
        TimeRange range;
        ClockLine line;
        Containment fit;
        bool isFound = false;
    };
    void look(Window &window, const ClockLine &around, Ns reach) const;
    void lookByPath(Window &window, const std::vector<CoarseCandidate::PathPoint> &path) const;
    void lead(const Window &from, Window &to, const std::vector<CoarseCandidate::PathPoint> &path) const;

    std::vector<ClockPiece> merged() const;

    const GuestOnVm &m_guest;
    const SearchBudget &m_budget;
    Ns m_bin;
    std::vector<Window> m_windows;
};

} // namespace exitscope
