// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/region_search.h"

#include <algorithm>
#include <cmath>

#include "model/clock/search/box_search.h"
#include "model/clock/search/containment_fit.h"

namespace exitscope {

namespace {

constexpr double kShareAsGood = 0.001; // of the known events
constexpr double kSharesOut[] = {kShareAsGood, 0.01, 0.05}; // of events: the first under which there are lines
constexpr double kMostOfSample = 0.1; // of the events looked at: with more misfits allowed they tell nothing
constexpr std::int64_t kWork = 200'000'000; // events and runs looked at by one search: some seconds
constexpr double kRough[] = {0.5, 0.1}; // fineness: enough to tell what is connected
constexpr double kFine = 0.25;
constexpr double kFinest = 1.0 / 64; // at the edge of a region
constexpr double kEdge = 0.03; // of a region's width: what its boxes may stick out by
constexpr double kRounding = 8; // ns, at the narrow ends of a region; gaps so short tell nothing
constexpr std::size_t kMostFitted = 64; // regions that a line is fitted for; of the others the rough bounds do
constexpr std::size_t kFewestFitted = 4;
constexpr std::size_t kBoxesFitted = 4; // of each, until one fits well enough
constexpr std::size_t kEventsFitted = 20'000'000; // in all of them, about
constexpr std::size_t kMostEvents = 1'000'000; // that tell which lines are possible; all narrow their bounds

struct Group {
    std::vector<LineBox> boxes;
    ClockMap fitted; // from the middle of a large box; may be empty
    std::int64_t misfits = 0; // of that line; of a group without one as many as were allowed
};

LineBox around(const std::vector<LineBox> &boxes)
{
    LineBox all = boxes.front();
    for (const LineBox &box : boxes)
        all = {std::min(all.offsetFrom, box.offsetFrom), std::max(all.offsetTo, box.offsetTo),
            std::min(all.turnFrom, box.turnFrom), std::max(all.turnTo, box.turnTo)};
    return all;
}

bool touch(const LineBox &a, const LineBox &b)
{
    return a.offsetFrom <= b.offsetTo && b.offsetFrom <= a.offsetTo && a.turnFrom <= b.turnTo && b.turnFrom <= a.turnTo;
}

// The events that some lines of a box leave out of runs, and others do not, or that all leave out: of the lines in the
// box the rest tells nothing.
class TellingEvents {
public:
    TellingEvents(const GuestOnVm &guest, const LineFrame &frame, TimeRange range, const LineBox &box);
    TellingEvents(const TellingEvents &) = delete;
    TellingEvents &operator=(const TellingEvents &) = delete;

