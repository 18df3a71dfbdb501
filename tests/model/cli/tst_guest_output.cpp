// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>

#include "tests/tools/program.h"

using namespace exitscope::test;

// What commands print of the sample's guest. The numbers are those of its workload (resources/sample/README.txt).
class TestGuestOutput : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void exitsHaveFourColumns();
    void hostAloneHasNone();
    void filters();
    void accountsByThread();
    void interrupts();
    void threadsAsJson();
    void noGuestIsSure();
    void guests();
    void reportHasGuests();
    void findingsNameTheProgram();
    void groupsOfThreads();
    void phases();
    void phasesOfTexts_data();
    void phasesOfTexts();
    void whatThereIsNot();
    void givenMap();
};

namespace {

const QString kSample = QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample");

QByteArray cli(const QStringList &arguments)
{
    const ProgramResult result = runCli(arguments);
    return result.status == 0 ? result.out : QByteArray("status ") + QByteArray::number(result.status);
}

QStringList split(const char *words)
{
    return QString::fromUtf8(words).split(QLatin1Char(' '));
}

} // namespace

void TestGuestOutput::exitsHaveFourColumns()
{
    const QByteArray all = cli({QStringLiteral("exits"), kSample});
    const QByteArray host = cli({QStringLiteral("exits"), QString(kSample % QStringLiteral("/host"))});
    const QList<QByteArray> rows = all.split('\n'), plain = host.split('\n');
    QCOMPARE(rows.size(), plain.size());
    QCOMPARE(rows[0], QByteArray(plain[0].trimmed() + ",guest_tid,guest_thread,guest_context,certain\r"));
    int ports = 0;
    for (qsizetype i = 1; i < rows.size() - 1; ++i) {
        QVERIFY(rows[i].startsWith(QByteArray(plain[i].trimmed() + ','))); // nothing before them changes
        QVERIFY(rows[i].endsWith(",yes\r"));
        ports += rows[i].contains(",port,0x6100,289,pio,syscall:pwrite64,yes") ? 1 : 0;
    }
    QCOMPARE(ports, 1900);
}

void TestGuestOutput::hostAloneHasNone()
{
    QVERIFY(!cli({QStringLiteral("exits"), QString(kSample % QStringLiteral("/host"))}).contains("guest_tid"));
}

void TestGuestOutput::filters()
{
    const auto countOf = [](const char *filters) {
        return cli(QStringList{QStringLiteral("exits")} + split(filters) + QStringList{kSample}).count('\n') - 1;
    };
    QCOMPARE(countOf("--thread pio-289 --syscall pwrite64 --target port:0x6100"), 1900);
    QCOMPARE(countOf("--process pio-289 --context syscall:pwrite64 --target port:0x6100"), 1900);
    QCOMPARE(countOf("--thread pio-289 --syscall none --target port:0x6100"), 0);
    QCOMPARE(countOf("--context user --context kernel --reason cpuid"), 4745);
    // As any filter they touch exits of all commands.
    const QJsonObject report = QJsonDocument::fromJson(
        cli(split("report --format json --thread pio-289 --reason io --target port:0x6100") + QStringList{kSample}))
                                   .object();
    const QJsonArray reasons = report[QStringLiteral("reasons")].toArray();
    QCOMPARE(reasons.size(), 1);
    QCOMPARE(reasons[0].toObject()[QStringLiteral("count")].toInt(), 1900);
}

