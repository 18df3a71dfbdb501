// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/trace_format.h"

#include <QRegularExpression>

#include <algorithm>
#include <array>

#include "model/source/file_access.h"

namespace exitscope {

namespace {

bool isTraceDat(const QByteArray &head)
{
    return head.startsWith("\x17\x08\x44tracing");
}

bool isPerfData(const QByteArray &head)
{
    return head.startsWith("PERFILE2");
}

// A line of a kernel's event as ftrace, trace-cmd report and perf script print it: … [CPU] … SECONDS.FRACTION: … EVENT:
bool isEventLine(const QByteArray &line)
{
    static const QRegularExpression event(
        QStringLiteral(R"((^|[\s\])-])\d+\.\d{6,9}:\s+(\d+\s+)?[A-Za-z_]\w*(:[A-Za-z_]\w*)?:(\s|$))"));
    return event.match(QString::fromLatin1(line)).hasMatch();
}

// Among comments and what is told of lost events there is one soon.
bool isText(const QByteArray &head)
{
    constexpr qsizetype kLines = 200;
    if (head.contains('\0'))
        return false;
    const QList<QByteArray> lines = head.split('\n').mid(0, kLines);
    return std::ranges::any_of(lines, isEventLine);
}

constexpr std::array kFormats{
    TraceFormat{"trace.dat", "a trace.dat file of trace-cmd", isTraceDat},
    TraceFormat{"perf.data", "a perf.data file", isPerfData},
    TraceFormat{"text", "events as text of ftrace, trace-cmd report or perf script", isText},
};

} // namespace

const TraceFormat *traceFormatOf(const QByteArray &head)
{
    const auto found = std::ranges::find_if(kFormats, [&](const TraceFormat &format) { return format.begins(head); });
    return found != kFormats.end() ? &*found : nullptr;
}

const TraceFormat *traceFormatOfFile(const QString &path)
{
    QFile file;
    return openForReading(file, path) ? traceFormatOf(file.read(kFormatHead)) : nullptr;
}

} // namespace exitscope
