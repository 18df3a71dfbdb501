// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <random>
#include <vector>

// Traces as failing disks, full disks and wrong tools leave them behind; each seed is a damage of its own.
namespace exitscope::testing {

enum class Damage : std::uint8_t {
    Bits, // a few of a stream are wrong
    Bytes, // so are whole ones, with values that do most harm
    PacketFields, // times, sizes and counters of packets
    Cut, // the end of a stream is missing
    SwappedPackets,
    RepeatedPacket,
    MissingPacket,
    LostBlock, // a stretch of a stream is zero, or what stood elsewhere
    MetadataBytes,
    MetadataLines,
};
inline constexpr int kDamages = 10;
const char *damageName(Damage damage);

class TraceDamager {
public:
    // A trace of CTF 1.8 whose packets begin with the magic, in this byte order, and `headerBytes` further with fields
    // of 64 bits that tell of the packet.
    TraceDamager(unsigned seed, bool isBigEndian, int headerBytes)
        : m_random(seed), m_isBigEndian(isBigEndian), m_headerBytes(headerBytes)
    {
    }

    // Damages one file of the trace in this directory.
    void apply(Damage damage, const QString &directory);

private:
    qsizetype below(qsizetype limit)
    {
        return limit <= 0 ? 0 : static_cast<qsizetype>(m_random() % std::size_t(limit));
    }
    QString streamIn(const QString &directory);
    std::vector<QByteArray> packetsOf(const QByteArray &stream) const;
    void damageStream(Damage damage, QByteArray &bytes);
    void changePacketField(QByteArray &bytes);
    std::uint64_t oddValue(std::uint64_t value);
    QByteArray withOtherPackets(Damage damage, const QByteArray &bytes);
    void loseBlock(QByteArray &bytes);
    void changeMetadataBytes(QByteArray &text);
    QByteArray withOtherLines(const QByteArray &text);

    std::mt19937 m_random;
    bool m_isBigEndian;
    int m_headerBytes;
};

} // namespace exitscope::testing
