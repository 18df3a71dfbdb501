// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/stream_repair.h"

#include <QByteArray>
#include <QFile>
#include <QtEndian>

#include <algorithm>
#include <vector>

#include "model/source/packet_mark.h"

namespace exitscope {

namespace {

constexpr quint32 kIndexMagic = 0xc1f1dcc1;
constexpr qsizetype kIndexHeaderBytes = 16;
constexpr qsizetype kSmallestEntry = 24; // offset, packet size, content size
constexpr qsizetype kLargestEntry = 4096;
constexpr qint64 kChunk = 4 << 20;

// Where in the stream file the packets of an LTTng index end; empty if it is none.
std::vector<quint64> packetEnds(const QString &index)
{
    std::vector<quint64> ends;
    QFile file(index);
    if (!file.open(QIODevice::ReadOnly))
        return ends;
    const QByteArray header = file.read(kIndexHeaderBytes);
    if (header.size() < kIndexHeaderBytes || qFromBigEndian<quint32>(header.constData()) != kIndexMagic)
        return ends;
    const qsizetype entryBytes = qFromBigEndian<quint32>(header.constData() + 12);
    if (entryBytes < kSmallestEntry || entryBytes > kLargestEntry)
        return ends;
    for (QByteArray entry; (entry = file.read(entryBytes)).size() == entryBytes;)
        ends.push_back(qFromBigEndian<quint64>(entry.constData()) + qFromBigEndian<quint64>(entry.constData() + 8) / 8);
    return ends;
}

} // namespace

std::optional<qint64> wholePacketsByIndex(const QString &file, const QString &index)
{
    const auto size = static_cast<quint64>(QFile(file).size());
    qint64 whole = 0;
    bool beyond = false;
    for (const quint64 end : packetEnds(index)) {
        if (end > size)
            beyond = true;
        else
            whole = std::max(whole, static_cast<qint64>(end));
    }
    return beyond ? std::optional(whole) : std::nullopt;
}

std::optional<qint64> endOfIndexedPackets(const QString &file, const QString &index)
{
    const auto size = static_cast<quint64>(QFile(file).size());
    quint64 end = 0;
    for (const quint64 packetEnd : packetEnds(index))
        end = std::max(end, packetEnd);
    return end > 0 && end < size ? std::optional(static_cast<qint64>(end)) : std::nullopt;
}

std::optional<qint64> beginOfLastPacket(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QByteArray mark = file.read(kPacketMarkBytes);
    if (mark.size() < kPacketMarkBytes || !beginsWithPacketMagic(mark))
        return std::nullopt;
    const qint64 at = lastIndexOf(file, mark, file.size());
    return at < 0 ? std::nullopt : std::optional(at);
}

bool copyHead(const QString &from, const QString &to, qint64 bytes, QString &error)
{
    QFile in(from);
    QFile out(to);
    if (!in.open(QIODevice::ReadOnly)) {
        error = QStringLiteral("cannot read %1: %2").arg(from, in.errorString());
        return false;
    }
    if (!out.open(QIODevice::WriteOnly)) {
        error = QStringLiteral("cannot create %1: %2").arg(to, out.errorString());
        return false;
    }
    while (bytes > 0) {
        const QByteArray chunk = in.read(std::min(bytes, kChunk));
        if (chunk.isEmpty() || out.write(chunk) != chunk.size()) {
            const QFile &culprit = chunk.isEmpty() ? in : out;
            error = QStringLiteral("cannot copy %1: %2").arg(from, culprit.errorString());
            return false;
        }
        bytes -= chunk.size();
    }
    if (!out.flush()) {
        error = QStringLiteral("cannot write %1: %2").arg(to, out.errorString());
        return false;
    }
    return true;
}

} // namespace exitscope
