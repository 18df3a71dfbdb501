// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/process/frame_buffer.h"

#include <QtTest>

using namespace exitscope;

namespace {

QByteArray frame(const QByteArray &payload, std::uint16_t stream)
{
    const wire::FrameHeader header{
        wire::kFrameMark, wire::FrameKind::Names, stream, static_cast<std::uint32_t>(payload.size())};
    return QByteArray(reinterpret_cast<const char *>(&header), sizeof header) + payload
        + QByteArray(reinterpret_cast<const char *>(&wire::kEndMark), sizeof wire::kEndMark);
}

} // namespace

class TestFrameBuffer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void anyPieces_data();
    void anyPieces();
    void garbage_data();
    void garbage();
};

void TestFrameBuffer::anyPieces_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {1, 2, 3, 11, 12, 13, 100, 10'000})
        QTest::addRow("%d bytes at a time", size) << size;
}

void TestFrameBuffer::anyPieces()
{
    QFETCH(int, size);
    QByteArray bytes;
    for (int i = 0; i < 50; ++i)
        bytes += frame(QByteArray(i, static_cast<char>('a' + i % 26)), static_cast<std::uint16_t>(i));
    FrameBuffer buffer;
    int count = 0;
    for (qsizetype at = 0; at < bytes.size(); at += size) {
        const QByteArray piece = bytes.mid(at, size);
        buffer.append({piece.constData(), static_cast<std::size_t>(piece.size())});
        while (const auto next = buffer.next()) {
            QCOMPARE(next->header.stream, static_cast<std::uint16_t>(count));
            QCOMPARE(QByteArray(next->payload.data(), static_cast<qsizetype>(next->payload.size())),
                QByteArray(count, static_cast<char>('a' + count % 26)));
            ++count;
        }
    }
    QCOMPARE(count, 50);
    QVERIFY(buffer.error().isEmpty());
}

void TestFrameBuffer::garbage_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QByteArray tooLong = frame("x", 0);
    tooLong.replace(8, 4, "\xff\xff\xff\x7f");
    QByteArray noEnd = frame("x", 0);
    noEnd.replace(noEnd.size() - 1, 1, "?");
    QTest::newRow("one byte") << QByteArray("?");
    QTest::newRow("text") << QByteArray("a message on the wrong pipe\n");
    QTest::newRow("too long") << tooLong;
    QTest::newRow("no end mark") << noEnd;
}

void TestFrameBuffer::garbage()
{
    QFETCH(QByteArray, bytes);
    FrameBuffer buffer;
    const QByteArray all = frame("good", 3) + bytes;
    buffer.append({all.constData(), static_cast<std::size_t>(all.size())});
    QVERIFY(buffer.next().has_value());
    QVERIFY(!buffer.next().has_value());
    QVERIFY(!buffer.error().isEmpty());
}

QTEST_GUILESS_MAIN(TestFrameBuffer)
#include "tst_frame_buffer.moc"
