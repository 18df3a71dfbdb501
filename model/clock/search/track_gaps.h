// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <vector>

#include "model/clock/containment.h"

namespace exitscope {

// Where guest code cannot have run, by track and by length: what every search in boxes of lines asks for again.
class TrackGaps {
public:
    // Times are told from the origin, on the host's clock. The tracks of the guest outlive this.
    TrackGaps(const GuestOnVm &guest, Ns origin) : m_origin(origin), m_common(commonOf(guest)) { }

    // The stretches of a track that are known not to be in guest mode, in order.
    struct Gaps {
        std::vector<double> begin;
        std::vector<double> end;
    };
    const Gaps &longerThan(const RunTrack &runs, int power); // those of 2^power ns and more

    double common() const { return m_common; } // ns: a quarter of all gaps is not longer

private:
    static double commonOf(const GuestOnVm &guest);

    Ns m_origin;
    double m_common;
    std::map<std::pair<const RunTrack *, int>, Gaps> m_gaps;
};

} // namespace exitscope
