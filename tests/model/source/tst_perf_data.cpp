// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <memory>

#include "app/reader/file/trace_format.h"
#include "app/reader/perf/perf_extents.h"
#include "tests/model/source/file_steps.h"
#include "tests/tools/perf_data_writer.h"

using namespace exitscope;
using namespace exitscope::testing;

using Form = PerfDataWriter::Form;

// Written files of perf.data, of every form and with all that can stand in them.
class TestPerfData : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void describes();
    void forms_data();
    void forms();
    void layouts_data();
    void layouts();
    void oneEventWithoutNumbers();
    void otherEventsAreSkipped();
    void withoutCpus();
    void roundsOrder();
    void withoutRounds();
    void lossStaysWhereItIs();
    void lossIsCountedOnce();
    void lossOfAllThatCame();
    void lossWithoutCpu();
    void threads();
    void threadOfTheDying();
    void recordedTwice();
    void longRunsAndShortOnes();
    void extents();
    void formatsOfTracepoints();
    void withoutStamps();

private:
    QStringList written(const PerfDataWriter &writer, Form form = Form::Whole);

    QTemporaryDir m_directory;
};

namespace {

std::unique_ptr<reader::TraceFile> opened(const QString &path)
{
    return reader::openTraceFile(path.toStdString());
}

// A vCPU thread 21 of QEMU 20 on CPU 0, and one that has CPU 1.
void addRuns(PerfDataWriter &writer)
{
    const PerfRaw raw;
    const std::size_t entry = writer.open({"kvm:kvm_entry"});
    const std::size_t exit = writer.open({"kvm:kvm_exit"});
    const std::size_t switched = writer.open({"sched:sched_switch"});
    writer.name({0, 0, 20, 20}, "qemu");
    writer.sample(entry, {0, 1000, 20, 21}, raw.entry(21, 0));
    writer.sample(exit, {0, 1100, 20, 21}, raw.exit(21, 0x78, 0xffffffff81000000, 0));
    writer.sample(switched, {0, 1200, 20, 21}, raw.switched(21, "CPU 0/KVM", 1, 0, "swapper/0"));
    writer.sample(entry, {1, 1050, 20, 22}, raw.entry(22, 1));
    writer.round();
    writer.sample(entry, {0, 1300, 20, 21}, raw.entry(21, 0));
    writer.name({0, 1250, 20, 21}, "CPU 0/KVM");
    writer.round();
}

const QStringList kRuns{QStringLiteral("p0 thread 20/20 qemu"), QStringLiteral("p0 1000 20/21 entry vcpu 0"),
    QStringLiteral("p0 1100 20/21 exit 2:120 rip ffffffff81000000 vcpu 0"),
    QStringLiteral("p0 1200 20/21 switch 21 CPU 0/KVM state 1 to 0 swapper/0"),
    QStringLiteral("p0 thread 20/21 CPU 0/KVM"), QStringLiteral("p0 1300 20/21 entry vcpu 0"),
    QStringLiteral("p1 1050 20/22 entry vcpu 1")};

} // namespace

QStringList TestPerfData::written(const PerfDataWriter &writer, Form form)
{
    const QString path = m_directory.filePath(QStringLiteral("perf.data"));
    writer.write(path.toStdString(), form);
    return stepsOf(*opened(path));
}

void TestPerfData::describes()
{
    PerfDataWriter writer;
    writer.open({"kvm:kvm_exit"});
    writer.open({"kvm:kvm_exit"});
    writer.sample(0, {0, 1000, 20, 21}, PerfRaw().exit(21, 0x78, 0, 0));
    const QString path = m_directory.filePath(QStringLiteral("perf.data"));
    writer.write(path.toStdString());
    const wire::Description own = opened(path)->describe();
    QCOMPARE(own.clockName, "perf");
    QVERIFY(!own.hasSwitches);
    QCOMPARE(own.events, std::vector<std::string>{"kvm:kvm_exit"});
}

void TestPerfData::forms_data()
{
    QTest::addColumn<int>("form");
    QTest::newRow("whole") << int(Form::Whole);
    QTest::newRow("piped") << int(Form::Piped);
    QTest::newRow("compressed") << int(Form::Compressed);
    QTest::newRow("compressed, newer") << int(Form::Compressed2);
}

