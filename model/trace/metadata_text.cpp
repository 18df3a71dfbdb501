// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trace/metadata_text.h"

#include <QFile>
#include <QtEndian>

namespace exitscope {

namespace {

constexpr quint32 kPacketMagic = 0x75d11d57;
constexpr qsizetype kPacketHeaderBytes = 37;
constexpr qint64 kLargestMetadata = 64 << 20;

QByteArray unpacked(const QByteArray &raw, bool bigEndian)
{
    const auto number = [&](qsizetype at) {
        return bigEndian ? qFromBigEndian<quint32>(raw.constData() + at)
                         : qFromLittleEndian<quint32>(raw.constData() + at);
    };
    QByteArray text;
    qsizetype at = 0;
    while (at + kPacketHeaderBytes <= raw.size() && number(at) == kPacketMagic) {
        const qsizetype content = number(at + 24) / 8;
        const qsizetype packet = number(at + 28) / 8;
        if (content < kPacketHeaderBytes || packet < content || at + content > raw.size())
            break;
        text += raw.mid(at + kPacketHeaderBytes, content - kPacketHeaderBytes);
        at += packet;
    }
    return text;
}

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

} // namespace

QByteArray readMetadataText(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray raw = file.read(kLargestMetadata);
    if (raw.size() < kPacketHeaderBytes)
        return raw;
    if (qFromLittleEndian<quint32>(raw.constData()) == kPacketMagic)
        return unpacked(raw, false);
    if (qFromBigEndian<quint32>(raw.constData()) == kPacketMagic)
        return unpacked(raw, true);
    return raw;
}

std::optional<LttngPacketHeader> lttngPacketHeader(const QByteArray &metadataText)
{
    // The trace block stands at the beginning; the event classes behind it may be long.
    const QByteArray head = squeezed(metadataText.left(16 << 10));
    if (!head.contains(
            "packet.header:=struct{uint32_tmagic;uint8_tuuid[16];uint32_tstream_id;uint64_tstream_instance_id;};"))
        return std::nullopt;
    if (head.contains("byte_order=le;"))
        return LttngPacketHeader{false};
    if (head.contains("byte_order=be;"))
        return LttngPacketHeader{true};
    return std::nullopt;
}

} // namespace exitscope
