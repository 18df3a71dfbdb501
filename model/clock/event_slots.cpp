// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/event_slots.h"

#include <algorithm>

namespace exitscope {

namespace {

// The guest times at which the piece may hold: within a break both of its neighbours may.
TimeRange mayHold(const std::vector<ClockPiece> &pieces, std::size_t piece)
{
    TimeRange range{kNoTime + 1, kEndOfRecording};
    if (piece > 0)
        range.from = std::min(pieces[piece].guestFrom, pieces[piece].breakWithin.from);
    if (piece + 1 < pieces.size())
        range.to = std::max(pieces[piece + 1].guestFrom, pieces[piece + 1].breakWithin.to);
    return range;
}

// Where the next slot begins, if the exit is the end of a run; else the exit itself.
Ns nextSlot(const RunTrack &runs, Ns exit)
{
    const auto next = std::ranges::upper_bound(runs.begin, exit);
    if (next == runs.begin.begin())
        return exit;
    const auto at = std::size_t(next - runs.begin.begin()) - 1;
    return runs.knows[at] == HostKnows::NotGuest ? runs.end(at) : exit;
}

} // namespace

// Or outside of the host's recording. What lies there may be put into a run beside, or come out of one, by lines that
// put all known events into the same runs.
bool EventSlots::isBesideUnknown(TimeRange around) const
{
    const auto next = std::ranges::upper_bound(m_runs.begin, around.from);
    if (next == m_runs.begin.begin() || around.to >= m_runs.range.to)
        return true;
    for (auto at = std::size_t(next - m_runs.begin.begin()) - 1; at < m_runs.size() && m_runs.begin[at] <= around.to;
         ++at)
        if (m_runs.knows[at] == HostKnows::Nothing)
            return true;
    return false;
}

void EventSlots::add(const ClockPiece &piece, bool isExact, Ns exit, Ns entry, EventsBefore &before) const
{
    const auto countOf = [this](auto isBefore) {
        return std::size_t(std::ranges::partition_point(m_events, isBefore) - m_events.begin());
    };
    const ClockLine &line = piece.line;
    const std::size_t own = countOf([&](Ns event) { return line.toHost(event) <= exit; });
    std::size_t least = own;
    std::size_t most = countOf([&](Ns event) { return line.toHost(event) < entry; });
    const auto first = piece.bounds(line.toGuest(exit)), last = piece.bounds(line.toGuest(entry));
    if (first && last && (!isExact || isBesideUnknown({exit - first->length() - 1, entry + last->length() + 1}))) {
        least = countOf([&](Ns event) { return piece.bounds(event)->to <= exit; });
        most = countOf([&](Ns event) { return piece.bounds(event)->from < entry; });
    }
    most = std::max(most, own);
    const bool isFirst = before.inEach.empty();
    before.certain = isFirst ? least : std::min(before.certain, least);
    before.possible = isFirst ? most : std::max(before.possible, most);
    before.inEach.push_back(own);
}

EventsBefore EventSlots::before(Ns exit) const
{
    EventsBefore before;
    const Ns entry = nextSlot(m_runs, exit);
    const std::vector<ClockPiece> &pieces = m_alignment.map.pieces();
    const Ns shown = m_alignment.map.toGuest(exit);
    for (std::size_t p = 0; p < pieces.size(); ++p) {
        const TimeRange range = mayHold(pieces, p);
        if (shown < range.from || shown > range.to)
            continue;
        if (p >= m_alignment.regions.size() || m_alignment.regions[p].size() == 0) {
            // On the user's word, or by the bounds of vmsync events.
            add(pieces[p], pieces[p].corners.empty(), exit, entry, before);
            continue;
        }
        for (const LineRegion &region : m_alignment.regions[p].regions)
            add(region.piece, region.isExact, exit, entry, before);
    }
    return before;
}

} // namespace exitscope
