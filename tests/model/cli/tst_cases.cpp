// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QtTest>

#include "model/reference/csv.h"
#include "tests/tools/program.h"

using namespace exitscope;
using namespace exitscope::test;

// Small recordings of things that hosts do (tests/data/README.txt): what exitscope-cli prints of them.
class TestCases : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pageFaultsOfOldKernels();
    void hostsOfOtherArchitectures_data();
    void hostsOfOtherArchitectures();
    void eventsRecordedTwice();
    void switchesAwayOnly();
    void lossesThatAreNotTold();
    void entryThatFailed();
    void isolatedVcpu();
    void isolatedVcpuOfANamedThread();
    void pluggedAgain_data();
    void pluggedAgain();
    void vmThatEnds();
    void vmWhoseThreadIsSeenToEnd();
};

namespace {

QString pathOf(const char *name)
{
    return QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/cases/") + QString::fromUtf8(name);
}

QList<QJsonObject> vcpusOf(const QJsonObject &report)
{
    QList<QJsonObject> vcpus;
    for (const QJsonValue vm : report[QStringLiteral("vms")].toArray())
        for (const QJsonValue vcpu : vm[QStringLiteral("vcpus")].toArray())
            vcpus << vcpu.toObject();
    return vcpus;
}

// In their order, with the values of the keys that are named: "vm/0 tid 31 exits 7".
QStringList vcpus(const QJsonObject &report, const QStringList &keys)
{
    QStringList texts;
    for (const QJsonObject &vcpu : vcpusOf(report)) {
        QString text = vcpu[QStringLiteral("id")].toString();
        for (const QString &key : keys)
            text += QLatin1Char(' ') % key % QLatin1Char(' ') % QString::number(vcpu[key].toInteger());
        texts << text;
    }
    return texts;
}

// The messages of a diagnostic.
QStringList told(const QJsonObject &report, const char *code)
{
    QStringList messages;
    for (const QJsonValue diagnostic : report[QStringLiteral("diagnostics")].toArray())
        if (diagnostic[QStringLiteral("code")].toString() == QString::fromUtf8(code))
            messages << diagnostic[QStringLiteral("message")].toString();
    return messages;
}

// What is told of events that cannot all be true.
QStringList contradictions(const QJsonObject &report)
{
    QStringList messages;
    for (const char *code : {"entry-in-entry", "exit-without-entry", "wrong-pcpu", "switch-from-other",
             "switch-to-elsewhere", "userspace-in-entry"})
        messages << told(report, code);
    return messages;
}

// Of each row that a listing prints the columns that are named, separated by blanks; "-" where it is empty.
QStringList listing(const QStringList &arguments, const QStringList &columns)
{
    const ProgramResult printed = runCli(arguments);
    const auto rows = parseCsv(QString::fromUtf8(printed.out));
    if (printed.status != 0 || !rows || rows->empty())
        qFatal("exitscope-cli %s: %s", qPrintable(arguments.join(QLatin1Char(' '))), qPrintable(printed.err));
    QStringList texts;
    for (std::size_t i = 1; i < rows->size(); ++i) {
        QStringList cells;
        for (const QString &column : columns) {
            const QString cell = (*rows)[i].value(rows->front().indexOf(column));
            cells << (cell.isEmpty() ? QStringLiteral("-") : cell);
        }
        texts << cells.join(QLatin1Char(' '));
    }
    return texts;
}

QStringList intervals(const QString &path, const char *vcpu)
{
    return listing({QStringLiteral("intervals"), QStringLiteral("--vcpu"), QString::fromUtf8(vcpu), path},
        {QStringLiteral("begin_ns"), QStringLiteral("end_ns"), QStringLiteral("state"), QStringLiteral("pcpu")});
}

QStringList list(std::initializer_list<const char *> texts)
{
    QStringList result;
    for (const char *text : texts)
        result << QString::fromUtf8(text);
    return result;
}

} // namespace

