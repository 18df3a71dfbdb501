// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/box_search.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace exitscope {

namespace {

constexpr double kFewestSteps = 256; // of a box's offsets
constexpr double kMostSteps = 1 << 18;
constexpr double kStepsOfGap = 8;
constexpr double kRounding = 1; // ns, of mapped times
constexpr double kLeastTurns = 8; // ns: no box is parted any more that is so narrow
constexpr int kLeastPower = 3; // gaps of less than 8 ns tell nothing
constexpr int kPowers = 63;
constexpr std::size_t kFewEvents = 2000; // tell how many events fall out of runs by chance
constexpr int kChances = 40;
constexpr double kGolden = 0.6180339887498949;
constexpr std::size_t kLeastEvents = 500;
constexpr std::size_t kRough = 4; // times as many events as tell lines that are not right
constexpr std::size_t kFewestRough = 20'000;

} // namespace

// How many events of a sample fall out of runs for certain, for each step of a box's offsets.
class BoxSearch::Votes {
public:
    Votes(const LineBox &box, double finest, std::vector<std::int32_t> &change)
        : m_box(box), m_steps(std::size_t(std::clamp(std::ceil(box.offsets() / finest), kFewestSteps, kMostSteps))),
          m_step(std::max(1e-6, box.offsets() / double(m_steps))), m_change(change)
    {
        m_change.assign(m_steps + 1, 0);
    }

    // Offsets from the box's first between which one more event falls out of runs.
    void add(double from, double to)
    {
        if (from <= 0 && to >= m_box.offsets()) {
            ++m_everywhere;
            return;
        }
        const std::size_t first = from <= 0 ? 0 : std::size_t(std::ceil(from / m_step));
        const std::size_t last = to >= m_box.offsets() ? m_steps : std::size_t(std::max(0.0, std::floor(to / m_step)));
        if (first >= last)
            return;
        ++m_change[first];
        --m_change[last];
    }
    std::int64_t everywhere() const { return m_everywhere; }
    std::size_t steps() const { return m_steps; }
    // The parts of the box with at the most so many.
    std::vector<LineBox> atMost(std::int64_t misfits) const;

private:
    const LineBox &m_box;
    std::size_t m_steps;
    double m_step; // ns
    std::vector<std::int32_t> &m_change; // from one step to the next
    std::int64_t m_everywhere = 0;
};

std::vector<LineBox> BoxSearch::Votes::atMost(std::int64_t misfits) const
{
    std::vector<LineBox> parts;
    std::int64_t sum = m_everywhere;
    bool isIn = false;
    for (std::size_t i = 0; i <= m_steps; ++i) {
        sum += m_change[i];
        const bool isFew = i < m_steps && sum <= misfits;
        const double at = m_box.offsetFrom + double(i) * m_step;
        if (isFew && !isIn)
            parts.push_back({at, at, m_box.turnFrom, m_box.turnTo});
        if (!isFew && isIn)
            parts.back().offsetTo = at;
        isIn = isFew;
    }
    return parts;
}

BoxSearch::BoxSearch(
    const GuestOnVm &guest, const LineFrame &frame, TimeRange range, TrackGaps &gaps, const SearchBudget &budget)
    : m_guest(guest), m_frame(frame), m_range(range), m_gaps(gaps), m_budget(budget),
      m_all(sample(1, std::numeric_limits<std::size_t>::max()).size)
{
}

// Of the events at the most `part` of the half away from the middle about so many.
const BoxSearch::Sample &BoxSearch::sample(double part, std::size_t most)
{
    const int halvings = part >= 1 ? 0 : int(std::ceil(-std::log2(part)));
    const auto [at, isNew] = m_samples.try_emplace({halvings, most});
    Sample &made = at->second;
    if (!isNew)
        return made;
    const Ns middle = m_frame.line.referenceGuest;
    const auto reach = Ns(std::ldexp(m_frame.half, -halvings)) + 1;
    const ThinnedGuest thinned(
        m_guest, {std::max(m_range.from, middle - reach), std::min(m_range.to, middle + reach)}, most);
    for (const EventsOnRuns &pair : thinned.pairs()) {
        Sample::OfPair &own = made.pairs.emplace_back();
        own.runs = pair.runs;
        for (const Ns event : pair.events) {
            own.host.push_back(double(m_frame.line.toHost(event) - m_frame.line.hostAtReference));
            own.part.push_back(double(event - middle) / m_frame.half);
        }
        made.size += own.host.size();
    }
    return made;
}

// Under lines with the frame's drift, anywhere in the box: what three of four exceed.
double BoxSearch::misfitRate(const LineBox &within)
{
    const Sample &few = sample(1, kFewEvents);
    std::vector<double> rates;
    for (int i = 1; i <= kChances; ++i) {
        const double offset = within.offsetFrom + within.offsets() * (kGolden * i - std::floor(kGolden * i));
        std::size_t misfits = 0;
        for (const Sample::OfPair &pair : few.pairs) {
            const TrackGaps::Gaps &all = m_gaps.longerThan(*pair.runs, kLeastPower);
            for (const double host : pair.host) {
                const auto next = std::ranges::upper_bound(all.begin, host + offset) - all.begin.begin();
                misfits += next > 0 && host + offset < all.end[std::size_t(next) - 1];
            }
        }
        rates.push_back(double(misfits) / double(std::max<std::size_t>(few.size, 1)));
    }
    std::ranges::sort(rates);
    return std::max(1e-4, rates[kChances / 4]);
}

