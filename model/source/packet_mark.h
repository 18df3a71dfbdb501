// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QFile>

namespace exitscope {

// What a packet of a CTF 1.8 stream begins with: the magic, and with LTTng the trace's uuid behind it.
inline constexpr qsizetype kPacketMarkBytes = 20;

// In either byte order.
bool beginsWithPacketMagic(const QByteArray &bytes);
// Whether the magic stands anywhere in the file, in either byte order.
bool holdsPacketMagic(QFile &file);
// Where `mark` begins for the last time before `end`; -1 if it does not.
qint64 lastIndexOf(QFile &file, const QByteArray &mark, qint64 end);

} // namespace exitscope