// Before there was intr_info, info2 told the interruption: these exits are the guest's exceptions, no interrupts.
void TestCases::pageFaultsOfOldKernels()
{
    const QString path = pathOf("07-realmode-pf/perf");
    QCOMPARE(listing({QStringLiteral("exits"), path},
                 {QStringLiteral("time_ns"), QStringLiteral("run_ns"), QStringLiteral("gross_ns"),
                     QStringLiteral("userspace_ns"), QStringLiteral("reason"), QStringLiteral("scenario")}),
        list({"2323301154940000 6000 12000 0 EXCEPTION_NMI host", "2323301154954000 2000 10000 0 EXCEPTION_NMI host",
            "2323301154966000 2000 35000 27000 EXCEPTION_NMI qemu",
            "2323301155004000 3000 29000 25000 EXCEPTION_NMI qemu", "2323301155036000 3000 - - EXCEPTION_NMI qemu"}));
}

// A kvm_exit without exit_reason is an exit like any other (by hand, from babeltrace2's text: an exit event every 2 us,
// an entry 0.9 us behind it, the first exit event without an entry before it).
void TestCases::hostsOfOtherArchitectures_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QStringList>("exits");
    const auto rows = [](const QStringList &reasons) {
        QStringList texts;
        for (qsizetype i = 0; i < 8; ++i)
            texts << QString((i == 0 ? QStringLiteral("- 900 ") : QStringLiteral("1100 900 ")) % reasons[i % 2]);
        return texts;
    };
    QTest::newRow("arm64") << QStringLiteral("12-arm64/perf")
                           << rows(list({"100 24 SYS64 host 0x80528a6c", "100 256 IRQ interrupt 0x401ec4"}));
    const QString illegal = QStringLiteral("101 2 EXC_INST_ILLEGAL host 0x1");
    QTest::newRow("RISC-V") << QStringLiteral("12-arm64/riscv") << rows({illegal, illegal});
}

void TestCases::hostsOfOtherArchitectures()
{
    QFETCH(QString, path);
    QFETCH(QStringList, exits);
    const QString whole = pathOf(path.toUtf8());
    QCOMPARE(listing({QStringLiteral("exits"), whole},
                 {QStringLiteral("run_ns"), QStringLiteral("gross_ns"), QStringLiteral("isa"), QStringLiteral("code"),
                     QStringLiteral("reason"), QStringLiteral("scenario"), QStringLiteral("guest_rip")}),
        exits);
    const QJsonObject report = cliReport(whole, {});
    QCOMPARE(vcpus(report, list({"tid", "entries", "exits", "timed"})),
        list({"vm-88770/0 tid 88776 entries 8 exits 8 timed 8"}));
    QCOMPARE(contradictions(report), QStringList());
    QCOMPARE(told(report, "entries-missing"), QStringList());
    QCOMPARE(told(report, "isa-unknown"), QStringList());
}

// All is as if each had been recorded once, and it is told.
void TestCases::eventsRecordedTwice()
{
    const QString path = pathOf("13-duplicates/perf");
    const QJsonObject report = cliReport(path, {});
    QCOMPARE(
        vcpus(report, list({"tid", "entries", "exits", "timed"})), list({"vm-100/0 tid 11 entries 6 exits 6 timed 5"}));
    QCOMPARE(
        listing({QStringLiteral("exits"), path},
            {QStringLiteral("time_ns"), QStringLiteral("run_ns"), QStringLiteral("gross_ns"), QStringLiteral("code")}),
        list({"1400 400 600 10", "2400 400 600 30", "3400 400 600 10", "4400 400 600 30", "5400 400 600 10",
            "6400 400 - 30"}));
    const QStringList messages = told(report, "repeated-events");
    QCOMPARE(messages.size(), 1);
    QVERIFY2(messages[0].startsWith(QStringLiteral("12 event(s) in perf_stream_0 repeat the one before them")),
        qPrintable(messages[0]));
    QCOMPARE(contradictions(report), QStringList());
}

