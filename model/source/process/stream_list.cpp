// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/process/stream_list.h"

#include "model/source/process/reader_answer.h"

namespace exitscope {

namespace {

constexpr qsizetype kMostOutput = 4 << 20; // bytes: of 65536 CPUs it is less

// Its lines are "CPU BYTES", and at most one "note TEXT".
bool parseList(const QByteArray &output, StreamList &list)
{
    const QList<QByteArray> lines = output.split('\n');
    for (const QByteArray &line : lines) {
        if (line.isEmpty())
            continue;
        if (line.startsWith("note ")) {
            list.note = QString::fromUtf8(line.mid(5));
            continue;
        }
        const QList<QByteArray> words = line.split(' ');
        bool isCpu = false, isBytes = false;
        const int cpu = words.value(0).toInt(&isCpu);
        const std::uint64_t bytes = words.value(1).toULongLong(&isBytes);
        if (words.size() != 2 || !isCpu || !isBytes || cpu < -1)
            return false;
        list.streams.push_back({cpu, bytes});
    }
    return true;
}

} // namespace

StreamList listStreams(const QString &path, const ReaderOptions &options, CancelFlag cancel)
{
    StreamList list;
    const ReaderAnswer answer = askReader({QStringLiteral("--list"), path}, options, kMostOutput, cancel);
    list.fault = answer.fault;
    list.isReaderMissing = answer.isReaderMissing;
    if (list.fault.isEmpty() && !parseList(answer.output, list))
        list.fault = QStringLiteral("the reader tells what is no list of streams");
    return list;
}

} // namespace exitscope
