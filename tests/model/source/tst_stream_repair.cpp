// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/stream_repair.h"

#include <QtEndian>

#include "tests/model/load/trace_copy.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

constexpr qsizetype kPacketBytes = 4096;

QByteArray packet(bool bigEndian, char fill)
{
    const QByteArray magic = bigEndian ? QByteArray("\xc1\xfc\x1f\xc1") : QByteArray("\xc1\x1f\xfc\xc1");
    QByteArray bytes = magic + QByteArray("0123456789abcdef");
    return bytes + QByteArray(kPacketBytes - bytes.size(), fill);
}

QByteArray stream(bool bigEndian, int packets)
{
    QByteArray bytes;
    for (int i = 0; i < packets; ++i)
        bytes += packet(bigEndian, static_cast<char>('a' + i));
    return bytes;
}

QByteArray index(int packets, quint32 entryBytes = 56)
{
    const auto big = [](auto value) {
        QByteArray bytes(sizeof value, '\0');
        qToBigEndian(value, bytes.data());
        return bytes;
    };
    QByteArray bytes = big(quint32(0xc1f1dcc1)) + big(quint32(1)) + big(quint32(1)) + big(entryBytes);
    for (int i = 0; i < packets; ++i) {
        const QByteArray entry
            = big(quint64(i * kPacketBytes)) + big(quint64(kPacketBytes * 8)) + big(quint64(100 * 8));
        bytes += entry + QByteArray(static_cast<qsizetype>(entryBytes) - entry.size(), '\0');
    }
    return bytes;
}

} // namespace

class TestStreamRepair : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_file = m_dir->filePath(QStringLiteral("ch_0"));
        m_index = m_dir->filePath(QStringLiteral("ch_0.idx"));
    }

    void byIndex_data();
    void byIndex();
    void uselessIndex_data();
    void uselessIndex();
    void byHeaders_data();
    void byHeaders();
    void headersAcrossChunks();
    void noHeaders();
    void behindTheIndex();
    void cancelled();

private:
    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_file;
    QString m_index;
};

void TestStreamRepair::byIndex_data()
{
    QTest::addColumn<int>("missing");
    QTest::addColumn<qint64>("whole"); // -1: nothing is wrong
    QTest::newRow("whole") << 0 << qint64(-1);
    QTest::newRow("a byte") << 1 << qint64(2 * kPacketBytes);
    QTest::newRow("nearly a packet") << int(kPacketBytes - 1) << qint64(2 * kPacketBytes);
    QTest::newRow("a packet") << int(kPacketBytes) << qint64(2 * kPacketBytes);
    QTest::newRow("more than a packet") << int(kPacketBytes + 1) << qint64(kPacketBytes);
    QTest::newRow("nearly all") << int(3 * kPacketBytes - 1) << qint64(0);
}

void TestStreamRepair::byIndex()
{
    QFETCH(int, missing);
    QFETCH(qint64, whole);
    QByteArray bytes = stream(false, 3);
    bytes.chop(missing);
    writeFile(m_file, bytes);
    for (const quint32 entryBytes : {56u, 72u}) { // index 1.0 and 1.1
        writeFile(m_index, index(3, entryBytes));
        QCOMPARE(wholePacketsByIndex(m_file, m_index).value_or(-1), whole);
    }
}

void TestStreamRepair::uselessIndex_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("no packets") << index(0);
    QTest::newRow("other magic") << "XXXX" + index(3).mid(4);
    QTest::newRow("entries of no size") << index(3).replace(12, 4, QByteArray(4, '\0'));
    QTest::newRow("entries of 4 GB") << index(3).replace(12, 4, QByteArray(4, '\xff'));
    QTest::newRow("half an entry") << index(1).left(16 + 20);
}

void TestStreamRepair::uselessIndex()
{
    QFETCH(QByteArray, content);
    writeFile(m_file, stream(false, 1).left(100));
    writeFile(m_index, content);
    QVERIFY(!wholePacketsByIndex(m_file, m_index));
    QVERIFY(!wholePacketsByIndex(m_file, m_index + QStringLiteral(".missing")));
}

void TestStreamRepair::byHeaders_data()
{
    QTest::addColumn<bool>("bigEndian");
    QTest::newRow("little endian") << false;
    QTest::newRow("big endian") << true;
}

void TestStreamRepair::byHeaders()
{
    QFETCH(bool, bigEndian);
    for (const int length : {1, 20, 21, 4096, 4097, 4116, 8191, 8192, 8212, 12'000}) {
        writeFile(m_file, stream(bigEndian, 3).left(length));
        // A header of which less than the magic and the uuid is there is not seen.
        const qint64 expected = length < 20 ? -1 : (length - 20) / kPacketBytes * kPacketBytes;
        QCOMPARE(beginOfLastPacket(m_file).value_or(-1), expected);
    }
}

// The file is searched in pieces of 4 MiB from its end: a header may lie across their border.
void TestStreamRepair::headersAcrossChunks()
{
    constexpr qsizetype kPiece = 4 << 20;
    for (const qsizetype after : {kPiece - 21, kPiece - 10, kPiece, kPiece + 5, 2 * kPiece + 3}) {
        writeFile(m_file, packet(false, 'a') + packet(false, 'b').left(20) + QByteArray(after, 'x'));
        QCOMPARE(beginOfLastPacket(m_file).value_or(-1), qint64(kPacketBytes));
    }
}

void TestStreamRepair::noHeaders()
{
    writeFile(m_file, QByteArray(10'000, 'x'));
    QVERIFY(!beginOfLastPacket(m_file));
    writeFile(m_file, {});
    QVERIFY(!beginOfLastPacket(m_file));
    QVERIFY(!beginOfLastPacket(m_file + QStringLiteral(".missing")));
}

void TestStreamRepair::behindTheIndex()
{
    writeFile(m_index, index(2));
    writeFile(m_file, stream(true, 2));
    QVERIFY(!endOfIndexedPackets(m_file, m_index));
    writeFile(m_file, stream(true, 2) + "X");
    QCOMPARE(endOfIndexedPackets(m_file, m_index).value_or(-1), qint64(2 * kPacketBytes));
    QVERIFY(!endOfIndexedPackets(m_file, m_index + QStringLiteral(".missing")));
    writeFile(m_index, index(0));
    QVERIFY(!endOfIndexedPackets(m_file, m_index));
}

// A file can be as large as a disk.
void TestStreamRepair::cancelled()
{
    writeFile(m_index, index(3));
    writeFile(m_file, stream(false, 3).left(2 * kPacketBytes + 100));
    const std::atomic<bool> cancel{true};
    QVERIFY(beginOfLastPacket(m_file) && wholePacketsByIndex(m_file, m_index));
    QVERIFY(!beginOfLastPacket(m_file, &cancel));
    QVERIFY(!wholePacketsByIndex(m_file, m_index, &cancel));
}

QTEST_GUILESS_MAIN(TestStreamRepair)
#include "tst_stream_repair.moc"
