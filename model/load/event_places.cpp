// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/event_places.h"

#include <QDateTime>
#include <QFile>

#include "model/source/file_access.h"

namespace exitscope {

namespace {

StreamAgain streamAgain(const StreamWork &stream, const ReaderOptions &options)
{
    StreamAgain again;
    const StreamPlace &place = stream.channel.place();
    again.cpu = place.cpu;
    for (const QString &file : stream.files.files)
        again.files.push_back(stampOf(file));
    if (place.native && place.native->refusal.isEmpty() && options.source != SourceChoice::Reader)
        again.native = place.native;
    return again;
}

} // namespace

FileStamp stampOf(const QString &path)
{
    FileStamp stamp;
    stamp.path = path;
    stamp.info = fileInfo(path);
    QFile file;
    if (stamp.info.kind == FileKind::Regular && openForReading(file, path))
        stamp.modifiedMs = file.fileTime(QFileDevice::FileModificationTime).toMSecsSinceEpoch();
    return stamp;
}

bool FileStamp::isUnchanged() const
{
    const FileStamp now = stampOf(path);
    return now.info.kind == info.kind && now.info.size == info.size && now.info.id == info.id
        && now.modifiedMs == modifiedMs;
}

std::shared_ptr<const EventPlaces> placesOf(
    const std::vector<std::unique_ptr<TraceWork>> &traces, const ReaderOptions &options)
{
    auto places = std::make_shared<EventPlaces>();
    places->options = options;
    for (const auto &trace : traces) {
        TraceAgain &again = places->traces.emplace_back();
        again.host = trace->host;
        for (const auto &stream : trace->streams)
            if (stream->canOpen())
                again.streams.push_back(streamAgain(*stream, options));
    }
    return places;
}

} // namespace exitscope