void TestPerfData::forms()
{
    QFETCH(int, form);
    PerfDataWriter writer;
    addRuns(writer);
    QCOMPARE(written(writer, Form(form)), kRuns);
    // What is not known has a size, and some of it more behind.
    std::string sized("\x18\0\0\0\0\0\0\0", 8);
    sized.append(32, 'x');
    writer.record(71, 0, sized, std::string(24, 'y'));
    writer.record(70, 0, std::string(100, 'z'));
    writer.record(4711, 0, std::string(40, 'w'));
    writer.sample(0, {0, 1400, 20, 21}, PerfRaw().entry(21, 0));
    QStringList more = kRuns;
    more.insert(6, QStringLiteral("p0 1400 20/21 entry vcpu 0"));
    QCOMPARE(written(writer, Form(form)), more);
}

void TestPerfData::layouts_data()
{
    QTest::addColumn<quint64>("sampleType");
    QTest::addColumn<quint64>("readFormat");
    constexpr quint64 least = 1 << 1 | 1 << 2 | 1 << 7 | 1 << 10; // TID, TIME, CPU, RAW
    constexpr quint64 id = 1 << 6;
    constexpr quint64 identifier = 1 << 16;
    constexpr quint64 read = 1 << 4;
    QTest::newRow("identifier") << (least | identifier) << quint64(0);
    QTest::newRow("id") << (least | id) << quint64(0);
    QTest::newRow("both") << (least | id | identifier) << quint64(0);
    QTest::newRow("all of fixed size") << (least | id | identifier | 1 << 0 | 1 << 3 | 1 << 8 | 1 << 9) << quint64(0);
    QTest::newRow("all of fixed size, id") << (least | id | 1 << 0 | 1 << 3 | 1 << 8 | 1 << 9) << quint64(0);
    QTest::newRow("call chain") << (least | identifier | 1 << 5) << quint64(0);
    for (quint64 format = 0; format < 32; ++format)
        QTest::addRow("read %d", int(format)) << (least | identifier | read) << format;
    QTest::newRow("read of a group, call chain") << (least | id | read | 1 << 5) << quint64(31);
}

void TestPerfData::layouts()
{
    QFETCH(quint64, sampleType);
    QFETCH(quint64, readFormat);
    PerfDataWriter writer;
    for (const char *name : {"kvm:kvm_entry", "kvm:kvm_exit"})
        writer.open({.name = name, .sampleType = sampleType, .readFormat = readFormat});
    writer.sample(0, {3, 1000, 20, 21}, PerfRaw().entry(21, 2));
    writer.sample(1, {3, 1100, 20, 21}, PerfRaw().exit(21, 0x7b, 0x1234, 2));
    writer.lost(1, {3, 1150, 20, 21}, 5);
    writer.name({3, 1120, 20, 21}, "CPU 2/KVM");
    QCOMPARE(written(writer),
        (QStringList{QStringLiteral("p3 1000 20/21 entry vcpu 2"),
            QStringLiteral("p3 1100 20/21 exit 2:123 rip 1234 vcpu 2"), QStringLiteral("p3 lost 5"),
            QStringLiteral("p3 thread 20/21 CPU 2/KVM")}));
}

void TestPerfData::oneEventWithoutNumbers()
{
    PerfDataWriter writer;
    writer.open({.name = "kvm:kvm_entry", .sampleType = 1 << 1 | 1 << 2 | 1 << 7 | 1 << 10});
    writer.sample(0, {0, 1000, 20, 21}, PerfRaw().entry(21, 0));
    QCOMPARE(written(writer), QStringList{QStringLiteral("p0 1000 20/21 entry vcpu 0")});
}

void TestPerfData::otherEventsAreSkipped()
{
    PerfDataWriter writer;
    writer.open({"cycles", PerfOpened::kUsual & ~std::uint64_t(1 << 10)});
    writer.open({"kvm:kvm_entry"});
    writer.open({"kvm:kvm_fpu"});
    writer.sample(0, {7, 900, 20, 21}, {});
    writer.sample(0, {0, 950, 20, 21}, {});
    writer.sample(1, {0, 1000, 20, 21}, PerfRaw().entry(21, 0));
    writer.sample(2, {0, 1010, 20, 21}, PerfRaw().fpu(21, 1));
    QCOMPARE(written(writer),
        (QStringList{QStringLiteral("p0 1000 20/21 entry vcpu 0"), QStringLiteral("p0 1010 20/21 proof")}));
}

