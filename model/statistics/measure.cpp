// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/measure.h"

#include <QStringList>

namespace exitscope {

std::optional<Measure> measureNamed(const QString &name)
{
    const qsizetype at
        = QStringList{QStringLiteral("count"), QStringLiteral("gross"), QStringLiteral("net")}.indexOf(name);
    return at < 0 ? std::nullopt : std::optional(static_cast<Measure>(at));
}

} // namespace exitscope
