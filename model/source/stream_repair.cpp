// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/stream_repair.h"

#include <QByteArray>
#include <QFile>
#include <QtEndian>

#include <algorithm>
#include <vector>

#include "model/source/file_access.h"
#include "model/source/packet_index.h"
#include "model/source/packet_mark.h"

namespace exitscope {

namespace {

constexpr qsizetype kSmallestForEnds = 24; // offset, packet size, content size

// Where in the stream file the packets of an LTTng index end; empty if it is none.
std::vector<quint64> packetEnds(const QString &index, CancelFlag cancel)
{
    std::vector<quint64> ends;
    QFile file;
    if (!openForReading(file, index))
        return ends;
    const QByteArray header = file.read(kIndexHeaderBytes);
    if (header.size() < kIndexHeaderBytes || qFromBigEndian<quint32>(header.constData()) != kIndexMagic)
        return ends;
    const qsizetype entryBytes = qFromBigEndian<quint32>(header.constData() + 12);
    if (entryBytes < kSmallestForEnds || entryBytes > kLargestIndexEntry)
        return ends;
    for (QByteArray entry; !isCancelled(cancel) && (entry = file.read(entryBytes)).size() == entryBytes;)
        ends.push_back(qFromBigEndian<quint64>(entry.constData()) + qFromBigEndian<quint64>(entry.constData() + 8) / 8);
    return ends;
}

} // namespace

std::optional<qint64> wholePacketsByIndex(const QString &file, const QString &index, CancelFlag cancel)
{
    const auto size = static_cast<quint64>(fileInfo(file).size);
    qint64 whole = 0;
    bool beyond = false;
    for (const quint64 end : packetEnds(index, cancel))
        if (end > size)
            beyond = true;
        else
            whole = std::max(whole, static_cast<qint64>(end));
    return beyond ? std::optional(whole) : std::nullopt;
}

std::optional<qint64> endOfIndexedPackets(const QString &file, const QString &index, CancelFlag cancel)
{
    const auto size = static_cast<quint64>(fileInfo(file).size);
    quint64 end = 0;
    for (const quint64 packetEnd : packetEnds(index, cancel))
        end = std::max(end, packetEnd);
    return end > 0 && end < size ? std::optional(static_cast<qint64>(end)) : std::nullopt;
}

std::optional<qint64> beginOfLastPacket(const QString &path, CancelFlag cancel)
{
    QFile file;
    if (!openForReading(file, path))
        return std::nullopt;
    const QByteArray mark = file.read(kPacketMarkBytes);
    if (mark.size() < kPacketMarkBytes || !beginsWithPacketMagic(mark))
        return std::nullopt;
    const qint64 at = lastIndexOf(file, mark, file.size(), cancel);
    return at < 0 ? std::nullopt : std::optional(at);
}

} // namespace exitscope
