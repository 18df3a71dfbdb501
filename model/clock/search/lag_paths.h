// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "model/clock/search_budget.h"

namespace exitscope {

// Windows one after the other, each with a score for every lag: the best sums of one score of each, where the lag
// changes from window to window by no more than a drift allows. Lags are counted from 0.
class LagPaths {
public:
    using Lag = std::ptrdiff_t;
    struct Window {
        const std::vector<float> *score;
        Lag first; // the lag of score[0]; others score 0
        Lag steps; // that the lag may change from the window before
    };
    // `jumpPenalty`: what a change to any lag costs; none: there is no such.
    LagPaths(std::vector<Window> windows, std::size_t lags, std::optional<float> jumpPenalty);

    void follow(const SearchBudget &budget);
    // Of the best path that ends at each lag.
    const std::vector<float> &scores() const { return m_scores; }
    // The lag in each window of the best path that ends there.
    std::vector<Lag> pathTo(Lag end) const;

    float scoreAt(std::size_t window, Lag lag) const
    {
        const Lag at = lag - m_windows[window].first;
        const std::vector<float> &score = *m_windows[window].score;
        return at < 0 || at >= Lag(score.size()) ? 0 : score[std::size_t(at)];
    }

private:
    struct Jump {
        Lag from = 0;
        float score = 0; // of the best path that ends there, less the penalty
    };
    std::size_t leadTo(Lag end, std::size_t last, std::vector<Lag> &path) const;

    std::vector<Window> m_windows;
    std::optional<float> m_jumpPenalty;
    std::vector<Jump> m_jumps; // into each window
    std::vector<float> m_scores;
};

} // namespace exitscope
