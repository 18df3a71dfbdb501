// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/loss_text.h"

#include <QStringList>

#include "model/number_format.h"

namespace exitscope {

QString lossText(const TraceInfo &trace)
{
    QStringList lost;
    if (trace.discardedEvents > 0)
        lost << formatCounted(trace.discardedEvents, QStringLiteral("event"), QStringLiteral("events"));
    if (trace.discardedPackets > 0)
        lost << formatCounted(trace.discardedPackets, QStringLiteral("packet"), QStringLiteral("packets"));
    if (lost.isEmpty())
        return trace.lossesAreKnown ? QStringLiteral("no event lost") : QStringLiteral("losses unknown");
    const bool isAll = trace.discardedAreCounted && trace.lossesAreKnown;
    return (isAll ? QString() : QStringLiteral("at least ")) % lost.join(QStringLiteral(" and "))
        % QStringLiteral(" LOST");
}

} // namespace exitscope
