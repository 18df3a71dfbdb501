// SPDX-License-Identifier: GPL-3.0-or-later
// usage: exitscope-documents VERSION DIRECTORY
// Writes PROGRAM.1 and PROGRAM.bash, for each program that users start, into the directory.
#include <QFile>

#include <cstdio>

#include "app/manual/completion.h"
#include "app/manual/man_page.h"

namespace {

bool write(const QString &path, const QString &text)
{
    QFile file(path);
    const QByteArray bytes = text.toUtf8();
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.flush())
        return true;
    std::fprintf(
        stderr, "exitscope-documents: %s cannot be written: %s\n", qPrintable(path), qPrintable(file.errorString()));
    return false;
}

} // namespace

int main(int argc, char **argv)
{
    using namespace exitscope;
    if (argc != 3) {
        std::fputs("usage: exitscope-documents VERSION DIRECTORY\n", stderr);
        return 1;
    }
    const QString version = QString::fromLocal8Bit(argv[1]);
    const QString directory = QString::fromLocal8Bit(argv[2]);
    bool isWritten = true;
    for (const QString &program : {QStringLiteral("exitscope"), QStringLiteral("exitscope-cli")}) {
        const QString path = directory % QLatin1Char('/') % program;
        isWritten = write(path % QStringLiteral(".1"), manPage(program, version)) && isWritten;
        isWritten = write(path % QStringLiteral(".bash"), bashCompletion(program)) && isWritten;
    }
    return isWritten ? 0 : 1;
}
