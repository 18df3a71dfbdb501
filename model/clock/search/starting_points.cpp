// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/search/starting_points.h"

#include "model/record/far_time.h"

namespace exitscope {

namespace {

constexpr Ns kSecond = 1'000'000'000;
constexpr Ns kLongestBoot = 10 * kSecond; // of firmware and boot loader
constexpr std::size_t kMostStarts = 4; // a guest that sets its TSC again and again says nothing

} // namespace

std::vector<StartingPoint> startingPoints(const GuestTrace &guest, const HostClockEvents &host)
{
    const Ns from = guest.range.from;
    std::vector<StartingPoint> points{{from, {shifted(from, -kSecond), shifted(from, kSecond)}}};
    Ns until = kNoTime; // the vCPUs of one VM are set one after the other
    for (const Ns time : host.tscOffsetTime) {
        if (until != kNoTime && time <= until)
            continue;
        until = shifted(time, kSecond);
        points.push_back({guest.clockOffset, {time, shifted(time, kLongestBoot)}});
    }
    if (points.size() > 1 + kMostStarts)
        points.resize(1);
    return points;
}

} // namespace exitscope