// The filter of a row selects as many exits as the row has.
void TestGuestOutput::accountsByThread()
{
    const QJsonObject accounts
        = QJsonDocument::fromJson(cli(split("accounts --by thread,context --format json") + QStringList{kSample}))
              .object();
    const QJsonArray rows = accounts[QStringLiteral("rows")].toArray();
    QVERIFY(rows.size() > 20);
    const auto nameOf = [&](int row) {
        const QJsonObject of = rows[row].toObject();
        return QString(
            of[QStringLiteral("thread")].toString() % QLatin1Char(' ') % of[QStringLiteral("context")].toString());
    };
    QCOMPARE(nameOf(0), QStringLiteral("cpuids-291 user"));
    QCOMPARE(nameOf(1), QStringLiteral("pio-289 syscall:pwrite64"));
    int sum = 0;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        const QJsonObject row = rows[i].toObject();
        const int count = row[QStringLiteral("count")].toInt();
        sum += count;
        if (i > 5)
            continue;
        QStringList arguments{QStringLiteral("exits")};
        for (const QJsonValue &word : row[QStringLiteral("filter")].toArray())
            arguments.append(word.toString());
        QCOMPARE(int(cli(arguments + QStringList{kSample}).count('\n')) - 1, count);
    }
    QCOMPARE(sum, 8300);
}

// Each row is what --context selects; softirqs were counted by babeltrace2: those of the guest within the host's trace.
void TestGuestOutput::interrupts()
{
    const QList<QByteArray> rows = cli(split("interrupts --format csv") + QStringList{kSample}).split('\n');
    QVERIFY(rows[0].startsWith("vm,interrupt,handlers,on_cpu_ns,guest_ns,kvm_ns,"));
    QVERIFY(rows.size() > 5);
    const qsizetype exits = rows[0].split(',').indexOf("exits");
    for (qsizetype i = 1; i < rows.size() - 1; ++i) {
        const QList<QByteArray> cells = rows[i].split(',');
        const QStringList filter{QStringLiteral("exits"), QStringLiteral("--context"), QString::fromUtf8(cells[1])};
        const int count = cells[exits].toInt();
        if (count > 0)
            QCOMPARE(int(cli(filter + QStringList{kSample}).count('\n')) - 1, count);
    }
    const QJsonObject json
        = QJsonDocument::fromJson(cli(split("interrupts --format json") + QStringList{kSample})).object();
    QCOMPARE(json[QStringLiteral("schema")].toString(), QStringLiteral("exitscope-interrupts/1"));
    const QJsonArray listed = json[QStringLiteral("vms")][0][QStringLiteral("interrupts")].toArray();
    QCOMPARE(listed.size(), rows.size() - 2);
    QCOMPARE(listed[0][QStringLiteral("interrupt")].toString(), QString::fromUtf8(rows[1].split(',')[1]));
    const QByteArray text = cli(QStringList{QStringLiteral("interrupts"), kSample});
    QVERIFY(text.startsWith("What the interrupts in the guest of qemu-system-x86 took\n  Interrupt "));
}

void TestGuestOutput::threadsAsJson()
{
    const QJsonObject json
        = QJsonDocument::fromJson(cli(split("threads --format json") + QStringList{kSample})).object();
    const QJsonArray threads = json[QStringLiteral("vms")][0][QStringLiteral("threads")].toArray();
    qint64 exits = 0;
    for (const QJsonValue &thread : threads)
        exits += thread[QStringLiteral("exits")].toInteger();
    QCOMPARE(exits, 8300);
    const QJsonObject idle = threads.last().toObject(); // nobody has no time: the guest was recorded all the while
    QCOMPARE(idle[QStringLiteral("tid")].toInteger(-1), 0);
    QVERIFY(idle[QStringLiteral("lost_ns")].isNull());
    const QList<QByteArray> rows = cli(split("threads --format csv") + QStringList{kSample}).split('\n');
    QCOMPARE(rows.size() - 2, threads.size());
    QVERIFY(rows[rows.size() - 2].startsWith("qemu-system-x86,0,,swapper/"));
}

void TestGuestOutput::noGuestIsSure()
{
    const QStringList host{QString(kSample % QStringLiteral("/host"))};
    QVERIFY(cli(split("guests") + host).startsWith("There is no guest's trace"));
    for (const char *command : {"threads", "syscalls", "interrupts"}) {
        QVERIFY(cli(split(command) + host).startsWith("Of no guest is known what it did: "));
        QCOMPARE(cli(split(command) + split("--format csv") + host).count('\n'), 1);
    }
}

