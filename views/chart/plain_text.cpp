// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart/plain_text.h"

#include <QTextDocument>

namespace exitscope {

QString plainTip(const QString &text)
{
    if (!Qt::mightBeRichText(text))
        return text;
    return QString(
        QStringLiteral("<span style='white-space:pre-wrap'>") % text.toHtmlEscaped() % QStringLiteral("</span>"));
}

} // namespace exitscope
