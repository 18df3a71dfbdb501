// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>

#include <QTemporaryDir>

#include "model/load/load.h"
#include "model/source/metadata_text.h"
#include "tests/model/load/trace_copy.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

constexpr const char *kClock = "clock { name = monotonic; freq = 1000000000; };\n"
                               "typealias integer { size = 64; align = 8; map = clock.monotonic.value; } := t64;\n";

// One stream of events of one field list, as no tracer writes it.
QByteArray metadata(const QByteArray &fields, const QByteArray &clock = kClock)
{
    return "/* CTF 1.8 */\n"
           "typealias integer { size = 32; align = 8; } := u32;\n"
           "typealias integer { size = 64; align = 8; } := u64;\n"
           "typealias integer { size = 8; align = 8; } := u8;\n"
           "trace { major = 1; minor = 8; byte_order = le; packet.header := struct { u32 magic; u32 stream_id; }; };\n"
           "env { hostname = \"h\"; domain = \"kernel\"; tracer_name = \"lttng-modules\"; };\n"
        + clock
        + "stream { id = 0; event.header := struct { u32 id; t64 timestamp; }; packet.context := struct {"
          " t64 timestamp_begin; t64 timestamp_end; u64 content_size; u64 packet_size; u32 cpu_id; }; };\n"
          "event { name = \"kvm_x86_entry\"; id = 0; stream_id = 0; fields := struct { "
        + fields + " }; };\n";
}

template <class T>
QByteArray raw(T value)
{
    return {reinterpret_cast<const char *>(&value), sizeof value};
}

// `length`: of the sequence of the second of two events.
QByteArray stream(quint64 length)
{
    const auto event
        = [](quint64 at, quint64 elements) -> QByteArray { return raw(quint32(0)) + raw(at) + raw(elements); };
    const QByteArray events = event(10, 0) + event(20, length);
    const quint64 bits = quint64(8 + 32 + 4 + events.size()) * 8;
    return raw(quint32(0xc1fc1fc1)) + raw(quint32(0)) + raw(quint64(1)) + raw(quint64(100)) + raw(bits) + raw(bits)
        + raw(quint32(0)) + events;
}

struct Usage {
    double seconds; // of CPU
    qint64 peakKib; // of the largest process
};

Usage usageOfReaders()
{
    rusage usage{};
    ::getrusage(RUSAGE_CHILDREN, &usage);
    const auto seconds = [](const timeval &time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; };
    return {seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss};
}

} // namespace

// Metadata that no tracer writes, and lengths that it gives: told in one line, soon, and in our words.
class TestOddMetadata : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }
    void sequenceIsRead();
    void endlessSequence_data();
    void endlessSequence();
    void endlessArray_data();
    void endlessArray();
    void bracketsInTexts();
    void noClock_data();
    void noClock();

private:
    Recording load(const QByteArray &metadata, const QByteArray &stream) const
    {
        writeFile(m_dir->filePath(QStringLiteral("metadata")), metadata);
        writeFile(m_dir->filePath(QStringLiteral("ch_0")), stream);
        return loadRecording({m_dir->path()}, options());
    }

    std::unique_ptr<QTemporaryDir> m_dir;
};

void TestOddMetadata::sequenceIsRead()
{
    const Recording recording = load(metadata("u64 len; u8 vals[len];"), stream(0));
    QCOMPARE(recording.traces.at(0).events, std::int64_t(2));
}

void TestOddMetadata::endlessSequence_data()
{
    QTest::addColumn<quint64>("length");
    QTest::addColumn<QString>("words");
    const QString longer = QStringLiteral("an event of it is longer than its packet");
    QTest::newRow("2^60") << (quint64(1) << 60) << longer;
    QTest::newRow("2^64 - 1") << ~quint64(0) << longer;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) // where its memory is not limited
    QTest::newRow("2^30") << (quint64(1) << 30) << QStringLiteral("more elements than the reader may have memory for");
#endif
}

void TestOddMetadata::endlessSequence()
{
    QFETCH(quint64, length);
    QFETCH(QString, words);
    const double before = usageOfReaders().seconds;
    const Recording recording = load(metadata("u64 len; u8 vals[len];"), stream(length));
    QVERIFY(usageOfReaders().seconds - before < 5);
    Diagnostics errors;
    std::ranges::copy_if(recording.diagnostics, std::back_inserter(errors),
        [](const Diagnostic &diagnostic) { return diagnostic.severity == Severity::Error; });
    QCOMPARE(errors.size(), std::size_t(1));
    QCOMPARE(errors[0].path, m_dir->filePath(QStringLiteral("ch_0")));
    QVERIFY2(errors[0].message.contains(words), qPrintable(errors[0].message));
}

void TestOddMetadata::endlessArray_data()
{
    QTest::addColumn<QByteArray>("elements");
    for (const char *elements : {"1152921504606846976", "0x1000000000000000", "18446744073709551616", "4194304"})
        QTest::newRow(elements) << QByteArray(elements);
}

void TestOddMetadata::endlessArray()
{
    QFETCH(QByteArray, elements);
    const double before = usageOfReaders().seconds;
    const Recording recording = load(metadata("u64 len; u8 vals[ " + elements + " ];"), stream(0));
    QVERIFY(usageOfReaders().seconds - before < 5);
    QVERIFY2(usageOfReaders().peakKib < 200 << 10, qPrintable(QString::number(usageOfReaders().peakKib)));
    QCOMPARE(codes(recording.diagnostics), QStringList{QStringLiteral("trace-unreadable")});
    QCOMPARE(recording.diagnostics[0].path, m_dir->path());
    QVERIFY2(recording.diagnostics[0].message.contains(
                 QStringLiteral("an array of %1 elements").arg(QString::fromLatin1(elements))),
        qPrintable(recording.diagnostics[0].message));
}

// They are no declarations.
void TestOddMetadata::bracketsInTexts()
{
    const QByteArray head = metadata("u64 len; u8 vals[len];");
    const Recording recording = load(head + "/* \"x[4194304] */ env { note = \"\\\"x[4194304]/*\"; };\n", stream(0));
    QCOMPARE(recording.traces.at(0).events, std::int64_t(2));
}

void TestOddMetadata::noClock_data()
{
    QTest::addColumn<QByteArray>("clock");
    QTest::addColumn<QByteArray>("timestamp");
    const QByteArray alias = "typealias integer { size = 64; align = 8; } := t64;\n";
    QTest::newRow("none") << alias << QByteArray("moment");
    QTest::newRow("none, but in words") << "/* clock { */ env { note = \"map timestamp clock {\"; };\n" + alias
                                        << QByteArray("moment");
    QTest::newRow("only mapped") << QByteArray(kClock).remove(0, QByteArray(kClock).indexOf('\n'))
                                 << QByteArray("timestamp");
}

void TestOddMetadata::noClock()
{
    QFETCH(QByteArray, clock);
    QFETCH(QByteArray, timestamp);
    const QByteArray text = metadata("u64 len;", clock).replace(" timestamp", QByteArray(' ' + timestamp));
    const Recording recording = load(text, stream(0));
    QCOMPARE(codes(recording.diagnostics), QStringList{QStringLiteral("trace-unreadable")});
    QCOMPARE(recording.diagnostics[0].path, m_dir->path());
    const QString message = recording.diagnostics[0].message;
    QVERIFY2(message.contains(QStringLiteral("no clock, so its events have no times; ")), qPrintable(message));
}

QTEST_GUILESS_MAIN(TestOddMetadata)
#include "tst_odd_metadata.moc"
