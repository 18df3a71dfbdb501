// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/guest/interrupt_text.h"

#include <algorithm>
#include <array>

namespace exitscope {

namespace {

constexpr std::array kSources{"irq", "softirq", "vector", "hrtimer"}; // by IrqSource

}

bool isInterruptText(const QString &context)
{
    const QString kind = context.section(QLatin1Char(':'), 0, 0);
    return std::ranges::any_of(kSources, [&](const char *source) { return kind == QLatin1String(source); });
}

QString interruptText(IrqSource source, std::int32_t number)
{
    // In the order of their numbers, the same since Linux 2.6.31 or so.
    constexpr std::array kSoftirqs{
        "HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET", "SCHED", "HRTIMER", "RCU"};
    const QString kind = QLatin1String(kSources[static_cast<std::size_t>(source)]);
    if (number == kNoIrq)
        return kind;
    const bool isNamed = source == IrqSource::Softirq && number >= 0 && std::size_t(number) < kSoftirqs.size();
    const QString which = isNamed ? QString(QLatin1String(kSoftirqs[std::size_t(number)])) : QString::number(number);
    return kind % QLatin1Char(':') % which;
}

} // namespace exitscope
