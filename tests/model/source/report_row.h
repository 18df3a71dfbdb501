// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace exitscope::testing {

// What a line of `trace-cmd report -t -R` says, as textOf() says it of a record; empty: it is no event's.
QString rowOf(const QString &line, int *cpu);

} // namespace exitscope::testing