void TestPerfData::withoutCpus()
{
    PerfDataWriter writer;
    const std::uint64_t type = PerfOpened::kUsual & ~std::uint64_t(1 << 7);
    writer.open({"kvm:kvm_entry", type});
    writer.open({"kvm:kvm_exit", type});
    writer.sample(0, {2, 1000, 20, 21}, PerfRaw().entry(21, 0));
    writer.sample(1, {3, 1100, 20, 21}, PerfRaw().exit(21, 0x78, 1, 0));
    QCOMPARE(written(writer),
        (QStringList{
            QStringLiteral("p-1 1000 20/21 entry vcpu 0"), QStringLiteral("p-1 1100 20/21 exit 2:120 rip 1 vcpu 0")}));
}

// What a round has can be older than what the one before had, as there are several ring buffers for a CPU; what is
// older than the round before that is told where it stands.
void TestPerfData::roundsOrder()
{
    PerfDataWriter writer;
    writer.open({"kvm:kvm_entry"});
    const auto sample = [&](std::uint64_t timeNs, std::uint32_t vcpu) {
        writer.sample(0, {0, timeNs, 20, 21}, PerfRaw().entry(21, vcpu));
    };
    sample(30, 0);
    sample(10, 1);
    sample(30, 2); // equal times: as they stand
    writer.round();
    sample(40, 3);
    sample(20, 4);
    sample(25, 5);
    writer.round(); // up to 30 is final
    sample(15, 6); // too late
    sample(35, 7);
    writer.round();
    QStringList expected;
    for (const char *line :
        {"10 20/21 entry vcpu 1", "20 20/21 entry vcpu 4", "25 20/21 entry vcpu 5", "30 20/21 entry vcpu 0",
            "30 20/21 entry vcpu 2", "15 20/21 entry vcpu 6", "35 20/21 entry vcpu 7", "40 20/21 entry vcpu 3"})
        expected << QString(QStringLiteral("p0 ") + QString::fromLatin1(line));
    QCOMPARE(written(writer), expected);
}

void TestPerfData::withoutRounds()
{
    PerfDataWriter writer;
    writer.open({"kvm:kvm_entry"});
    QStringList expected;
    for (std::uint32_t i = 0; i < 300; ++i) {
        writer.sample(0, {0, 1000 - i, 20, 21}, PerfRaw().entry(21, i));
        expected.prepend(QStringLiteral("p0 %1 20/21 entry vcpu %2").arg(1000 - i).arg(i));
    }
    QCOMPARE(written(writer), expected);
}

// The kernel takes the time of the LOST record when it writes it, that of the event behind it when this happened.
void TestPerfData::lossStaysWhereItIs()
{
    PerfDataWriter writer;
    writer.open({"kvm:kvm_entry"});
    writer.lost(0, {1, 100, 20, 21}, 4);
    writer.sample(0, {0, 1000, 20, 21}, PerfRaw().entry(21, 0));
    writer.sample(0, {1, 90, 20, 22}, PerfRaw().entry(22, 1));
    writer.lost(0, {0, 1500, 20, 21}, 7);
    writer.sample(0, {0, 1400, 20, 21}, PerfRaw().entry(21, 0));
    writer.round();
    QCOMPARE(written(writer),
        (QStringList{QStringLiteral("p0 1000 20/21 entry vcpu 0"), QStringLiteral("p0 lost 7"),
            QStringLiteral("p0 1400 20/21 entry vcpu 0"), QStringLiteral("p1 lost 4"),
            QStringLiteral("p1 90 20/22 entry vcpu 1")}));
}

