// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/source/tst_trace_dat.h"

#include <QtTest>

#include <random>

#include "tests/model/source/file_steps.h"
#include "tests/model/source/report_row.h"
#include "tests/tools/record_text.h"

using namespace exitscope;
using namespace exitscope::testing;

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
    QTest::newRow("one that does not") << QByteArray("field:__u64 load") << QByteArray("field;__u64 load") << QString();
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

// Whatever is damaged or cut: an end, and steps or a line that says why there are none.
void TestTraceDat::seeded()
{
    QFile file(kHost);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const std::string whole = file.readAll().toStdString();
    const qsizetype most = stepsOf(*reader::openTraceFile(write(whole).toStdString())).size();
    QVERIFY(most > 470);
    int refused = 0, read = 0;
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        std::string bytes = whole;
        for (auto changes = 1 + random() % 4; changes > 0; --changes)
            bytes[random() % bytes.size()] = char(random());
        if (seed % 5 == 0)
            bytes.resize(random() % bytes.size());
        try {
            const QStringList steps = stepsOf(*reader::openTraceFile(write(bytes).toStdString()));
            QVERIFY(steps.size() <= 10 * most);
            read += steps.isEmpty() ? 0 : 1;
        } catch (const reader::ReadError &error) {
            ++refused;
            QVERIFY(error.what()[0] != '\0' && !QByteArray(error.what()).contains('\n'));
        }
    }
    // Nearly all of the file is packed.
    QVERIFY2(refused > 60 && read > 40, qPrintable(QStringLiteral("%1 refused, %2 read").arg(refused).arg(read)));
}
