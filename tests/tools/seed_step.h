// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace exitscope::testing {

// Of seeded cases that take minutes of CPU some are tried; all are where EXITSCOPE_ALL_SEEDS is set.
inline bool areAllSeedsAsked()
{
    return qEnvironmentVariableIsSet("EXITSCOPE_ALL_SEEDS");
}

// Every usual-th, or each.
inline int seedStep(int usual)
{
    return areAllSeedsAsked() ? 1 : usual;
}

} // namespace exitscope::testing