// The clock is what sync prints.
void TestGuestOutput::guests()
{
    const QJsonObject all = QJsonDocument::fromJson(cli(split("guests --format json") + QStringList{kSample})).object();
    QCOMPARE(all[QStringLiteral("schema")].toString(), QStringLiteral("exitscope-guests/1"));
    QCOMPARE(all[QStringLiteral("guests")].toArray().size(), 1);
    const QJsonObject guest = all[QStringLiteral("guests")][0].toObject();
    const QJsonArray sync = QJsonDocument::fromJson(cli(QStringList{QStringLiteral("sync"), kSample})).array();
    const QJsonObject clock = sync[0].toObject();
    for (auto it = clock.begin(); it != clock.end(); ++it)
        QCOMPARE(guest[it.key()], it.value());
    const QJsonArray cpus = guest[QStringLiteral("cpus")].toArray();
    QCOMPARE(cpus.size(), 2);
    QCOMPARE(cpus[1][QStringLiteral("vcpu")].toString(), QStringLiteral("qemu-system-x86/1"));
    QCOMPARE(cpus[0][QStringLiteral("events")].toInteger() + cpus[1][QStringLiteral("events")].toInteger(),
        guest[QStringLiteral("recorded_events")].toInteger());
    QCOMPARE(guest[QStringLiteral("lost_events")].toInteger(), 0);
    for (const char *kind : {"sched_switch", "syscalls", "interrupts", "softirqs", "file_names"})
        QVERIFY2(guest[QStringLiteral("records")][QString::fromUtf8(kind)].toBool(), kind);
    QCOMPARE(guest[QStringLiteral("exits")][QStringLiteral("certain")].toInteger(), 8300);
    const QList<QByteArray> rows = cli(split("guests --format csv --reason cpuid") + QStringList{kSample}).split('\n');
    QCOMPARE(rows.size(), 3);
    QCOMPARE(rows[0].count(','), rows[1].count(','));
    QVERIFY(rows[1].endsWith(",4745,0,0,0\r"));
    const QByteArray text = cli(QStringList{QStringLiteral("guests"), kSample});
    QVERIFY(text.startsWith("Guest of qemu-system-x86: "));
    QVERIFY(text.contains("0 on qemu-system-x86/0, 1 on qemu-system-x86/1\n"));
    // The host's own map is given: what stands then is the user's.
    const QByteArray given = cli({QStringLiteral("guests"), QStringLiteral("--map"),
        QString(kSample % QStringLiteral("/vm0/guest=0,0")), kSample});
    QVERIFY(given.contains("unknown of 8,300\n"));
}

// Schema 2 is schema 1 and the guests.
void TestGuestOutput::reportHasGuests()
{
    const QString host = kSample % QStringLiteral("/host");
    QJsonObject with = QJsonDocument::fromJson(cli(split("report --format json") + QStringList{kSample})).object();
    QJsonObject without = QJsonDocument::fromJson(cli(split("report --format json") + QStringList{host})).object();
    QCOMPARE(with.take(QStringLiteral("schema")).toString(), QStringLiteral("exitscope-report/2"));
    QCOMPARE(without.take(QStringLiteral("schema")).toString(), QStringLiteral("exitscope-report/1"));
    const QJsonObject guest = with.take(QStringLiteral("guests"))[0].toObject();
    for (const char *member : {"vms", "reasons", "states", "scenarios", "runs"})
        QCOMPARE(with[QString::fromUtf8(member)], without[QString::fromUtf8(member)]);
    QCOMPARE(with.keys(), without.keys());
    qint64 exits = 0;
    for (const QJsonValue &program : guest[QStringLiteral("programs")].toArray())
        exits += program[QStringLiteral("exits")].toInteger();
    QCOMPARE(exits, 8300);
    QCOMPARE(guest[QStringLiteral("programs")][0][QStringLiteral("program")].toString(), QStringLiteral("pio"));
    const QByteArray text = cli(QStringList{QStringLiteral("report"), kSample});
    QVERIFY(text.contains("\nGuest of qemu-system-x86: "));
    QVERIFY(text.contains("What the programs in the guest of qemu-system-x86 got\n  Program "));
    QVERIFY(!cli(QStringList{QStringLiteral("report"), host}).contains("Guest of"));
}