void TestPerfData::lossIsCountedOnce()
{
    PerfDataWriter writer;
    writer.open({"kvm:kvm_entry"});
    writer.open({"kvm:kvm_exit"});
    writer.numbers();
    writer.sample(0, {0, 1000, 20, 21}, PerfRaw().entry(21, 0));
    writer.lost(1, {0, 1500, 20, 21}, 7); // of both events
    writer.sample(1, {0, 1400, 20, 21}, PerfRaw().exit(21, 0x78, 1, 0));
    writer.lost(1, {0, 1700, 20, 21}, 2);
    writer.sample(0, {1, 1000, 20, 22}, PerfRaw().entry(22, 1));
    writer.round();
    writer.lostSamples(0, 0, 5);
    writer.lostSamples(1, 0, 4);
    const QStringList once{QStringLiteral("p0 1000 20/21 entry vcpu 0"), QStringLiteral("p0 lost 7"),
        QStringLiteral("p0 1400 20/21 exit 2:120 rip 1 vcpu 0"), QStringLiteral("p0 lost 2"),
        QStringLiteral("p1 1000 20/22 entry vcpu 1")};
    QCOMPARE(written(writer), once);
    writer.lostSamples(1, 0, 3, true); // a filter took them
    QCOMPARE(written(writer), once);
    writer.lostSamples(0, 1, 6); // no record of CPU 1 came after these
    QCOMPARE(written(writer), QStringList(once + QStringList{QStringLiteral("p1 lost 6")}));
}

void TestPerfData::lossOfAllThatCame()
{
    PerfDataWriter writer;
    writer.open({"kvm:kvm_entry"});
    writer.open({"cycles"});
    writer.numbers();
    writer.sample(0, {0, 1000, 20, 21}, PerfRaw().entry(21, 0));
    writer.lostSamples(0, 2, 6);
    writer.lostSamples(1, 3, 8); // by the processor
    QCOMPARE(written(writer), (QStringList{QStringLiteral("p0 1000 20/21 entry vcpu 0"), QStringLiteral("p2 lost 6")}));
}

// Without ID_INDEX nothing tells the CPU of LOST_SAMPLES; still what LOST told is not told again.
void TestPerfData::lossWithoutCpu()
{
    PerfDataWriter writer;
    writer.open({"kvm:kvm_entry"});
    writer.open({"kvm:kvm_exit"});
    writer.sample(0, {0, 1000, 20, 21}, PerfRaw().entry(21, 0));
    writer.lost(0, {0, 1500, 20, 21}, 7);
    writer.lostSamples(0, 0, 7);
    const QStringList steps{QStringLiteral("p0 1000 20/21 entry vcpu 0"), QStringLiteral("p0 lost 7")};
    QCOMPARE(written(writer), steps);
    writer.lostSamples(1, 1, 2);
    QCOMPARE(written(writer), QStringList(QStringList{QStringLiteral("p-1 lost 2")} + steps));
}

void TestPerfData::threads()
{
    PerfDataWriter writer;
    writer.open({"kvm:kvm_entry"});
    writer.fork({0, 0, 20, 20});
    writer.name({0, 0, 20, 20}, "bash");
    writer.sample(0, {1, 1000, 20, 21}, PerfRaw().entry(21, 0));
    writer.fork({1, 1100, 20, 23});
    writer.name({1, 1200, 20, 20}, "qemu-system-x86");
    writer.name({5, 1250, 30, 30}, ""); // a CPU without events
    writer.exit({1, 1300, 20, 23});
    QCOMPARE(written(writer),
        (QStringList{QStringLiteral("p1 thread 20/20 -"), QStringLiteral("p1 thread 20/20 bash"),
            QStringLiteral("p1 thread 30/30 "), QStringLiteral("p1 1000 20/21 entry vcpu 0"),
            QStringLiteral("p1 thread 20/23 -"), QStringLiteral("p1 thread 20/20 qemu-system-x86"),
            QStringLiteral("p1 thread 20/23 -")}));
}

// A thread that ends has no id any more for perf, but for the tracepoint.
void TestPerfData::threadOfTheDying()
{
    PerfDataWriter writer;
    writer.open({"sched:sched_switch"});
    writer.sample(0, {0, 1000, 20, -1}, PerfRaw().switched(21, "worker", 16, 0, "swapper/0"));
    writer.sample(0, {0, 1100, -1, -1}, PerfRaw().switched(22, "worker", 16, 0, "swapper/0"));
    QCOMPARE(written(writer),
        (QStringList{QStringLiteral("p0 1000 20/21 switch 21 worker state 16 to 0 swapper/0"),
            QStringLiteral("p0 1100 -1/22 switch 22 worker state 16 to 0 swapper/0")}));
}

