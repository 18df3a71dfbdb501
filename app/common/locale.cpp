// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/common/locale.h"

#include <QByteArray>

#include <clocale>
#include <cstring>
#include <langinfo.h>

namespace exitscope {

void useUtf8()
{
    if (std::setlocale(LC_CTYPE, "") == nullptr || std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        qputenv("LC_ALL", "C.UTF-8");
}

} // namespace exitscope
