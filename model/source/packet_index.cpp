// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/packet_index.h"

#include <QtEndian>

#include <unistd.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "model/source/file_access.h"
#include "model/source/packet_mark.h"

namespace exitscope {

namespace {

constexpr qsizetype kSmallestEntry = 40; // the five numbers below
constexpr qsizetype kContextBytes = 40;
constexpr quint64 kDamaged = std::numeric_limits<quint64>::max();

// Sizes in bits, times in cycles; in the order in which both the index and a packet's context have them.
struct Packet {
    quint64 at = 0; // byte in the file
    quint64 bits = 0;
    quint64 contentBits = 0;
    quint64 begin = 0;
    quint64 end = 0;
};

struct Packets {
    std::vector<Packet> all;
    bool isBroken = false; // what follows them is no packet
    quint64 end = 0; // of the last one; beyond the file if it is cut
};

quint64 number(const QByteArray &bytes, qsizetype at, bool bigEndian)
{
    const char *const from = bytes.constData() + at;
    return bigEndian ? qFromBigEndian<quint64>(from) : qFromLittleEndian<quint64>(from);
}

std::vector<Packet> readIndex(const QString &path)
{
    std::vector<Packet> entries;
    QFile file;
    if (!openForReading(file, path))
        return entries;
    const QByteArray header = file.read(kIndexHeaderBytes);
    if (header.size() < kIndexHeaderBytes || qFromBigEndian<quint32>(header.constData()) != kIndexMagic)
        return entries;
    const qsizetype entryBytes = qFromBigEndian<quint32>(header.constData() + 12);
    if (entryBytes < kSmallestEntry || entryBytes > kLargestIndexEntry)
        return entries;
    for (QByteArray entry; (entry = file.read(entryBytes)).size() == entryBytes;)
        entries.push_back({number(entry, 0, true), number(entry, 8, true), number(entry, 16, true),
            number(entry, 24, true), number(entry, 32, true)});
    return entries;
}

// Past the buffer of QFile, which would read much more than a head.
QByteArray headAt(const QFile &file, quint64 at)
{
    QByteArray head(kPacketHeaderBytes + kContextBytes, '\0');
    const ssize_t got
        = ::pread(file.handle(), head.data(), static_cast<std::size_t>(head.size()), static_cast<off_t>(at));
    head.truncate(std::max<qsizetype>(0, got));
    return head;
}

Packets readPackets(const QFile &file, bool bigEndian, CancelFlag cancel)
{
    Packets packets;
    const auto size = static_cast<quint64>(file.size());
    QByteArray mark;
    while (packets.end < size && !isCancelled(cancel)) {
        const QByteArray head = headAt(file, packets.end);
        if (packets.end == 0)
            mark = head.left(kPacketMarkBytes);
        const bool isPacket
            = head.size() == kPacketHeaderBytes + kContextBytes && beginsWithPacketMagic(head) && head.startsWith(mark);
        const quint64 bits = isPacket ? number(head, kPacketHeaderBytes + 24, bigEndian) : 0;
        if (bits % 8 != 0 || bits / 8 < static_cast<quint64>(head.size()) || bits / 8 > kDamaged / 8 - packets.end) {
            packets.isBroken = true;
            break;
        }
        packets.all.push_back({packets.end, bits, number(head, kPacketHeaderBytes + 16, bigEndian),
            number(head, kPacketHeaderBytes, bigEndian), number(head, kPacketHeaderBytes + 8, bigEndian)});
        packets.end += bits / 8;
    }
    return packets;
}

bool isContentWrong(const Packet &packet)
{
    return packet.contentBits > packet.bits;
}

bool areTimesWrong(const Packet &packet)
{
    return packet.end == kDamaged || packet.begin > packet.end;
}

// A number in the packet that cannot be right speaks for the index.
bool agree(const Packet &entry, const Packet &packet)
{
    return entry.at == packet.at && entry.bits == packet.bits
        && (isContentWrong(packet) || entry.contentBits == packet.contentBits)
        && (areTimesWrong(packet) || (entry.begin == packet.begin && entry.end == packet.end));
}

QByteArray bytesOf(quint64 number, bool bigEndian)
{
    const quint64 stored = bigEndian ? qToBigEndian(number) : qToLittleEndian(number);
    return {reinterpret_cast<const char *>(&stored), sizeof stored};
}

void addFixes(const Packet &entry, const Packet &packet, bool bigEndian, PacketFixes &fixes)
{
    const auto context = static_cast<qint64>(packet.at) + kPacketHeaderBytes;
    if (areTimesWrong(packet) && !areTimesWrong(entry))
        fixes[context] = bytesOf(entry.begin, bigEndian) + bytesOf(entry.end, bigEndian);
    if (isContentWrong(packet))
        fixes[context + 16] = bytesOf(entry.contentBits, bigEndian);
}

bool isConsistent(const std::vector<Packet> &entries)
{
    quint64 at = 0;
    for (const Packet &entry : entries) {
        if (entry.at != at || entry.bits == 0 || entry.bits % 8 != 0 || entry.contentBits > entry.bits
            || entry.bits / 8 > kDamaged / 8 - at)
            return false;
        at += entry.bits / 8;
    }
    return !entries.empty();
}

} // namespace

IndexVerdict judgeIndex(
    const QFile &stream, const QString &index, const std::optional<LttngPacketHeader> &layout, CancelFlag cancel)
{
    const std::vector<Packet> entries = readIndex(index);
    if (!isConsistent(entries))
        return {};
    if (!layout || !layout->hasContext)
        return {true};
    const Packets packets = readPackets(stream, layout->bigEndian, cancel);
    // Where the file goes on with no packet, the size of the last one may be wrong.
    const auto isDamaged = [&](std::size_t i) {
        return packets.isBroken && i + 1 == packets.all.size() && i + 1 < entries.size()
            && beginsWithPacketMagic(headAt(stream, entries[i + 1].at));
    };
    IndexVerdict verdict;
    for (std::size_t i = 0; i < packets.all.size(); ++i) {
        if (i >= entries.size() || !(agree(entries[i], packets.all[i]) || isDamaged(i)))
            return {};
        if (agree(entries[i], packets.all[i]))
            addFixes(entries[i], packets.all[i], layout->bigEndian, verdict.fixes);
    }
    verdict.fits = packets.isBroken || entries.size() == packets.all.size()
        || packets.end >= static_cast<quint64>(stream.size());
    return verdict;
}

std::size_t countPackets(const QFile &stream, const LttngPacketHeader &layout, CancelFlag cancel)
{
    return readPackets(stream, layout.bigEndian, cancel).all.size();
}

} // namespace exitscope
