// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/guest/context_kind.h"

#include "model/guest/interrupt_text.h"

namespace exitscope {

ContextKind kindOf(const GuestTrace &guest, const GuestContext &context)
{
    ContextKind kind;
    kind.mode = context.mode;
    if (context.mode == GuestMode::Syscall) {
        kind.callName = guest.calls.name[context.call];
    } else if (context.mode == GuestMode::Softirq || context.mode == GuestMode::Interrupt) {
        kind.source = context.source;
        kind.irq = context.irq;
    }
    return kind;
}

QString contextText(const GuestTrace &guest, const ContextKind &context)
{
    switch (context.mode) {
    case GuestMode::Unknown:
        break;
    case GuestMode::Idle:
        return QStringLiteral("idle");
    case GuestMode::User:
        return QStringLiteral("user");
    case GuestMode::Kernel:
        return QStringLiteral("kernel");
    case GuestMode::Syscall:
        return QStringLiteral("syscall:")
            % (context.callName == kNoName ? QStringLiteral("unknown") : guest.names[context.callName]);
    case GuestMode::Softirq:
    case GuestMode::Interrupt:
        return interruptText(context.source, context.irq);
    }
    return {};
}

} // namespace exitscope