// perf record -e 'kvm:*' -e kvm:kvm_entry
void TestPerfData::recordedTwice()
{
    PerfDataWriter writer;
    writer.open({"kvm:kvm_entry"});
    writer.open({"kvm:kvm_exit"});
    writer.open({"kvm:kvm_entry"});
    const PerfRaw raw;
    writer.sample(0, {0, 1000, 20, 21}, raw.entry(21, 0));
    writer.sample(2, {0, 1000, 20, 21}, raw.entry(21, 0));
    writer.sample(2, {1, 1000, 20, 21}, raw.entry(21, 0)); // another CPU
    writer.sample(0, {0, 1001, 20, 21}, raw.entry(21, 0)); // another time
    writer.sample(2, {0, 1001, 20, 21}, raw.entry(21, 1)); // another field
    writer.sample(2, {0, 1001, 20, 22}, raw.entry(21, 1)); // another thread
    writer.sample(1, {0, 1001, 20, 22}, raw.exit(21, 0x78, 1, 1)); // another event
    QCOMPARE(written(writer),
        (QStringList{QStringLiteral("p0 1000 20/21 entry vcpu 0"), QStringLiteral("p0 1000 20/21 entry vcpu 0 again"),
            QStringLiteral("p0 1001 20/21 entry vcpu 0"), QStringLiteral("p0 1001 20/21 entry vcpu 1"),
            QStringLiteral("p0 1001 20/22 entry vcpu 1"), QStringLiteral("p0 1001 20/22 exit 2:120 rip 1 vcpu 1"),
            QStringLiteral("p1 1000 20/21 entry vcpu 0")}));
}

// Files larger than what is read at a time, with the CPUs in turn and mixed.
void TestPerfData::longRunsAndShortOnes()
{
    PerfDataWriter writer;
    writer.open({"kvm:kvm_entry"});
    QStringList expected[3];
    for (std::uint32_t i = 0; i < 12000; ++i) {
        const std::uint32_t cpu = i < 8000 ? i / 4000 : i % 3;
        writer.sample(0, {cpu, 1000 + i, 20, 21}, PerfRaw().entry(21, i));
        expected[cpu] << QStringLiteral("p%1 %2 20/21 entry vcpu %3").arg(cpu).arg(1000 + i).arg(i);
    }
    for (const Form form : {Form::Whole, Form::Compressed})
        QVERIFY(written(writer, form) == expected[0] + expected[1] + expected[2]);
    // Progress goes up to what was promised.
    const auto file = opened(m_directory.filePath(QStringLiteral("perf.data")));
    QCOMPARE(file->cpus().size(), std::size_t(3));
    for (std::size_t cpu = 0; cpu < 3; ++cpu) {
        const auto stream = file->read(cpu);
        QCOMPARE(stream->bytesRead(), 0u);
        for (reader::FileStep step; stream->next(step);)
            ;
        QCOMPARE(stream->bytesRead(), file->cpus()[cpu].bytes);
        QCOMPARE(stream->bytesRead(), std::uint64_t(expected[cpu].size()) * 72); // 8 + 6 * 8 + 4 + 12
    }
}

void TestPerfData::extents()
{
    const reader::PerfExtent parts[]
        = {{1000, 10}, {5000, 200}, {4000, 1}, {1ull << 62, 70000}, {0, 8}, {(1ull << 63) - 5, 5}};
    reader::PerfExtents extents;
    for (const reader::PerfExtent &part : parts) {
        extents.add(part.offset, part.bytes - part.bytes / 2);
        if (part.bytes > 1)
            extents.add(part.offset + part.bytes - part.bytes / 2, part.bytes / 2); // goes on: one part
    }
    QCOMPARE(extents.bytes(), 70224u);
    reader::PerfExtents twice = extents;
    twice.add(extents);
    for (const int times : {1, 2}) {
        reader::PerfExtents::Reader reader(times == 1 ? extents : twice);
        reader::PerfExtent extent;
        for (int i = 0; i < times; ++i)
            for (const reader::PerfExtent &part : parts) {
                QVERIFY(reader.next(extent));
                QCOMPARE(extent.offset, part.offset);
                QCOMPARE(extent.bytes, part.bytes);
            }
        QVERIFY(!reader.next(extent));
        QVERIFY(!reader.next(extent));
    }
}

