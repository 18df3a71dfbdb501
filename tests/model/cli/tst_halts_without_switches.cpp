// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QtTest>

#include "model/reference/csv.h"
#include "tests/tools/program.h"

using namespace exitscope;
using namespace exitscope::test;

// Only kvm events, recorded with perf: 20 HLT of 2,554,803 ns and 20 MSR_WRITE of 832 ns. No sched_switch: the net time
// of the halts is a bound that says nothing. Files get it, so that sums hold; people are told that it is not known.
class TestHaltsWithoutSwitches : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textTellsNoNetTimeOfHalts();
    void textTellsWhy();
    void textOfHaltsAlone();
    void jsonHasTheBound();
    void csvHasTheBound();
    void exitsHaveTheBound();
    void withSwitchesAllIsTold();
    void costsOfFindingsAreBounds_data();
    void costsOfFindingsAreBounds();
};

namespace {

const QString kCase = QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/cases/20-hlt-dominates/perf");
constexpr qint64 kHlt = 2'554'803; // ns
constexpr qint64 kMsr = 832; // ns

QString printed(const QStringList &arguments)
{
    const ProgramResult result = runCli(arguments);
    if (result.status != 0)
        qFatal("%s", qPrintable(result.err));
    return QString::fromUtf8(result.out);
}

// The cells of the first line that begins with that name, at most of the numbers.
QStringList cellsOf(const QString &text, const QString &name)
{
    static const QRegularExpression kGap(QStringLiteral("  +"));
    for (const QString &line : text.split(QLatin1Char('\n')))
        if (const QStringList cells = line.trimmed().split(kGap); cells.front() == name)
            return cells.mid(0, 7);
    return {};
}

QStringList row(const char *cells)
{
    return QString::fromUtf8(cells).split(QLatin1Char('|'));
}

} // namespace

void TestHaltsWithoutSwitches::textTellsNoNetTimeOfHalts()
{
    const QString text = printed({QStringLiteral("report"), kCase});
    QCOMPARE(cellsOf(text, QStringLiteral("HLT")), row("HLT|20|–|–|–|–|51.1 ms"));
    QCOMPARE(cellsOf(text, QStringLiteral("MSR_WRITE")), row("MSR_WRITE|20|16.6 µs|100.0 %|832 ns|832 ns|16.6 µs"));
    QCOMPARE(cellsOf(text, QStringLiteral("halt")), row("halt|20|–|–|–|–|51.1 ms"));
    QCOMPARE(cellsOf(text, QStringLiteral("host")), row("host|20|16.6 µs|100.0 %|832 ns|832 ns|16.6 µs"));
    QVERIFY(text.indexOf(QStringLiteral("  MSR_WRITE ")) < text.indexOf(QStringLiteral("  HLT "))); // "–" comes last
}

void TestHaltsWithoutSwitches::textTellsWhy()
{
    const QStringList lines = printed({QStringLiteral("report"), kCase}).split(QLatin1Char('\n'));
    const QStringList notes = lines.filter(QStringLiteral("without sched_switch"));
    QCOMPARE(notes.size(), qsizetype(1));
    QVERIFY(notes[0].startsWith(QStringLiteral("  –: ")));
    QVERIFY(!notes[0].contains(QStringLiteral("lttng"))); // perf recorded it
    QVERIFY(notes[0].contains(QStringLiteral("perf record -a -e sched:sched_switch")));
    QVERIFY(lines[lines.indexOf(notes[0]) - 1].startsWith(QStringLiteral("  HLT "))); // below the table
    const QString others
        = printed({QStringLiteral("report"), QStringLiteral("--reason"), QStringLiteral("msr_write"), kCase});
    QVERIFY(!others.contains(QStringLiteral("sched_switch")) && !others.contains(QStringLiteral("–")));
}

void TestHaltsWithoutSwitches::textOfHaltsAlone()
{
    const QString text = printed({QStringLiteral("report"), QStringLiteral("--reason"), QStringLiteral("hlt"), kCase});
    QCOMPARE(cellsOf(text, QStringLiteral("HLT")), row("HLT|20|–|–|–|–|51.1 ms"));
    QVERIFY(!text.contains(QStringLiteral("100.0 %")));
}

