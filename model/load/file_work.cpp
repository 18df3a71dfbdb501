// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/file_work.h"

#include <algorithm>

#include "model/diagnostic_codes.h"
#include "model/source/file_access.h"
#include "model/source/process/stream_list.h"

namespace exitscope {

namespace {

// What is told of a stream is bounded by its bytes; packed ones hold that much more at the most, or a reader could fill
// all memory.
constexpr std::uint64_t kMostPacked = 64;

std::unique_ptr<StreamWork> workOf(const QString &path, const ListedStream &stream, qint64 fileBytes)
{
    const auto most = static_cast<std::uint64_t>(fileBytes) * kMostPacked;
    const std::uint64_t bytes = std::min(stream.bytes, most);
    StreamFiles files;
    files.files = {path};
    files.bytes = static_cast<qint64>(bytes);
    auto work = std::make_unique<StreamWork>(StreamWork{path, std::move(files)});
    work->triedRepair = true; // what can be read of it, its reader reads
    StreamPlace place{path, QString::number(stream.cpu), bytes};
    place.cpu = stream.cpu;
    work->channel.setPlace(std::move(place));
    return work;
}

bool areEqual(const QString &a, const QString &b, CancelFlag cancel)
{
    constexpr qint64 kPiece = 1 << 20; // bytes
    QFile one, other;
    if (fileInfo(a).size != fileInfo(b).size || !openForReading(one, a) || !openForReading(other, b))
        return false;
    while (!isCancelled(cancel)) {
        const QByteArray piece = one.read(kPiece);
        if (piece != other.read(kPiece))
            return false;
        if (piece.isEmpty())
            return one.error() == QFileDevice::NoError && other.error() == QFileDevice::NoError;
    }
    return false;
}

} // namespace

QStringList withoutCopies(const QStringList &files, Diagnostics &diagnostics, CancelFlag cancel)
{
    QStringList kept;
    for (const QString &file : files) {
        const auto original
            = std::ranges::find_if(kept, [&](const QString &other) { return areEqual(other, file, cancel); });
        if (original == kept.end())
            kept.append(file);
        else
            diagnostics.push_back(makeDiagnostic(Code::FilePassedOver,
                QStringLiteral("this file repeats %1 byte by byte; it is passed over").arg(*original), file));
    }
    return kept;
}

TraceWork prepareFile(const QString &path, const ReaderOptions &options, Diagnostics &diagnostics, CancelFlag cancel)
{
    TraceWork work;
    work.info.path = path;
    work.isFile = true;
    work.info.lossesAreKnown = false; // until it is read
    const StreamList list = listStreams(path, options, cancel);
    if (isCancelled(cancel))
        return work;
    if (!list.fault.isEmpty()) {
        diagnostics.push_back(list.isReaderMissing
                ? makeDiagnostic(
                    Code::ReaderMissing, list.fault + QStringLiteral("; it is installed beside the program"))
                : makeDiagnostic(
                    Code::TraceUnreadable, QStringLiteral("the trace cannot be read: ") + list.fault, path));
        return work;
    }
    if (!list.note.isEmpty())
        diagnostics.push_back(makeDiagnostic(Code::LinesPassedOver, list.note, path));
    if (list.streams.empty())
        diagnostics.push_back(makeDiagnostic(Code::EmptyTrace, QStringLiteral("the trace holds no event"), path));
    const qint64 fileBytes = fileInfo(path).size;
    for (const ListedStream &stream : list.streams) {
        work.streams.push_back(workOf(path, stream, fileBytes));
        work.bytes += work.streams.back()->files.bytes;
    }
    return work;
}

} // namespace exitscope
