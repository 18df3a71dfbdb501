// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/common/console.h"

namespace exitscope {

void say(std::FILE *out, const QString &text)
{
    QString line = text;
    for (QChar &c : line) {
        if (c.category() == QChar::Other_Control)
            c = QLatin1Char('?');
    }
    const QByteArray bytes = line.toUtf8() + '\n';
    std::fwrite(bytes.constData(), 1, std::size_t(bytes.size()), out);
}

void sayDiagnostics(std::FILE *out, const Diagnostics &diagnostics)
{
    for (const Diagnostic &diagnostic : diagnostics) {
        const QString path = diagnostic.path.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(diagnostic.path);
        say(out,
            QStringLiteral("%1: %2: %3").arg(severityName(diagnostic.severity), diagnostic.code, diagnostic.message)
                % path);
    }
}

} // namespace exitscope
