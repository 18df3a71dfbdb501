// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include "app/reader/file/trace_file.h"
#include "app/reader/open_trace_file.h"
#include "app/reader/read_error.h"

namespace exitscope::testing {

inline QString textOf(std::string_view text)
{
    return QString::fromUtf8(text.data(), qsizetype(text.size()));
}

// "1000 20/21 exit 2:120 rip ffffffff81000000 vcpu 0"
inline QString eventText(const reader::FileStep &step)
{
    const EventTold &told = step.told;
    QString text = QStringLiteral("%1 %2/%3 ").arg(step.timeNs).arg(told.pid).arg(told.tid);
    switch (step.what.kind) {
    case EventKind::VmEntry:
        text += QStringLiteral("entry vcpu %1").arg(told.number(field::EntryVcpuId, -1));
        break;
    case EventKind::VmExit:
        text += QStringLiteral("exit %1:%2 rip %3 vcpu %4")
                    .arg(told.number(field::ExitIsa))
                    .arg(told.number(field::ExitReason))
                    .arg(quint64(told.number(field::ExitRip)), 0, 16)
                    .arg(told.number(field::ExitVcpuId, -1));
        break;
    case EventKind::SchedSwitch:
        text += QStringLiteral("switch %1 %2 state %3 to %4 %5")
                    .arg(told.tidAt(field::PrevTid))
                    .arg(textOf(told.text(field::PrevComm)))
                    .arg(told.number(field::PrevState))
                    .arg(told.tidAt(field::NextTid))
                    .arg(textOf(told.text(field::NextComm)));
        break;
    default:
        text += step.what.provesHost ? QStringLiteral("proof") : QStringLiteral("no proof");
        break;
    }
    return step.isRepeated ? QString(text + QStringLiteral(" again")) : text;
}

// One line for each step of one CPU: "p0 1000 20/21 entry vcpu 0", "p0 lost 3", "p0 thread 20/21 name". The last one is
// "p0 failed: CAUSE" where it cannot be read to its end.
inline QStringList stepsOf(reader::TraceFile &file, std::size_t cpu)
{
    const QString begin = QStringLiteral("p%1 ").arg(file.cpus()[cpu].number);
    QStringList lines;
    try {
        const auto stream = file.read(cpu);
        for (reader::FileStep step; stream->next(step);) {
            QString line = begin;
            if (step.kind == reader::FileStep::Kind::Event)
                line += eventText(step);
            else if (step.kind == reader::FileStep::Kind::Lost)
                line += QStringLiteral("lost %1").arg(step.lost ? QString::number(*step.lost) : QStringLiteral("?"));
            else
                line += QStringLiteral("thread %1/%2 %3")
                            .arg(step.told.pid)
                            .arg(step.told.tid)
                            .arg(step.told.procname.data() ? textOf(step.told.procname) : QStringLiteral("-"));
            lines << line;
        }
    } catch (const reader::ReadError &error) {
        lines << QString(begin + QStringLiteral("failed: ") + QString::fromUtf8(error.what()));
    }
    return lines;
}

inline QStringList stepsOf(reader::TraceFile &file)
{
    QStringList lines;
    for (std::size_t cpu = 0; cpu < file.cpus().size(); ++cpu)
        lines += stepsOf(file, cpu);
    return lines;
}

} // namespace exitscope::testing
