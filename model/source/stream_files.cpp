// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/stream_files.h"

#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QtEndian>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "model/source/metadata_text.h"
#include "model/source/packet_mark.h"

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

// Only of metadata that says that packets begin with the magic.
bool isStream(QFile &file, const QByteArray &head)
{
    static const QRegularExpression numbered(QStringLiteral("_[0-9]+$")); // channel_CPU, perf_stream_CPU
    return beginsWithPacketMagic(head) || numbered.match(file.fileName()).hasMatch()
        || QFileInfo::exists(indexPath(file.fileName())) || holdsPacketMagic(file);
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
    const QByteArray metadata = readMetadataText(traceDir + QStringLiteral("/metadata"));
    const auto layout = lttngPacketHeader(metadata);
    const bool hasMagic = packetsBeginWithMagic(metadata);
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
        const QByteArray head = file.read(kHeaderBytes);
        if (hasMagic && !isStream(file, head)) {
            found.passedOver.append(path);
            continue;
        }
        const auto key = layout ? streamKey(head, *layout) : std::nullopt;
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