void TestHaltsWithoutSwitches::jsonHasTheBound()
{
    const QJsonObject report = cliReport(kCase, {});
    const QJsonArray reasons = report[QStringLiteral("reasons")].toArray();
    QCOMPARE(reasons.size(), qsizetype(2));
    for (const QJsonValue reason : reasons) {
        const qint64 each = reason[QStringLiteral("name")].toString() == QStringLiteral("HLT") ? kHlt : kMsr;
        for (const char *field : {"net_ns", "kvm_ns", "gross_ns"})
            QCOMPARE(reason[QString::fromLatin1(field)].toInteger(), 20 * each);
        const QJsonValue net = reason[QStringLiteral("net")];
        QCOMPARE(net[QStringLiteral("count")].toInteger(), 20);
        QCOMPARE(net[QStringLiteral("total_ns")].toInteger(), 20 * each);
        QCOMPARE(net[QStringLiteral("p99_ns")].toInteger(), each);
    }
    const QJsonValue halt = report[QStringLiteral("scenarios")][0];
    QCOMPARE(halt[QStringLiteral("name")].toString(), QStringLiteral("halt"));
    QCOMPARE(halt[QStringLiteral("net")][QStringLiteral("p50_ns")].toInteger(), kHlt);
}

void TestHaltsWithoutSwitches::csvHasTheBound()
{
    const auto rows
        = parseCsv(printed({QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("csv"), kCase}));
    QVERIFY(rows && rows->size() == 3);
    const QStringList &header = rows->front();
    for (std::size_t i = 1; i < rows->size(); ++i) {
        const auto cell
            = [&](const char *column) { return (*rows)[i].value(header.indexOf(QString::fromUtf8(column))); };
        const qint64 each = cell("name") == QStringLiteral("HLT") ? kHlt : kMsr;
        QCOMPARE(cell("net_ns"), QString::number(20 * each));
        QCOMPARE(cell("net_p50_ns"), QString::number(each));
        QCOMPARE(cell("net_p99_ns"), QString::number(each));
    }
}

void TestHaltsWithoutSwitches::exitsHaveTheBound()
{
    const auto rows
        = parseCsv(printed({QStringLiteral("exits"), QStringLiteral("--reason"), QStringLiteral("hlt"), kCase}));
    QVERIFY(rows && rows->size() == 21);
    const qsizetype net = rows->front().indexOf(QStringLiteral("net_ns"));
    for (std::size_t i = 1; i < rows->size(); ++i)
        QCOMPARE((*rows)[i].value(net), QString::number(kHlt));
}

void TestHaltsWithoutSwitches::withSwitchesAllIsTold()
{
    const QString sample = QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host");
    const QString text = printed({QStringLiteral("report"), sample});
    QCOMPARE(
        cellsOf(text, QStringLiteral("hlt")), row("hlt|253|77.5 ms|11.3 %|205 µs|1.55 ms|6.86 s")); // as in the manual
    QVERIFY(!text.contains(QStringLiteral("–")));
}

void TestHaltsWithoutSwitches::costsOfFindingsAreBounds_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<bool>("isBound");
    QTest::newRow("minutes of the sample")
        << QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/storms/host-min") << true;
    QTest::newRow("sample") << QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample/host") << false;
}

void TestHaltsWithoutSwitches::costsOfFindingsAreBounds()
{
    QFETCH(QString, path);
    QFETCH(bool, isBound);
    const QJsonArray findings = cliReport(path, {})[QStringLiteral("findings")].toArray();
    QVERIFY(!findings.isEmpty());
    for (const QJsonValue finding : findings)
        QCOMPARE(finding[QStringLiteral("cost_is_bound")], QJsonValue(isBound));
    const QString text = printed({QStringLiteral("report"), path});
    const QString of = text.first(text.indexOf(QStringLiteral("\nWhere the time went")));
    static const QRegularExpression kCosts(
        QStringLiteral(": at most [^,]+ per second of a vCPU, at most [^,]+ % of the overhead\n"));
    QCOMPARE(of.count(kCosts), isBound ? findings.size() : 0);
    QCOMPARE(of.count(QStringLiteral("\n  At most: without sched_switch ")), isBound ? 1 : 0);
}

QTEST_GUILESS_MAIN(TestHaltsWithoutSwitches)
#include "tst_halts_without_switches.moc"