    const GuestOnVm &pairs() const { return m_pairs; }

private:
    std::vector<std::vector<Ns>> m_events;
    GuestOnVm m_pairs; // of m_events
};

TellingEvents::TellingEvents(const GuestOnVm &guest, const LineFrame &frame, TimeRange range, const LineBox &box)
{
    m_events.reserve(guest.size());
    for (const EventsOnRuns &pair : guest) {
        std::vector<Ns> &own = m_events.emplace_back();
        const RunTrack &runs = *pair.runs;
        RunCursor cursor(runs);
        for (const Ns event : pair.events) {
            if (event < range.from || event > range.to)
                continue;
            const double part = double(event - frame.line.referenceGuest) / frame.half;
            const Ns host = frame.line.toHost(event);
            const Ns from = host + Ns(box.offsetFrom + std::min(box.turnFrom * part, box.turnTo * part)) - 2;
            const Ns to = host + Ns(box.offsetTo + std::max(box.turnFrom * part, box.turnTo * part)) + 2;
            const HostKnows knows = cursor.at(from);
            if (from < runs.range.from || to > runs.range.to || knows == HostKnows::NotGuest
                || to > runs.end(cursor.stretch()))
                own.push_back(event);
        }
        m_pairs.push_back({own, pair.runs});
    }
}

class Searcher {
public:
    Searcher(const GuestOnVm &guest, const RegionSearch &search, const SearchBudget &budget)
        : m_guest(guest), m_fitted(search.fitted), m_range(search.guest), m_some(guest, search.guest, kMostEvents),
          m_frame(search.around, search.guest), m_gaps(guest, m_frame.line.hostAtReference),
          m_boxes(m_some.pairs(), m_frame, search.guest, m_gaps, budget), m_budget(budget)
    {
        const double turn = kMaxClockDrift * m_frame.half;
        const double own = m_frame.turnOf(0);
        m_domain = {-search.reach, search.reach, own - turn, own + turn};
        if (search.turn > 0)
            m_domain = {-search.reach, search.reach, -search.turn, search.turn};
    }
    LineRegions search();

private:
    std::int64_t shareOf(double share) const { return std::int64_t(share * double(m_events)); }
    std::vector<Group> groupsOf(std::vector<LineBox> boxes, std::int64_t misfits) const;
    // Of all lines known so far.
    std::int64_t leastMisfits() const
    {
        return std::min(m_known, std::ranges::min_element(m_groups, {}, &Group::misfits)->misfits);
    }
    bool look(std::int64_t misfits);
    bool lookForBest();
    void fit(Group &group, std::int64_t wanted) const;
    bool holds(const std::vector<LineBox> &boxes, const ClockLine &line) const;
    std::vector<LineBox> boxesOf(const Group &group, std::int64_t misfits, BoxSearch &search);
    void lookClosely();
    std::vector<LineBox> edge(const Group &cell, const ClockPiece &piece, std::int64_t misfits, BoxSearch &search);
    LineRegion regionOf(const Group &cell, std::int64_t misfits, BoxSearch &search);
    bool meets(const LineBox &box, const ClockPiece &piece, bool isInside) const;
    void addRegions(const Group &group, std::vector<LineRegion> &all);

