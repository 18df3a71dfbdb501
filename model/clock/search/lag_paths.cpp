// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/lag_paths.h"

#include <algorithm>
#include <span>

namespace exitscope {

namespace {

constexpr LagPaths::Lag kBlock = 8192; // of lags that are looked at together: they stay in the nearest cache
constexpr float kNever = -1e30F;

// Of each place of [first, first + greatest.size()) the greatest value within `reach` of it: the greatest of ever
// longer neighbourhoods.
void greatestNearby(
    const std::vector<float> &values, LagPaths::Lag first, LagPaths::Lag reach, std::span<float> greatest)
{
    const std::size_t width = std::size_t(2 * reach) + 1;
    std::vector<float> from(greatest.size() + width, kNever);
    const LagPaths::Lag begin = std::max<LagPaths::Lag>(first - reach, 0);
    const LagPaths::Lag end = std::min(first + LagPaths::Lag(greatest.size()) + reach, LagPaths::Lag(values.size()));
    std::copy(values.begin() + begin, values.begin() + end, from.begin() + (begin - (first - reach)));
    std::vector<float> longer(from.size(), kNever);
    std::size_t done = 1; // each value of `from` is the greatest of so many
    for (; 2 * done <= width; done *= 2) {
        for (std::size_t i = 0; i + done < from.size(); ++i)
            longer[i] = from[i] < from[i + done] ? from[i + done] : from[i];
        from.swap(longer);
    }
    const std::size_t rest = width - done;
    for (std::size_t i = 0; i < greatest.size(); ++i)
        greatest[i] = from[i] < from[i + rest] ? from[i + rest] : from[i];
}

// The place of the greatest within [first, last); of equals `middle`, else the first.
LagPaths::Lag greatestOf(
    const std::vector<float> &values, LagPaths::Lag first, LagPaths::Lag last, LagPaths::Lag middle)
{
    const auto best = std::max_element(values.begin() + first, values.begin() + last);
    return values[std::size_t(middle)] == *best ? middle : best - values.begin();
}

} // namespace

LagPaths::LagPaths(std::vector<Window> windows, std::size_t lags, std::optional<float> jumpPenalty)
    : m_windows(std::move(windows)), m_jumpPenalty(jumpPenalty), m_jumps(m_windows.size()), m_scores(lags)
{
}

void LagPaths::follow(const SearchBudget &budget)
{
    const auto lags = Lag(m_scores.size());
    for (Lag i = 0; i < lags; ++i)
        m_scores[std::size_t(i)] = scoreAt(0, i);
    std::vector<float> next(m_scores.size());
    for (std::size_t w = 1; w < m_windows.size(); ++w) {
        const auto best = std::ranges::max_element(m_scores);
        m_jumps[w] = {best - m_scores.begin(), m_jumpPenalty ? *best - *m_jumpPenalty : kNever};
        for (Lag from = 0; from < lags && !budget.hasEnded(); from += kBlock) {
            const std::span block(&next[std::size_t(from)], std::size_t(std::min(kBlock, lags - from)));
            greatestNearby(m_scores, from, m_windows[w].steps, block);
            for (std::size_t i = 0; i < block.size(); ++i)
                block[i] = std::max(block[i], m_jumps[w].score) + scoreAt(w, from + Lag(i));
        }
        m_scores.swap(next);
    }
}

// The path from the window into which it jumps, or the first one, up to the last. Only lags near its end can be on it.
// Returns that window.
std::size_t LagPaths::leadTo(Lag end, std::size_t last, std::vector<Lag> &path) const
{
    std::vector<Lag> reach(last + 1); // from the end
    for (std::size_t w = last; w-- > 0;)
        reach[w] = reach[w + 1] + m_windows[w + 1].steps;
    const Lag middle = reach[0];
    const auto inside = [&](std::size_t w, Lag i) { // of the lags that there are
        const Lag lag = end - middle + i;
        return lag >= 0 && lag < Lag(m_scores.size()) && std::abs(i - middle) <= reach[w];
    };
    std::vector<float> score(std::size_t(2 * middle) + 1, kNever);
    for (Lag i = 0; i < Lag(score.size()); ++i)
        if (inside(0, i))
            score[std::size_t(i)] = scoreAt(0, end - middle + i);
    std::vector<std::vector<Lag>> cameFrom(last + 1, std::vector<Lag>(score.size()));
    for (std::size_t w = 1; w <= last; ++w) {
        std::vector<float> next(score.size(), kNever);
        const Lag steps = m_windows[w].steps;
        for (Lag i = middle - reach[w]; i <= middle + reach[w]; ++i) {
            if (!inside(w, i))
                continue;
            const Lag best = greatestOf(score, i - steps, i + steps + 1, i);
            const bool jumps = m_jumps[w].score > score[std::size_t(best)];
            cameFrom[w][std::size_t(i)] = jumps ? -1 : best;
            next[std::size_t(i)] = (jumps ? m_jumps[w].score : score[std::size_t(best)]) + scoreAt(w, end - middle + i);
        }
        score = std::move(next);
    }
    Lag at = middle;
    for (std::size_t w = last;; --w) {
        path[w] = end - middle + at;
        if (w == 0 || cameFrom[w][std::size_t(at)] < 0)
            return w;
        at = cameFrom[w][std::size_t(at)];
    }
}

std::vector<LagPaths::Lag> LagPaths::pathTo(Lag end) const
{
    std::vector<Lag> path(m_windows.size());
    std::size_t window = leadTo(end, m_windows.size() - 1, path);
    while (window > 0)
        window = leadTo(m_jumps[window].from, window - 1, path);
    return path;
}

} // namespace exitscope
