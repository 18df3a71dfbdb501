// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/guest/program_name.h"

namespace exitscope {

QString programName(const QString &thread)
{
    if (thread.startsWith(QLatin1String("kworker/")))
        return QStringLiteral("kworker/*");
    const auto isDigit = [](QChar c) { return c >= QLatin1Char('0') && c <= QLatin1Char('9'); };
    qsizetype end = thread.size();
    while (end > 0 && isDigit(thread[end - 1]))
        --end;
    if (end == thread.size() || end == 0)
        return thread;
    const qsizetype last = end;
    while (end > 0 && QStringView(u"/-:_#. ").contains(thread[end - 1]))
        --end;
    return thread.left(end == 0 ? last : end);
}

} // namespace exitscope