// A thread is back at its next own event; what is missing is told once, and costs no number that is there without it.
void TestCases::switchesAwayOnly()
{
    const QString path = pathOf("14-perf-p/perf");
    const QJsonObject report = cliReport(path, {});
    QCOMPARE(vcpus(report, list({"tid", "exits", "timed"})),
        list({"vm-100/0 tid 11 exits 5 timed 4", "vm-100/1 tid 12 exits 5 timed 4"}));
    const QStringList withoutSwitches
        = vcpus(cliReport(pathOf("14-perf-p/without-sched"), {}), list({"tid", "exits", "timed"}));
    QCOMPARE(vcpus(report, list({"tid", "exits", "timed"})), withoutSwitches);

    QStringList expected;
    for (int begin = 1000; begin <= 41000; begin += 10000) {
        expected << QStringLiteral("%1 %2 Guest 0").arg(begin).arg(begin + 400)
                 << QStringLiteral("%1 %2 Kvm 0").arg(begin + 400).arg(begin + 450)
                 << QStringLiteral("%1 %2 Idle -").arg(begin + 450).arg(begin < 41000 ? begin + 10000 : begin + 457);
    }
    QCOMPARE(intervals(path, "vm-100/0"), expected);
    QCOMPARE(told(report, "switches-in-missing").size(), 1);
    QVERIFY(told(report, "switches-in-missing")[0].contains(QStringLiteral("perf record -a")));
    QCOMPARE(told(report, "switches-missing"), QStringList());
    QCOMPARE(contradictions(report), QStringList());
}

// perf data convert drops what perf tells of losses.
void TestCases::lossesThatAreNotTold()
{
    const QString path = QStringLiteral(EXITSCOPE_SHARED_DIR "/cases/24-perf-lost/ctf");
    if (!QFile::exists(path))
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const QJsonObject report = cliReport(path, {});
    QVERIFY(report[QStringLiteral("traces")][0][QStringLiteral("discarded_events")].isNull());
    QCOMPARE(told(report, "losses-unknown").size(), 1);
    QVERIFY(told(report, "losses-unknown")[0].contains(QStringLiteral("perf report -D")));
    for (const char *command : {"report", "info"}) {
        const QByteArray text = runCli({QString::fromUtf8(command), path}).out;
        QVERIFY2(!text.contains("no event lost"), text);
        QVERIFY2(text.contains("losses unknown") || text.contains("lost      unknown"), text.left(1000));
    }
}

// The guest did not run before it, and it is an exit all the same. What stands above the reason is no part of it.
void TestCases::entryThatFailed()
{
    const QString path = pathOf("17-failed-entry/perf");
    QCOMPARE(intervals(path, "vm-100/0"),
        list({"1000 1400 Guest 0", "1400 2200 Kvm 0", "2200 3000 Userspace 0", "3000 3100 Guest 0", "3100 4000 Kvm 0",
            "4000 4100 Guest 0", "4100 5000 Kvm 0"}));
    QCOMPARE(listing({QStringLiteral("exits"), path},
                 {QStringLiteral("entry_ns"), QStringLiteral("time_ns"), QStringLiteral("exit_event_ns"),
                     QStringLiteral("run_ns"), QStringLiteral("gross_ns"), QStringLiteral("kvm_ns"),
                     QStringLiteral("userspace_ns"), QStringLiteral("isa"), QStringLiteral("code"),
                     QStringLiteral("reason"), QStringLiteral("scenario")}),
        list({"1000 1400 1400 400 600 600 0 1 12 HLT halt", "- 2100 2100 - 900 100 800 1 33 INVALID_STATE qemu",
            "3000 3100 3100 100 900 900 0 1 12 HLT halt",
            "4000 4100 4100 100 900 900 0 1 1 EXTERNAL_INTERRUPT interrupt"}));
    const QJsonObject report = cliReport(path, {});
    QCOMPARE(vcpus(report, list({"entries", "exits", "timed"})), list({"vm-100/0 entries 5 exits 4 timed 4"}));
    const QJsonObject runs = vcpusOf(report).at(0)[QStringLiteral("runs")].toObject();
    QCOMPARE(runs[QStringLiteral("count")].toInt(), 3);
    QCOMPARE(runs[QStringLiteral("total_ns")].toInt(), 600);
}

// It has no number, and the other keeps its own.
void TestCases::isolatedVcpu()
{
    const QString path = pathOf("18-isolated-vcpu/qemu");
    const QJsonObject report = cliReport(path, {});
    QCOMPARE(vcpus(report, list({"tid", "entries", "exits"})),
        list({"vm-900/0 tid 901 entries 20 exits 20", "vm-900/tid 904 tid 904 entries 1 exits 0"}));
    QCOMPARE(intervals(path, "vm-900/tid 904"),
        list({"1700000000000001000 1700000000000001500 Unknown -", "1700000000000001500 1700000000000020300 Guest 3"}));
    const QStringList messages = told(report, "vcpu-ids-distrusted");
    QCOMPARE(messages.size(), 1);
    QVERIFY2(messages[0].contains(QStringLiteral("1 vCPU thread(s) of vm-900 (thread 904 has 39262880 at entries)")),
        qPrintable(messages[0]));
}

