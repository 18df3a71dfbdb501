// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

#include "model/cancel_flag.h"

namespace exitscope {

// Stream files that end inside a packet, as a full disk or a crash leaves them, or that are damaged at a packet's
// begin. Once `cancel` is set they find nothing more.

// Bytes up to the end of the last whole packet, if the LTTng index of the file names a packet that ends beyond it.
std::optional<qint64> wholePacketsByIndex(const QString &file, const QString &index, CancelFlag cancel = nullptr);

// Bytes up to the end of the last packet that the index names, if the file goes on behind it.
std::optional<qint64> endOfIndexedPackets(const QString &file, const QString &index, CancelFlag cancel = nullptr);

// Bytes up to the begin of the last packet, found by its header (magic and the trace's uuid, as in the first packet).
// Which packet it is that cannot be read is for the caller to find out. None if the file begins with no such header.
std::optional<qint64> beginOfLastPacket(const QString &file, CancelFlag cancel = nullptr);

} // namespace exitscope
