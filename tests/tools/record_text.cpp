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

QString targetText(Target target)
{
    return QStringLiteral("%1:%2").arg(int(target.kind())).arg(target.value(), 0, 16);
}

QString detailsOf(const Record &record, const QStringList &names)
{
    switch (record.kind) {
    case EventKind::VmEntry:
        return QStringLiteral(" vcpu %1").arg(record.entry.vcpuId);
    case EventKind::VmExit:
        return QStringLiteral(" %1:%2 vcpu %3 rip %4 info %5 target %6")
            .arg(record.isa)
            .arg(record.exit.reason)
            .arg(record.exit.vcpuId)
            .arg(record.exit.guestRip, 0, 16)
            .arg(record.exit.intrInfo, 0, 16)
            .arg(targetText(record.exit.target));
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
        return QStringLiteral(" %1 on p%2").arg(record.wakeup.tid).arg(record.wakeup.pcpu);
    case EventKind::Touch:
        return QStringLiteral(" %1 of device %2").arg(targetText(record.touch.target)).arg(record.touch.ofDevice);
    case EventKind::HaltWakeup:
        return QStringLiteral(" %1 slept %2 valid %3")
            .arg(record.haltWakeup.ns)
            .arg(record.haltWakeup.slept)
            .arg(record.haltWakeup.valid);
    case EventKind::HaltPolling:
        return QStringLiteral(" %1 before %2 vcpu %3")
            .arg(record.haltPolling.nextNs)
            .arg(record.haltPolling.previousNs)
            .arg(record.haltPolling.vcpuId);
    case EventKind::Migration:
        return QStringLiteral(" %1 from p%2 to p%3")
            .arg(record.migration.tid)
            .arg(record.migration.from)
            .arg(record.migration.to);
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