// The parts of the box under whose lines not too many events of the sample fall out of runs for certain.
std::vector<LineBox> BoxSearch::reduced(const LineBox &box, const Sample &sample)
{
    const double halfTurns = box.turns() / 2;
    Votes votes(box, std::max(m_gaps.common(), halfTurns) / kStepsOfGap, m_change);
    m_work -= std::int64_t(votes.steps()) / 4 + std::int64_t(sample.size);
    for (const Sample::OfPair &pair : sample.pairs) {
        // Only gaps longer than what an event moves by within the box tell anything: the more, the further it is from
        // the middle.
        std::array<const TrackGaps::Gaps *, kPowers> byPower{};
        std::array<std::size_t, kPowers> nextOf{};
        for (std::size_t i = 0; i < pair.host.size(); ++i) {
            const double reach = std::abs(pair.part[i]) * halfTurns + kRounding;
            const double middle = pair.host[i] + box.turn() * pair.part[i];
            const double from = middle + box.offsetFrom;
            const double to = middle + box.offsetTo;
            const auto power = std::size_t(std::clamp(std::ilogb(2 * reach), kLeastPower, kPowers - 1));
            const TrackGaps::Gaps *&all = byPower[power];
            std::size_t &next = nextOf[power];
            if (!all)
                all = &m_gaps.longerThan(*pair.runs, int(power));
            // Events ascend, so what ended before this one mostly did before the next.
            std::size_t stride = 1;
            if (next > 0 && all->end[next - 1] > from)
                next = 0;
            while (next + stride < all->end.size() && all->end[next + stride] <= from) {
                next += stride;
                stride *= 2;
            }
            const auto limit = all->end.begin() + std::ptrdiff_t(std::min(next + stride, all->end.size()));
            next = std::size_t(
                std::upper_bound(all->end.begin() + std::ptrdiff_t(next), limit, from) - all->end.begin());
            for (std::size_t gap = next; gap < all->begin.size() && all->begin[gap] < to; ++gap, --m_work) {
                const double first = all->begin[gap] + reach - from;
                const double last = all->end[gap] - reach - from;
                if (first < last)
                    votes.add(first, last);
            }
            if (votes.everywhere() > m_misfits)
                return {};
        }
    }
    return votes.atMost(m_misfits);
}

// By some events of all times, of which long gaps tell, and by some in the middle, where lines of the box differ
// little.
std::vector<LineBox> BoxSearch::reducedBySome(const LineBox &box, std::size_t events)
{
    std::vector<LineBox> parts = reduced(box, sample(1, events));
    const double narrow = m_gaps.common() / (2 * box.turns());
    if (narrow >= 1)
        return parts;
    const Sample &middle = sample(narrow, events);
    if (double(middle.size) * m_rate < 1.3 * double(m_misfits + 1))
        return parts;
    std::vector<LineBox> less;
    for (const LineBox &part : parts)
        std::ranges::copy(reduced(part, middle), std::back_inserter(less));
    return less;
}

// With twice as many events each time: few tell lines that are far from right, and near those that are right only few
// events tell anything.
void BoxSearch::part(const LineBox &box, std::size_t events, BoxesFound &found)
{
    if (m_work <= 0 || m_budget.hasEnded()) {
        found.isComplete = false;
        found.boxes.push_back(box);
        return;
    }
    for (const LineBox &left : reducedBySome(box, events)) {
        if (m_work <= 0 || m_budget.hasEnded()) {
            found.isComplete = false;
            found.boxes.push_back(left);
            continue;
        }
        if (left.turns() <= std::max(kLeastTurns, std::min(left.offsets(), m_gaps.common()) * m_fineness)) {
            const bool wereAll = events >= m_most;
            std::ranges::copy(
                wereAll ? std::vector{left} : reduced(left, sample(1, m_most)), std::back_inserter(found.boxes));
            continue;
        }
        const int parts = left.turns() > 16 * left.offsets() ? 4 : 2;
        for (int i = 0; i < parts; ++i)
            part({left.offsetFrom, left.offsetTo, left.turnFrom + left.turns() * i / parts,
                     left.turnFrom + left.turns() * (i + 1) / parts},
                std::min(m_most, 2 * events), found);
    }
}

BoxesFound BoxSearch::find(
    const LineBox &within, std::int64_t misfits, double fineness, std::int64_t &work, bool isRough)
{
    m_misfits = misfits;
    m_rate = misfitRate(within);
    m_fineness = fineness;
    m_work = work;
    BoxesFound found;
    const auto enough = std::max(kLeastEvents, std::size_t(3 * double(misfits + 1) / m_rate));
    m_most = isRough ? std::min(m_all, std::max(kFewestRough, kRough * enough)) : m_all;
    part(within, std::min(m_most, enough), found);
    work = m_work;
    return found;
}

} // namespace exitscope