// Of the 4,745 CPUIDs 4,535 are of cpuids: 95.6 %. What interrupts caused is not of whom they interrupted.
void TestGuestOutput::findingsNameTheProgram()
{
    const auto evidence = [](const QString &path) {
        QStringList texts;
        const QJsonObject report
            = QJsonDocument::fromJson(cli(split("report --format json") + QStringList{path})).object();
        for (const QJsonValue &finding : report[QStringLiteral("findings")].toArray())
            texts.append(finding[QStringLiteral("evidence")].toString());
        return texts;
    };
    const QStringList with = evidence(kSample), without = evidence(kSample + QStringLiteral("/host"));
    QCOMPARE(with.size(), without.size());
    QCOMPARE(with[0], QString(without[0] % QStringLiteral("; by 95.6 % cpuids")));
    QCOMPARE(with[1], QString(without[1] % QStringLiteral("; by 100.0 % pio")));
    QCOMPARE(with[2], QString(without[2] % QStringLiteral("; by 57.9 % irq:3")));
    QCOMPARE(with[3], without[3]); // who took the CPU is no matter of the guest
}

void TestGuestOutput::groupsOfThreads()
{
    const auto lostBy = [](const char *group) {
        const QString arguments = QStringLiteral("threads --format csv --by ") + QString::fromUtf8(group);
        const QList<QByteArray> rows = cli(arguments.split(QLatin1Char(' ')) + QStringList{kSample}).split('\n');
        const qsizetype column = rows[0].split(',').indexOf("kvm_ns");
        qint64 sum = 0;
        for (qsizetype i = 1; i < rows.size() - 1; ++i)
            sum += rows[i].split(',')[column].toLongLong();
        return std::pair(rows.size(), sum);
    };
    const auto threads = lostBy("thread"), processes = lostBy("process"), programs = lostBy("program");
    QVERIFY(threads.first > processes.first && processes.first > 5 && programs.first > 5);
    QCOMPARE(processes.second, threads.second);
    QCOMPARE(programs.second, threads.second);
    const ProgramResult wrong = runCli(split("threads --by colour") + QStringList{kSample});
    QCOMPARE(wrong.status, 1);
    QVERIFY(wrong.err.contains(QStringLiteral("there are: thread, process, program")));
}

// A phase is a range: the report of it has as many exits.
void TestGuestOutput::phases()
{
    const QJsonObject all = QJsonDocument::fromJson(cli(split("phases --format json") + QStringList{kSample})).object();
    int pairs = 0;
    for (const QJsonValue &phase : all[QStringLiteral("phases")].toArray()) {
        const auto number = [&](const char *member) { return phase[QString::fromUtf8(member)].toInteger(); };
        const QStringList range{QStringLiteral("--from"), QString::number(number("begin_ns")), QStringLiteral("--to"),
            QString::number(number("end_ns"))};
        QCOMPARE(int(cli(QStringList{QStringLiteral("exits")} + range + QStringList{kSample}).count('\n')) - 1,
            int(number("exits")));
        QCOMPARE(number("length_ns"), number("end_ns") - number("begin_ns"));
        pairs += phase[QStringLiteral("has_end")].toBool() ? 1 : 0;
    }
    QCOMPARE(pairs, 4); // quiet-1, pio-storm, cpuid-storm, marks
    const QByteArray text = cli(QStringList{QStringLiteral("phases"), kSample});
    QVERIFY(text.startsWith("Phases of the guest of qemu-system-x86\n  Phase "));
    QVERIFY(text.contains("\n  pio-storm "));
    QVERIFY(cli(QStringList{QStringLiteral("phases"), QString(kSample % QStringLiteral("/host"))})
                .startsWith("No trace holds marks of phases"));
    QVERIFY(!cli(split("phases --phase lib*.so* --format csv") + QStringList{kSample}).contains("\n\n"));
    // Of one that lies behind the end of the host's recording nothing is known.
    const QByteArray behind = cli(split("phases --phase *ld.so.cache --format csv") + QStringList{kSample});
    int beyond = 0;
    for (const QByteArray &row : behind.split('\n'))
        beyond += row.trimmed().endsWith(",,,,,") ? 1 : 0;
    QVERIFY2(beyond > 0, behind);
    QVERIFY(!behind.contains(",0,0,0,0,0\r"));
    const ProgramResult bracket = runCli(split("phases --phase [") + QStringList{kSample});
    QCOMPARE(bracket.status, 0);
    QVERIFY2(!bracket.err.contains(QStringLiteral("QRegularExpression")), qPrintable(bracket.err));
}

