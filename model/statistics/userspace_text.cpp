// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/userspace_text.h"

#include "model/reference/exit_reasons.h"
#include "model/timeline/exit_columns.h"

namespace exitscope {

QString userspaceText(std::uint8_t userspace)
{
    switch (userspace) {
    case kNoUserspaceExit:
        return QStringLiteral("none");
    case kUnknownUserspaceExit:
        return QStringLiteral("unknown");
    case kFailedUserspaceExit:
        return QStringLiteral("failed");
    case kOtherUserspaceExit:
        return QStringLiteral("other");
    default:
        return userspaceExitName(userspace);
    }
}

std::optional<std::uint8_t> userspaceNamed(const QString &text)
{
    for (int i = 0; i <= kNoUserspaceExit; ++i)
        if (userspaceText(static_cast<std::uint8_t>(i)).compare(text, Qt::CaseInsensitive) == 0)
            return static_cast<std::uint8_t>(i);
    return std::nullopt;
}

} // namespace exitscope
