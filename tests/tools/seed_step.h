// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

namespace exitscope::testing {

// Of seeded cases that take minutes of CPU every usual-th is tried; all are where EXITSCOPE_ALL_SEEDS is set.
inline int seedStep(int usual)
{
    return qEnvironmentVariableIsSet("EXITSCOPE_ALL_SEEDS") ? 1 : usual;
}

} // namespace exitscope::testing
