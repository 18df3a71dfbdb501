// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trace/stream_repair.h"

#include <QByteArray>
#include <QFile>
#include <QtEndian>

#include <algorithm>

namespace exitscope {

namespace {

constexpr quint32 kIndexMagic = 0xc1f1dcc1;
constexpr quint32 kPacketMagic = 0xc1fc1fc1;
constexpr qsizetype kIndexHeaderBytes = 16;
constexpr qsizetype kSmallestEntry = 24; // offset, packet size, content size
constexpr qsizetype kLargestEntry = 4096;
constexpr qsizetype kPacketMark = 20; // magic and uuid
constexpr qint64 kChunk = 4 << 20;

// The begin of a packet header in [0, end) of the file, the last one; -1 if there is none.
qint64 lastMark(QFile &file, const QByteArray &mark, qint64 end)
{
    while (end > 0) {
        const qint64 begin = std::max<qint64>(0, end - kChunk);
        file.seek(begin);
        const QByteArray chunk = file.read(end - begin + kPacketMark - 1); // a mark may lie across the border
        if (const qsizetype at = chunk.lastIndexOf(mark); at >= 0)
            return begin + at;
        end = begin;
    }
    return -1;
}

} // namespace

std::optional<qint64> wholePacketsByIndex(const QString &file, const QString &index)
{
    QFile indexFile(index);
    if (!indexFile.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QByteArray header = indexFile.read(kIndexHeaderBytes);
    if (header.size() < kIndexHeaderBytes || qFromBigEndian<quint32>(header.constData()) != kIndexMagic)
        return std::nullopt;
    const qsizetype entryBytes = qFromBigEndian<quint32>(header.constData() + 12);
    if (entryBytes < kSmallestEntry || entryBytes > kLargestEntry)
        return std::nullopt;
    const qint64 size = QFile(file).size();
    qint64 whole = 0;
    bool beyond = false;
    for (;;) {
        const QByteArray entry = indexFile.read(entryBytes);
        if (entry.size() < entryBytes)
            break;
        const quint64 end
            = qFromBigEndian<quint64>(entry.constData()) + qFromBigEndian<quint64>(entry.constData() + 8) / 8;
        if (end > static_cast<quint64>(size))
            beyond = true;
        else
            whole = std::max(whole, static_cast<qint64>(end));
    }
    return beyond ? std::optional(whole) : std::nullopt;
}

std::optional<qint64> beginOfLastPacket(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return std::nullopt;
    const QByteArray mark = file.read(kPacketMark);
    if (mark.size() < kPacketMark)
        return std::nullopt;
    if (qFromLittleEndian<quint32>(mark.constData()) != kPacketMagic
        && qFromBigEndian<quint32>(mark.constData()) != kPacketMagic)
        return std::nullopt;
    const qint64 at = lastMark(file, mark, file.size());
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
