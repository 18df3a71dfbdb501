// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/stream_files.h"

#include <QtEndian>

#include <sys/stat.h>

#include <filesystem>

#include "model/source/metadata_text.h"
#include "model/source/private_dir.h"
#include "tests/model/load/trace_copy.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

QByteArray metadataText(bool bigEndian = false)
{
    return QByteArray("/* CTF 1.8 */\n\ntrace {\n\tmajor = 1;\n\tminor = 8;\n\tbyte_order = ")
        + (bigEndian ? "be" : "le")
        + ";\n\tpacket.header := struct {\n\t\tuint32_t magic; /* of a packet */\n\t\tuint8_t  uuid[16];\n"
          "\t\tuint32_t stream_id;\n\t\tuint64_t stream_instance_id;\n\t};\n};\n";
}

template <class T>
QByteArray number(T value, bool bigEndian)
{
    QByteArray bytes(sizeof(T), '\0');
    if (bigEndian)
        qToBigEndian(value, bytes.data());
    else
        qToLittleEndian(value, bytes.data());
    return bytes;
}

QByteArray packetized(const QByteArray &text, bool bigEndian)
{
    QByteArray out;
    for (qsizetype at = 0; at < text.size(); at += 50) {
        const QByteArray part = text.mid(at, 50);
        out += number<quint32>(0x75d11d57, bigEndian) + QByteArray(16, 'u') + number<quint32>(0, bigEndian)
            + number<quint32>(static_cast<quint32>(37 + part.size()) * 8, bigEndian)
            + number<quint32>(128 * 8, bigEndian) + QByteArray("\0\0\0\1\10", 5) + part
            + QByteArray(128 - 37 - part.size(), '\0');
    }
    return out;
}

QByteArray packet(quint32 stream, quint64 instance, bool bigEndian = false)
{
    return number<quint32>(0xc1fc1fc1, bigEndian) + QByteArray(16, 'u') + number(stream, bigEndian)
        + number(instance, bigEndian) + QByteArray(64, 'x');
}

} // namespace

class TestStreamFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }

    void metadataPlainOrPacketized_data();
    void metadataPlainOrPacketized();
    void otherHeadersAreNotRead();
    void metadataFaults_data();
    void metadataFaults();
    void filesOfOneStream_data();
    void filesOfOneStream();
    void unknownLayoutIsAFileEach();
    void emptyAndOddFiles();
    void missingStream();
    void strayFiles();
    void headersWithoutMagic();
    void privateDirectories();

private:
    QString path(const char *name) const { return m_dir->filePath(QString::fromLatin1(name)); }
    void write(const char *name, const QByteArray &content) const { writeFile(path(name), content); }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestStreamFiles::metadataPlainOrPacketized_data()
{
    QTest::addColumn<QByteArray>("onDisk");
    QTest::newRow("plain") << metadataText();
    QTest::newRow("packets, little endian") << packetized(metadataText(), false);
    QTest::newRow("packets, big endian") << packetized(metadataText(), true);
}

void TestStreamFiles::metadataPlainOrPacketized()
{
    QFETCH(QByteArray, onDisk);
    write("metadata", onDisk);
    QCOMPARE(readMetadataText(path("metadata")), metadataText());
    const auto layout = lttngPacketHeader(metadataText());
    QVERIFY(layout.has_value());
    QVERIFY(!layout->bigEndian);
    QCOMPARE(metadataFault(path("metadata")), QString());
}

void TestStreamFiles::otherHeadersAreNotRead()
{
    QVERIFY(lttngPacketHeader(metadataText(true))->bigEndian);
    QVERIFY(!lttngPacketHeader("/* CTF 1.8 */ trace { byte_order = le; };"));
    QByteArray more = metadataText();
    QVERIFY(!lttngPacketHeader(more.replace("uint64_t stream_instance_id;", "uint32_t stream_instance_id;")));
}

void TestStreamFiles::metadataFaults_data()
{
    QTest::addColumn<QByteArray>("onDisk");
    QTest::addColumn<QString>("fault");
    QByteArray damaged = packetized(metadataText(), false);
    QTest::newRow("empty") << QByteArray() << "is empty";
    QTest::newRow("no CTF") << QByteArray("hello\n") << "does not begin with \"/* CTF 1.8 */\"";
    QTest::newRow("cut") << damaged.left(140) << "is damaged or cut: its packets break off at byte 128";
    QTest::newRow("packet lost") << damaged.replace(256, 4, "XXXX")
                                 << "is damaged or cut: its packets break off at byte 256";
    QByteArray holes = metadataText();
    QTest::newRow("holes") << holes.replace(30, 4, QByteArray(4, '\0'))
                           << "is damaged: line 4 of it holds bytes that are no text";
}

void TestStreamFiles::metadataFaults()
{
    QFETCH(QByteArray, onDisk);
    QFETCH(QString, fault);
    write("metadata", onDisk);
    QCOMPARE(metadataFault(path("metadata")), fault);
}

void TestStreamFiles::filesOfOneStream_data()
{
    QTest::addColumn<bool>("bigEndian");
    QTest::newRow("little endian") << false;
    QTest::newRow("big endian") << true;
}

// LTTng's --tracefile-size writes a stream into ch_0_0, ch_0_1, …
void TestStreamFiles::filesOfOneStream()
{
    QFETCH(bool, bigEndian);
    write("metadata", metadataText(bigEndian));
    write("ch_0_0", packet(0, 0, bigEndian));
    write("ch_0_1", packet(0, 0, bigEndian).replace("xxx", "yyy"));
    write("ch_1_0", packet(0, 1, bigEndian));
    write("other_0", packet(1, 0, bigEndian));
    const TraceFiles found = findStreams(m_dir->path());
    QCOMPARE(found.streams.size(), std::size_t(3));
    QCOMPARE(found.streams[0].files, (QStringList{path("ch_0_0"), path("ch_0_1")}));
    QCOMPARE(found.streams[0].bytes, qint64(2 * packet(0, 0).size()));
    QCOMPARE(found.streams[1].files, QStringList{path("ch_1_0")});
    QCOMPARE(found.streams[2].files, QStringList{path("other_0")});
}

