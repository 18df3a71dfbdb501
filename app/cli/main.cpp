// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCoreApplication>

#include <cstdio>

#include "app/cli/commands.h"
#include "app/common/locale.h"
#include "model/source/path_bytes.h"

namespace {

// QCoreApplication::arguments() loses the names of files that are no UTF-8.
QStringList argumentsOf(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 1; i < argc; ++i)
        arguments.append(exitscope::pathText(argv[i]));
    return arguments;
}

} // namespace

int main(int argc, char **argv)
{
    using namespace exitscope;
    useUtf8();
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationVersion(QStringLiteral(EXITSCOPE_VERSION));

    const std::variant<Options, Answer> parsed = parseOptions(argumentsOf(argc, argv));
    if (const Answer *answer = std::get_if<Answer>(&parsed)) {
        std::fputs(qPrintable(answer->text), answer->status == ExitStatus::Success ? stdout : stderr);
        return static_cast<int>(answer->status);
    }
    return static_cast<int>(run(std::get<Options>(parsed), stdout, stderr));
}