    const GuestOnVm &m_guest;
    const ClockPiece &m_fitted;
    TimeRange m_range;
    ThinnedGuest m_some;
    LineFrame m_frame;
    TrackGaps m_gaps;
    BoxSearch m_boxes;
    const SearchBudget &m_budget;
    LineBox m_domain;
    std::int64_t m_work = kWork; // that is left
    std::int64_t m_events = 0; // known ones, of all
    std::int64_t m_known = 0; // misfits of the line from which the search starts
    std::int64_t m_most = 0; // that lines of the groups may have
    std::vector<Group> m_groups;
    bool m_isComplete = true;
};

bool Searcher::holds(const std::vector<LineBox> &boxes, const ClockLine &line) const
{
    const double offset = m_frame.offsetOf(line);
    const double turn = m_frame.turnOf(line.drift);
    return std::ranges::any_of(boxes, [&](const LineBox &box) {
        return box.offsetFrom - kRounding <= offset && offset <= box.offsetTo + kRounding
            && box.turnFrom - kRounding <= turn && turn <= box.turnTo + kRounding;
    });
}

void Searcher::fit(Group &group, std::int64_t wanted) const
{
    if (!m_fitted.corners.empty() && holds(group.boxes, m_frame.line)) {
        group.fitted = ClockMap(std::vector<ClockPiece>{m_fitted});
        group.misfits = m_known;
        if (m_known <= wanted)
            return;
    }
    std::ranges::sort(
        group.boxes, std::ranges::greater{}, [](const LineBox &box) { return box.offsets() * box.turns(); });
    for (std::size_t i = 0; i < std::min(kBoxesFitted, group.boxes.size()) && !m_budget.hasEnded(); ++i) {
        const ClockLine middle = m_frame.at(group.boxes[i].offset(), group.boxes[i].turn());
        ClockMap fitted = fitLine(m_guest, middle, m_range, m_budget);
        if (fitted.isEmpty() || !holds(group.boxes, fitted.pieces().front().line)) // it led to another group
            fitted = ClockMap(middle);
        const std::int64_t misfits = containmentOf(m_guest, fitted, 0, m_budget).misfits();
        if (!group.fitted.isEmpty() && misfits >= group.misfits)
            continue;
        group.fitted = std::move(fitted);
        group.misfits = misfits;
        if (misfits <= wanted)
            return;
    }
}

// Of more groups than can be looked at one by one some are; of the rest nothing is known but that their lines are
// possible with so many misfits.
std::vector<Group> Searcher::groupsOf(std::vector<LineBox> boxes, std::int64_t misfits) const
{
    std::vector<Group> groups;
    for (std::vector<LineBox> &own : connected(std::move(boxes)))
        groups.push_back({std::move(own), {}, misfits});
    const std::size_t fitted
        = std::clamp(kEventsFitted / std::size_t(std::max<std::int64_t>(1, m_events)), kFewestFitted, kMostFitted);
    const std::size_t step = groups.size() / fitted + 1;
    for (std::size_t i = 0; i < groups.size() && !m_budget.hasEnded(); i += step)
        fit(groups[i], misfits);
    return groups;
}

// Whether there are such lines. Boxes in whose middle none was found are looked at more closely.
bool Searcher::look(std::int64_t misfits)
{
    m_most = misfits;
    for (const double fineness : kRough) {
        BoxesFound found = m_boxes.find(m_domain, misfits, fineness, m_work, true);
        m_isComplete = found.isComplete;
        m_groups = groupsOf(std::move(found.boxes), misfits);
        if (m_groups.empty())
            return false;
        if (!m_isComplete || leastMisfits() <= misfits)
            return true;
    }
    return false;
}

bool Searcher::lookForBest()
{
    const auto isThere = [&](double share) {
        const bool tells = double(shareOf(share)) <= kMostOfSample * double(m_boxes.events());
        return (tells || share == kShareAsGood) && !m_budget.hasEnded() && look(shareOf(share));
    };
    const auto share = std::ranges::find_if(kSharesOut, isThere);
    if (share == std::end(kSharesOut) || m_budget.hasEnded())
        return false;
    const std::int64_t most = leastMisfits() + shareOf(kShareAsGood);
    return !m_isComplete || most <= shareOf(*share) || look(most);
}

// Whether lines of the box are among those that the piece bounds, or, if asked, hardly any others; as far as three
// times of the range tell.
bool Searcher::meets(const LineBox &box, const ClockPiece &piece, bool isInside) const
{
    for (const double part : {-1.0, 0.0, 1.0}) {
        const Ns guest = m_frame.line.referenceGuest + Ns(std::llround(part * m_frame.half));
        const auto bounds = piece.bounds(guest);
        if (!bounds)
            return false;
        const Ns host = m_frame.line.toHost(guest);
        const double low = box.offsetFrom + std::min(box.turnFrom * part, box.turnTo * part);
        const double high = box.offsetTo + std::max(box.turnFrom * part, box.turnTo * part);
        const auto from = double(bounds->from - host);
        const auto to = double(bounds->to - host);
        if (to < low - kRounding || from > high + kRounding)
            return false;
        const double out = std::max(2 * kRounding, kEdge * (to - from));
        if (isInside && (low < from - out || high > to + out))
            return false;
    }
    return true;
}

// Of the cell the boxes that hold lines beside the piece, parted until they are small.
std::vector<LineBox> Searcher::edge(const Group &cell, const ClockPiece &piece, std::int64_t misfits, BoxSearch &search)
{
    std::vector<LineBox> outside;
    for (const LineBox &box : cell.boxes) {
        if (meets(box, piece, true))
            continue;
        for (const LineBox &small : search.find(box, misfits, kFinest, m_work).boxes)
            if (!meets(small, piece, true))
                outside.push_back(small);
    }
    return outside;
}

// The lines that contain what the fitted one contains, if those are all of the cell; else all of its boxes.
LineRegion Searcher::regionOf(const Group &cell, std::int64_t misfits, BoxSearch &search)
{
    if (cell.fitted.isEmpty())
        return {pieceOf(m_frame, cell.boxes), cell.misfits, false};
    const ClockPiece &fitted = cell.fitted.pieces().front();
    std::vector<LineBox> outside = cell.boxes;
    const bool isOne = cell.misfits <= misfits && !fitted.corners.empty();
    if (isOne)
        outside = edge(cell, fitted, misfits, search);
    if (outside.empty())
        return {fitted, cell.misfits, true};
    ClockPiece wide = fitted;
    std::ranges::copy(cornersFrom(pieceOf(m_frame, outside), fitted.line), std::back_inserter(wide.corners));
    wide.corners = hullOf(std::move(wide.corners));
    return {wide, cell.misfits, false};
}

// Where in the group lines with at the most so many misfits can lie.
std::vector<LineBox> Searcher::boxesOf(const Group &group, std::int64_t misfits, BoxSearch &search)
{
    const BoxesFound found = search.find(around(group.boxes), misfits, kFine, m_work);
    m_isComplete = m_isComplete && found.isComplete;
    std::vector<LineBox> own;
    std::ranges::copy_if(found.boxes, std::back_inserter(own), [&](const LineBox &part) {
        return std::ranges::any_of(group.boxes, [&](const LineBox &box) { return touch(part, box); });
    });
    return own;
}

// By all events: some groups are none then, and others are one.
void Searcher::lookClosely()
{
    std::vector<LineBox> all;
    for (const Group &group : m_groups) {
        if (m_budget.hasEnded())
            return;
        const TellingEvents telling(m_some.pairs(), m_frame, m_range, around(group.boxes));
        BoxSearch search(telling.pairs(), m_frame, m_range, m_gaps, m_budget);
        std::ranges::copy(boxesOf(group, m_most, search), std::back_inserter(all));
    }
    m_groups = groupsOf(std::move(all), m_most);
}

// Within what is connected, the lines with the fewest misfits can lie apart. What the fewest are is found by halves.
void Searcher::addRegions(const Group &group, std::vector<LineRegion> &all)
{
    const TellingEvents telling(m_some.pairs(), m_frame, m_range, around(group.boxes));
    BoxSearch search(telling.pairs(), m_frame, m_range, m_gaps, m_budget);
    std::int64_t misfits = std::min(group.misfits, m_most);
    std::vector<Group> cells = groupsOf(boxesOf(group, misfits, search), misfits);
    for (std::int64_t none = -1; misfits - none > 1 && !m_budget.hasEnded();) {
        const std::int64_t fewer = none + (misfits - none) / 2;
        std::vector<Group> better = groupsOf(boxesOf(group, fewer, search), fewer);
        if (better.empty()) {
            none = fewer;
            continue;
        }
        const std::int64_t found = std::ranges::min_element(better, {}, &Group::misfits)->misfits;
        if (better.front().fitted.isEmpty() || found > fewer)
            break; // perhaps there are such lines; what is found holds them
        misfits = found;
        cells = std::move(better);
    }
    for (const Group &cell : cells) // none: looked at closely it holds no such line
        all.push_back(regionOf(cell, misfits, search));
}

LineRegions Searcher::search()
{
    LineRegions result;
    const Containment start = containmentOf(m_guest, ClockMap(m_frame.line), 0, m_budget);
    m_events = start.known;
    m_known = start.misfits();
    if (m_events == 0 || !lookForBest())
        return result;
    if (m_isComplete && m_groups.size() > 1 && m_groups.size() <= kMostFitted)
        lookClosely();
    for (const Group &group : m_groups) {
        if (m_budget.hasEnded())
            return {};
        if (m_isComplete && m_groups.size() <= kMostFitted && !group.fitted.isEmpty())
            addRegions(group, result.regions);
        else
            result.regions.push_back(regionOf(group, -1, m_boxes));
    }
    std::ranges::stable_sort(result.regions, {}, &LineRegion::misfits);
    result.isComplete = m_isComplete;
    return result;
}

} // namespace

LineRegions searchRegions(const GuestOnVm &guest, const RegionSearch &search, const SearchBudget &budget)
{
    return Searcher(guest, search, budget).search();
}

} // namespace exitscope
