// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>

#include "model/clock/containment.h"
#include "model/clock/search/line_boxes.h"
#include "model/clock/search/track_gaps.h"

namespace exitscope {

struct BoxesFound {
    // Every line of the box searched that leaves at the most so many events out of runs lies in one of these; not every
    // line in them is such a line.
    std::vector<LineBox> boxes;
    bool isComplete = true; // else some boxes are as they were when the work allowed was done
};

// All lines under which at the most so many known events fall out of runs. No grid: an event falls out of a run for
// certain under every line of a box if all of them put it between the same two runs; a box with too many such events is
// dropped, and any other is parted until its lines differ little.
class BoxSearch {
public:
    // Of events of the guest within `range`; the frame is of that range too, and the gaps are told from its reference
    // on the host. All that is handed over outlives this.
    BoxSearch(
        const GuestOnVm &guest, const LineFrame &frame, TimeRange range, TrackGaps &gaps, const SearchBudget &budget);

    // `fineness`: a box is parted by its turns until these are at the most so much of its offsets and of a
    // common gap between runs. `work`: about so many events and runs are looked at, at the most; what was is taken off.
    // `isRough`: only some events are looked at, so that boxes can be larger than they need. The same arguments find
    // the same.
    BoxesFound find(
        const LineBox &within, std::int64_t misfits, double fineness, std::int64_t &work, bool isRough = false);

    std::int64_t events() const { return std::int64_t(m_all); }

private:
    // Events of a part of the time, thinned, relative to the frame.
    struct Sample {
        struct OfPair {
            const RunTrack *runs = nullptr;
            std::vector<double> host; // under the frame's line, from its reference
            std::vector<double> part; // of the frame's half, from its middle: -1 to 1
        };
        std::vector<OfPair> pairs;
        std::size_t size = 0;
    };
    class Votes;

    const Sample &sample(double part, std::size_t most);
    double misfitRate(const LineBox &within);
    std::vector<LineBox> reduced(const LineBox &box, const Sample &sample);
    std::vector<LineBox> reducedBySome(const LineBox &box, std::size_t events);
    void part(const LineBox &box, std::size_t events, BoxesFound &found);

    const GuestOnVm &m_guest;
    const LineFrame m_frame;
    TimeRange m_range;
    TrackGaps &m_gaps;
    const SearchBudget &m_budget;
    std::map<std::pair<int, std::size_t>, Sample> m_samples;
    std::vector<std::int32_t> m_change; // of Votes
    std::size_t m_all;
    // Of the search that is going on:
    std::int64_t m_misfits = 0;
    double m_rate = 0; // of events that fall out of runs under lines that are not right
    double m_fineness = 1;
    std::size_t m_most = 0; // events that are looked at
    std::int64_t m_work = 0; // that is left
};

} // namespace exitscope
