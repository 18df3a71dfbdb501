// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>

#include <cstdio>

#include "app/cli/commands.h"
#include "app/common/arguments.h"
#include "app/common/console.h"
#include "app/common/locale.h"

int main(int argc, char **argv)
{
    using namespace exitscope;
    openStandardStreams();
    useUtf8();
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationVersion(QStringLiteral(EXITSCOPE_VERSION));

    const std::variant<Options, Answer> parsed = parseOptions(argumentsOf(argc, argv).mid(1));
    if (const Answer *answer = std::get_if<Answer>(&parsed)) {
        std::fputs(qPrintable(answer->text), answer->status == ExitStatus::Success ? stdout : stderr);
        return static_cast<int>(answer->status);
    }
    return static_cast<int>(run(std::get<Options>(parsed), stdout, stderr));
}
