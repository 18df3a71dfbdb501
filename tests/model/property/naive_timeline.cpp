// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/naive_timeline.h"

#include <algorithm>

#include "tests/model/property/naive_machine.h"

namespace exitscope::naive {

std::vector<Stretch> united(std::vector<Stretch> stretches)
{
    std::erase_if(
        stretches, [](const Stretch &stretch) { return stretch.begin >= stretch.end; });
    std::sort(stretches.begin(), stretches.end(),
        [](const Stretch &a, const Stretch &b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); });
    std::vector<Stretch> result;
    for (const Stretch &stretch : stretches)
        if (!result.empty() && stretch.begin <= result.back().end)
            result.back().end = std::max(result.back().end, stretch.end);
        else
            result.push_back(stretch);
    return result;
}

Result timelineOf(const testing::EventStreams &streams)
{
    return Machine(streams).run();
}

} // namespace exitscope::naive
