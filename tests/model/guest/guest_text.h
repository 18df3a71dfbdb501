// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include "model/guest/guest_trace.h"

// What a guest did as short texts, for tests.
namespace exitscope::testing {

// "289 syscall pwrite64", "7 user", "? unknown", "0 irq 4", "289 softirq 7".
inline QString textOf(const GuestTrace &guest, const GuestContext &context)
{
    const QString who
        = context.thread == kNobody ? QString(QLatin1Char('?')) : QString::number(guest.threads.tid[context.thread]);
    const auto what = [&]() -> QString {
        switch (context.mode) {
        case GuestMode::Unknown:
            return QStringLiteral("unknown");
        case GuestMode::Idle:
            return QStringLiteral("idle");
        case GuestMode::User:
            return QStringLiteral("user");
        case GuestMode::Kernel:
            return QStringLiteral("kernel");
        case GuestMode::Syscall: {
            const std::uint32_t name = guest.calls.name[context.call];
            return QStringLiteral("syscall ") + (name == kNoName ? QStringLiteral("?") : guest.names[name]);
        }
        case GuestMode::Softirq:
            return QStringLiteral("softirq %1").arg(context.irq);
        case GuestMode::Interrupt:
            return context.source == IrqSource::Hrtimer ? QStringLiteral("timer")
                                                        : QStringLiteral("irq %1").arg(context.irq);
        }
        return {};
    };
    return who + QLatin1Char(' ') + what();
}

// Behind each event of the CPU.
inline QStringList contextsOf(const GuestTrace &guest, const GuestCpu &cpu)
{
    QStringList texts;
    for (std::size_t i = 1; i <= cpu.events.size(); ++i)
        texts.append(textOf(guest, guest.contextBehind(cpu, i)));
    return texts;
}

} // namespace exitscope::testing
