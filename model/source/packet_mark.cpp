// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/packet_mark.h"

#include <unistd.h>

#include <algorithm>

namespace exitscope {

namespace {

constexpr qint64 kBytesAtOnce = 4 << 20;
constexpr qint64 kNear = 1 << 20;
constexpr qint64 kFar = 32 << 20;
constexpr qint64 kPage = 4096;

const QByteArray &magic(bool bigEndian)
{
    static const QByteArray big("\xc1\xfc\x1f\xc1", 4);
    static const QByteArray little("\xc1\x1f\xfc\xc1", 4);
    return bigEndian ? big : little;
}

// Past the buffer of QFile, which would read much more.
QByteArray readAt(const QFile &file, qint64 at, qint64 size)
{
    QByteArray bytes(size, '\0');
    bytes.truncate(std::max<qsizetype>(0, ::pread(file.handle(), bytes.data(), static_cast<std::size_t>(size), at)));
    return bytes;
}

} // namespace

bool beginsWithPacketMagic(const QByteArray &bytes)
{
    return bytes.startsWith(magic(false)) || bytes.startsWith(magic(true));
}

bool holdsPacketMagic(const QFile &file)
{
    const qint64 size = file.size();
    const QByteArray near = readAt(file, 0, kNear);
    if (near.contains(magic(false)) || near.contains(magic(true)))
        return true;
    // Buffers are powers of two.
    for (qint64 at = kNear; at < size; at += at < kFar ? kPage : at)
        if (beginsWithPacketMagic(readAt(file, at, 4)))
            return true;
    return false;
}

qint64 lastIndexOf(QFile &file, const QByteArray &mark, qint64 end, CancelFlag cancel)
{
    while (end > 0 && !isCancelled(cancel)) {
        const qint64 begin = std::max<qint64>(0, end - kBytesAtOnce);
        file.seek(begin);
        const QByteArray chunk = file.read(end - begin + mark.size() - 1); // a mark may lie across the border
        if (const qsizetype at = chunk.lastIndexOf(mark); at >= 0)
            return begin + at;
        end = begin;
    }
    return -1;
}

} // namespace exitscope
