// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTest>

#include <random>

#include "tests/model/source/text_steps.h"

using namespace exitscope;
using namespace exitscope::reader;

// Text that tracefs, trace-cmd report and perf script print, form by form.
class TestTraceText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void formsOfTraceCmdAgree_data();
    void formsOfTraceCmdAgree();
    void perfAgreesWithTraceCmd_data();
    void perfAgreesWithTraceCmd();
    void lostByTraceCmd();
    void lostByPerf();
    void repeatedSamples();
    void numbersNeedTheOthers();
    void exitsOfOtherArchitectures_data();
    void exitsOfOtherArchitectures();
    void orderOfEqualTimes();
    void orderOfMany();
    void anotherRecordingBehind();
    void otherMachineBehind();
    void otherCpusBehind();
    void severalFilesAtOnce();
    void damagedVariants();
};

namespace {

// What report -R says, read in another way.
struct RawLine {
    QString name;
    QHash<QString, QString> values;
};

QList<RawLine> rawLines()
{
    static const QRegularExpression line(QStringLiteral("\\d\\.\\d+: (\\w+): +(.*)"));
    static const QRegularExpression pair(QStringLiteral("(\\w+)=(\\S+(?: [0-9]/KVM)?)"));
    QList<RawLine> lines;
    for (const QByteArray &text : textFile("tools/report-R.txt").split('\n')) {
        const auto match = line.match(QString::fromUtf8(text));
        if (!match.hasMatch())
            continue;
        RawLine raw{match.captured(1), {}};
        for (auto it = pair.globalMatch(match.captured(2)); it.hasNext();) {
            const auto value = it.next();
            raw.values.insert(value.captured(1), value.captured(2));
        }
        lines.append(raw);
    }
    return lines;
}

qint64 value(const RawLine &raw, const char *key)
{
    const QString text = raw.values.value(QString::fromLatin1(key));
    return text.startsWith(u"0x") ? static_cast<qint64>(text.mid(2).toULongLong(nullptr, 16)) : text.toLongLong();
}

// By time, as the lines stand.
std::vector<TextStep> inOrder(TextRead read)
{
    std::stable_sort(read.steps.begin(), read.steps.end(),
        [](const TextStep &a, const TextStep &b) { return a.record.timeNs < b.record.timeNs; });
    return read.steps;
}

void compareToRaw(const Record &record, const RawLine &raw, bool withPlugins)
{
    if (raw.name == u"kvm_entry") {
        QCOMPARE(record.entry.vcpuId, value(raw, "vcpu_id"));
    } else if (raw.name == u"kvm_exit") {
        QCOMPARE(int(record.isa), int(value(raw, "isa")));
        QCOMPARE(qint64(record.exit.reason), value(raw, "exit_reason"));
        QCOMPARE(qint64(record.exit.guestRip), value(raw, "guest_rip"));
        QCOMPARE(qint64(record.exit.vcpuId), withPlugins ? kNoVcpuId : value(raw, "vcpu_id"));
        QCOMPARE(qint64(record.exit.intrInfo), withPlugins ? 0 : value(raw, "intr_info"));
        QCOMPARE(record.hasIntrInfo, !withPlugins);
    } else if (raw.name == u"kvm_userspace_exit") {
        QCOMPARE(qint64(record.userspaceExit.reason), value(raw, "reason"));
    } else if (raw.name == u"sys_enter_ioctl") {
        QCOMPARE(qint64(record.ioctlEntry.cmd), value(raw, "cmd"));
    } else if (raw.name == u"sched_switch") {
        QCOMPARE(qint64(record.switched.prevTid), value(raw, "prev_pid"));
        QCOMPARE(qint64(record.switched.nextTid), value(raw, "next_pid"));
        QCOMPARE(record.switched.prevState, value(raw, "prev_state"));
    } else if (raw.name == u"sched_wakeup") {
        QCOMPARE(qint64(record.wakeup.tid), value(raw, "pid"));
    } else if (raw.name == u"kvm_msr") {
        const bool isDeadline = raw.values.value(QStringLiteral("ecx")) == u"6e0" && value(raw, "write") == 1;
        QCOMPARE(record.kind == EventKind::DeadlineWrite, isDeadline);
    }
}

} // namespace