void TestGuestOutput::phasesOfTexts_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addRow("trace_pipe") << QByteArray("tracing_mark_write: ");
    QTest::addRow("trace-cmd report") << QByteArray("print:                tracing_mark_write: ");
    QTest::addRow("trace-cmd report -R") << QByteArray("print:                 ip=0xffffffff81180b1c buf=");
}

// Marks of ftrace; no host is there, so that only the lengths are known.
void TestGuestOutput::phasesOfTexts()
{
    QFETCH(QByteArray, head);
    const QTemporaryDir directory;
    QFile file(directory.filePath(QStringLiteral("guest.txt")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("              sh-7     [000] d..3.   100.000050: sched_switch: prev_comm=sh prev_pid=7 prev_prio=120 "
               "prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120\n"
               "              sh-7     [000] .....   100.000100: "
        + head + "pio begin\n              sh-7     [000] .....   100.000350: " + head + "pio end\n");
    file.close();
    const ProgramResult run = runCli(
        {QStringLiteral("phases"), QStringLiteral("--role"), QString(file.fileName() % QStringLiteral("=guest")),
            QStringLiteral("--format"), QStringLiteral("csv"), file.fileName()});
    QCOMPARE(run.status, 0);
    QVERIFY2(run.out.endsWith("guest.txt,,pio,1,,,250000,yes,yes,,,,,,\r\n"), run.out.constData());
}

void TestGuestOutput::whatThereIsNot()
{
    const ProgramResult wrong = runCli(split("exits --thread pio-1") + QStringList{kSample});
    QCOMPARE(wrong.status, 1);
    QVERIFY(
        wrong.err.contains(QStringLiteral("there is no thread 'pio-1'; 'exitscope-cli accounts --by thread' prints")));
    const ProgramResult alone
        = runCli(split("report --context user") + QStringList{QString(kSample % QStringLiteral("/host"))});
    QCOMPARE(alone.status, 1);
    QVERIFY(alone.err.contains(QStringLiteral("no guest's trace is aligned with its host")));
}

// A map of the user counts, whatever would be found.
void TestGuestOutput::givenMap()
{
    const QString guest = kSample % QStringLiteral("/vm0/guest");
    const ProgramResult far
        = runCli({QStringLiteral("exits"), QStringLiteral("--map"), QString(guest % QStringLiteral("=0,0")), kSample});
    QCOMPARE(far.status, 0); // so far away that it tells nothing of any exit
    QVERIFY(far.out.contains(",,,,no\r\n"));
    QVERIFY(!far.out.contains(",yes\r\n"));
    QCOMPARE(
        runCli({QStringLiteral("exits"), QStringLiteral("--map"), QStringLiteral("/none=0,0"), kSample}).status, 1);
}

QTEST_GUILESS_MAIN(TestGuestOutput)
#include "tst_guest_output.moc"