// Declarations as kernels from 2.6.30 to 6.12 have them.
void TestPerfData::formatsOfTracepoints()
{
    using Type = reader::TraceSlot::Type;
    const std::string begin = "name: any\nID: 42\nformat:\n"
                              "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
                              "\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";
    const struct {
        const char *declaration;
        const char *rest;
        Type type;
    } fields[] = {{"unsigned long a", "offset:8;\tsize:8;\tsigned:0;", Type::Unsigned},
        {"pid_t b", "offset:8;\tsize:4;\tsigned:1;", Type::Signed}, {"int c", "offset:8;\tsize:4;", Type::Unsigned},
        {"const char * d", "offset:8;\tsize:8;\tsigned:0;", Type::Unsigned},
        {"struct hrtimer *e", "offset:8;\tsize:8;\tsigned:0;", Type::Unsigned},
        {"char f[16]", "offset:8;\tsize:16;\tsigned:1;", Type::Text},
        {"__u8 g[15]", "offset:8;\tsize:15;\tsigned:0;", Type::Text},
        {"char h[]", "offset:8;\tsize:0;\tsigned:1;", Type::Text},
        {"unsigned long i[6]", "offset:8;\tsize:48;\tsigned:0;", Type::None},
        {"u8 j[sizeof(struct in6_addr)]", "offset:8;\tsize:16;\tsigned:0;", Type::Text},
        {"__data_loc char[] k", "offset:8;\tsize:4;\tsigned:1;", Type::TextAt},
        {"__rel_loc char[] l", "offset:8;\tsize:4;\tsigned:1;", Type::TextBehind},
        {"__data_loc u32[] m", "offset:8;\tsize:4;\tsigned:0;", Type::None},
        {"struct timespec n", "offset:8;\tsize:16;\tsigned:0;", Type::None},
        {"bool o", "offset:8;\tsize:1;\tsigned:0;", Type::Unsigned}};
    std::string text = begin;
    for (const auto &field : fields)
        text += std::string("\tfield:") + field.declaration + ";\t" + field.rest + '\n';
    const auto format = reader::parseTraceFormat("some", text + "\nprint fmt: \"field:x\", 0\n");
    QVERIFY(format);
    QCOMPARE(format->name, "some:any");
    QCOMPARE(format->id, 42u);
    QCOMPARE(format->common.size(), std::size_t(2));
    QCOMPARE(format->common[1].name, "common_pid");
    QCOMPARE(format->common[1].slot.offset, 4u);
    QCOMPARE(format->fields.size(), std::size(fields));
    for (std::size_t i = 0; i < std::size(fields); ++i) {
        QCOMPARE(format->fields[i].name, std::string(1, char('a' + i)));
        QVERIFY2(format->fields[i].slot.type == fields[i].type, fields[i].declaration);
    }
    for (const char *wrong : {"", "name: \nID: 1\nformat:\n", "name: any\nID: x\nformat:\n", "name: any\nformat:\n",
             "name: any\nID: 1\nformat:\n\tfield:int a;\toffset:-8;\tsize:4;\tsigned:1;\n",
             "name: any\nID: 1\nformat:\n\tfield:int a;\toffset:8;\tsize:4294967296;\tsigned:1;\n",
             "name: any\nID: 1\nformat:\n\tfield:;\toffset:8;\tsize:4;\tsigned:1;\n",
             "name: any\nID: 1\nformat:\n\tfield:int a"})
        QVERIFY2(!reader::parseTraceFormat("some", wrong), wrong);
}

// Records that are no samples do not say where and when they were made: only the number of their event does.
void TestPerfData::withoutStamps()
{
    PerfDataWriter writer;
    writer.open({.name = "kvm:kvm_entry", .stampsAll = false});
    writer.open({.name = "kvm:kvm_exit", .stampsAll = false});
    writer.numbers();
    writer.sample(0, {2, 1000, 20, 21}, PerfRaw().entry(21, 0));
    writer.lost(1, {2, 1200, 20, 21}, 3);
    writer.name({2, 1300, 20, 21}, "CPU 0/KVM");
    writer.sample(0, {2, 1400, 20, 21}, PerfRaw().entry(21, 0));
    QCOMPARE(written(writer),
        (QStringList{QStringLiteral("p2 thread 20/21 CPU 0/KVM"), QStringLiteral("p2 1000 20/21 entry vcpu 0"),
            QStringLiteral("p2 lost 3"), QStringLiteral("p2 1400 20/21 entry vcpu 0")}));
}

QTEST_GUILESS_MAIN(TestPerfData)
#include "tst_perf_data.moc"
