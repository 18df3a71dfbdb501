// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <new>
#include <random>

#include "tests/model/source/file_steps.h"
#include "tests/tools/perf_data_writer.h"

using namespace exitscope;
using namespace exitscope::testing;

using Form = PerfDataWriter::Form;

// What cannot be read of perf.data files is said in one line; what came before is kept.
class TestPerfDamage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refused_data();
    void refused();
    void pipedAndCut();
    void damagedRecord();
    void damagedCompression();
    void seeded_data();
    void seeded();

private:
    QString put(const std::string &bytes);

    QTemporaryDir m_directory;
};

namespace {

std::string withRuns(Form form, ByteOrder order = ByteOrder::Little)
{
    PerfDataWriter writer(order);
    const PerfRaw raw(order);
    writer.open({"kvm:kvm_entry"});
    writer.open({"kvm:kvm_exit"});
    writer.open({"sched:sched_switch"});
    writer.numbers();
    writer.name({0, 0, 20, 20}, "qemu");
    for (std::uint64_t i = 0; i < 20; ++i) {
        writer.sample(0, {0, 1000 + i * 100, 20, 21}, raw.entry(21, 0));
        writer.sample(1, {0, 1050 + i * 100, 20, 21}, raw.exit(21, 0x78, 0x1000 + i, 0));
        writer.sample(2, {1, 1020 + i * 100, 0, 0}, raw.switched(0, "swapper/1", 0, 30, "make"));
        if (i % 5 == 0) {
            writer.lost(1, {1, 1060 + i * 100, 0, 0}, i + 1);
            writer.fork({1, 1070 + i * 100, 30, std::int32_t(31 + i)});
            writer.round();
        }
    }
    writer.lostSamples(0, 0, 3);
    return writer.file(form);
}

std::string oneEvent(const PerfOpened &event)
{
    PerfDataWriter writer;
    writer.open(event);
    writer.sample(0, {0, 1000, 20, 21}, PerfRaw().entry(21, 0));
    return writer.file();
}

std::string patched(std::string bytes, std::size_t at, std::uint64_t value, std::size_t size = 8)
{
    for (std::size_t i = 0; i < size; ++i)
        bytes[at + i] = char(value >> (8 * i));
    return bytes;
}

} // namespace

QString TestPerfDamage::put(const std::string &bytes)
{
    const QString path = m_directory.filePath(QStringLiteral("perf.data"));
    QFile file(path);
    file.remove(); // one that is cut and written again goes to the disk at once
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes.data(), qint64(bytes.size())) != qint64(bytes.size()))
        qFatal("cannot write %s", qPrintable(path));
    return path;
}

void TestPerfDamage::refused_data()
{
    QTest::addColumn<std::string>("bytes");
    QTest::addColumn<QString>("cause"); // its begin
    const auto add = [](const char *name, const std::string &bytes, const char *cause) {
        QTest::newRow(name) << bytes << QString::fromLatin1(cause);
    };
    const std::string whole = withRuns(Form::Whole);
    add("other byte order", withRuns(Form::Whole, ByteOrder::Big),
        "it was recorded on a machine of the other byte order");
    add("other byte order, piped", withRuns(Form::Piped, ByteOrder::Big),
        "it was recorded on a machine of the other byte order");
    add("no tracepoints", oneEvent({"cycles"}), "it holds no tracepoints; record with: perf record -a");
    add("not every one", oneEvent({.name = "kvm:kvm_entry", .period = 100}),
        "of kvm:kvm_entry not every event was recorded");
    add("without times", oneEvent({"kvm:kvm_entry", PerfOpened::kUsual & ~std::uint64_t(1 << 2)}),
        "the events kvm:kvm_entry have no times");
    add("without fields", oneEvent({"kvm:kvm_entry", PerfOpened::kUsual & ~std::uint64_t(1 << 10)}),
        "the events kvm:kvm_entry have none of their fields");
    add("not finished", patched(whole, 48, 0), "perf did not finish it");
    add("of a directory", patched(whole, 75, 1, 1), "it is a part of what `perf record --threads` wrote");
    add("cut", whole.substr(0, whole.size() / 2), "the file is not complete");
    add("head only", whole.substr(0, 50), "the file ends at byte 50");
    add("without formats", patched(whole, 72, 0, 1), "it does not tell what its tracepoints hold");
    add("attrs of no size", patched(whole, 16, 0), "the head of the file is damaged");
    add("attrs behind the end", patched(whole, 24, 1ull << 63), "the file is not complete");
    PerfDataWriter twoLayouts;
    twoLayouts.open({.name = "kvm:kvm_entry", .sampleType = 1 << 1 | 1 << 2 | 1 << 7 | 1 << 10});
    twoLayouts.open({.name = "kvm:kvm_exit", .sampleType = 1 << 1 | 1 << 2 | 1 << 7 | 1 << 10});
    twoLayouts.round();
    add("events without numbers", twoLayouts.file(), "its records do not tell which of its events they are of");
}

void TestPerfDamage::refused()
{
    QFETCH(std::string, bytes);
    QFETCH(QString, cause);
    const QString path = put(bytes);
    try {
        reader::openTraceFile(path.toStdString());
    } catch (const reader::ReadError &error) {
        const QString said = QString::fromUtf8(error.what());
        QVERIFY2(said.startsWith(cause), qPrintable(said));
        QVERIFY(!said.contains(u'\n'));
        return;
    }
    QFAIL("it was read");
}

