// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtEndian>
#include <QtTest>

#include "tests/tools/ctf_writer.h"
#include "tests/tools/event_script.h"
#include "tests/tools/storm_trace.h"

using namespace exitscope::testing;

namespace {

QByteArray readAll(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

// Where LTTng's packet context has its fields: after magic, uuid, stream_id and stream_instance_id.
constexpr int kContext = 4 + 16 + 4 + 8;
quint64 contextField(const QByteArray &packet, int index)
{
    return qFromLittleEndian<quint64>(packet.constData() + kContext + 8 * index);
}
enum ContextField { Begin, End, ContentBits, PacketBits, Sequence, Discarded };

} // namespace

class TestCtfWriter : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }
    void writesPackets();
    void writesEvents();
    void writesEitherByteOrder();
    void writesIndex();
    void goesBackInTime();
    void refusesWhatIsNotThere();
    void writesManyStreams();
    void writesStorms();

private:
    QString path(const char *name) const { return m_dir->filePath(QString::fromLatin1(name)); }
    std::string directory() const { return m_dir->path().toStdString(); }
    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestCtfWriter::writesPackets()
{
    CtfTrace trace(directory());
    trace.options.packetAlignment = 256;
    EventScript("100 p3 kvm_entry tid=31\n"
                "160 p3 kvm_exit reason=1 tid=31\n"
                "packet p3\n"
                "lose p3 5\n"
                "lose_packets p3 2\n"
                "200 p3 kvm_entry tid=31\n")
        .writeTo(trace);
    trace.write();
    const QByteArray bytes = readAll(path("ch_3"));
    QCOMPARE(bytes.size(), 512);
    QCOMPARE(bytes.left(4), QByteArray::fromHex("c11ffcc1"));
    QCOMPARE(contextField(bytes, Begin), 100u);
    QCOMPARE(contextField(bytes, End), 160u);
    // The entry: id, time, tid; the exit has three 64-bit and one 32-bit fields more.
    QCOMPARE(contextField(bytes, ContentBits), 8u * (kContext + 52 + (2 + 4 + 4) + (2 + 4 + 4 + 4 + 24)));
    QCOMPARE(contextField(bytes, PacketBits), 8u * 256);
    QCOMPARE(contextField(bytes, Sequence), 0u);
    QCOMPARE(contextField(bytes, Discarded), 0u);
    QCOMPARE(qFromLittleEndian<quint32>(bytes.constData() + kContext + 48), 3u);
    const QByteArray second = bytes.mid(256);
    QCOMPARE(contextField(second, Sequence), 3u);
    QCOMPARE(contextField(second, Discarded), 5u);
}

void TestCtfWriter::writesEvents()
{
    CtfTrace trace(directory());
    trace.options.recorded = {.procname = false, .entryVcpuId = false, .exitVcpuId = false, .intrInfo = false};
    trace.stream(0).event(0x1234, "kvm_exit reason=0x11223344 isa=1 rip=0x0102030405060708 tid=31 pid=30");
    trace.write();
    const QByteArray event = readAll(path("ch_0")).mid(kContext + 52, 34);
    QCOMPARE(event,
        QByteArray::fromHex("0000"
                            "34120000"
                            "1f000000"
                            "1e000000"
                            "44332211"
                            "0807060504030201"
                            "01000000"
                            "00000000"));
    const QByteArray metadata = readAll(path("metadata"));
    QVERIFY(metadata.startsWith("/* CTF 1.8 */\n"));
    QVERIFY(metadata.contains("name = \"kvm_x86_exit\";"));
    QVERIFY(!metadata.contains("_procname"));
}

void TestCtfWriter::writesEitherByteOrder()
{
    CtfTrace trace(directory());
    trace.options.byteOrder = ByteOrder::Big;
    trace.options.header = EventHeader::Compact;
    trace.options.recorded = {.pid = false, .procname = false, .entryVcpuId = false};
    trace.stream(0).event(0x1234, "kvm_entry tid=31");
    trace.stream(0).event(0x1235, "ioctl_exit tid=31");
    trace.write();
    const QByteArray bytes = readAll(path("ch_0"));
    QCOMPARE(bytes.left(4), QByteArray::fromHex("c1fc1fc1"));
    QCOMPARE(bytes.mid(kContext + 52, 12),
        QByteArray::fromHex("00001234"
                            "0000001f"
                            "08001235"));
    QVERIFY(readAll(path("metadata")).contains("byte_order = be;"));
}

void TestCtfWriter::writesIndex()
{
    CtfTrace trace(directory());
    trace.options.index = true;
    trace.options.packetAlignment = 256;
    EventScript("100 p0 kvm_entry tid=31\npacket p0\n200 p0 kvm_entry tid=31\n").writeTo(trace);
    trace.write();
    const QByteArray index = readAll(path("index/ch_0.idx"));
    QCOMPARE(index.size(), 16 + 2 * 72);
    QCOMPARE(index.left(16),
        QByteArray::fromHex("c1f1dcc1"
                            "00000001"
                            "00000001"
                            "00000048"));
    const char *second = index.constData() + 16 + 72;
    QCOMPARE(qFromBigEndian<quint64>(second), 256u); // where it begins
    QCOMPARE(qFromBigEndian<quint64>(second + 24), 200u); // its time
    QCOMPARE(qFromBigEndian<quint64>(second + 64), 1u); // its number
}

void TestCtfWriter::goesBackInTime()
{
    CtfTrace trace(directory());
    trace.options.recorded = {.tid = false, .pid = false, .procname = false, .entryVcpuId = false};
    trace.stream(0).event(100, "kvm_entry");
    trace.stream(0).event(90, "kvm_entry");
    trace.write();
    const QByteArray bytes = readAll(path("ch_0"));
    QCOMPARE(contextField(bytes, Begin), 100u);
    QCOMPARE(contextField(bytes, End), 100u);
    QCOMPARE(bytes.mid(kContext + 52, 20),
        QByteArray::fromHex("0000"
                            "64000000"
                            "ffff"
                            "00000000"
                            "5a00000000000000"));
}

void TestCtfWriter::refusesWhatIsNotThere()
{
    CtfTrace trace(directory());
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, trace.stream(0).event(1, "kvm_entry")); // no tid
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, trace.stream(0).event(1, "kvm_exit reason=1 tid=31")); // no isa
    trace.stream(0).event(1, "kvm_exit reason=1 isa=1 tid=31");
    CtfTrace perf(directory() + "/perf");
    perf.options.tracer = Tracer::Perf;
    QVERIFY_THROWS_EXCEPTION(std::invalid_argument, perf.stream(0).event(1, "process_state of_tid=1 of_pid=1 tid=1"));
}

void TestCtfWriter::writesManyStreams()
{
    CtfTrace trace(directory());
    for (int pcpu = 0; pcpu < 200; ++pcpu)
        trace.stream(pcpu).event(100 + pcpu, "kvm_entry tid=31");
    trace.stream(7, "second").event(500, "kvm_entry tid=31");
    trace.write();
    QCOMPARE(QDir(m_dir->path()).entryList({QStringLiteral("*_*")}, QDir::Files).size(), 201);
}

void TestCtfWriter::writesStorms()
{
    writeStormTrace(directory(), 10'000, 1);
    const QByteArray first = readAll(path("ch_0"));
    QVERIFY(first.size() > 200'000);
    writeStormTrace(directory() + "/again", 10'000, 1);
    QCOMPARE(readAll(path("again/ch_0")), first);
    QVERIFY(readAll(path("again/ch_1")) != first);
}

QTEST_GUILESS_MAIN(TestCtfWriter)
#include "tst_ctf_writer.moc"
