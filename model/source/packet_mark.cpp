// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/packet_mark.h"

#include <algorithm>

namespace exitscope {

namespace {

constexpr qint64 kChunk = 4 << 20;

const QByteArray &magic(bool bigEndian)
{
    static const QByteArray big("\xc1\xfc\x1f\xc1", 4);
    static const QByteArray little("\xc1\x1f\xfc\xc1", 4);
    return bigEndian ? big : little;
}

} // namespace

bool beginsWithPacketMagic(const QByteArray &bytes)
{
    return bytes.startsWith(magic(false)) || bytes.startsWith(magic(true));
}

bool holdsPacketMagic(QFile &file)
{
    return lastIndexOf(file, magic(false), file.size()) >= 0 || lastIndexOf(file, magic(true), file.size()) >= 0;
}

qint64 lastIndexOf(QFile &file, const QByteArray &mark, qint64 end)
{
    while (end > 0) {
        const qint64 begin = std::max<qint64>(0, end - kChunk);
        file.seek(begin);
        const QByteArray chunk = file.read(end - begin + mark.size() - 1); // a mark may lie across the border
        if (const qsizetype at = chunk.lastIndexOf(mark); at >= 0)
            return begin + at;
        end = begin;
    }
    return -1;
}

} // namespace exitscope
