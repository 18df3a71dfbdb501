// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/common/console.h"

#include <fcntl.h>
#include <unistd.h>

#include "model/visible_text.h"

namespace exitscope {

void say(std::FILE *out, const QString &text)
{
    const QByteArray bytes = visibleText(text).toUtf8() + '\n';
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

void openStandardStreams()
{
    for (int fd = ::open("/dev/null", O_RDWR); fd >= 0; fd = ::open("/dev/null", O_RDWR)) {
        if (fd <= STDERR_FILENO)
            continue;
        ::close(fd);
        return;
    }
}

} // namespace exitscope
