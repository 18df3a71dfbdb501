// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "model/source/path_bytes.h"

namespace exitscope {

// With the program's name. QCoreApplication::arguments() loses the names of files that are no UTF-8.
inline QStringList argumentsOf(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(pathText(argv[i]));
    return arguments;
}

} // namespace exitscope
