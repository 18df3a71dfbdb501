// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trace/recording.h"

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

} // namespace exitscope
