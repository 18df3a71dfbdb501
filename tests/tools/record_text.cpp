// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/record_text.h"

namespace exitscope::testing {

const char *nameOf(EventKind kind)
{
    constexpr const char *names[kEventKinds] = {"proof", "entry", "exit", "userspace", "ioctl", "ioctl end", "switch",
        "wakeup", "irq", "irq end", "timer", "deadline", "vmsync", "tsc offset", "thread exit", "touch", "halt wakeup",
        "halt polling", "migration", "thread", "next switch", "blind", "sighted"};
    return names[int(kind)];
}

namespace {

QString detailsOf(const Record &record, const QStringList &names)
{
    switch (record.kind) {
    case EventKind::VmEntry:
        return QStringLiteral(" vcpu %1").arg(record.entry.vcpuId);
    case EventKind::VmExit:
        return QStringLiteral(" %1:%2 vcpu %3 rip %4 info %5")
            .arg(record.isa)
            .arg(record.exit.reason)
            .arg(record.exit.vcpuId)
            .arg(record.exit.guestRip, 0, 16)
            .arg(record.exit.intrInfo, 0, 16);
    case EventKind::UserspaceExit:
        return QStringLiteral(" %1").arg(record.userspaceExit.reason);
    case EventKind::IoctlEntry:
        return QStringLiteral(" %1").arg(record.ioctlEntry.cmd, 0, 16);
    case EventKind::SchedSwitch:
        return QStringLiteral(" %1 to %2 state %3")
            .arg(record.switched.prevTid)
            .arg(record.switched.nextTid)
            .arg(record.switched.prevState);
    case EventKind::SchedWakeup:
        return QStringLiteral(" %1").arg(record.wakeup.tid);
    case EventKind::IrqBegin:
        return QStringLiteral(" %1").arg(int(record.irq.source));
    case EventKind::ThreadInfo:
        return record.thread.name == kNoName ? QString() : QLatin1Char(' ') + names.at(int(record.thread.name));
    case EventKind::HostProof:
        return record.provesHost ? QString() : QStringLiteral(", perhaps");
    default:
        return {};
    }
}

} // namespace

QString textOf(const Record &record, const QStringList &names)
{
    return QStringLiteral("%1 p%2 t%3 %4")
               .arg(record.timeNs)
               .arg(record.pcpu)
               .arg(record.tid)
               .arg(QLatin1String(nameOf(record.kind)))
        + detailsOf(record, names);
}

QStringList rowsOf(const ReadStream &stream, RowsOf what)
{
    QStringList rows;
    for (const Record &record : stream.records)
        if (what == RowsOf::All || isEvent(record.kind))
            rows.append(textOf(record, stream.names));
    return rows;
}

} // namespace exitscope::testing
