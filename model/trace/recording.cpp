// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trace/recording.h"

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

} // namespace exitscope
