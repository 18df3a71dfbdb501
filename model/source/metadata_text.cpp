// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/metadata_text.h"

#include <QRegularExpression>
#include <QtEndian>

#include <algorithm>

#include "model/source/file_access.h"

namespace exitscope {

namespace {

constexpr const char *kSignature = "/* CTF 1.8 */"; // of metadata that is text; packets have none
constexpr quint32 kMetadataMagic = 0x75d11d57;
constexpr qsizetype kMetadataHeaderBytes = 37;
constexpr qint64 kLargestMetadata = 64 << 20;

struct Unpacked {
    QByteArray text;
    qsizetype faultAt = -1; // where the packets break off
};

Unpacked unpacked(const QByteArray &raw, bool bigEndian)
{
    const auto number = [&](qsizetype at) {
        return bigEndian ? qFromBigEndian<quint32>(raw.constData() + at)
                         : qFromLittleEndian<quint32>(raw.constData() + at);
    };
    Unpacked out;
    qsizetype at = 0;
    while (at < raw.size()) {
        const bool isPacket = at + kMetadataHeaderBytes <= raw.size() && number(at) == kMetadataMagic;
        const qsizetype content = isPacket ? number(at + 24) / 8 : 0;
        const qsizetype packet = isPacket ? number(at + 28) / 8 : 0;
        if (content < kMetadataHeaderBytes || packet < content || at + content > raw.size()) {
            out.faultAt = at;
            break;
        }
        out.text += raw.mid(at + kMetadataHeaderBytes, content - kMetadataHeaderBytes);
        at += packet;
    }
    return out;
}

bool isPacketized(const QByteArray &raw, bool bigEndian)
{
    return raw.size() >= kMetadataHeaderBytes
        && (bigEndian ? qFromBigEndian<quint32>(raw.constData()) : qFromLittleEndian<quint32>(raw.constData()))
        == kMetadataMagic;
}

// The trace block stands at the beginning; the event classes behind it may be long.
constexpr qsizetype kTraceBlockBytes = 16 << 10;

// Without comments and white space.
QByteArray squeezed(const QByteArray &text)
{
    QByteArray out;
    out.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text.mid(i, 2) == "/*") {
            const qsizetype end = text.indexOf("*/", i + 2);
            if (end < 0)
                break;
            i = end + 1;
        } else if (text[i] > ' ') {
            out += text[i];
        }
    }
    return out;
}

bool hasLttngContext(const QByteArray &squeezedHead)
{
    static const QRegularExpression context(
        QStringLiteral("structpacket_context\\{(uint64_\\w+?_t)timestamp_begin;\\1timestamp_end;uint64_tcontent_size;"
                       "uint64_tpacket_size;uint64_tpacket_seq_num;"));
    return squeezedHead.count("packet_context{") == 1 && context.match(QString::fromLatin1(squeezedHead)).hasMatch();
}

} // namespace

QByteArray readMetadataText(const QString &path)
{
    QFile file;
    if (!openForReading(file, path))
        return {};
    const QByteArray raw = file.read(std::min(file.size(), kLargestMetadata));
    for (const bool bigEndian : {false, true})
        if (isPacketized(raw, bigEndian))
            return unpacked(raw, bigEndian).text;
    return raw;
}

QString metadataFault(const QString &path)
{
    QFile file;
    QString fault;
    if (!openForReading(file, path, &fault))
        return fault;
    const QByteArray raw = file.read(std::min(file.size(), kLargestMetadata));
    if (raw.isEmpty())
        return QStringLiteral("is empty");
    Unpacked metadata{raw, -1};
    bool isPlain = true;
    for (const bool bigEndian : {false, true}) {
        if (isPacketized(raw, bigEndian)) {
            metadata = unpacked(raw, bigEndian);
            isPlain = false;
        }
    }
    if (metadata.faultAt >= 0)
        return QStringLiteral("is damaged or cut: its packets break off at byte %1").arg(metadata.faultAt);
    if (metadata.text.startsWith('\x1e'))
        return {}; // CTF 2
    if (isPlain && !metadata.text.startsWith(kSignature))
        return QStringLiteral("does not begin with \"/* CTF 1.8 */\"");
    const auto garbage = std::find_if(metadata.text.cbegin(), metadata.text.cend(), [](char c) {
        return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t' && c != '\r' && c != '\f' && c != '\v';
    });
    if (garbage == metadata.text.cend())
        return {};
    const auto line = 1 + std::count(metadata.text.cbegin(), garbage, '\n');
    return QStringLiteral("is damaged: line %1 of it holds bytes that are no text").arg(line);
}

QByteArray withFrequencies(const QByteArray &metadataText)
{
    static const QRegularExpression clock(QStringLiteral("(?:^|[;}])\\s*clock\\s*\\{([^{}]*)\\}"));
    static const QRegularExpression frequency(QStringLiteral("(?:^|[;\\s])freq\\s*="));
    const QString text = QString::fromLatin1(metadataText);
    QByteArray result;
    qsizetype from = 0;
    for (auto found = clock.globalMatch(text); found.hasNext();) {
        const QRegularExpressionMatch block = found.next();
        if (frequency.match(block.captured(1)).hasMatch())
            continue;
        result += metadataText.mid(from, block.capturedStart(1) - from) + " freq = 1000000000; ";
        from = block.capturedStart(1);
    }
    if (from == 0)
        return {};
    result += metadataText.mid(from);
    return metadataText.startsWith(kSignature) ? result : QByteArray(QByteArray(kSignature) + '\n' + result);
}

bool packetsBeginWithMagic(const QByteArray &metadataText)
{
    const QByteArray head = squeezed(metadataText.left(kTraceBlockBytes));
    const qsizetype header = head.indexOf("packet.header:=struct{");
    return header >= 0 && head.indexOf("magic;", header) >= 0;
}

std::optional<LttngPacketHeader> lttngPacketHeader(const QByteArray &metadataText)
{
    const QByteArray head = squeezed(metadataText.left(kTraceBlockBytes));
    if (!head.contains(
            "packet.header:=struct{uint32_tmagic;uint8_tuuid[16];uint32_tstream_id;uint64_tstream_instance_id;};"))
        return std::nullopt;
    const bool little = head.contains("byte_order=le;");
    if (!little && !head.contains("byte_order=be;"))
        return std::nullopt;
    return LttngPacketHeader{!little, hasLttngContext(head)};
}

} // namespace exitscope
