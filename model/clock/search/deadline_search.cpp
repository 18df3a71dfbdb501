// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/deadline_search.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "model/clock/straight_line.h"
#include "model/record/far_time.h"

namespace exitscope {

namespace {

constexpr Ns kWidth = 1500; // ns: what meets on a line is not further apart
constexpr std::size_t kLeast = 8;
constexpr double kLeastShare = 0.125;
constexpr std::size_t kTries = 24; // pairs of the guest's deadlines, each with all that they can be; at the most
constexpr std::size_t kFewestTries = 4;
constexpr std::size_t kMostLines = 400'000; // about
constexpr std::size_t kProbes = 48; // deadlines that tell whether a line is worth counting on all
constexpr std::size_t kMostCounted = 4000;
constexpr std::size_t kLeastProbes = 4;
constexpr int kRefinements = 3;
constexpr Ns kOther = 20 * kWidth;
constexpr std::size_t kMostFound = 32; // lines that are kept beside the best
constexpr std::int64_t kMostAsked = 20'000'000; // deadlines, in all: a second or two
constexpr std::size_t kParts = 8; // of the time, in each of which they must meet

struct Meeting {
    std::int64_t met = 0;
    std::int64_t asked = 0; // lead into the host's recording
    bool isBetterThan(const Meeting &other) const { return met > other.met; }
};

// Ticks come at one interval and meet under many lines; what comes between them decides.
bool isSurely(const Meeting &best, const Meeting &other)
{
    const bool explainsAll = 10 * best.met >= 9 * best.asked;
    return 2 * other.met <= best.met || (explainsAll && 10 * other.met <= 8 * best.met);
}

struct Candidate {
    ClockLine line;
    Meeting meeting;
};

// A deadline of the guest, and of which of the CPUs.
struct Deadline {
    Ns expires;
    std::size_t vcpu;
};

class DeadlineSearch {
public:
    DeadlineSearch(
        std::span<const DeadlinesOfVcpu> vcpus, TimeRange hostRange, double maxDrift, const SearchBudget &budget)
        : m_vcpus(vcpus), m_hostRange(hostRange), m_maxDrift(maxDrift), m_budget(budget)
    {
        for (std::size_t k = 0; k < vcpus.size(); ++k)
            if (!vcpus[k].host.empty())
                for (const Ns expires : vcpus[k].guest)
                    if (m_guest.empty() || m_guest.back().expires != expires)
                        m_guest.push_back({expires, k});
        std::ranges::stable_sort(m_guest, {}, &Deadline::expires);
    }
    std::optional<DeadlineEstimate> find();

private:
    std::optional<Ns> offset(const Deadline &deadline, const ClockLine &line) const;
    Meeting meet(const ClockLine &line, std::size_t step) const;
    void tryPair(const Deadline &first, const Deadline &second);
    void consider(const ClockLine &line);
    bool isSame(const ClockLine &a, const ClockLine &b) const;
    bool isEven(const Candidate &candidate) const;
    TimeRange spanOf(const ClockLine &line) const;
    Candidate refined(const Candidate &candidate) const;

