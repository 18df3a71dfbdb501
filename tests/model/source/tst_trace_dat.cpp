// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/source/tst_trace_dat.h"

#include <QtTest>

#include "model/record/stream_teller.h"
#include "tests/model/source/report_row.h"
#include "tests/tools/program.h"
#include "tests/tools/record_text.h"

using namespace exitscope;
using namespace exitscope::testing;

QString TestTraceDat::write(const std::string &bytes, const char *name) const
{
    QFile file(m_dir->filePath(QLatin1String(name)));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes.data(), qint64(bytes.size())) != qint64(bytes.size()))
        qFatal("%s", qPrintable(file.errorString()));
    return file.fileName();
}

ReadStream TestTraceDat::read(const DatFile &file, const QStringList &options) const
{
    const ReaderRun run = runReader(options + filesOf(write(file.bytes()), {0}), 1);
    if (!run.fault.isEmpty())
        qFatal("%s: %s", qPrintable(run.fault), run.errors.constData());
    return run.streams.front();
}

// Pages as they are unpacked (trace-cmd: 16384 and 8192 bytes), and the 572 bytes of threads' names.
void TestTraceDat::list()
{
    const ReaderOutput output = outputOfReader({QStringLiteral("--list"), kHost});
    QCOMPARE(output.out, QByteArray("0 16956\n1 8764\n"));
    QCOMPARE(output.status, 0);
    QCOMPARE(output.errors, QByteArray());
}

void TestTraceDat::listRefuses_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<QByteArray>("cause");
    QTest::newRow("missing") << QStringLiteral("/nonexistent/trace.dat")
                             << QByteArray("the file cannot be opened: No such file or directory");
    QTest::newRow("directory") << QStringLiteral("/") << QByteArray("it is no regular file");
    QTest::newRow("nothing known") << QStringLiteral(EXITSCOPE_SOURCE_DIR "/LICENSE")
                                   << QByteArray("it is no trace that can be read");
}

void TestTraceDat::listRefuses()
{
    QFETCH(const QString, path);
    QFETCH(const QByteArray, cause);
    const ReaderOutput output = outputOfReader({QStringLiteral("--list"), path});
    QCOMPARE(output.status, 1);
    QVERIFY(output.out.isEmpty());
    QVERIFY2(output.errors.startsWith(QByteArray("exitscope-reader: " + cause)), output.errors.constData());
    QCOMPARE(output.errors.count('\n'), 1);
}

void TestTraceDat::asTraceCmdReportsIt()
{
    Rows expected[2];
    const QString report
        = QString::fromUtf8(test::unpacked(QFileInfo(kHost).path() + QStringLiteral("/host.report.txt.gz")));
    for (const QString &line : report.split(QLatin1Char('\n'))) {
        int cpu = -1;
        if (const QString row = rowOf(line, &cpu); !row.isEmpty())
            expected[cpu].append(row);
    }
    const ReaderRun run = runReader(QStringList(QStringLiteral("--all-events")) + filesOf(kHost, {0, 1}), 2);
    QCOMPARE(run.fault, QString());
    QCOMPARE(expected[0].size() + expected[1].size(), 475);
    for (std::size_t cpu = 0; cpu < 2; ++cpu) {
        QCOMPARE(rowsOf(run.streams[cpu], RowsOf::Events), expected[cpu]);
        QCOMPARE(qsizetype(run.streams[cpu].summary->events), expected[cpu].size());
        QCOMPARE(run.streams[cpu].summary->pcpu, int(cpu));
        QCOMPARE(run.streams[cpu].bytesConsumed, cpu == 0 ? 16956u : 8764u);
        QVERIFY(run.streams[cpu].names.contains(QStringLiteral("CPU 1/KVM"))); // by what is saved beside the events
    }
}