// Of a file that was written to a pipe, what came before the cut is there.
void TestPerfDamage::pipedAndCut()
{
    const std::string bytes = withRuns(Form::Piped);
    const auto all = reader::openTraceFile(put(bytes).toStdString());
    const QStringList complete = stepsOf(*all, 0);
    QVERIFY(!complete.last().contains(QStringLiteral("failed")));
    const auto file = reader::openTraceFile(put(bytes.substr(0, bytes.size() - 500)).toStdString());
    for (std::size_t cpu = 0; cpu < 2; ++cpu)
        QVERIFY2(
            stepsOf(*file, cpu).last().contains(QStringLiteral(" failed: the file ends inside the record at byte ")),
            qPrintable(stepsOf(*file, cpu).last()));
    QStringList steps = stepsOf(*file, 0);
    steps.removeLast();
    QVERIFY(steps.size() > 30);
    QCOMPARE(steps, complete.mid(0, steps.size()));
}

void TestPerfDamage::damagedRecord()
{
    PerfDataWriter writer;
    writer.open({"kvm:kvm_entry"});
    writer.sample(0, {0, 1000, 20, 21}, PerfRaw().entry(21, 0));
    const std::size_t behind = writer.file().size();
    writer.sample(0, {0, 1100, 20, 21}, PerfRaw().entry(21, 0));
    const std::size_t size = writer.file().size() - behind;
    const std::string bytes = writer.file();
    const std::size_t second = bytes.find(std::string("\x09\0\0\0\0\0", 6)) + size;
    QCOMPARE(size, std::size_t(72)); // 8 + 6 * 8 + 4 + 12
    const auto stepsWith = [&](std::size_t at, std::uint64_t value, std::size_t bytesOfIt) {
        return stepsOf(*reader::openTraceFile(put(patched(bytes, second + at, value, bytesOfIt)).toStdString()));
    };
    const QString first = QStringLiteral("p0 1000 20/21 entry vcpu 0");
    QCOMPARE(stepsWith(0, 9, 4).size(), 2); // as it was
    const auto failed = [&](const QStringList &steps, const char *cause) {
        return steps.size() == 2 && steps[0] == first
            && steps[1].startsWith(QString(QStringLiteral("p0 failed: ") + QString::fromLatin1(cause)));
    };
    QVERIFY(failed(stepsWith(6, 4, 2), "the record at byte "));
    QVERIFY(failed(stepsWith(6, 73, 2), "the file ends inside the record at byte "));
    QVERIFY(failed(stepsWith(6, 16, 2), "the file ends inside the record at byte ") // what is behind is none
        || failed(stepsWith(6, 16, 2), "a record is shorter than what its event asks for"));
    QVERIFY(failed(stepsWith(32, 1ull << 63, 8), "a record has a time of 2^63 ns or more"));
    QVERIFY(failed(stepsWith(40, 70000, 4), "a record is of CPU 70000"));
    QVERIFY(failed(stepsWith(56, 1000, 4), "a record is shorter than what its event asks for"));
    QVERIFY(failed(stepsWith(56, 8, 4), "an event is shorter than its format says"));
}

void TestPerfDamage::damagedCompression()
{
    std::string bytes = withRuns(Form::Compressed);
    std::size_t at = 0;
    for (int record = 0; record < 6; ++record) { // behind some that are whole
        at = bytes.find(std::string("\x51\0\0\0\0\0", 6), at + 1);
        QVERIFY(at != std::string::npos);
    }
    for (std::size_t i = 8; i < 30; ++i)
        bytes[at + i] = char(~bytes[at + i]);
    const auto file = reader::openTraceFile(put(bytes).toStdString());
    const QStringList steps = stepsOf(*file, 0);
    QVERIFY(steps.contains(QStringLiteral("p0 1000 20/21 entry vcpu 0")));
    QVERIFY2(steps.last().startsWith(QStringLiteral("p0 failed: what is compressed in it is damaged: ")),
        qPrintable(steps.last()));
}

void TestPerfDamage::seeded_data()
{
    QTest::addColumn<int>("form");
    QTest::newRow("whole") << int(Form::Whole);
    QTest::newRow("piped") << int(Form::Piped);
    QTest::newRow("compressed") << int(Form::Compressed);
}

// Whatever is damaged: an end, and records or a line that says why there are none.
void TestPerfDamage::seeded()
{
    QFETCH(int, form);
    const std::string whole = withRuns(Form(form));
    const qsizetype most = 20 * 3 + 20 * 2 + 20; // steps there can be
    int refused = 0;
    int failed = 0;
    for (std::uint32_t seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        std::string bytes = whole;
        for (auto changes = 1 + random() % 4; changes > 0; --changes) {
            const std::size_t at = random() % bytes.size();
            static constexpr unsigned char kOdd[] = {0, 1, 0x7f, 0x80, 0xff};
            bytes[at] = random() % 2 == 0 ? char(random()) : char(kOdd[random() % 5]);
        }
        if (seed % 5 == 0)
            bytes.resize(random() % bytes.size());
        try {
            const auto file = reader::openTraceFile(put(bytes).toStdString());
            const QStringList steps = stepsOf(*file);
            QVERIFY(steps.size() <= 10 * most);
            failed += steps.filter(QStringLiteral(" failed: ")).isEmpty() ? 0 : 1;
        } catch (const reader::ReadError &error) {
            ++refused;
            QVERIFY(error.what()[0] != '\0' && !QByteArray(error.what()).contains('\n'));
        }
    }
    QVERIFY(refused + failed > 60); // those that are cut
    QVERIFY(form != int(Form::Piped) || failed > 30);
}

QTEST_GUILESS_MAIN(TestPerfDamage)
#include "tst_perf_damage.moc"
