// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/file_format.h"

#include <QByteArray>
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
    return head.startsWith("PERFILE2") || head.startsWith("2ELIFREP"); // of a machine of the other byte order
}

// A line of a kernel's event as ftrace, trace-cmd report and perf script print it: … [CPU] … TIME: … EVENT: The time is
// seconds with a fraction, after [CPU] also ticks of a clock, and of a latency tracer microseconds.
bool isEventLine(const QByteArray &line)
{
    static const QRegularExpression event(QStringLiteral(
        R"((^|[\s\])-])(\d+\.\d{6,9}|(?<=\s)\d+us ?|(?<=\s)\d{10,}):\s+(\d+\s+)?[A-Za-z_]\w*(:[A-Za-z_]\w*)?:(\s|$))"));
    return event.match(QString::fromLatin1(line)).hasMatch();
}

// Of a large machine many lines can stand before the first event; what these tools write first is known, too.
bool isText(const QByteArray &head)
{
    if (head.contains('\0'))
        return false;
    static const QRegularExpression first(QStringLiteral(R"(^(cpus=\d+\r?\n|# tracer: |# =====|.*PERF_RECORD_[A-Z]))"));
    const QList<QByteArray> lines = head.split('\n');
    return first.match(QString::fromLatin1(head.left(100))).hasMatch() || std::ranges::any_of(lines, isEventLine);
}

struct FileFormat {
    const char *name; // what wire::Description::format begins with
    bool (*begins)(const QByteArray &head); // the file's first kHead bytes, or fewer
};

constexpr std::array kFormats{
    FileFormat{"trace.dat", isTraceDat},
    FileFormat{"perf.data", isPerfData},
    FileFormat{"text", isText},
};

} // namespace

bool isTraceFile(const QString &path)
{
    constexpr qint64 kHead = 64 << 10; // bytes
    QFile file;
    if (!openForReading(file, path))
        return false;
    const QByteArray head = file.read(kHead);
    return std::ranges::any_of(kFormats, [&](const FileFormat &format) { return format.begins(head); });
}

} // namespace exitscope
