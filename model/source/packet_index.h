// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QString>

#include <optional>

#include "model/cancel_flag.h"
#include "model/source/metadata_text.h"
#include "model/source/stream_files.h"

namespace exitscope {

// Of an LTTng index, and of a packet, behind which its context follows.
inline constexpr quint32 kIndexMagic = 0xc1f1dcc1;
inline constexpr qsizetype kIndexHeaderBytes = 16;
inline constexpr qsizetype kLargestIndexEntry = 4096;
inline constexpr qsizetype kPacketHeaderBytes = 32;

struct IndexVerdict {
    bool fits = false; // with what the file's packets say
    PacketFixes fixes{}; // where a number in a packet cannot be right
};

// Whether LTTng's index of a stream file says what the file's packets say. The packets are what counts: an index may be
// another stream's, or damaged. Behind a packet that is damaged itself the index is the only one who knows.
// Without the layout of the packets only the index itself is judged.
IndexVerdict judgeIndex(const QFile &stream, const QString &index, const std::optional<LttngPacketHeader> &layout,
    CancelFlag cancel = nullptr);

// How many packets the file holds, up to where none follows.
std::size_t countPackets(const QFile &stream, const LttngPacketHeader &layout, CancelFlag cancel = nullptr);

} // namespace exitscope
