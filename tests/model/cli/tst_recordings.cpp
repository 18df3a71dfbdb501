// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QtTest>

#include "model/reference/csv.h"
#include "tests/model/cli/golden.h"
#include "tests/tools/program.h"

using namespace exitscope::test;

// Real recordings: what exitscope-cli prints equals the files beside them in every field.
class TestRecordings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void report_data() { addRecordings(); }
    void report();
    void exits_data() { addRecordings(); }
    void exits();
    void intervals_data() { addRecordings(); }
    void intervals();
    void diagnostics_data() { addRecordings(); }
    void diagnostics();
    void olderFileIsTheSame();
    void toolsAgree();
    void wholeFolderUsesTheRicherRecording();
    void findings_data();
    void findings();
    void differencesAreFound();

private:
    void addRecordings();
    void compareListing(const QString &command, const QString &timeColumn);
};

namespace {

const QStringList kRoots{QStringLiteral(EXITSCOPE_SHARED_DIR "/traces"),
    QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data"), QStringLiteral(EXITSCOPE_SHARED_DIR)};
const QStringList kRecordings{QStringLiteral("storms"), QStringLiteral("disk"), QStringLiteral("preempt"),
    QStringLiteral("timers"), QStringLiteral("idle"), QStringLiteral("tiny"), QStringLiteral("perf-kvm"),
    QStringLiteral("twovms"), QStringLiteral("vmstart"), QStringLiteral("stock")};

// Where the files are that the trace is compared with, without their endings: beside it, or, where older ones are, in
// `settled`.
QString expectedOf(const QString &trace)
{
    const qsizetype name = trace.lastIndexOf(QLatin1Char('/')) + 1;
    const QString settled = trace.first(name) % QStringLiteral("settled/") % trace.sliced(name);
    return QFile::exists(settled % QStringLiteral(".report.json")) ? settled : trace;
}

QJsonObject readReport(const QString &trace)
{
    QFile file(expectedOf(trace) % QStringLiteral(".report.json"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(file.fileName()));
    return QJsonDocument::fromJson(file.readAll()).object();
}

QJsonObject printedReport(const QString &path, QString &error, const QStringList &filters = {})
{
    const ProgramResult result = runCli(
        QStringList{QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("json"), path} + filters);
    QJsonParseError parsed{};
    const QJsonObject report = QJsonDocument::fromJson(result.out, &parsed).object();
    if (result.status != 0 || parsed.error != QJsonParseError::NoError)
        error = QStringLiteral("exit status %1, JSON: %2, stderr: %3")
                    .arg(QString::number(result.status), parsed.errorString(), result.err);
    return report;
}

// What is told of each recording; those that are not named have nothing to tell.
QStringList expectedCodes(const QString &trace)
{
    if (trace.endsWith(QStringLiteral("/host-min")))
        return {QStringLiteral("interrupts-missing"), QStringLiteral("switches-missing"),
            QStringLiteral("threads-unknown"), QStringLiteral("userspace-exits-missing"),
            QStringLiteral("wakeups-missing")};
    if (trace.endsWith(QStringLiteral("/tiny/host")))
        return {QStringLiteral("lost-events")};
    if (trace.endsWith(QStringLiteral("/vmstart/host")))
        return {QStringLiteral("wakeups-missing")};
    if (trace.endsWith(QStringLiteral("/host.dat")))
        return {QStringLiteral("processes-unknown"), QStringLiteral("waits-elsewhere")};
    if (trace.endsWith(QStringLiteral("/perf.data")))
        return {QStringLiteral("interrupts-missing"), QStringLiteral("userspace-exits-missing"),
            QStringLiteral("waits-elsewhere"), QStringLiteral("wakeups-missing")};
    return {};
}

// The first differences, one a line.
QByteArray firstOf(const QStringList &differences)
{
    constexpr qsizetype kShown = 10;
    const QString text = QStringLiteral("%1 differences:\n  ").arg(differences.size())
        % differences.mid(0, kShown).join(QStringLiteral("\n  "));
    return text.toUtf8();
}

// What is about exits, and neither about times within them nor about those that another kind of exit follows.
bool isToldByFilters(const QJsonValue &finding)
{
    const QString id = finding[QStringLiteral("id")].toString();
    const QString sure = finding[QStringLiteral("sure")].toString();
    return (sure == QLatin1String("cause") || sure == QLatin1String("exits")) && id != QLatin1String("blocked")
        && !id.startsWith(QLatin1String("deadline-"));
}

// The program that made the truth does not know them.
QJsonObject withoutFindings(QJsonObject report)
{
    report.remove(QStringLiteral("findings"));
    return report;
}

} // namespace

void TestRecordings::addRecordings()
{
    QTest::addColumn<QString>("trace");
    for (const QString &root : kRoots) {
        for (const QString &name : kRecordings) {
            for (const QString &part : {QStringLiteral("host"), QStringLiteral("host-min"), QStringLiteral("host.dat"),
                     QStringLiteral("perf.data")}) {
                const QString trace = QStringList{root, name, part}.join(QLatin1Char('/'));
                if (QFile::exists(trace % QStringLiteral(".report.json")))
                    QTest::newRow(qPrintable(trace.mid(root.lastIndexOf(QLatin1Char('/')) + 1))) << trace;
            }
        }
    }
    if (!QFile::exists(kRoots.first()))
        QTest::newRow("no shared traces") << QString();
}

void TestRecordings::report()
{
    QFETCH(QString, trace);
    if (trace.isEmpty())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    QString error;
    const QJsonObject printed = withoutFindings(printedReport(trace, error));
    QVERIFY2(error.isEmpty(), qPrintable(error));
    const QStringList differences = reportDifferences(readReport(trace), printed);
    QVERIFY2(differences.isEmpty(), firstOf(differences));
}

void TestRecordings::compareListing(const QString &command, const QString &timeColumn)
{
    QFETCH(QString, trace);
    if (trace.isEmpty())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    QString error;
    const VcpuNames names = vcpuNames(printedReport(trace, error));
    QVERIFY2(error.isEmpty(), qPrintable(error));
    const ProgramResult printed = runCli({command, trace});
    QVERIFY2(printed.status == 0, qPrintable(printed.err));
    const QByteArray expected = unpacked(QStringLiteral("%1.%2.csv.gz").arg(expectedOf(trace), command));
    const QStringList differences
        = listingDifferences({expected, vcpuNames(readReport(trace))}, {printed.out, names}, timeColumn);
    QVERIFY2(differences.isEmpty(), firstOf(differences));
}

void TestRecordings::exits()
{
    compareListing(QStringLiteral("exits"), QStringLiteral("time_ns"));
}

void TestRecordings::intervals()
{
    compareListing(QStringLiteral("intervals"), QStringLiteral("begin_ns"));
}

void TestRecordings::diagnostics()
{
    QFETCH(QString, trace);
    if (trace.isEmpty())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    QString error;
    const QJsonObject printed = printedReport(trace, error);
    QVERIFY2(error.isEmpty(), qPrintable(error));
    QStringList codes;
    for (const QJsonValue diagnostic : printed[QStringLiteral("diagnostics")].toArray())
        codes << diagnostic[QStringLiteral("code")].toString();
    codes.sort();
    QCOMPARE(codes, expectedCodes(trace));
    const int strict = runCli({QStringLiteral("report"), QStringLiteral("--strict"), trace}).status;
    QCOMPARE(strict, codes.contains(QStringLiteral("lost-events")) ? 3 : 0);
}

// `trace-cmd convert --file-version 6 --compression none` of host.dat.
void TestRecordings::olderFileIsTheSame()
{
    const QString packed = QStringLiteral(EXITSCOPE_SHARED_DIR "/stock/host-v6.dat.gz");
    if (!QFile::exists(packed))
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    QTemporaryDir dir;
    QFile file(dir.filePath(QStringLiteral("host.dat")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(unpacked(packed));
    file.close();
    for (const char *command : {"exits", "intervals"}) {
        const QByteArray now
            = runCli({QString::fromUtf8(command), QStringLiteral(EXITSCOPE_SHARED_DIR "/stock/host.dat")}).out;
        QVERIFY(now.size() > 100'000);
        QCOMPARE(runCli({QString::fromUtf8(command), file.fileName()}).out, now);
    }
}

// The same seconds as three tools recorded them: exits per thread and code in the range that all have, by the table of
// its README.
void TestRecordings::toolsAgree()
{
    const QString stock = QStringLiteral(EXITSCOPE_SHARED_DIR "/stock/");
    if (!QFile::exists(stock))
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    constexpr qint64 kFrom = 179'692'219'155, kLast = 182'124'710'454, kLttngOffset = 1'795'390'396'165'695'539;
    const QMap<QString, int> expected{{QStringLiteral("0 100"), 28}, {QStringLiteral("0 114"), 1375},
        {QStringLiteral("0 120"), 108}, {QStringLiteral("0 123"), 669}, {QStringLiteral("0 124"), 284},
        {QStringLiteral("0 96"), 139}, {QStringLiteral("1 100"), 32}, {QStringLiteral("1 114"), 105},
        {QStringLiteral("1 120"), 164}, {QStringLiteral("1 123"), 285}, {QStringLiteral("1 124"), 362},
        {QStringLiteral("1 96"), 102}};
    for (const char *name : {"host", "host.dat", "perf.data"}) {
        const qint64 offset = qstrcmp(name, "host") == 0 ? kLttngOffset : 0;
        const auto rows = exitscope::parseCsv(
            QString::fromUtf8(runCli({QStringLiteral("exits"), stock + QString::fromUtf8(name)}).out));
        QVERIFY(rows && rows->size() > 1000);
        const auto column = [&](const char *title) { return rows->front().indexOf(QString::fromUtf8(title)); };
        const qsizetype event = column("exit_event_ns"), vcpu = column("vcpu"), code = column("code");
        QMap<QString, int> counts;
        for (std::size_t i = 1; i < rows->size(); ++i) {
            const qint64 time = (*rows)[i][event].toLongLong() - offset;
            // Each tool tells an event some microseconds before the next one does; none lies that close to the ends.
            if (time >= kFrom - 20'000 && time <= kLast)
                ++counts[QString((*rows)[i][vcpu] % QLatin1Char(' ') % (*rows)[i][code])];
        }
        QCOMPARE(counts, expected);
    }
}

void TestRecordings::findings_data()
{
    QTest::addColumn<QString>("expected");
    const auto row
        = [](const char *trace, const char *expected) { QTest::newRow(trace) << QString::fromLatin1(expected); };
    row("resources/sample/host", "cpuid ports-in-qemu serial-port preempted-by-own-threads");
    row("tests/data/storms/host-min", "cpuid msr-unknown ports serial-port");
    row("tests/data/tiny/host",
        "deadline-timer serial-port cpuid ports-in-qemu host-interrupts acpi-timer msr x2apic-ipi wanders unknown");
    row("traces/storms/host", "cpuid ports-in-qemu serial-port preempted-by-own-threads");
    row("traces/disk/host", "preempted-by-own-threads ide preempted-by-own-vcpus slow-wake-ups cpuid");
    row("traces/preempt/host", "preempted-by-the-host preempted-by-own-vcpus host-interrupts serial-port");
    row("traces/timers/host",
        "deadline-timer serial-port x2apic-ipi deadline-and-halt host-interrupts slow-wake-ups "
        "preempted-by-own-threads msr");
    row("traces/idle/host", ""); // nothing costs enough there
    row("traces/tiny/host",
        "deadline-timer serial-port cpuid ports-in-qemu host-interrupts acpi-timer msr x2apic-ipi wanders unknown");
    row("traces/twovms/host",
        "preempted-by-other-vms preempted-by-own-vcpus serial-port preempted-by-own-threads deadline-timer "
        "ports-in-qemu cpuid host-interrupts slow-wake-ups");
    row("traces/vmstart/host", "pci-config first-touch ports-in-qemu ide acpi-timer host-interrupts cpuid");
    row("traces/perf-kvm/host", "ports-in-qemu cpuid");
    // Nobody recorded there which ports go to QEMU, nor which MSRs it were, nor who preempted.
    row("traces/storms/host-min", "cpuid msr-unknown ports serial-port");
    row("traces/disk/host-min", "msr-unknown ide host-interrupts cpuid");
    row("traces/preempt/host-min", "host-interrupts serial-port msr-unknown");
    row("traces/timers/host-min", "msr-unknown serial-port");
    row("traces/idle/host-min", "");
    row("traces/twovms/host-min", "serial-port msr-unknown ports cpuid host-interrupts");
    row("traces/vmstart/host-min", "pci-config first-touch ports ide repeated-faults host-interrupts"); // of a device
    row("traces/perf-kvm/host-min", "msr-unknown ports cpuid");
    // Three tools, over times of which only a part is in common.
    row("stock/host", "ports-in-qemu cpuid host-interrupts slow-wake-ups");
    row("stock/host.dat", "preempted-by-own-vcpus x2apic-ipi ports-in-qemu cpuid");
    row("stock/perf.data", "msr-unknown ports cpuid");
    row("stock/lost/host-lost.dat", "serial-port unknown");
    row("stock/lost/perf-lost.data", "serial-port preempted-by-the-host msr-unknown ports blocked cpuid unknown");
    // Some exits each, over microseconds: what is told is what most of them are.
    row("cases/07-realmode-pf/perf", "");
    row("cases/12-arm64/perf", "host-interrupts");
    row("cases/12-arm64/riscv", "");
    row("cases/13-duplicates/perf", "cpuid ports");
    row("cases/14-perf-p/perf", "");
    row("cases/14-perf-p/without-sched", "");
    row("cases/17-failed-entry/perf", "host-interrupts");
    row("cases/18-isolated-vcpu/qemu", "");
    row("cases/18-isolated-vcpu/qemu-named", "");
    row("cases/19-hotplug/perf", "ports");
    row("cases/19-hotplug/lttng-tid-wrap", "ports");
    row("cases/20-hlt-dominates/perf", "");
    row("cases/24-perf-lost/ctf", "serial-port preempted-by-the-host msr-unknown ports blocked cpuid"); // losses untold
    row("cases/28-vm-ends/perf", "cpuid");
    row("cases/28-vm-ends/perf-exit-only", "cpuid");
}

// Those that what was done there is known to cause (traces/NOTES.md), and no other.
void TestRecordings::findings()
{
    QFETCH(QString, expected);
    const QString name = QString::fromUtf8(QTest::currentDataTag());
    const bool isOwn = name.startsWith(QStringLiteral("resources/")) || name.startsWith(QStringLiteral("tests/"));
    const QString root = isOwn ? QStringLiteral(EXITSCOPE_SOURCE_DIR "/") : QStringLiteral(EXITSCOPE_SHARED_DIR "/");
    const QString trace = root % name;
    if (!isOwn && !QFile::exists(trace))
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    QString error;
    QStringList found;
    for (const QJsonValue finding : printedReport(trace, error).value(QStringLiteral("findings")).toArray()) {
        found << finding[QStringLiteral("id")].toString();
        if (!isToldByFilters(finding))
            continue;
        QStringList filters;
        for (const QJsonValue word : finding[QStringLiteral("filter")].toArray())
            filters << word.toString();
        qint64 exits = 0;
        for (const QJsonValue vm : printedReport(trace, error, filters)[QStringLiteral("vms")].toArray())
            for (const QJsonValue vcpu : vm[QStringLiteral("vcpus")].toArray())
                exits += vcpu[QStringLiteral("exits")].toInteger();
        QVERIFY2(exits == finding[QStringLiteral("count")].toInteger(), qPrintable(found.last()));
    }
    QVERIFY2(error.isEmpty(), qPrintable(error));
    QCOMPARE(found.join(QLatin1Char(' ')), expected);
}

void TestRecordings::wholeFolderUsesTheRicherRecording()
{
    const QString folder = QDir::cleanPath(kRoots.first() % QStringLiteral("/storms"));
    if (!QFile::exists(folder))
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    QString error;
    QJsonObject printed = withoutFindings(printedReport(folder, error));
    QVERIFY2(error.isEmpty(), qPrintable(error));

    QMap<QString, bool> used;
    QJsonArray usedHosts;
    for (const QJsonValue trace : printed[QStringLiteral("traces")].toArray()) {
        const QString path = trace[QStringLiteral("path")].toString();
        used[path.mid(folder.size() + 1)] = trace[QStringLiteral("used")].toBool();
        if (path.endsWith(QStringLiteral("/host")))
            usedHosts << trace;
    }
    QCOMPARE(
        used.keys(), (QStringList{QStringLiteral("host"), QStringLiteral("host-min"), QStringLiteral("vm0/guest")}));
    QVERIFY(used[QStringLiteral("host")]);
    QVERIFY(!used[QStringLiteral("host-min")]);

    QCOMPARE(printed.take(QStringLiteral("guests")).toArray().size(), 1);
    QCOMPARE(printed[QStringLiteral("schema")].toString(), QStringLiteral("exitscope-report/2"));
    printed[QStringLiteral("schema")] = QStringLiteral("exitscope-report/1"); // which it has all of
    printed[QStringLiteral("traces")] = usedHosts;
    const QStringList differences = reportDifferences(readReport(folder % QStringLiteral("/host")), printed);
    QVERIFY2(differences.isEmpty(), firstOf(differences));
}

// The comparison itself: a nanosecond, a missing row and a missing key are differences; names of VMs are not.
void TestRecordings::differencesAreFound()
{
    const auto report = [](const char *text) { return QJsonDocument::fromJson(text).object(); };
    const QJsonObject expected = report(R"({"irq_ns": 1795386299019930522, "overhead_percent": 1.5, "vms": [
        {"name": "a", "pid": 5, "vcpus": [{"id": "a/0", "tid": 6, "runs": {"mean_ns": 1.0}}]}]})");
    QVERIFY(reportDifferences(expected, expected).isEmpty());
    const QJsonObject close = report(R"({"irq_ns": 1795386299019930522, "overhead_percent": 1.505, "vms": [
        {"name": "b", "pid": 5, "vcpus": [{"id": "b/0", "tid": 6, "runs": {"mean_ns": 1.1}}]}]})");
    QCOMPARE(reportDifferences(expected, close), QStringList());
    const QJsonObject wrong = report(R"({"irq_ns": 1795386299019930523, "overhead_percent": 1.6, "vms": [
        {"name": "a", "pid": 5, "vcpus": [{"id": "a/0", "tid": 7, "runs": {"mean_ns": 1.3, "x": 0}}]}]})");
    QCOMPARE(reportDifferences(expected, wrong).size(), 5);
    QCOMPARE(reportDifferences(expected, report(R"({"irq_ns": null, "vms": []})")).size(), 4);

