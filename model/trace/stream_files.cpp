// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trace/stream_files.h"

#include <QDir>
#include <QFileInfo>
#include <QtEndian>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "model/trace/metadata_text.h"

namespace exitscope {

namespace {

constexpr quint32 kPacketMagic = 0xc1fc1fc1;
constexpr qsizetype kHeaderBytes = 32;

using StreamKey = std::pair<quint32, quint64>; // stream id, instance

template <class T>
T read(const char *data, bool bigEndian)
{
    return bigEndian ? qFromBigEndian<T>(data) : qFromLittleEndian<T>(data);
}

std::optional<StreamKey> streamKey(const QByteArray &header, LttngPacketHeader layout)
{
    if (header.size() < kHeaderBytes || read<quint32>(header.constData(), layout.bigEndian) != kPacketMagic)
        return std::nullopt;
    return StreamKey{read<quint32>(header.constData() + 20, layout.bigEndian),
        read<quint64>(header.constData() + 24, layout.bigEndian)};
}

// Streams that the tracer wrote and that are gone: their index still speaks of packets.
void findMissing(const QString &traceDir, TraceFiles &found)
{
    constexpr qint64 kIndexHeaderBytes = 16;
    const QDir indexes(traceDir + QStringLiteral("/index"));
    for (const QFileInfo &index : indexes.entryInfoList({QStringLiteral("*.idx")}, QDir::Files, QDir::Name)) {
        const QString path = traceDir + QLatin1Char('/') + index.completeBaseName();
        const QFileInfo stream(path);
        if (index.size() > kIndexHeaderBytes && !stream.exists() && !stream.isSymLink())
            found.unreadable.push_back({path, QStringLiteral("it is missing, though its index is there"), true});
    }
}

} // namespace

TraceFiles findStreams(const QString &traceDir)
{
    TraceFiles found;
    const auto layout = lttngPacketHeader(readMetadataText(traceDir + QStringLiteral("/metadata")));
    std::map<StreamKey, std::size_t> known;
    const QDir dir(traceDir);
    // System: a dangling link is a stream that is gone, and not to be passed over in silence.
    for (const QFileInfo &info : dir.entryInfoList(QDir::Files | QDir::System, QDir::Name)) {
        if (info.fileName() == QLatin1String("metadata"))
            continue;
        const QString path = traceDir + QLatin1Char('/') + info.fileName();
        if (info.exists() && !info.isFile())
            continue; // a socket, a FIFO: opening it could block
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly)) {
            found.unreadable.push_back({path, file.errorString(), false});
            continue;
        }
        if (file.size() == 0) {
            ++found.emptyFiles;
            continue;
        }
        const auto key = layout ? streamKey(file.read(kHeaderBytes), *layout) : std::nullopt;
        const auto [at, isNew] = key ? known.try_emplace(*key, found.streams.size()) : std::pair{known.end(), true};
        StreamFiles &stream = isNew ? found.streams.emplace_back() : found.streams[at->second];
        stream.files.append(path);
        stream.bytes += file.size();
    }
    findMissing(traceDir, found);
    return found;
}

QString indexPath(const QString &streamFile)
{
    const QFileInfo info(streamFile);
    return info.path() + QStringLiteral("/index/") + info.fileName() + QStringLiteral(".idx");
}

} // namespace exitscope
