// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>

#include "model/cancel_flag.h"

namespace exitscope {

// What a packet of a CTF 1.8 stream begins with: the magic, and with LTTng the trace's uuid behind it.
inline constexpr quint32 kPacketMagic = 0xc1fc1fc1;
inline constexpr qsizetype kPacketMarkBytes = 20;

// In either byte order.
bool beginsWithPacketMagic(const QByteArray &bytes);
// Whether the magic stands where a packet can begin, in either byte order: anywhere near the begin of the file, further
// on at the borders of pages, and far behind at those of tracers' buffers. A large file is not read for it.
bool holdsPacketMagic(const QFile &file);
// Where `mark` begins for the last time before `end`; -1 if it does not, or `cancel` is set.
qint64 lastIndexOf(QFile &file, const QByteArray &mark, qint64 end, CancelFlag cancel = nullptr);

} // namespace exitscope
