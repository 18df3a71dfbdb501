// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/recording.h"

#include <algorithm>

namespace exitscope {

QString roleName(TraceRole role)
{
    switch (role) {
    case TraceRole::Host:
        return QStringLiteral("host");
    case TraceRole::Guest:
        return QStringLiteral("guest");
    case TraceRole::User:
        return QStringLiteral("user");
    case TraceRole::Other:
        return QStringLiteral("other");
    }
    return {};
}

TimeRange boundsOf(const Recording &recording)
{
    if (recording.hosts.empty())
        return {};
    TimeRange bounds = recording.hosts.front().range;
    for (const Timeline &host : recording.hosts) {
        bounds.from = std::min(bounds.from, host.range.from);
        bounds.to = std::max(bounds.to, host.range.to);
    }
    return bounds;
}

Ns recordedWithin(const Recording &recording, TimeRange range)
{
    std::vector<TimeRange> ranges;
    for (const Timeline &host : recording.hosts)
        ranges.push_back(host.range);
    std::ranges::sort(ranges, {}, &TimeRange::from);
    Ns recorded = 0;
    Ns counted = range.from;
    for (const TimeRange &host : ranges) {
        const Ns from = std::max(host.from, counted);
        const Ns to = std::min(host.to, range.to);
        if (from < to) {
            recorded += to - from;
            counted = to;
        }
    }
    return recorded;
}

} // namespace exitscope