void TestStreamFiles::unknownLayoutIsAFileEach()
{
    write("metadata", "/* CTF 1.8 */ trace { byte_order = le; };");
    write("perf_stream_0", packet(0, 0));
    write("perf_stream_1", packet(0, 1));
    QCOMPARE(findStreams(m_dir->path()).streams.size(), std::size_t(2));
}

void TestStreamFiles::emptyAndOddFiles()
{
    write("metadata", metadataText());
    write("ch_0", packet(0, 0));
    write("ch_1", {});
    write(".hidden", "x");
    write("index/ch_0.idx", "x");
    QVERIFY(QFile::link(path("nowhere"), path("ch_2")));
    QCOMPARE(::mkfifo(QFile::encodeName(path("fifo")).constData(), 0600), 0); // opening it would block
    const TraceFiles found = findStreams(m_dir->path());
    QCOMPARE(found.streams.size(), std::size_t(1));
    QCOMPARE(found.emptyFiles, 1);
    QCOMPARE(found.unreadable.size(), std::size_t(1));
    QCOMPARE(found.unreadable[0].path, path("ch_2"));
}

void TestStreamFiles::missingStream()
{
    write("metadata", metadataText());
    write("ch_0", packet(0, 0));
    write("index/ch_0.idx", QByteArray(88, 'x'));
    write("index/ch_1.idx", QByteArray(88, 'x'));
    write("index/ch_2.idx", QByteArray(16, 'x')); // an idle CPU: no packet was written
    const TraceFiles found = findStreams(m_dir->path());
    QCOMPARE(found.unreadable.size(), std::size_t(1));
    QCOMPARE(found.unreadable[0].path, path("ch_1"));
    QVERIFY(found.unreadable[0].isMissing);
}

// What is no stream is passed over; a stream whose head is damaged is one all the same, as something still says so.
void TestStreamFiles::strayFiles()
{
    const QByteArray headless = QByteArray(packet(0, 0).size(), '\0');
    for (const bool bigEndian : {false, true}) {
        write("metadata", metadataText(bigEndian));
        write("ch_0", packet(0, 0, bigEndian));
        write("README.txt", "recorded on Monday\n");
        write("short", "x");
        write("ch_1", headless); // by its name
        write("channel", headless); // by its index
        write("index/channel.idx", QByteArray(88, 'x'));
        write("other", headless + packet(0, 5, bigEndian)); // by its second packet
        const TraceFiles found = findStreams(m_dir->path());
        QCOMPARE(found.passedOver, (QStringList{path("README.txt"), path("short")}));
        QStringList streams;
        for (const StreamFiles &stream : found.streams)
            streams += stream.files;
        QCOMPARE(streams, (QStringList{path("ch_0"), path("ch_1"), path("channel"), path("other")}));
        QVERIFY(found.unreadable.empty());
    }
}

// Then nothing tells a stream from another file.
void TestStreamFiles::headersWithoutMagic()
{
    write("metadata", metadataText().replace("uint32_t magic;", ""));
    write("stream", "x");
    QVERIFY(!packetsBeginWithMagic(readMetadataText(path("metadata"))));
    QCOMPARE(findStreams(m_dir->path()).streams.size(), std::size_t(1));
    // As `perf data convert` writes it.
    QVERIFY(packetsBeginWithMagic("trace { byte_order = le; packet.header := struct { integer { size = 32; align = 8; "
                                  "signed = false; encoding = none; base = decimal; } magic; } align(8); };"));
}

void TestStreamFiles::privateDirectories()
{
    write("trace/metadata", metadataText());
    write("trace/ch_0", QByteArray(1000, 'a'));
    write("trace/ch_1", QByteArray(1000, 'b'));
    write("trace/index/ch_0.idx", "0");
    QString root;
    {
        PrivateDirs dirs;
        QString error;
        const QString dir = dirs.add(path("trace"), {{path("trace/ch_0")}, 1000}, error);
        root = QFileInfo(dir).path();
        QCOMPARE(QDir(dir).entryList(QDir::AllEntries | QDir::NoDotAndDotDot, QDir::Name),
            (QStringList{QStringLiteral("ch_0"), QStringLiteral("index"), QStringLiteral("metadata")}));
        QCOMPARE(QFileInfo(dir + QStringLiteral("/ch_0")).canonicalFilePath(),
            QFileInfo(path("trace/ch_0")).canonicalFilePath());
        const QString cut
            = dirs.add(path("trace"), {{path("trace/ch_0")}, 1000, {}, {{path("trace/ch_0"), 300}}}, error);
        const std::filesystem::path kept(QFile::encodeName(cut + QStringLiteral("/.cut/ch_0")).toStdString());
        QCOMPARE(std::filesystem::read_symlink(kept).string(), std::string("300")); // what the reader takes of it
        QVERIFY(!QFileInfo::exists(cut + QStringLiteral("/index"))); // it would speak of more
        QCOMPARE(PrivateDirs::shown(QStringLiteral("bad: %1/ch_0").arg(dir), dir, path("trace")),
            QStringLiteral("bad: %1/ch_0").arg(path("trace")));
    }
    QVERIFY(!QFileInfo::exists(root));
    QCOMPARE(QFileInfo(path("trace/ch_0")).size(), qint64(1000));
}

QTEST_GUILESS_MAIN(TestStreamFiles)
#include "tst_stream_files.moc"