void TestTraceText::formsOfTraceCmdAgree_data()
{
    QTest::addColumn<bool>("withPlugins");
    QTest::addColumn<qint64>("firstNs");
    QTest::newRow("report") << true << qint64(181680659000);
    QTest::newRow("report-t") << true << qint64(181680659318);
    QTest::newRow("report-l") << true << qint64(181680659000);
    QTest::newRow("report-N") << false << qint64(181680659000);
    QTest::newRow("report-R") << false << qint64(181680659000);
}

void TestTraceText::formsOfTraceCmdAgree()
{
    QFETCH(bool, withPlugins);
    const TextRead read = readTextOf(textFile((std::string("tools/") + QTest::currentDataTag() + ".txt").c_str()));
    QCOMPARE(read.description.format, "text of trace-cmd report");
    QCOMPARE(read.notes, "");
    QVERIFY(read.readAllBytes && read.faults.empty());
    const std::vector<TextStep> steps = inOrder(read);
    const QList<RawLine> raw = rawLines();
    QCOMPARE(raw.size(), 60);
    QCOMPARE(steps.size(), 60u);
    QTEST(qint64(steps[0].record.timeNs), "firstNs");
    for (int i = 0; i < 60; ++i) {
        const Record &record = steps[static_cast<std::size_t>(i)].record;
        const EventClass what = classify(raw[i].name.toStdString());
        if (raw[i].name != u"kvm_msr")
            QCOMPARE(int(record.kind), int(what.kind));
        QCOMPARE(record.provesHost, what.provesHost);
        compareToRaw(record, raw[i], withPlugins);
        if (QTest::currentTestFailed())
            return;
    }
}

void TestTraceText::perfAgreesWithTraceCmd_data()
{
    QTest::addColumn<int>("pid");
    QTest::newRow("perf") << -1;
    QTest::newRow("perf-ids") << 231;
}

