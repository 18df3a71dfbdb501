// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/help.h"

#include <algorithm>
#include <cstdio>

#include <sys/ioctl.h>
#include <unistd.h>

#include "app/manual/manual.h"

namespace exitscope {

QString manualTopics()
{
    QString text;
    for (const ManualPage &page : manualPages())
        text += QStringLiteral("  %1 %2\n").arg(page.name, -14).arg(page.summary);
    return text;
}

int terminalWidth()
{
    constexpr int kNoTerminal = 80;
    constexpr int kNarrowest = 40;
    constexpr int kWidest = 100; // longer lines are hard to follow
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return kNoTerminal;
    return std::clamp(int(size.ws_col), kNarrowest, kWidest);
}

} // namespace exitscope
