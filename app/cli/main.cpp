// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>

#include <clocale>
#include <cstdio>
#include <cstring>
#include <langinfo.h>

#include "app/cli/commands.h"

namespace {

// Qt works in UTF-8 only, and complains on stderr where the locale has something else.
void useUtf8()
{
    if (std::setlocale(LC_CTYPE, "") == nullptr || std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        qputenv("LC_ALL", "C.UTF-8");
}

} // namespace

int main(int argc, char **argv)
{
    using namespace exitscope;
    useUtf8();
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationVersion(QStringLiteral(EXITSCOPE_VERSION));

    const std::variant<Options, Answer> parsed = parseOptions(QCoreApplication::arguments().mid(1));
    if (const Answer *answer = std::get_if<Answer>(&parsed)) {
        std::fputs(qPrintable(answer->text), answer->status == ExitStatus::Success ? stdout : stderr);
        return static_cast<int>(answer->status);
    }
    return static_cast<int>(run(std::get<Options>(parsed), stdout, stderr));
}