// The name of the thread says its number: nothing is missing.
void TestCases::isolatedVcpuOfANamedThread()
{
    const QString path = pathOf("18-isolated-vcpu/qemu-named");
    const QJsonObject report = cliReport(path, {});
    QCOMPARE(vcpus(report, list({"tid", "entries", "exits"})),
        list({"vm-900/0 tid 901 entries 20 exits 20", "vm-900/3 tid 904 entries 1 exits 0"}));
    QCOMPARE(intervals(path, "vm-900/3").last(), QStringLiteral("1700000000000001500 1700000000000020300 Guest 3"));
    QCOMPARE(told(report, "vcpu-ids-distrusted"), QStringList());
}

void TestCases::pluggedAgain_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("second");
    QTest::addColumn<qint64>("origin");
    QTest::newRow("perf") << pathOf("19-hotplug/perf") << 950 << qint64(0);
    QTest::newRow("LTTng, tids began anew")
        << pathOf("19-hotplug/lttng-tid-wrap") << 700 << qint64(1700000000000000000);
}

// Both threads are one vCPU, the ids of the others are right, and there is nothing to tell.
void TestCases::pluggedAgain()
{
    QFETCH(QString, path);
    QFETCH(int, second);
    QFETCH(qint64, origin);
    const QJsonObject report = cliReport(path, {});
    QCOMPARE(vcpus(report, list({"exits"})), list({"vm-900/0 exits 12", "vm-900/1 exits 10", "vm-900/2 exits 12"}));
    QStringList threads;
    for (const QJsonObject &vcpu : vcpusOf(report))
        threads << QString::number(vcpu[QStringLiteral("tid")].toInt());
    QCOMPARE(threads.at(0), QStringLiteral("901"));
    QVERIFY2(
        threads.at(1) == QStringLiteral("902") || threads.at(1) == QString::number(second), qPrintable(threads.at(1)));
    QCOMPARE(threads.at(2), QStringLiteral("903"));
    QCOMPARE(told(report, "vcpu-ids-distrusted"), QStringList());

    QStringList times; // of the exits of both threads: one a microsecond, and none while it was unplugged
    for (const int us : {1, 2, 3, 4, 5, 8, 9, 10, 11, 12})
        times << QString::number(origin + us * 1000 + 301);
    QCOMPARE(listing({QStringLiteral("exits"), QStringLiteral("--vcpu"), QStringLiteral("vm-900/1"), path},
                 {QStringLiteral("exit_event_ns")}),
        times);
}

// It shut down, and nothing of it came since: nobody knows that it still is.
void TestCases::vmThatEnds()
{
    const QString path = pathOf("28-vm-ends/perf");
    QCOMPARE(vcpus(cliReport(path, {}), list({"exits", "timed"})),
        list({"vm-900/0 exits 4 timed 3", "vm-1900/0 exits 100 timed 99"}));
    QCOMPARE(intervals(path, "vm-900/0").sliced(6),
        list({"4000 4900 Guest 0", "4900 5010 Kvm 0", "5010 999005000 Unknown -"}));
    QCOMPARE(intervals(path, "vm-1900/0").size(), 1 + 2 * 100 - 1);
}

// Up to its end it is where it was.
void TestCases::vmWhoseThreadIsSeenToEnd()
{
    const QString path = pathOf("28-vm-ends/perf-exit-only");
    QCOMPARE(vcpus(cliReport(path, {}), list({"exits", "timed"})),
        list({"vm-900/0 exits 4 timed 3", "vm-1900/0 exits 100 timed 99"}));
    QCOMPARE(intervals(path, "vm-900/0").sliced(6),
        list({"4000 4900 Guest 0", "4900 5010 Kvm 0", "5010 5200 Userspace 0", "5200 999005000 Unknown -"}));
}

QTEST_GUILESS_MAIN(TestCases)
#include "tst_cases.moc"
