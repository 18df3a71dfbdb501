// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/line_search.h"

#include <algorithm>
#include <cmath>

namespace exitscope {

namespace {

constexpr std::ptrdiff_t kSteps = 256; // of the offset, to either side
constexpr int kMostDriftSteps = 150; // of the scan, to either side
constexpr int kDriftSteps = 4; // of each level after it
constexpr int kFiner = 4; // from level to level
constexpr Ns kFinest = 50; // ns of offset: where the last level ends
constexpr int kPartOfRun = 12; // the scan's steps move the ends by so little of a run
constexpr std::size_t kScanned = 1000; // events
constexpr std::size_t kLooked = 2500; // events, of which lines are looked at closely
constexpr std::size_t kBest = 3; // lines of the scan

struct FoundLine {
    ClockLine line;
    double likelihood; // ln, of the events looked at, each counted
};

// The votes of all events for each offset around a line.
class Ballot {
public:
    Ballot(const GuestOnVm &guest, Ns reach)
        : m_guest(guest), m_reach(reach), m_step(std::max(1.0, double(reach) / double(kSteps))),
          m_stepsPerNs(1 / m_step), m_change(2 * kSteps + 2)
    {
    }

    FoundLine best(const ClockLine &around);

private:
    void vote(const EventsOnRuns &pair, const ClockLine &around);
    void add(Ns from, Ns to, double weight);
    // The first step at or after an offset, within 0 to 2 * kSteps + 1.
    std::ptrdiff_t stepFrom(Ns offset) const
    {
        const double at = std::clamp(double(offset) * m_stepsPerNs, 0.0, double(2 * kSteps + 1));
        const auto below = std::ptrdiff_t(at);
        return below + (double(below) < at ? 1 : 0);
    }

    const GuestOnVm &m_guest;
    Ns m_reach;
    double m_step; // ns
    double m_stepsPerNs;
    std::vector<double> m_change; // of the sum of votes, from one step to the next
};

// The offsets [from, to] relative to -reach get the weight.
void Ballot::add(Ns from, Ns to, double weight)
{
    const auto begin = stepFrom(from);
    const auto end = std::max(begin, stepFrom(to + 1));
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

Ns shortestMedianRun(const GuestOnVm &guest)
{
    Ns least = 0;
    for (const EventsOnRuns &pair : guest) {
        const Ns run = pair.runs->medianRun();
        if (run > 0 && (least == 0 || run < least))
            least = run;
    }
    return std::max<Ns>(least, 1);
}

struct Scan {
    std::vector<FoundLine> found; // best first
    double driftStep;
};

Scan scan(const GuestOnVm &guest, const LineSearch &search, const SearchBudget &budget)
{
    const ThinnedGuest few(guest, search.guest, kScanned);
    const double half = std::max(1.0, double(search.guest.length()) / 2);
    const double driftReach = std::min(double(search.reach) / half, search.maxDrift);
    const double step = std::max(double(shortestMedianRun(guest)) / kPartOfRun / half, driftReach / kMostDriftSteps);
    const auto steps = int(std::ceil(driftReach / step));
    const ClockLine around = search.around.at(search.guest.from + search.guest.length() / 2);
    Ballot ballot(few.pairs(), search.reach);
    Scan result{{}, step};
    for (int i = 0; i <= 2 * steps && (i == 0 || !budget.hasEnded()); ++i) {
        ClockLine line = around;
        line.drift += step * ((i % 2 == 0 ? 1 : -1) * ((i + 1) / 2)); // of equals the one with less change first
        line.drift = std::clamp(line.drift, -search.maxDrift, search.maxDrift);
        result.found.push_back(ballot.best(line));
    }
    std::ranges::stable_sort(result.found, std::ranges::greater{}, &FoundLine::likelihood);
    return result;
}

FoundLine refined(const GuestOnVm &few, const ClockLine &around, Ns reach, double driftReach, double maxDrift,
    const SearchBudget &budget)
{
    FoundLine best{around, -1e300};
    for (;; reach = reach / kFiner + 1) {
        Ballot ballot(few, reach);
        const ClockLine middle = best.line;
        const double step = driftReach / kDriftSteps;
        for (int i = -kDriftSteps; i <= kDriftSteps && !budget.hasEnded(); ++i) {
            ClockLine line = middle;
            line.drift = std::clamp(middle.drift + step * i, -maxDrift, maxDrift);
            const FoundLine found = ballot.best(line);
            const bool isStraighter = i == 0 && found.likelihood >= best.likelihood - 1e-6;
            if (found.likelihood > best.likelihood + 1e-6 || isStraighter)
                best = found;
        }
        driftReach = 2 * step;
        if (reach <= kFinest)
            return best;
    }
}

} // namespace

ClockLine scanLine(const GuestOnVm &guest, const LineSearch &search, const SearchBudget &budget)
{
    return scan(guest, search, budget).found.front().line;
}

ClockLine searchLine(const GuestOnVm &guest, const LineSearch &search, const SearchBudget &budget)
{
    const Scan scanned = scan(guest, search, budget);
    const ThinnedGuest few(guest, search.guest, kLooked);
    const Ns reach = std::min(search.reach, shortestMedianRun(guest) / 4 + 1);
    FoundLine best{scanned.found.front().line, -1e300};
    for (std::size_t i = 0; i < std::min(kBest, scanned.found.size()); ++i) {
        const FoundLine found
            = refined(few.pairs(), scanned.found[i].line, reach, 2 * scanned.driftStep, search.maxDrift, budget);
        if (found.likelihood > best.likelihood + 1e-6)
            best = found;
    }
    return best.line;
}

} // namespace exitscope
