// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/tools/program.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::test;
using namespace exitscope::testing;

namespace {

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

QString ofSource(const char *path)
{
    return text(EXITSCOPE_SOURCE_DIR "/") + text(path);
}

QString ofShared(const char *path)
{
    const QString found = text(EXITSCOPE_SHARED_DIR "/") + text(path);
    return QFileInfo::exists(found) ? found : QString();
}

ProgramResult run(const QStringList &command, const QString &path, const char *source)
{
    QStringList arguments = command;
    if (source)
        arguments << text("--source") << text(source);
    return runCli(arguments << path);
}

const QList<QStringList> kCommands{
    {text("report"), text("--format"), text("json")}, {text("exits")}, {text("intervals")}, {text("sync")}};

} // namespace

// What the native decoder reads equals what libbabeltrace2 reads, byte by byte. Of what is damaged see
// tst_damaged_variants.
class TestNativeSource : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsTheLibrary_data();
    void equalsTheLibrary();
    void written_data();
    void written();
    void ctf2_data();
    void ctf2();
    void unknownSourceIsToldAsSuch();
};

void TestNativeSource::equalsTheLibrary_data()
{
    QTest::addColumn<QString>("path");
    for (const char *path : {"resources/sample", "tests/data/tiny/host", "tests/data/storms/host-min"})
        QTest::newRow(path) << ofSource(path);
    for (const char *path : {"tests/data/cases/13-duplicates", "tests/data/cases/14-perf-p"})
        QTest::newRow(path) << ofSource(path);
    for (const char *path : {"traces/storms", "traces/disk", "traces/idle", "traces/preempt", "traces/timers",
             "traces/twovms", "traces/tiny", "traces/vmstart", "traces/perf-kvm", "stock/host", "stock/vm0"})
        if (const QString found = ofShared(path); !found.isEmpty())
            QTest::newRow(path) << found;
}

void TestNativeSource::equalsTheLibrary()
{
    QFETCH(QString, path);
    const bool isSmall = path.startsWith(ofSource(""));
    for (const QStringList &command : isSmall ? kCommands : kCommands.first(2)) {
        const ProgramResult native = run(command, path, "native");
        const ProgramResult reader = run(command, path, "reader");
        QCOMPARE(native.err, reader.err);
        QVERIFY2(native.out == reader.out, qPrintable(command.join(QLatin1Char(' '))));
        QCOMPARE(native.status, reader.status);
    }
}

void TestNativeSource::written_data()
{
    QTest::addColumn<bool>("isBigEndian");
    QTest::addColumn<bool>("isCompact");
    QTest::addColumn<bool>("isPerf");
    QTest::addColumn<quint64>("frequency");
    QTest::newRow("little, large") << false << false << false << quint64(1'000'000'000);
    QTest::newRow("little, compact") << false << true << false << quint64(1'000'000'000);
    QTest::newRow("big, large") << true << false << false << quint64(1'000'000'000);
    QTest::newRow("big, compact, 3 GHz") << true << true << false << quint64(2'992'953'117);
    QTest::newRow("perf") << false << false << true << quint64(1'000'000'000);
}

void TestNativeSource::written()
{
    QFETCH(bool, isBigEndian);
    QFETCH(bool, isCompact);
    QFETCH(bool, isPerf);
    QFETCH(quint64, frequency);
    QFile script(ofSource("tests/data/golden/host.script"));
    QVERIFY(script.open(QIODevice::ReadOnly));
    WrittenRecording recording;
    recording.add(script.readAll().toStdString(), "host", [&](CtfOptions &options) {
        options.byteOrder = isBigEndian ? ByteOrder::Big : ByteOrder::Little;
        options.header = isCompact ? EventHeader::Compact : EventHeader::Large;
        options.tracer = isPerf ? Tracer::Perf : Tracer::Lttng;
        options.clockFrequency = frequency;
        options.clockOffsetSeconds = 12;
        options.clockOffsetCycles = 345;
    });
    for (const QStringList &command : kCommands) {
        const ProgramResult native = run(command, recording.path(), "native");
        const ProgramResult reader = run(command, recording.path(), "reader");
        QCOMPARE(native.status, 0);
        QCOMPARE(native.err, reader.err);
        QCOMPARE(native.out, reader.out);
    }
}

void TestNativeSource::ctf2_data()
{
    QTest::addColumn<QString>("original");
    QTest::addColumn<QString>("converted");
    const QString base = ofShared("stock/ctf2");
    if (base.isEmpty())
        QSKIP("the recordings are not there");
    QTest::newRow("tiny") << ofShared("traces/tiny/host") << base + text("/tiny-host");
    QTest::newRow("storms, host-min") << ofShared("traces/storms/host-min") << base + text("/storms-host-min");
}

void TestNativeSource::ctf2()
{
    QFETCH(QString, original);
    QFETCH(QString, converted);
    for (const char *command : {"exits", "intervals"}) {
        const ProgramResult first = run({text(command)}, original, nullptr);
        const ProgramResult second = run({text(command)}, converted, nullptr);
        QVERIFY(second.out.size() > 1000);
        QCOMPARE(second.status, first.status);
        QVERIFY(second.out == first.out);
    }
}

void TestNativeSource::unknownSourceIsToldAsSuch()
{
    const ProgramResult result = run({text("report")}, ofSource("resources/sample"), "magic");
    QCOMPARE(result.status, 1);
    QVERIFY(result.err.contains(text("'magic' is no source; give native or reader")));
}

QTEST_GUILESS_MAIN(TestNativeSource)
#include "tst_native_source.moc"