    const auto listing = [](const char *csv, const char *vm) {
        return Listing{csv, {{{QString::fromUtf8(vm), QStringLiteral("0")}, QStringLiteral("pid 5/0")}}};
    };
    const QString time = QStringLiteral("t");
    const Listing rows = listing("vm,vcpu,t,x\na,0,5,1\na,0,5,2\na,0,7,3\n", "a");
    const Listing reordered = listing("vm,vcpu,t,x\r\nb,0,7,3\r\nb,0,5,2\r\nb,0,5,1\r\n", "b");
    QCOMPARE(listingDifferences(rows, reordered, time), QStringList());
    QCOMPARE(listingDifferences(rows, listing("vm,vcpu,t,x\na,0,5,1\na,0,5,2\na,0,7,4\n", "a"), time).size(), 1);
    QCOMPARE(listingDifferences(rows, listing("vm,vcpu,t,x\na,0,5,1\na,0,7,3\n", "a"), time).size(), 1);
    QCOMPARE(
        listingDifferences(rows, listing("vm,vcpu,t,x\na,0,5,1\na,0,5,2\na,0,6,0\na,0,7,3\n", "a"), time).size(), 1);
    QCOMPARE(listingDifferences(rows, listing("vm,vcpu,t\na,0,5\n", "a"), time).size(), 1);
}

QTEST_GUILESS_MAIN(TestRecordings)
#include "tst_recordings.moc"
