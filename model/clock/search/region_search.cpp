// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/region_search.h"

#include <algorithm>
#include <cmath>

#include "model/clock/search/box_search.h"
#include "model/clock/search/containment_fit.h"

namespace exitscope {

namespace {

constexpr double kAsGood = 0.001; // of the known events
constexpr double kSharesOut[] = {kAsGood, 0.01, 0.05}; // of events: the first under which there are lines
constexpr std::int64_t kWork = 100'000'000; // events and runs, of one search: a second or so
constexpr double kRough[] = {0.5, 0.1}; // fineness: enough to tell what is connected
constexpr double kFine = 0.25;
constexpr double kRounding = 8; // ns, at the narrow ends of a region; gaps so short tell nothing
constexpr std::size_t kMostFitted = 64; // regions; of more the rough bounds do
constexpr std::size_t kMostEvents = 300'000; // that tell which lines are possible; all narrow their bounds

struct Group {
    std::vector<LineBox> boxes;
    ClockMap fitted; // from the middle of the largest box; may be empty
    std::int64_t misfits = 0;
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

class Searcher {
public:
    Searcher(const GuestOnVm &guest, const RegionSearch &search, const SearchBudget &budget)
        : m_guest(guest), m_range(search.guest), m_some(guest, search.guest, kMostEvents),
          m_frame(search.around, search.guest), m_boxes(m_some.pairs(), m_frame, search.guest, budget), m_budget(budget)
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
    std::vector<Group> groupsOf(std::vector<LineBox> boxes) const;
    std::int64_t leastMisfits() const { return std::ranges::min_element(m_groups, {}, &Group::misfits)->misfits; }
    bool look(std::int64_t misfits);
    bool lookForBest();
    LineRegion regionOf(const Group &cell, std::int64_t misfits) const;
    bool isWithin(const LineBox &box, const ClockPiece &piece) const;
    void addRegions(const Group &group, std::vector<LineRegion> &all);

    const GuestOnVm &m_guest;
    TimeRange m_range;
    ThinnedGuest m_some;
    LineFrame m_frame;
    BoxSearch m_boxes;
    const SearchBudget &m_budget;
    LineBox m_domain;
    std::int64_t m_events = 0; // known ones, of all
    std::vector<Group> m_groups;
    bool m_isComplete = true;
};

// Of more groups than can be looked at one by one nothing is known but that their lines are possible.
std::vector<Group> Searcher::groupsOf(std::vector<LineBox> boxes) const
{
    std::vector<Group> groups;
    std::vector<std::vector<LineBox>> all = connected(std::move(boxes));
    for (std::vector<LineBox> &own : all) {
        Group &group = groups.emplace_back();
        group.boxes = std::move(own);
        if (all.size() > kMostFitted)
            continue;
        const auto largest
            = std::ranges::max_element(group.boxes, {}, [](const LineBox &box) { return box.offsets() * box.turns(); });
        const ClockLine middle = m_frame.at(largest->offset(), largest->turn());
        group.fitted = fitLine(m_guest, middle, m_range, m_budget);
        const ClockMap map = group.fitted.isEmpty() ? ClockMap(middle) : group.fitted;
        group.misfits = containmentOf(m_guest, map, 0, m_budget).misfits();
    }
    return groups;
}

// Whether there can be such lines. Boxes in whose middle no such line was found are looked at more closely.
bool Searcher::look(std::int64_t misfits)
{
    for (const double fineness : kRough) {
        BoxesFound found = m_boxes.find(m_domain, misfits, fineness, kWork);
        m_isComplete = found.isComplete;
        m_groups = groupsOf(std::move(found.boxes));
        if (m_groups.empty() || !m_isComplete || leastMisfits() <= misfits)
            break;
    }
    return !m_groups.empty();
}

bool Searcher::lookForBest()
{
    const auto isThere = [&](double share) { return !m_budget.hasEnded() && look(shareOf(share)); };
    const auto share = std::ranges::find_if(kSharesOut, isThere);
    if (share == std::end(kSharesOut) || m_budget.hasEnded())
        return false;
    const std::int64_t most = std::min(leastMisfits(), shareOf(*share)) + shareOf(kAsGood);
    return !m_isComplete || most == shareOf(*share) || look(most);
}

// Whether lines of the box are among those that the piece bounds, as far as three times of the range tell.
bool Searcher::isWithin(const LineBox &box, const ClockPiece &piece) const
{
    for (const double part : {-1.0, 0.0, 1.0}) {
        const Ns guest = m_frame.line.referenceGuest + Ns(std::llround(part * m_frame.half));
        const auto bounds = piece.bounds(guest);
        const Ns host = m_frame.line.toHost(guest);
        const double low = box.offsetFrom + std::min(box.turnFrom * part, box.turnTo * part);
        const double high = box.offsetTo + std::max(box.turnFrom * part, box.turnTo * part);
        if (!bounds || double(bounds->to - host) < low - kRounding || double(bounds->from - host) > high + kRounding)
            return false;
    }
    return true;
}

// The lines that contain what the fitted one contains, if those are all of the cell; else all of its boxes.
LineRegion Searcher::regionOf(const Group &cell, std::int64_t misfits) const
{
    if (!cell.fitted.isEmpty() && cell.misfits <= misfits) {
        const ClockPiece &piece = cell.fitted.pieces().front();
        if (!piece.corners.empty()
            && std::ranges::all_of(cell.boxes, [&](const LineBox &box) { return isWithin(box, piece); }))
            return {piece, cell.misfits, true};
    }
    return {pieceOf(m_frame, cell.boxes), cell.misfits, false};
}

// Within what is connected, the lines with the fewest misfits can lie apart.
void Searcher::addRegions(const Group &group, std::vector<LineRegion> &all)
{
    const BoxesFound cells = m_boxes.find(around(group.boxes), group.misfits, kFine, kWork);
    if (!cells.isComplete || cells.boxes.empty()) {
        all.push_back({pieceOf(m_frame, group.boxes), group.misfits, false});
        return;
    }
    std::vector<LineBox> own;
    std::ranges::copy_if(cells.boxes, std::back_inserter(own), [&](const LineBox &cell) {
        return std::ranges::any_of(group.boxes, [&](const LineBox &box) { return touch(cell, box); });
    });
    for (const Group &cell : groupsOf(std::move(own)))
        all.push_back(regionOf(cell, group.misfits));
}

LineRegions Searcher::search()
{
    LineRegions result;
    m_events = containmentOf(m_guest, ClockMap(m_frame.line), 0, m_budget).known;
    if (m_events == 0 || !lookForBest())
        return result;
    for (const Group &group : m_groups)
        if (m_isComplete && m_groups.size() <= kMostFitted)
            addRegions(group, result.regions);
        else
            result.regions.push_back({pieceOf(m_frame, group.boxes), group.misfits, false});
    std::ranges::stable_sort(result.regions, {}, &LineRegion::misfits);
    result.isComplete = m_isComplete;
    return m_budget.hasEnded() ? LineRegions{} : result;
}

} // namespace

LineRegions searchRegions(const GuestOnVm &guest, const RegionSearch &search, const SearchBudget &budget)
{
    return Searcher(guest, search, budget).search();
}

} // namespace exitscope
