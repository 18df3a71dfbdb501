// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/offset_text.h"

#include <cstdlib>

namespace exitscope {

QString offsetText(Ns time, Ns origin)
{
    constexpr Ns kSecond = 1'000'000'000;
    const Ns offset = time - origin;
    return QStringLiteral("%1%2.%3s")
        .arg(QLatin1Char(offset < 0 ? '-' : '+'))
        .arg(std::abs(offset / kSecond))
        .arg(std::abs(offset % kSecond), 9, 10, QLatin1Char('0'));
}

} // namespace exitscope
