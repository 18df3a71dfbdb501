// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "model/record/record.h"

namespace exitscope {

// "irq:4", "softirq:TIMER" by the kernel's names, "hrtimer", "vector:236"; without a colon where no number was told.
bool isInterruptText(const QString &context); // it is one of these
QString interruptText(IrqSource source, std::int32_t number);

} // namespace exitscope