// Both recorded the same second; perf entries, exits and sched_switch only.
void TestTraceText::perfAgreesWithTraceCmd()
{
    const TextRead perf = readTextOf(textFile((std::string("tools/") + QTest::currentDataTag() + ".txt").c_str()));
    const TextRead traceCmd = readTextOf(textFile("tools/report-N.txt"));
    QCOMPARE(perf.description.format, "text of perf script");
    QCOMPARE(perf.steps.size(), 21u);
    QFETCH(int, pid);
    QCOMPARE(perf.description.hasPid, pid >= 0);
    // CPU by CPU: the two clocks are read a little apart.
    std::size_t at = 0;
    for (const TextStep &step : traceCmd.steps) {
        const EventKind kind = step.record.kind;
        if (kind != EventKind::VmEntry && kind != EventKind::VmExit && kind != EventKind::SchedSwitch)
            continue;
        const TextStep &other = perf.steps[at++];
        QCOMPARE(int(other.record.kind), int(kind));
        QCOMPARE(other.record.tid, step.record.tid);
        QCOMPARE(other.record.pcpu, step.record.pcpu);
        QCOMPARE(int(other.record.isa), int(step.record.isa));
        QVERIFY(std::equal(std::begin(other.record.raw), std::end(other.record.raw), std::begin(step.record.raw)));
        QVERIFY(qAbs(other.record.timeNs - step.record.timeNs) < 40'000);
        if (step.record.tid != 0)
            QCOMPARE(other.pid, pid);
    }
    QCOMPARE(at, 21u);
}

void TestTraceText::lostByTraceCmd()
{
    const TextRead read = readTextOf(textFile("tools/report-lost.txt"));
    QCOMPARE(read.steps.size(), 26u);
    std::vector<std::pair<int, qint64>> lost; // pCPU, number
    for (std::size_t i = 0; i < read.steps.size(); ++i) {
        const TextStep &step = read.steps[i];
        if (step.kind != FileStep::Kind::Lost)
            continue;
        lost.emplace_back(step.record.pcpu, step.lost ? qint64(*step.lost) : -1);
        if (step.record.pcpu == 0)
            QCOMPARE(read.steps[i + 1].record.timeNs, 42434546000);
        else
            QCOMPARE(read.steps[i + 1].record.timeNs, 42530689000);
    }
    QVERIFY((lost == std::vector<std::pair<int, qint64>>{{0, -1}, {1, 3290}}));
}

void TestTraceText::lostByPerf()
{
    const TextRead read = readTextOf(textFile("tools/perf-lost.txt"));
    std::vector<std::pair<int, quint64>> lost;
    for (const TextStep &step : read.steps)
        if (step.kind == FileStep::Kind::Lost)
            lost.emplace_back(step.record.pcpu, step.lost.value());
    QVERIFY((lost == std::vector<std::pair<int, quint64>>{{0, 31}, {0, 2}, {1, 17}}));
    QCOMPARE(countEvents(read, EventKind::SchedSwitch), 10);
    QCOMPARE(read.notes, "");
}

// perf record -e 'kvm:*' -e kvm:kvm_exit. Of tracefs the same line twice is two events.
void TestTraceText::repeatedSamples()
{
    const QByteArray fpu = " CPU 0/KVM   239 [001]   179.692219: kvm:kvm_fpu: load\n";
    const QByteArray other = " CPU 0/KVM   240 [000]   179.692219: kvm:kvm_fpu: load\n";
    const TextRead perf = readTextOf(fpu + other + fpu + fpu);
    QCOMPARE(perf.steps.size(), 4u);
    QVERIFY(!perf.steps[0].isRepeated && !perf.steps[1].isRepeated && perf.steps[2].isRepeated
        && perf.steps[3].isRepeated); // CPU 0, then CPU 1
    const QByteArray ftrace = " qemu-37    [003] ..... 7.000001: kvm_fpu: load\n";
    const TextRead tracefs = readTextOf(ftrace + ftrace);
    QVERIFY(!tracefs.steps[1].isRepeated);
}

// Of which instruction set a number is, and what info2 is, other lines tell; also later ones.
void TestTraceText::numbersNeedTheOthers()
{
    const QByteArray number = "a-1 [000] 1.000001: kvm_exit: reason 0x7c rip 0x1 info 0 800000f6\n";
    const auto first = [](const QByteArray &text) { return readTextOf(text).steps[0].record; };
    QCOMPARE(int(first(number).isa), 0);
    QCOMPARE(first(number).exit.reason, 0x7cu);
    QCOMPARE(int(first(number + "a-1 [000] 1.000002: kvm_exit: reason hlt rip 0x1 info 0 0\n").isa), 2);
    const QByteArray halt = "a-1 [000] 1.000003: kvm_exit: reason HLT rip 0x1 info 0 0\n";
    QCOMPARE(int(first(number + halt).isa), 1);
    QCOMPARE(first(number + halt).exit.intrInfo, 0x800000f6u);
    QVERIFY(!first(number + halt + "a-1 [000] 1.000004: kvm_entry: vcpu 0 rip 0x1\n").hasIntrInfo);

    const TextRead unknown = readTextOf("a-1 [000] 1.000001: kvm_exit: reason NEWER_THAN_US rip 0x5 info 0 0\n" + halt);
    QCOMPARE(countEvents(unknown, EventKind::VmExit), 2); // an exit all the same
    QCOMPARE(int(unknown.steps[0].record.isa), 0);
    QCOMPARE(unknown.steps[0].record.exit.guestRip, 5u);
    QVERIFY(unknown.notes.starts_with("1 of 2 lines were not understood; the first is line 1: a-1 [000]"));
}

// As arch/arm64 and arch/riscv of Linux print them, and as trace-cmd report -R shows their fields.
void TestTraceText::exitsOfOtherArchitectures_data()
{
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<int>("isa");
    QTest::addColumn<quint64>("reason");
    const auto add = [](const char *fields, int isa, quint64 reason) {
        QTest::newRow(fields) << QByteArray(fields) << isa << reason;
    };
    // WFx is class 1, an interrupt is kind 0, a hypervisor that is gone HVC_STUB_ERR (0xbadca11).
    add("TRAP: HSR_EC: 0x0001 (WFx), PC: 0xffff80080010", 100, 1);
    add("IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0xffff80080010", 100, 0x100);
    add("HYP_GONE: HSR_EC: 0x0000 (UNKNOWN), PC: 0xffff80080010", 100, 0xbadcb11);
    add("ret=2 esr_ec=0x24 vcpu_pc=0xffff80080010", 100, 0x24);
    add("ret=0 esr_ec=0x0 vcpu_pc=0xffff80080010", 100, 0x100);
    add("ret=-2147483646 esr_ec=36 vcpu_pc=0xffff80080010", 100, 0x24); // a trap, and an SError with it
    add("SEPC:0xffff80080010, SCAUSE:0xa, STVAL:0x0, HTVAL:0x0, HTINST:0x0", 101, 10);
    add("SEPC:0xffff80080010, SCAUSE:0x8000000000000005, STVAL:0x0, HTVAL:0x0, HTINST:0x0", 101, 0x8000000000000005);
    add("sepc=0xffff80080010 scause=23 stval=0x0 htval=0x0 htinst=0x0", 101, 23);
}

void TestTraceText::exitsOfOtherArchitectures()
{
    QFETCH(QByteArray, fields);
    const TextRead read = readTextOf("a-1 [000] 1.000001: kvm_entry: PC: 0xffff80080010\n"
                                     "a-1 [000] 1.000002: kvm_exit: "
        + fields + "\na-1 [000] 1.000003: kvm_entry: vcpu_pc=0xffff80080010\n");
    QCOMPARE(read.notes, "");
    QCOMPARE(countEvents(read, EventKind::VmEntry), 2);
    const Record &record = read.steps[1].record;
    QCOMPARE(int(record.kind), int(EventKind::VmExit));
    QTEST(int(record.isa), "isa");
    QTEST(quint64(record.exit.reason), "reason");
    QCOMPARE(record.exit.guestRip, 0xffff80080010u);
    QVERIFY(!record.hasIntrInfo);
}

// Where lines of one time change the CPU, each change is 1 ns.
void TestTraceText::orderOfEqualTimes()
{
    const auto line = [](int cpu, const char *time) {
        return QStringLiteral("a-1 [%1] %2: kvm_entry: vcpu 0\n")
            .arg(cpu, 3, 10, QLatin1Char('0'))
            .arg(QLatin1String(time))
            .toUtf8();
    };
    const auto times = [](const TextRead &read) {
        std::vector<std::pair<int, Ns>> all;
        for (const TextStep &step : read.steps)
            if (step.kind == FileStep::Kind::Event)
                all.emplace_back(step.record.pcpu, step.record.timeNs);
        return all;
    };
    using Times = std::vector<std::pair<int, Ns>>;
    // A loss, whose line has no time, and a comment leave the order as it is.
    const TextRead micros = readTextOf(line(1, "5.000001") + line(0, "5.000002") + line(1, "5.000002")
        + "CPU:1 [LOST 3 EVENTS]\n" + line(1, "5.000002") + "CPU:0 [LOST 3 EVENTS]\n" + line(0, "5.000002") + "# so\n"
        + line(0, "5.000002") + line(0, "5.000003") + line(2, "5.000003") + line(2, "5.000004"));
    QCOMPARE(micros.notes, "");
    QVERIFY((times(micros)
        == Times{{0, 5000002000}, {0, 5000002002}, {0, 5000002002}, {0, 5000003000}, {1, 5000001000}, {1, 5000002001},
            {1, 5000002001}, {2, 5000003001}, {2, 5000004000}}));
    // What has nine decimals is so; of eight there is room for ten.
    const TextRead nanos = readTextOf(line(1, "5.000000002") + line(0, "5.000000002") + line(1, "5.000000002"));
    QVERIFY((times(nanos) == Times{{0, 5000000002}, {1, 5000000002}, {1, 5000000002}}));
    QByteArray many;
    for (int i = 0; i < 6; ++i)
        many += line(1, "5.00000002") + line(0, "5.00000002");
    QCOMPARE(times(readTextOf(many)).at(4).second, 5000000029); // that of rank 9
    QCOMPARE(times(readTextOf(many)).at(5).second, 5000000029);
}

// No event leaves its microsecond, and none goes back.
void TestTraceText::orderOfMany()
{
    QByteArray text;
    for (int i = 0; i < 3000; ++i)
        text += "a-1 [00" + QByteArray::number(i % 2) + "] 5.000001: kvm_entry: vcpu " + QByteArray::number(i) + "\n";
    const TextRead read = readTextOf(text);
    QCOMPARE(read.steps.size(), 3000u);
    for (const TextStep &step : read.steps)
        QCOMPARE(step.record.timeNs, 5000001000 + std::min<Ns>(step.record.entry.vcpuId, 999));
}

void TestTraceText::anotherRecordingBehind()
{
    const QByteArray one = "a-1 [000] 5.000001: kvm_entry: vcpu 0\nb-2 [001] 5.000002: kvm_entry: vcpu 1\n";
    const QByteArray back = "a-1 [000] 3.900001: kvm_entry: vcpu 0\nb-2 [001] 3.9: kvm_entry: vcpu 1\n";
    const TextRead read = readTextOf(one + back + one);
    QCOMPARE(read.steps.size(), 2u); // what stands before
    QCOMPARE(read.faults.size(), 1u);
    QCOMPARE(read.faults[0],
        "line 3: the time steps back by 1100 ms; text of another machine or another recording begins here; split the "
        "file there");
    const TextRead slightly = readTextOf(one + "a-1 [000] 4.000002: kvm_entry: vcpu 0\n");
    QCOMPARE(slightly.steps.size(), 3u); // as buffers that are read one after another
    QVERIFY(slightly.faults.empty());
    // A second head, though the time goes on.
    const TextRead heads = readTextOf("cpus=2\n" + one + "cpus=4\na-1 [000] 6.000001: kvm_entry: vcpu 0\n");
    QCOMPARE(heads.steps.size(), 2u);
    QCOMPARE(heads.faults.size(), 1u);
    QVERIFY(heads.faults[0].starts_with("line 4: text of another machine"));
}

// Though its times go on, and its CPUs are other ones, for a while.
void TestTraceText::otherMachineBehind()
{
    const QByteArray intel = "a-1 [000] 100.000001: kvm_entry: vcpu 0\n"
                             "a-1 [000] 100.000002: kvm_exit: reason HLT rip 0x1 info 0 0\n";
    const QByteArray amd = "b-7 [005] 500.000001: kvm_entry: vcpu 0, rip 0x1\n"
                           "b-7 [005] 500.000002: kvm_exit: reason hlt rip 0x1 info 0 0\n"
                           "b-7 [005] 500.000003: sched_waking: comm=b pid=7\n";
    // Without a head its first exit tells it; the CPU whose line that is, if it has any.
    const TextRead merged = readTextOf(intel + amd + intel);
    QVERIFY(countExits(merged) == ReasonCounts({{{1, 12}, 1}}));
    QCOMPARE(merged.steps.size(), 3u);
    QCOMPARE(merged.faults.size(), 1u);
    QCOMPARE(merged.faults[0],
        "line 4: its VM exits are of another kind of CPU than those before; text of another machine or another "
        "recording begins here; split the file there");
    // With one nothing behind it is taken, of whichever CPU, by its exit or by a CPU that both have.
    const QByteArray head = "# tracer: nop\n";
    const QByteArray waking = "b-7 [005] 500.000001: sched_waking: comm=b pid=7\n";
    for (const QByteArray &behind : {amd, QByteArray(waking + intel)}) {
        const TextRead headed = readTextOf(head + intel + head + behind);
        QCOMPARE(headed.steps.size(), 2u);
        QCOMPARE(headed.faults.size(), 1u);
        QVERIFY(headed.faults[0].starts_with("line 4: text of another machine"));
        QVERIFY((headed.description.events == std::vector<std::string>{"kvm_entry", "kvm_exit"}));
        QVERIFY(!headed.steps[1].record.hasIntrInfo);
    }
    // A head that its own machine wrote for another CPU is not where the other text begins.
    const QByteArray second = "a-2 [001] 90.000001: kvm_exit: reason HLT rip 0x1 info 0 0\n";
    const TextRead three = readTextOf(head + intel + head + second + amd);
    QVERIFY(countExits(three) == ReasonCounts({{{1, 12}, 2}}));
    QVERIFY(three.faults.size() == 1 && three.faults[0].starts_with("line 7: its VM exits"));
}

// cat per_cpu/cpu*/trace
void TestTraceText::otherCpusBehind()
{
    const TextRead read = readTextOf("# tracer: nop\na-1 [000] 50.000001: kvm_entry: vcpu 0\n"
                                     "# tracer: nop\nb-2 [001] 5.000002: kvm_entry: vcpu 1\n");
    QCOMPARE(read.steps.size(), 2u);
    QVERIFY(read.faults.empty());
}

void TestTraceText::severalFilesAtOnce()
{
    const TextRead read = readTextOf("host.dat: cpus=2\nguest.dat: cpus=2\n"
                                     "guest.dat:        trace-cmd-181   [001]   117.050257: kvm_entry: vcpu 0\n");
    QCOMPARE(
        read.error, "it tells of several recordings at once (trace-cmd report of several files); print each alone");
}

// Bytes changed, left out, put in, lines cut: it is read, or refused; what comes is within bounds.
void TestTraceText::damagedVariants()
{
    std::mt19937 random(17);
    const QByteArray sources[] = {textFile("tools/report-N.txt"), textFile("tools/report.txt"),
        textFile("tools/perf-ids.txt"), textFile("bring-up.txt"), textFile("tools/report-R.txt")};
    int events = 0;
    for (int seed = 0; seed < 300; ++seed) {
        QByteArray damaged = sources[seed % std::size(sources)];
        for (unsigned change = 0, changes = 1 + random() % 40; change < changes; ++change) {
            const auto at = static_cast<qsizetype>(random() % static_cast<unsigned>(damaged.size()));
            const char byte = static_cast<char>(random() % 3 ? "0123456789 :[]-=/x\n"[random() % 19] : random());
            if (const unsigned kind = random() % 4; kind == 0)
                damaged.remove(at, static_cast<qsizetype>(random() % 60));
            else if (kind == 1)
                damaged.insert(at, byte);
            else
                damaged[at] = byte;
            if (damaged.isEmpty())
                damaged = "x";
        }
        const TextRead read = readTextOf(damaged);
        QVERIFY(!read.error.empty() || read.readAllBytes || !read.faults.empty());
        for (const TextStep &step : read.steps) {
            QVERIFY(step.record.tid >= kNoThread && step.pid >= kNoThread);
            QVERIFY(step.record.pcpu >= kNoPcpu && step.record.pcpu <= 8191);
            QVERIFY(step.record.timeNs >= 0);
        }
        events += static_cast<int>(read.steps.size());
    }
    QVERIFY2(events > 300 * 10, qPrintable(QString::number(events))); // most of it is still read
}

QTEST_GUILESS_MAIN(TestTraceText)
#include "tst_trace_text.moc"