void TestTraceDat::described()
{
    const ReaderRun run = runReader(filesOf(kHost, {1, 0}), 2);
    QCOMPARE(run.fault, QString());
    QVERIFY(run.streams[0].description);
    const wire::Description &description = *run.streams[0].description;
    QCOMPARE(description.format, std::string("trace.dat"));
    QCOMPARE(description.tracer, std::string("trace-cmd"));
    QCOMPARE(description.domain, std::string("kernel"));
    QCOMPARE(description.clockName, std::string("mono"));
    QCOMPARE(description.clockFrequency, std::uint64_t(1'000'000'000));
    QVERIFY(description.traceUuid.empty() && description.clockUuid.empty()); // nothing says which times are comparable
    QVERIFY(description.hasTid && !description.hasPid && !description.hasProcname && description.hasSwitches);
    for (const char *name : {"kvm:kvm_exit", "sched:sched_switch", "syscalls:sys_enter_ioctl", "irq:softirq_entry"})
        QVERIFY2(std::ranges::count(description.events, name) == 1, name);
    QCOMPARE(run.streams[1].describedAs, std::optional(0));
}

// trace-cmd extract writes the format of sched_switch though it was never recorded.
void TestTraceDat::switchesAreEvents()
{
    const Machine machine;
    const DatPage entries = machine.page(1000).event(0, machine.entry(31, 0)).event(5, machine.entry(31, 0));
    DatFile file = machine.file(7, {entries, entries});
    const auto hasSwitch = [](const ReadStream &stream) {
        return std::ranges::count(stream.description->events, std::string("sched:sched_switch")) == 1;
    };
    const ReadStream without = read(file);
    QVERIFY(!without.description->hasSwitches && !hasSwitch(without));
    QVERIFY(std::ranges::count(without.description->events, std::string("kvm:kvm_entry")) == 1);
    // The last event of another CPU is one; what is damaged before it is nobody else's fault.
    const std::string switched = DatPage(entries).event(9, machine.switched("kvm", 31, 1, "qemu", 30)).bytes();
    file.cpus.emplace_back(1, DatPage(entries).committed(4081).bytes());
    file.cpus.emplace_back(2, entries.bytes() + switched);
    const ReadStream with = read(file);
    QCOMPARE(with.cause, QString());
    QVERIFY(with.description->hasSwitches && hasSwitch(with));
}

void TestTraceDat::surveyedAndReadAgain()
{
    using enum wire::CommandKind;
    const ReaderRun asked = runReader(filesOf(kHost, {0}), 1);
    const ReaderRun run = runReader(
        filesOf(kHost, {0}), 1, {{{Survey, 0, 0}}, {{Again, 0, std::uint32_t(Plain::FirstProofs)}, {Read, 0, 100}}});
    QCOMPARE(asked.fault + run.fault, QString());
    QVERIFY(asked.streams[0].records.size() > 20);
    QCOMPARE(rowsOf(run.streams[0], RowsOf::Events), rowsOf(asked.streams[0], RowsOf::Events));
    QCOMPARE(run.streams[0].summary->events, asked.streams[0].summary->events);

    const ReaderRun survey = runReader(filesOf(kHost, {0}), 1, {{{Survey, 0, 0}}});
    QVERIFY(survey.streams[0].records.empty());
    QCOMPARE(survey.streams[0].summary->events, asked.streams[0].summary->events);
    QCOMPARE(survey.streams[0].summary->beginsWithSwitch, 1u);
}

void TestTraceDat::missingCpu()
{
    const ReaderRun run = runReader(filesOf(kHost, {5, 1}), 2);
    QCOMPARE(run.fault, QString());
    QCOMPARE(run.streams[0].cause, QStringLiteral("the file has no events of CPU 5"));
    QVERIFY(run.streams[1].summary && run.streams[1].description);
}

void TestTraceDat::machines_data()
{
    QTest::addColumn<int>("version");
    QTest::addColumn<bool>("isBigEndian");
    QTest::addColumn<unsigned>("longBytes");
    for (const int version : {6, 7})
        for (const bool isBigEndian : {false, true})
            for (const unsigned longBytes : {4u, 8u})
                QTest::addRow("version %d, %s endian, %u bits", version, isBigEndian ? "big" : "little", 8 * longBytes)
                    << version << isBigEndian << longBytes;
}

void TestTraceDat::machines()
{
    QFETCH(const int, version);
    QFETCH(const bool, isBigEndian);
    QFETCH(const unsigned, longBytes);
    const Machine machine{isBigEndian ? ByteOrder::Big : ByteOrder::Little, longBytes};
    DatFile file = machine.file(version,
        {machine.page(1000)
                .event(0, machine.entry(31, 2))
                .event(5, machine.switched("kvm", 31, -2, "qemu", 30))
                .event(7, machine.forked(30, 77, "child"), true),
            machine.page(5000).event(0, machine.plain(kSleep, 77))});
    file.threadNames = "31 CPU 0/KVM\n9 <...>\n";
    const ReadStream stream = read(file);
    QCOMPARE(stream.cause, QString());
    QCOMPARE(rowsOf(stream),
        (Rows{QStringLiteral("1000 p0 t31 next switch"), QStringLiteral("1000 p0 t31 thread CPU 0/KVM"),
            QStringLiteral("1000 p0 t31 entry vcpu 2"), QStringLiteral("1005 p0 t31 thread kvm"),
            QStringLiteral("1005 p0 t30 thread qemu"), QStringLiteral("1005 p0 t31 switch 31 to 30 state -2"),
            QStringLiteral("1012 p0 t77 thread child"), QStringLiteral("1012 p0 t30 proof"),
            QStringLiteral("5000 p0 t77 proof")}));
    QCOMPARE(stream.description->clockName, std::string("mono"));
    QVERIFY(stream.description->hostname.empty()); // it says nothing of the clock that could tell hosts apart
}

// What was written into trace_marker is told with its text, and an empty one without.
void TestTraceDat::marks()
{
    const Machine machine;
    const auto mark = [&](const char *text) {
        ByteWriter writer = machine.raw(5, 31);
        writer.put(std::uint64_t(0xffffffff81180b1c));
        writer.putString(text);
        return writer.bytes();
    };
    const ReadStream stream = read(machine.file(
        7, {machine.page(1000).event(0, machine.entry(31, 2)).event(5, mark("pio begin\n")).event(7, mark("\n"))}));
    QStringList texts;
    for (const Record &record : stream.records)
        if (record.kind == EventKind::HostProof)
            texts.append((record.plain.facts & IsMark) != 0 ? stream.names[qsizetype(record.plain.file) - 1]
                                                            : QStringLiteral("none"));
    QCOMPARE(texts, (QStringList{QStringLiteral("pio begin"), QStringLiteral("none")}));
}

// What stands between events and moves their times.
void TestTraceDat::times()
{
    const Machine machine;
    const std::uint64_t late = 1ull << 63; // a time stamp has 59 bits: those above are the page's
    const std::string sleep = machine.plain(kSleep, 1);
    const std::string large = sleep + std::string(400, 'x');
    const ReadStream stream = read(machine.file(7,
        {machine.page(1000)
                .event(1, sleep)
                .timeExtend(1ull << 40)
                .event(2, sleep)
                .takenBack(3, 5)
                .event(0, large)
                .padding(),
            machine.page(1ull << 42).timeStamp((1ull << 43) + 9).event(4, sleep)}));
    QCOMPARE(stream.cause, QString());
    const qint64 second = 1001 + (1ll << 40) + 2;
    QCOMPARE(rowsOf(stream, RowsOf::Events),
        (Rows{QStringLiteral("1001 p0 t1 proof"), QStringLiteral("%1 p0 t1 proof").arg(second),
            QStringLiteral("%1 p0 t1 proof").arg(second + 3), QStringLiteral("%1 p0 t1 proof").arg((1ll << 43) + 13)}));
    const ReadStream tooLate
        = read(machine.file(7, {machine.page(1).event(0, sleep), machine.page(late).timeStamp(5).event(0, sleep)}));
    QCOMPARE(tooLate.cause, QStringLiteral("an event of it has a time that cannot be"));
    QCOMPARE(rowsOf(tooLate, RowsOf::Events), Rows{QStringLiteral("1 p0 t1 proof")});
}

void TestTraceDat::losses_data()
{
    QTest::addColumn<int>("afterPage"); // whose place the loss is
    QTest::addColumn<int>("count"); // -1: the kernel did not store it
    QTest::addColumn<Rows>("blind");
    QTest::newRow("before all") << 0 << 5 << Rows{QStringLiteral("blind 1000"), QStringLiteral("sighted 1000")};
    QTest::newRow("between") << 1 << 3290 << Rows{QStringLiteral("blind 1000"), QStringLiteral("sighted 2000")};
    QTest::newRow("no number") << 1 << -1 << Rows{QStringLiteral("blind 1000"), QStringLiteral("sighted 2000")};
    QTest::newRow("a page without events")
        << 2 << 7 << Rows{QStringLiteral("blind 2000"), QStringLiteral("sighted 4000")};
    QTest::newRow("behind all") << 4 << 8 << Rows{QStringLiteral("blind 4000")};
}

void TestTraceDat::losses()
{
    QFETCH(const int, afterPage);
    QFETCH(const int, count);
    QFETCH(const Rows, blind);
    for (const Machine machine : {Machine{}, Machine{ByteOrder::Big, 4}}) {
        std::vector<DatPage> pages;
        for (const int page : {1, 2, 3, 4, 5}) {
            pages.push_back(machine.page(std::uint64_t(page) * 1000));
            if (page != 3 && page != 5)
                pages.back().event(0, machine.entry(31, 0));
        }
        pages[std::size_t(afterPage)].afterLoss(count < 0 ? std::nullopt : std::optional(std::uint64_t(count)));
        const ReadStream stream = read(machine.file(7, pages));
        Rows rows;
        for (const Record &record : stream.records)
            if (record.kind == EventKind::Blind || record.kind == EventKind::Sighted)
                rows.append(QStringLiteral("%1 %2").arg(QLatin1String(nameOf(record.kind))).arg(record.timeNs));
        QCOMPARE(rows, blind);
        QCOMPARE(stream.summary->events, std::uint64_t(3));
        QCOMPARE(stream.summary->discardedEvents, std::uint64_t(count < 0 ? 1 : count));
        QCOMPARE(stream.summary->uncountedLosses, std::uint64_t(count < 0 ? 1 : 0));
        QCOMPARE(stream.summary->discardedPackets, std::uint64_t(0));
    }
}

void TestTraceDat::recordedTwice()
{
    const Machine machine;
    const ReadStream stream = read(machine.file(7,
        {machine.page(10).event(0, machine.entry(31, 0)).event(0, machine.entry(31, 0)).event(0, machine.entry(31, 1)),
            machine.page(10).event(0, machine.entry(31, 1)).event(1, machine.entry(31, 1))}));
    QCOMPARE(rowsOf(stream, RowsOf::Events),
        (Rows{QStringLiteral("10 p0 t31 entry vcpu 0"), QStringLiteral("10 p0 t31 entry vcpu 1"),
            QStringLiteral("11 p0 t31 entry vcpu 1")}));
    QCOMPARE(stream.summary->repeatedEvents, std::uint64_t(2));
}

// That it happened is all that is known: not even whether the host was in it.
void TestTraceDat::unknownEvent()
{
    const Machine machine;
    const ReadStream stream = read(machine.file(7, {machine.page(10).event(0, machine.plain(kUnknown, 31))}));
    QCOMPARE(rowsOf(stream, RowsOf::Events), Rows{QStringLiteral("10 p0 t31 proof, perhaps")});
}

// More than a frame of records has room for, all known at the first event.
void TestTraceDat::manyNames()
{
    const Machine machine;
    DatFile file = machine.file(7, {machine.page(10).event(0, machine.entry(31, 0))});
    for (int tid = 1; tid <= 3000; ++tid)
        file.threadNames += std::to_string(tid) + " thread-" + std::to_string(tid) + "\n";
    const QStringList arguments = QStringList(QStringLiteral("--all-events")) + filesOf(write(file.bytes()), {0});
    const Commands oneByOne(4, wire::Command{wire::CommandKind::Read, 0, 1});
    for (const std::vector<Commands> &rounds : {std::vector<Commands>(), {oneByOne}}) {
        const ReaderRun run = runReader(arguments, 1, rounds);
        QCOMPARE(run.fault, QString());
        QCOMPARE(run.streams[0].frames, (std::vector<std::size_t>{1024, 1024, 953}));
        QCOMPARE(rowsOf(run.streams[0]).at(2999), QStringLiteral("10 p0 t3000 thread thread-3000"));
    }
}

void TestTraceDat::clocks_data()
{
    QTest::addColumn<QString>("clock");
    QTest::addColumn<int>("option"); // 0: none
    QTest::addColumn<QByteArray>("data");
    QTest::addColumn<qint64>("time"); // of an event at 1000; -1: it is refused
    QTest::newRow("local") << QStringLiteral("[local] global mono") << 0 << QByteArray() << qint64(1000);
    QTest::newRow("nothing") << QString() << 0 << QByteArray() << qint64(1000);
    QTest::newRow("offset") << QStringLiteral("[mono]") << 7 << QByteArray("-400\0", 5) << qint64(600);
    QTest::newRow("date, in us") << QStringLiteral("[mono]") << 1 << QByteArray("0x10\0", 5) << qint64(17'000);
    QTest::newRow("counts") << QStringLiteral("local [x86-tsc]") << 0 << QByteArray() << qint64(-1);
    // 1000 * 3 / 2
    QTest::newRow("counts that have a scale") << QStringLiteral("local [x86-tsc]") << 14
                                              << QByteArray("\3\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0", 16) << qint64(1500);
    QTest::newRow("impossible scale") << QStringLiteral("[x86-tsc]") << 14
                                      << QByteArray("\3\0\0\0\101\0\0\0\0\0\0\0\0\0\0\0", 16) << qint64(-1);
    QTest::newRow("impossible offset") << QStringLiteral("[mono]") << 7 << QByteArray("9223372036854775807\0", 20)
                                       << qint64(-1);
}

void TestTraceDat::clocks()
{
    QFETCH(const QString, clock);
    QFETCH(const int, option);
    QFETCH(const QByteArray, data);
    QFETCH(const qint64, time);
    const Machine machine;
    DatFile file = machine.file(6, {machine.page(1000).event(0, machine.entry(31, 0))});
    file.clock = clock.toStdString();
    if (option != 0)
        file.options = {{std::uint16_t(option), data.toStdString()}};
    const ReadStream stream = read(file);
    QCOMPARE(stream.cause.isEmpty(), time >= 0);
    if (time >= 0)
        QCOMPARE(rowsOf(stream, RowsOf::Events), Rows{QStringLiteral("%1 p0 t31 entry vcpu 0").arg(time)});
    else if (option == 0)
        QCOMPARE(stream.cause,
            QStringLiteral("its times are counts of the clock x86-tsc, not nanoseconds; record with `trace-cmd record "
                           "-C mono`"));
}

QTEST_GUILESS_MAIN(TestTraceDat)
