// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <QTemporaryDir>

#include <random>

#include "model/record/stream_teller.h"
#include "tests/model/source/dat_machine.h"
#include "tests/model/source/report_row.h"
#include "tests/tools/program.h"
#include "tests/tools/reader_run.h"
#include "tests/tools/record_text.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

using Rows = QStringList;

const QString kHost = QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/trace-cmd/host.dat");

} // namespace

// trace.dat of trace-cmd as exitscope-reader reads it.
class TestTraceDat : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_dir = std::make_unique<QTemporaryDir>(); }
    void list();
    void listRefuses_data();
    void listRefuses();
    void asTraceCmdReportsIt();
    void described();
    void switchesAreEvents();
    void surveyedAndReadAgain();
    void missingCpu();
    void machines_data();
    void machines();
    void times();
    void losses_data();
    void losses();
    void recordedTwice();
    void unknownEvent();
    void manyNames();
    void clocks_data();
    void clocks();
    void refused_data();
    void refused();
    void eventBeyondItsPage_data();
    void eventBeyondItsPage();
    void damagedChunkOfOneCpu();
    void cutEverywhere();
    void damagedAnywhere();

private:
    QString write(const std::string &bytes, const char *name = "trace.dat") const;
    ReadStream read(const DatFile &file, const QStringList &options = {QStringLiteral("--all-events")}) const;

    std::unique_ptr<QTemporaryDir> m_dir;
};

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

void TestTraceDat::refused_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QString>("cause");
    QTest::newRow("version") << QByteArray("tracing7") << QByteArray("tracing8")
                             << QStringLiteral("it is a trace.dat of version 8; versions 6 and 7 can be read");
    QTest::newRow("compression") << QByteArray("none\0", 5) << QByteArray("lzo2\0", 5)
                                 << QStringLiteral("it is compressed by lzo2, which is not read; `trace-cmd convert "
                                                   "--compression none` unpacks it");
    QTest::newRow("ring buffer") << QByteArray("27 bits") << QByteArray("26 bits")
                                 << QStringLiteral(
                                        "the ring buffer of the kernel that recorded it is of an unknown form");
    QTest::newRow("a format that matters")
        << QByteArray("field:unsigned int vcpu_id") << QByteArray("field;unsigned int vcpu_id")
        << QStringLiteral("the format of the event kvm:kvm_entry cannot be understood");
    QTest::newRow("one that does not") << QByteArray("field:__u64 ns") << QByteArray("field;__u64 ns") << QString();
    QTest::newRow("a field outside") << QByteArray("vcpu_id;\toffset:8;") << QByteArray("vcpu_id;\toffset:80000000;")
                                     << QStringLiteral("the format of the event kvm:kvm_entry has a field that lies "
                                                       "outside of any event");
}

void TestTraceDat::refused()
{
    QFETCH(const QByteArray, from);
    QFETCH(const QByteArray, to);
    QFETCH(const QString, cause);
    const Machine machine;
    QByteArray bytes
        = QByteArray::fromStdString(machine.file(7, {machine.page(1000).event(0, machine.entry(31, 0))}).bytes());
    QCOMPARE(bytes.count(from), 1);
    if (from.size() != to.size()) { // the size of the format stands before it: it ends one line earlier
        const qsizetype at = bytes.indexOf(from);
        bytes.replace(at, from.size(), to);
        bytes.remove(bytes.indexOf("\"%s\"", at), to.size() - from.size());
    } else {
        bytes.replace(from, to);
    }
    const ReaderRun run = runReader(filesOf(write(bytes.toStdString()), {0}), 1);
    QCOMPARE(run.fault, QString());
    QCOMPARE(run.streams[0].cause, cause);
}

void TestTraceDat::eventBeyondItsPage_data()
{
    const Machine machine;
    const auto page = [&] { return machine.page(2000).event(0, machine.entry(31, 0)); };
    QTest::addColumn<QString>("cause");
    QTest::addColumn<QByteArray>("page");
    const auto add = [](const char *name, const char *cause, const DatPage &of) {
        QTest::newRow(name) << QString::fromLatin1(cause) << QByteArray::fromStdString(of.bytes());
    };
    const char *damaged = "a page of the ring buffer is damaged";
    const char *shorter = "an event is shorter than its format says";
    add("page of more bytes than pages have", damaged, page().committed(4081));
    add("event cut by its page", damaged, page().committed(12));
    add("length cut by its page", damaged, page().event(0, machine.plain(kSleep, 1), true).committed(20));
    add("padding behind the page", damaged, page().takenBack(1, 1000).committed(40));
    add("event without its fields", shorter, machine.page(2000).event(0, machine.plain(kEntry, 31)));
    add("event of nothing", shorter, machine.page(2000).event(0, std::string(), true));
    add("text behind the event", shorter, machine.page(2000).event(0, machine.forked(1, 2, "name", 4000)));
}

