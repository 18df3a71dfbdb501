// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>

#include "model/record/record.h"

namespace exitscope {

// Times go to 146 years before and after the origin, so that the difference of any two is a time too. A damaged clock,
// a timer that never expires or a wrong offset leads beyond; what does is moved there.
inline constexpr Ns kFarthestTime = (Ns{1} << 62) - 1;

__extension__ using WideNs = __int128;

constexpr bool isWithinReach(WideNs time)
{
    return time >= -kFarthestTime && time <= kFarthestTime;
}

constexpr Ns movedWithinReach(WideNs time)
{
    return static_cast<Ns>(std::clamp<WideNs>(time, -kFarthestTime, kFarthestTime));
}

// Millions of guest events ask for these two.
constexpr Ns shifted(Ns time, Ns by)
{
    Ns sum = 0;
    if (__builtin_add_overflow(time, by, &sum))
        return by < 0 ? -kFarthestTime : kFarthestTime;
    return std::clamp(sum, -kFarthestTime, kFarthestTime);
}

constexpr Ns elapsed(Ns from, Ns to)
{
    Ns difference = 0;
    if (__builtin_sub_overflow(to, from, &difference))
        return from < 0 ? kFarthestTime : -kFarthestTime;
    return std::clamp(difference, -kFarthestTime, kFarthestTime);
}

} // namespace exitscope
