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

// With a frequency of 1 GHz, which is what CTF 1.8 has where none is given, in each clock that gives none:
// libbabeltrace2 divides by nothing there. Empty if all clocks give theirs.
QByteArray withFrequencies(const QByteArray &metadataText);

// Whether the metadata says that every packet begins with the magic of CTF, as those of all known tracers do.
bool packetsBeginWithMagic(const QByteArray &metadataText);

// Whether the packets of the trace begin with exactly {u32 magic; u8 uuid[16]; u32 stream_id; u64 stream_instance_id},
// as LTTng writes them, and in which byte order.
struct LttngPacketHeader {
    bool bigEndian = false;
    bool hasContext = false; // {u64 begin, end, content size, packet size, sequence number} follow in each stream
};
std::optional<LttngPacketHeader> lttngPacketHeader(const QByteArray &metadataText);

} // namespace exitscope
