// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart/net_note.h"

#include "model/statistics/known_net.h"

namespace exitscope {

QString netNote(const std::vector<ReasonGroup> &groups, const ReasonTable &reasons)
{
    QStringList names;
    for (const ReasonGroup &group : groups)
        if (!group.knownNet)
            names << reasons[group.reason].name;
    return netNotKnownText(names);
}

QStringList wrappedText(const QString &text, const QFontMetricsF &metrics, double width, int mostLines)
{
    QStringList lines;
    QString rest = text;
    while (!rest.isEmpty()) {
        QString line = rest;
        while (metrics.horizontalAdvance(line) > width && line.contains(QLatin1Char(' ')))
            line.truncate(line.lastIndexOf(QLatin1Char(' ')));
        if (lines.size() + 1 == mostLines)
            line = rest;
        rest = rest.mid(line.size() + 1);
        lines << metrics.elidedText(line, Qt::ElideRight, width);
    }
    return lines;
}

} // namespace exitscope