    std::span<const DeadlinesOfVcpu> m_vcpus;
    TimeRange m_hostRange;
    double m_maxDrift;
    const SearchBudget &m_budget;
    std::vector<Deadline> m_guest;
    std::vector<Candidate> m_found; // some of the best
    std::int64_t m_asked = 0; // deadlines looked up so far
};

// How far the host's nearest deadline lies from where the line leads; none if the host recorded nothing there.
std::optional<Ns> DeadlineSearch::offset(const Deadline &deadline, const ClockLine &line) const
{
    const Ns expected = line.toHost(deadline.expires);
    if (!m_hostRange.contains(expected))
        return std::nullopt;
    return nearestDeadline(m_vcpus[deadline.vcpu].host, expected);
}

// Of each `step`th deadline.
Meeting DeadlineSearch::meet(const ClockLine &line, std::size_t step) const
{
    Meeting meeting;
    for (std::size_t i = 0; i < m_guest.size(); i += step) {
        const auto late = offset(m_guest[i], line);
        meeting.asked += late.has_value();
        meeting.met += late && std::abs(*late) <= kWidth;
    }
    return meeting;
}

// All lines that lead both deadlines to some of the host's.
void DeadlineSearch::tryPair(const Deadline &first, const Deadline &second)
{
    const Ns later = second.expires - first.expires;
    const auto reach = Ns(std::ceil(double(later) * m_maxDrift));
    const std::vector<Ns> &others = m_vcpus[second.vcpu].host;
    for (const Ns host : m_vcpus[first.vcpu].host) {
        if (m_asked > kMostAsked || m_budget.hasEnded())
            return;
        const Ns expected = shifted(host, later);
        for (auto other = std::ranges::lower_bound(others, expected - reach);
             other != others.end() && *other <= expected + reach; ++other)
            consider({first.expires, host, double(*other - host - later) / double(later)});
    }
}

bool DeadlineSearch::isSame(const ClockLine &a, const ClockLine &b) const
{
    return std::ranges::all_of(
        std::array{m_guest.front().expires, m_guest.back().expires},
        [&](Ns at) { return std::abs(a.toHost(at) - b.toHost(at)) <= kOther; });
}

void DeadlineSearch::consider(const ClockLine &line)
{
    const std::size_t step = m_guest.size() / kProbes + 1;
    m_asked += std::int64_t(m_guest.size() / step) + 1;
    const Meeting few = meet(line, step);
    if (few.met < std::int64_t(kLeastProbes) || double(few.met) < kLeastShare / 2 * double(few.asked))
        return;
    const std::size_t each = m_guest.size() / kMostCounted + 1;
    m_asked += std::int64_t(m_guest.size() / each) + 1;
    const Candidate candidate{line, meet(line, each)};
    const auto same = std::ranges::find_if(m_found, [&](const Candidate &other) { return isSame(other.line, line); });
    if (same != m_found.end()) {
        if (candidate.meeting.isBetterThan(same->meeting))
            *same = candidate;
        return;
    }
    m_found.push_back(candidate);
    if (m_found.size() > kMostFound)
        m_found.erase(std::ranges::min_element(m_found, {}, [](const Candidate &other) { return other.meeting.met; }));
}

// In no part of the time many fewer meet than in all: the line holds throughout.
bool DeadlineSearch::isEven(const Candidate &candidate) const
{
    const Ns from = m_guest.front().expires;
    const Ns length = m_guest.back().expires - from + 1;
    std::array<Meeting, kParts> parts;
    for (const Deadline &deadline : m_guest) {
        const auto late = offset(deadline, candidate.line);
        Meeting &part = parts[std::size_t(double(deadline.expires - from) / double(length) * kParts)];
        part.asked += late.has_value();
        part.met += late && std::abs(*late) <= kWidth;
    }
    return std::ranges::all_of(parts, [&](const Meeting &part) {
        return part.asked < std::int64_t(kLeast)
            || 2 * part.met * candidate.meeting.asked >= part.asked * candidate.meeting.met;
    });
}

TimeRange DeadlineSearch::spanOf(const ClockLine &line) const
{
    const auto meets = [&](const Deadline &deadline) {
        const auto late = offset(deadline, line);
        return late && std::abs(*late) <= kWidth;
    };
    const auto first = std::ranges::find_if(m_guest, meets);
    const auto last = std::find_if(m_guest.rbegin(), m_guest.rend(), meets);
    return first == m_guest.end() ? TimeRange{} : TimeRange{first->expires, last->expires};
}

// By least squares through what meets on it.
Candidate DeadlineSearch::refined(const Candidate &candidate) const
{
    Candidate best = candidate;
    for (int round = 0; round < kRefinements; ++round) {
        std::vector<PlanePoint> met;
        for (const Deadline &deadline : m_guest)
            if (const auto late = offset(deadline, best.line); late && std::abs(*late) <= kWidth)
                met.push_back({double(deadline.expires - best.line.referenceGuest), double(*late)});
        if (met.size() < 2)
            break;
        const StraightLine rest = leastSquares(met);
        const double middle = (met.front().x + met.back().x) / 2;
        ClockLine line = best.line.at(best.line.referenceGuest + Ns(middle)); // of what meets
        line.hostAtReference += std::llround(rest.at(middle));
        line.drift += rest.slope;
        const Candidate next{line, meet(line, 1)};
        if (round > 0 && best.meeting.isBetterThan(next.meeting))
            break;
        best = next;
    }
    return best;
}

std::optional<DeadlineEstimate> DeadlineSearch::find()
{
    if (m_guest.size() < kLeast)
        return std::nullopt;
    // Far from each other, so that the drift is exact, and not always the same part of the recording.
    std::size_t hosts = 1;
    for (const DeadlinesOfVcpu &vcpu : m_vcpus)
        hosts = std::max(hosts, vcpu.host.size());
    const std::size_t tries = std::clamp(kMostLines / hosts, kFewestTries, kTries);
    for (std::size_t i = 0; i < tries && !m_budget.hasEnded(); ++i) {
        const std::size_t first = (m_guest.size() - 1) * i / (2 * tries);
        const std::size_t apart = m_guest.size() * (1 + i % 4) / 8;
        const std::size_t second = std::min(m_guest.size() - 1, first + std::max<std::size_t>(1, apart));
        if (m_guest[second].expires > m_guest[first].expires)
            tryPair(m_guest[first], m_guest[second]);
    }
    if (m_found.empty() || m_budget.hasEnded())
        return std::nullopt;
    std::ranges::stable_sort(
        m_found, [](const Candidate &a, const Candidate &b) { return a.meeting.isBetterThan(b.meeting); });
    const bool isOnlyOne = m_found.size() == 1 || isSurely(m_found[0].meeting, m_found[1].meeting);
    const Candidate best = refined(m_found[0]);
    if (!isOnlyOne || m_budget.hasEnded() || !isEven(best) || best.meeting.met < std::int64_t(kLeast)
        || double(best.meeting.met) < kLeastShare * double(best.meeting.asked))
        return std::nullopt;
    return DeadlineEstimate{best.line, best.meeting.met, spanOf(best.line)};
}

} // namespace

std::optional<DeadlineEstimate> searchDeadlines(
    std::span<const DeadlinesOfVcpu> vcpus, TimeRange hostRange, double maxDrift, const SearchBudget &budget)
{
    return DeadlineSearch(vcpus, hostRange, maxDrift, budget).find();
}

} // namespace exitscope
