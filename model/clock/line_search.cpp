// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/line_search.h"

#include <algorithm>
#include <cmath>

namespace exitscope {

namespace {

constexpr std::ptrdiff_t kSteps = 256; // of the offset, to either side
constexpr int kDriftSteps = 6; // of the drift, to either side
constexpr int kFiner = 4; // from level to level
constexpr Ns kFinest = 50; // ns of offset: where the last level ends

// The votes of all events for each offset around a line.
class Ballot {
public:
    Ballot(const GuestOnVm &guest, Ns reach)
        : m_guest(guest), m_reach(reach), m_step(std::max(1.0, double(reach) / double(kSteps))),
          m_change(2 * kSteps + 2)
    {
    }

    FoundLine best(const ClockLine &around);

private:
    void vote(const EventsOnRuns &pair, const ClockLine &around);
    void add(Ns from, Ns to, double weight);

    const GuestOnVm &m_guest;
    Ns m_reach;
    double m_step; // ns
    std::vector<double> m_change; // of the sum of votes, from one step to the next
};

// The offsets [from, to] relative to -reach get the weight.
void Ballot::add(Ns from, Ns to, double weight)
{
    const auto first = std::ptrdiff_t(std::ceil(double(from) / m_step));
    const auto last = std::ptrdiff_t(std::floor(double(to) / m_step));
    const auto begin = std::clamp<std::ptrdiff_t>(first, 0, 2 * kSteps + 1);
    const auto end = std::clamp<std::ptrdiff_t>(last + 1, begin, 2 * kSteps + 1);
    m_change[std::size_t(begin)] += weight;
    m_change[std::size_t(end)] -= weight;
}

void Ballot::vote(const EventsOnRuns &pair, const ClockLine &around)
{
    const RunTrack &runs = *pair.runs;
    const EventWeights weights = weightsOf(runs);
    RunCursor cursor(runs);
    for (const Ns event : pair.events) {
        const Ns from = around.toHost(event) - m_reach;
        const Ns to = from + 2 * m_reach;
        if (to < runs.range.from || from > runs.range.to)
            continue;
        cursor.at(std::clamp(from, runs.range.from, runs.range.to));
        for (std::size_t i = cursor.stretch(); i < runs.size() && runs.begin[i] <= to; ++i) {
            if (runs.knows[i] != HostKnows::Nothing)
                add(runs.begin[i] - from, runs.end(i) - from,
                    runs.knows[i] == HostKnows::Guest ? weights.in : weights.out);
        }
    }
}

FoundLine Ballot::best(const ClockLine &around)
{
    std::ranges::fill(m_change, 0);
    for (const EventsOnRuns &pair : m_guest)
        vote(pair, around);
    double sum = 0;
    double most = -1e300;
    std::ptrdiff_t first = 0;
    std::ptrdiff_t last = 0;
    for (std::ptrdiff_t i = 0; i <= 2 * kSteps; ++i) {
        sum += m_change[std::size_t(i)];
        if (sum > most + 1e-6) {
            most = sum;
            first = last = i;
        } else if (sum > most - 1e-6 && last == i - 1) {
            last = i; // in the middle of equals the margin is widest
        }
    }
    FoundLine found{around, most};
    found.line.hostAtReference += Ns(std::llround(double(first + last) / 2 * m_step)) - m_reach;
    return found;
}

} // namespace

FoundLine searchLine(const GuestOnVm &guest, const LineSearch &search)
{
    const std::vector<std::vector<Ns>> events = thinned(guest, search.guest, search.events);
    GuestOnVm few;
    for (std::size_t i = 0; i < guest.size(); ++i)
        few.push_back({events[i], guest[i].runs});
    const double half = std::max(1.0, double(search.guest.length()) / 2);
    FoundLine best{search.around.at(search.guest.from + search.guest.length() / 2), -1e300};
    double driftReach = double(search.reach) / half;
    for (Ns reach = search.reach;; reach = reach / kFiner + 1) {
        Ballot ballot(few, reach);
        const ClockLine around = best.line;
        const double step = driftReach / kDriftSteps;
        for (int i = -kDriftSteps; i <= kDriftSteps; ++i) {
            ClockLine line = around;
            line.drift = std::clamp(around.drift + step * i, -search.maxDrift, search.maxDrift);
            const FoundLine found = ballot.best(line);
            const bool isStraighter = std::abs(i) == 0 && found.likelihood >= best.likelihood - 1e-6;
            if (found.likelihood > best.likelihood + 1e-6 || isStraighter)
                best = found;
        }
        driftReach = 2 * step;
        if (reach <= kFinest)
            return best;
    }
}

} // namespace exitscope