// What stands before it stays.
void TestTraceDat::eventBeyondItsPage()
{
    QFETCH(const QString, cause);
    QFETCH(const QByteArray, page);
    const Machine machine;
    DatFile file = machine.file(7, {machine.page(1000).event(0, machine.entry(31, 0))});
    file.cpus.front().second += page.toStdString();
    const ReadStream stream = read(file);
    QCOMPARE(stream.cause, cause);
    QVERIFY(stream.partial);
    QVERIFY(rowsOf(stream, RowsOf::Events).contains(QStringLiteral("1000 p0 t31 entry vcpu 0")));
}

// CPU 0 says to have one chunk more than it has: its own events stay, and all of the other CPU's.
void TestTraceDat::damagedChunkOfOneCpu()
{
    QFile file(kHost);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QByteArray bytes = file.readAll();
    const QByteArray head("\0\x40\0\0\x28\xb5\x2f\xfd", 8); // of 16384 bytes, packed by zstd
    QCOMPARE(bytes.count(head), 1);
    const qsizetype chunks = bytes.indexOf(head) - 8; // how many, how large the first one is, how much it holds
    QCOMPARE(bytes.mid(chunks, 4), QByteArray("\1\0\0\0", 4));
    bytes[chunks] = 2;
    const QStringList arguments(QStringLiteral("--all-events"));
    const ReaderRun whole = runReader(arguments + filesOf(kHost, {0, 1}), 2);
    const ReaderRun run = runReader(arguments + filesOf(write(bytes.toStdString()), {0, 1}), 2);
    QCOMPARE(whole.fault + run.fault, QString());
    QCOMPARE(run.streams[0].cause,
        QStringLiteral("the file is damaged: from here on the data of CPU 0 is not packed as trace-cmd does"));
    QCOMPARE(run.streams[1].cause, QString());
    for (std::size_t cpu : {0u, 1u})
        QCOMPARE(rowsOf(run.streams[cpu], RowsOf::Events), rowsOf(whole.streams[cpu], RowsOf::Events));
}

// Its head must be whole; of the events as many are read as there are.
void TestTraceDat::cutEverywhere()
{
    QFile file(kHost);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const std::string host = file.readAll().toStdString();
    constexpr int places = 30;
    for (std::size_t i = 0; i < places; ++i) {
        const QString path = write(host.substr(0, host.size() * i / places));
        const ReaderRun run = runReader(filesOf(path, {0, 1}), 2);
        QVERIFY2(run.fault.isEmpty(), qPrintable(run.fault + QString::fromUtf8(run.errors)));
        QVERIFY(!run.streams[0].cause.isEmpty() && !run.streams[1].cause.isEmpty());
    }
    const Machine machine;
    const std::string entry = machine.entry(31, 0);
    for (const int version : {6, 7}) {
        DatFile plain = machine.file(version, {machine.page(1).event(0, entry), machine.page(2).event(0, entry)});
        std::string bytes = plain.bytes();
        if (version == 6) { // there the events are the last
            const ReaderRun run = runReader(filesOf(write(bytes.substr(0, bytes.size() - 100)), {0}), 1);
            QCOMPARE(rowsOf(run.streams[0], RowsOf::Events), Rows{QStringLiteral("1 p0 t31 entry vcpu 0")});
            QCOMPARE(run.streams[0].cause, QStringLiteral("the file was cut: it ends before this CPU's last events"));
        }
        for (std::size_t size = 0; size < bytes.size(); size += bytes.size() / 10) {
            const ReaderRun run = runReader(filesOf(write(bytes.substr(0, size)), {0}), 1);
            QVERIFY2(run.fault.isEmpty(), qPrintable(run.fault));
            QVERIFY(!run.streams[0].cause.isEmpty());
        }
    }
}

void TestTraceDat::damagedAnywhere()
{
    QFile file(kHost);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const Machine machine;
    const std::vector<DatPage> pages{machine.page(1000)
                                         .event(0, machine.entry(31, 2))
                                         .event(5, machine.switched("kvm", 31, 1, "qemu", 30))
                                         .event(7, machine.forked(30, 77, "child"), true)};
    const std::string originals[]
        = {file.readAll().toStdString(), machine.file(6, pages).bytes(), machine.file(7, pages).bytes()};
    std::mt19937 random(17);
    int failed = 0;
    for (int i = 0; i < 90; ++i) {
        std::string bytes = originals[i % 3];
        // Most of a written file is an empty page.
        const std::size_t size = i % 3 == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 3200);
        for (int flips = 0; flips <= i % 4; ++flips)
            bytes[random() % size] ^= char(1u << random() % 8);
        const ReaderRun run = runReader(filesOf(write(bytes), {0}), 1);
        QVERIFY2(run.fault.isEmpty(), qPrintable(QStringLiteral("%1: ").arg(i) + run.fault));
        failed += run.streams[0].cause.isEmpty() ? 0 : 1;
    }
    QVERIFY2(failed > 20 && failed < 90, qPrintable(QString::number(failed)));
}

QTEST_GUILESS_MAIN(TestTraceDat)
#include "tst_trace_dat.moc"
