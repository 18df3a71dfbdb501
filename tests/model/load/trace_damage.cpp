// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/load/trace_damage.h"

#include <QDir>
#include <QFile>
#include <QtEndian>

#include <array>
#include <utility>

namespace exitscope::testing {

namespace {

constexpr std::array<const char *, kDamages> kNames{"bits", "bytes", "packet fields", "cut", "swapped packets",
    "repeated packet", "missing packet", "lost block", "metadata bytes", "metadata lines"};
constexpr qsizetype kPacketFields = 7; // begin, end, content, size, number, discarded events, pCPU

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(path));
    return file.readAll();
}

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("%s cannot be written", qPrintable(path));
}

} // namespace

const char *damageName(Damage damage)
{
    return kNames[static_cast<std::size_t>(damage)];
}

void TraceDamager::apply(Damage damage, const QString &directory)
{
    const bool isMetadata = damage == Damage::MetadataBytes || damage == Damage::MetadataLines;
    const QString path = isMetadata ? directory + QStringLiteral("/metadata") : streamIn(directory);
    QByteArray bytes = contentOf(path);
    const QByteArray before = bytes;
    while (bytes == before)
        if (damage == Damage::MetadataBytes)
            changeMetadataBytes(bytes);
        else if (damage == Damage::MetadataLines)
            bytes = withOtherLines(bytes);
        else
            damageStream(damage, bytes);
    write(path, bytes);
}

QString TraceDamager::streamIn(const QString &directory)
{
    QStringList names = QDir(directory).entryList(QDir::Files);
    names.removeAll(QStringLiteral("metadata"));
    return directory + QLatin1Char('/') + names[below(names.size())];
}

std::vector<QByteArray> TraceDamager::packetsOf(const QByteArray &stream) const
{
    const QByteArray magic = m_isBigEndian ? QByteArray("\xc1\xfc\x1f\xc1") : QByteArray("\xc1\x1f\xfc\xc1");
    std::vector<QByteArray> packets;
    for (qsizetype at = 0; at >= 0 && at < stream.size();) {
        const qsizetype next = stream.indexOf(magic, at + magic.size());
        packets.push_back(stream.mid(at, next < 0 ? -1 : next - at));
        at = next;
    }
    return packets;
}

void TraceDamager::damageStream(Damage damage, QByteArray &bytes)
{
    static constexpr char kOdd[] = {'\0', '\1', '\x7f', '\x80', '\xff', ' '};
    switch (damage) {
    case Damage::Bits:
        for (qsizetype count = 1 + below(4); count > 0; --count) {
            char &byte = bytes.data()[below(bytes.size())];
            byte = static_cast<char>(byte ^ (1 << below(8)));
        }
        break;
    case Damage::Bytes:
        for (qsizetype count = 1 + below(3); count > 0; --count)
            bytes.data()[below(bytes.size())] = kOdd[below(std::size(kOdd))];
        break;
    case Damage::PacketFields:
        changePacketField(bytes);
        break;
    case Damage::Cut:
        bytes.truncate(below(bytes.size()));
        break;
    case Damage::LostBlock:
        loseBlock(bytes);
        break;
    default:
        bytes = withOtherPackets(damage, bytes);
    }
}

void TraceDamager::changePacketField(QByteArray &bytes)
{
    const std::vector<QByteArray> packets = packetsOf(bytes);
    qsizetype at = m_headerBytes;
    for (qsizetype i = below(qsizetype(packets.size())); i > 0; --i)
        at += packets[std::size_t(i) - 1].size();
    char *field = bytes.data() + at + 8 * below(kPacketFields);
    const auto value = m_isBigEndian ? qFromBigEndian<quint64>(field) : qFromLittleEndian<quint64>(field);
    const quint64 changed = oddValue(value);
    if (m_isBigEndian)
        qToBigEndian(changed, field);
    else
        qToLittleEndian(changed, field);
}

std::uint64_t TraceDamager::oddValue(std::uint64_t value)
{
    const auto few = static_cast<std::uint64_t>(1 + below(64));
    switch (below(9)) {
    case 0:
        return value + few;
    case 1:
        return value - few;
    case 2:
        return value + 8 * few;
    case 3:
        return value - 8 * few;
    case 4:
        return 0;
    case 5:
        return ~std::uint64_t{0} - few;
    case 6:
        return std::uint64_t{1} << 63;
    case 7:
        return value + (std::uint64_t{1} << (few - 1));
    default:
        return value << 1;
    }
}

QByteArray TraceDamager::withOtherPackets(Damage damage, const QByteArray &bytes)
{
    std::vector<QByteArray> packets = packetsOf(bytes);
    const auto count = qsizetype(packets.size());
    const auto at = std::size_t(below(count));
    const auto other = std::size_t(below(count));
    if (count == 1)
        damage = Damage::RepeatedPacket; // of a whole stream nothing would be left
    if (damage == Damage::SwappedPackets)
        std::swap(packets[at], packets[other]);
    else if (damage == Damage::RepeatedPacket)
        packets.insert(packets.begin() + std::ptrdiff_t(other), QByteArray(packets[at]));
    else
        packets.erase(packets.begin() + std::ptrdiff_t(at));
    return QByteArrayList(packets.begin(), packets.end()).join();
}

void TraceDamager::loseBlock(QByteArray &bytes)
{
    const qsizetype at = below(bytes.size());
    const qsizetype length = 1 + below(96);
    if (below(2) == 0)
        bytes.replace(at, length, QByteArray(length, '\0'));
    else
        bytes.replace(at, length, bytes.mid(below(bytes.size()), length));
}

void TraceDamager::changeMetadataBytes(QByteArray &text)
{
    static constexpr char kOften[] = "0123456789;{}=<>[]._ \"'*/\\x-uael\n";
    const qsizetype at = below(text.size());
    const char c = kOften[below(qsizetype(sizeof kOften) - 1)];
    switch (below(3)) {
    case 0:
        text[at] = c;
        break;
    case 1:
        text.insert(at, c);
        break;
    default:
        text.remove(at, 1);
    }
}

QByteArray TraceDamager::withOtherLines(const QByteArray &text)
{
    QByteArrayList lines = text.split('\n');
    const qsizetype at = below(lines.size());
    const qsizetype other = below(lines.size());
    switch (below(3)) {
    case 0:
        lines.swapItemsAt(at, other);
        break;
    case 1:
        lines.insert(other, QByteArray(lines[at]));
        break;
    default:
        lines.removeAt(at);
    }
    return lines.join('\n');
}

} // namespace exitscope::testing
