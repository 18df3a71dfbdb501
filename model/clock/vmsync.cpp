// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/vmsync.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace exitscope {

std::vector<InstantBounds> vmsyncBounds(const VmsyncColumns &guest, const VmsyncColumns &host)
{
    using Key = std::tuple<std::uint64_t, std::uint32_t, VmsyncPoint>;
    std::map<Key, Ns> atHost;
    for (std::size_t i = 0; i < host.size(); ++i)
        atHost.try_emplace({host.data[i].vmUid, host.data[i].count, host.data[i].point}, host.time[i]);
    std::vector<InstantBounds> bounds;
    for (std::size_t i = 0; i < guest.size(); ++i) {
        const VmsyncData &data = guest.data[i];
        const bool calls = data.point == VmsyncPoint::GuestCalls;
        if (!calls && data.point != VmsyncPoint::GuestResumes)
            continue;
        const auto other
            = atHost.find({data.vmUid, data.count, calls ? VmsyncPoint::HostReceives : VmsyncPoint::HostAnswers});
        if (other == atHost.end())
            continue; // recorded on one side only
        bounds.push_back(calls ? InstantBounds{guest.time[i], kNoTime, other->second}
                               : InstantBounds{guest.time[i], other->second, kNoTime});
    }
    std::ranges::stable_sort(bounds, {}, &InstantBounds::guest);
    return bounds;
}

bool boundsBothSides(const std::vector<InstantBounds> &bounds)
{
    return std::ranges::any_of(
               bounds, [](const InstantBounds &b) { return b.earliest != kNoTime; })
        && std::ranges::any_of(
            bounds, [](const InstantBounds &b) { return b.latest != kNoTime; });
}

} // namespace exitscope
