// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace exitscope {

// The CTF 1.8 metadata of a trace as text, packetized on disk or not. Empty if there is none: what it says is only
// a hint here (libbabeltrace2 judges it).
QByteArray readMetadataText(const QString &path);

// What is plainly wrong with the file, in words that follow "its metadata"; empty if nothing is. libbabeltrace2 says
// only that it could not read it.
QString metadataFault(const QString &path);

// Whether the metadata says that every packet begins with the magic of CTF, as those of all known tracers do.
bool packetsBeginWithMagic(const QByteArray &metadataText);

// Whether the packets of the trace begin with exactly {u32 magic; u8 uuid[16]; u32 stream_id; u64 stream_instance_id},
// as LTTng writes them, and in which byte order.
struct LttngPacketHeader {
    bool bigEndian = false;
};
std::optional<LttngPacketHeader> lttngPacketHeader(const QByteArray &metadataText);

} // namespace exitscope
