// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTest>

#include <algorithm>

#include "tests/model/source/text_steps.h"

using namespace exitscope;
using namespace exitscope::reader;

// What a text of a trace has and cannot mean, and what is no such text.
class TestOddText : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ticksAreNoTimes();
    void differencesAreNoTimes();
    void timesBeyondReach();
    void cutLine();
    void cpusFollowFromSwitches();
    void threadsThatTurnUpElsewhere();
    void oneCpuWithoutANumber();
    void cpusOfThreadsWithoutSwitches();
    void oddBytes();
    void systemCalls_data();
    void systemCalls();
    void recognized();
};

void TestOddText::ticksAreNoTimes()
{
    const TextRead read = readTextOf("a-1 [000] d... 123456789012: kvm_entry: vcpu 0\n");
    QVERIFY(read.error.starts_with("the times of its events are ticks of a clock, not seconds"));
    QCOMPARE(readTextOf("nothing\n").error, "it has no event that can be read");
    QCOMPARE(readTextOf("").error, "it has no event that can be read");
    QVERIFY(readText(QStringLiteral("/nowhere")).error.starts_with("the file cannot be read: "));
    QVERIFY(readText(QStringLiteral("/")).error.starts_with("it is no regular file"));
}

// perf script --deltatime.
void TestOddText::differencesAreNoTimes()
{
    static const QRegularExpression time(QStringLiteral(" (\\d+)\\.(\\d{6}): "));
    QByteArray differences;
    qint64 before = -1;
    for (const QByteArray &text : textFile("tools/perf.txt").split('\n')) {
        const auto match = time.match(QString::fromUtf8(text));
        if (!match.hasMatch())
            continue;
        const qint64 us = match.captured(1).toLongLong() * 1'000'000 + match.captured(2).toLongLong();
        const QByteArray since = QByteArray::number(before < 0 ? 0 : us - before).rightJustified(6, '0');
        differences += text.left(match.capturedStart()) + "   0." + since + ": " + text.mid(match.capturedEnd()) + '\n';
        before = us;
    }
    QVERIFY(differences.count('\n') > 20);
    QCOMPARE(readTextOf(differences).error,
        "its times are differences, each from the line before; print them without --deltatime");
    QCOMPARE(readText(QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/text/tools/perf.txt")).error, "");
}

void TestOddText::timesBeyondReach()
{
    const QByteArray within = "a-1 [000] 4611686017.000001: kvm_entry: vcpu 7\n"; // 2^62 ns are 4,611,686,018.4 s
    const QByteArray beyond = "a-1 [000] 4611686019.000001: kvm_entry: vcpu 7\n";
    const TextRead read = readTextOf(within + beyond);
    QCOMPARE(read.steps.size(), 1u);
    QCOMPARE(read.steps[0].record.timeNs, 4'611'686'017'000'001'000);
    QVERIFY(read.notes.starts_with("1 of 2 lines were not understood; the first is line 2: a-1 [000]"));
}

// Of a tool that was killed: a number at the end of the last line may lack digits.
void TestOddText::cutLine()
{
    const QByteArray whole = "a-1 [000] 5.000001: kvm_exit: reason EPT_VIOLATION rip 0x1000 info 0 0\n";
    const QByteArray cut = "a-1 [000] 5.000003: kvm_exit: reason EPT_VIOLATION rip 0x10";
    const TextRead read = readTextOf(whole + cut);
    QCOMPARE(read.steps.size(), 1u);
    QCOMPARE(read.notes,
        "1 of 2 lines were not understood; the first is line 2: " + cut.toStdString()
            + " (the text ends inside of this line: it may be cut)");
    QVERIFY(read.readAllBytes);
}

// perf script -F without cpu.
void TestOddText::cpusFollowFromSwitches()
{
    static const QRegularExpression cpu(QStringLiteral(" \\[\\d{3}\\]"));
    const QByteArray text = textFile("tools/perf.txt");
    const QByteArray bare = QString::fromUtf8(text).remove(cpu).toUtf8();
    QCOMPARE(text.size() - bare.size(), 6 * text.count('\n'));
    const TextRead told = readTextOf(text);
    const TextRead inferred = readTextOf(bare);
    QVERIFY(!told.description.pcpusAreInferred);
    QVERIFY(inferred.description.pcpusAreInferred);
    QCOMPARE(inferred.steps.size(), told.steps.size());
    for (std::size_t i = 0; i < told.steps.size(); ++i) {
        QCOMPARE(inferred.steps[i].record.pcpu, told.steps[i].record.pcpu);
        QCOMPARE(inferred.steps[i].record.timeNs, told.steps[i].record.timeNs);
    }
}

// A thread that left CPU 0 is on CPU 1 later, and nothing tells how it came there: where it was is no evidence.
void TestOddText::threadsThatTurnUpElsewhere()
{
    const TextRead read = readTextOf("perf 9 1.000001: sched:sched_switch: prev_comm=perf prev_pid=9 prev_prio=120 "
                                     "prev_state=R+ ==> next_comm=a next_pid=7 next_prio=120\n"
                                     "a 7 1.000002: sched:sched_switch: prev_comm=a prev_pid=7 prev_prio=120 "
                                     "prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120\n"
                                     "perf 9 1.000003: sched:sched_switch: prev_comm=perf prev_pid=9 prev_prio=120 "
                                     "prev_state=S ==> next_comm=b next_pid=8 next_prio=120\n"
                                     "b 8 1.000004: kvm:kvm_entry: vcpu 0, rip 0x1\n"
                                     "swapper 0 1.000005: sched:sched_switch: prev_comm=swapper/0 prev_pid=0 "
                                     "prev_prio=120 prev_state=R ==> next_comm=a next_pid=7 next_prio=120\n"
                                     "a 7 1.000006: kvm:kvm_entry: vcpu 1, rip 0x2\n"
                                     "b 8 1.000007: sched:sched_switch: prev_comm=b prev_pid=8 prev_prio=120 "
                                     "prev_state=S ==> next_comm=swapper/1 next_pid=0 next_prio=120\n");
    std::vector<std::pair<int, int>> seen; // pCPU and microsecond, CPU by CPU
    for (const TextStep &step : read.steps)
        seen.emplace_back(step.record.pcpu, int(step.record.timeNs % 1'000'000 / 1000));
    QCOMPARE(seen, (std::vector<std::pair<int, int>>{{0, 1}, {0, 2}, {0, 5}, {0, 6}, {1, 3}, {1, 4}, {1, 7}}));
}

// Of a kernel for one CPU the idle thread has no number, and all are on that one.
void TestOddText::oneCpuWithoutANumber()
{
    QByteArray text;
    for (int i = 0; i < 3; ++i)
        text += "a 7 1.00000" + QByteArray::number(2 * i)
            + ": sched:sched_switch: prev_comm=a prev_pid=7 prev_prio=120 prev_state=S ==> next_comm=swapper "
              "next_pid=0 next_prio=120\n"
              "swapper 0 1.00000"
            + QByteArray::number(2 * i + 1)
            + ": sched:sched_switch: prev_comm=swapper prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=a "
              "next_pid=7 next_prio=120\n";
    const TextRead read = readTextOf(text);
    QCOMPARE(read.steps.size(), 6u);
    for (const TextStep &step : read.steps)
        QCOMPARE(step.record.pcpu, 0);
}

// Each has one of its own, so that no other thread's event ends its runs; idle threads tell their number, or nothing.
void TestOddText::cpusOfThreadsWithoutSwitches()
{
    const TextRead read = readTextOf("a 7 5.000001: kvm:kvm_entry: vcpu 0, rip 0x1\n"
                                     "b 8 5.000002: kvm:kvm_entry: vcpu 1, rip 0x2\n"
                                     "swapper/1 0 5.000003: irq:irq_handler_exit: irq=1 ret=handled\n"
                                     "swapper 0 5.000004: irq:irq_handler_exit: irq=2 ret=handled\n"
                                     "a 7 5.000005: kvm:kvm_entry: vcpu 0, rip 0x3\n");
    QCOMPARE(read.error, "");
    std::vector<std::pair<int, int>> seen; // pCPU and thread, CPU by CPU
    for (const TextStep &step : read.steps)
        seen.emplace_back(step.record.pcpu, step.record.tid);
    QCOMPARE(seen, (std::vector<std::pair<int, int>>{{-1, 0}, {0, 7}, {0, 7}, {1, 0}, {2, 8}}));
}

void TestOddText::oddBytes()
{
    const QByteArray line = "a-1 [000] 5.000001: kvm_entry: vcpu 7";
    // Ends of lines of other systems.
    const TextRead crlf = readTextOf(line + "\r\n" + line + "\r\n" + line + "\r\n");
    QCOMPARE(crlf.steps.size(), 3u);
    QCOMPARE(crlf.steps[0].record.entry.vcpuId, 7);
    QCOMPARE(crlf.notes, "");
    // Longer than any event is printed; one that is as long as may be.
    const QByteArray longest = line + QByteArray(64 * 1024 - line.size(), ' ');
    const TextRead lengths
        = readTextOf(longest + "\n" + longest + " \n" + QByteArray(300'000, 'x') + "\n" + line + "\n");
    QCOMPARE(lengths.steps.size(), 2u);
    QVERIFY(lengths.notes.starts_with("2 of 4 lines were not understood; the first is line 2: a-1 [000]"));
    QVERIFY(lengths.readAllBytes);
    // What a terminal would obey is not shown.
    QByteArray garbage("\x1b[2J\x00\xff\x07 cd\n", 11);
    const TextRead odd = readTextOf(garbage + line + "\n");
    QCOMPARE(odd.steps.size(), 1u);
    QVERIFY(odd.notes.starts_with("1 of 2 lines"));
    QVERIFY(std::none_of(odd.notes.begin(), odd.notes.end(), [](char c) { return c >= 0 && c < ' '; }));
}

// As perf script and trace-cmd report print them, with -R and without, and ftrace itself.
void TestOddText::systemCalls_data()
{
    QTest::addColumn<QByteArray>("event");
    QTest::addColumn<int>("number"); // -1: it tells none, or its name does
    QTest::addColumn<bool>("returns");
    QTest::addColumn<qint64>("returned");
    QTest::newRow("raw entry") << QByteArray("sys_enter: NR 16 (9, ae80, 0, 0, 0, 0)") << 16 << false << qint64(0);
    QTest::newRow("perf's") << QByteArray("raw_syscalls:sys_enter: NR 0 (3, 7ffd, 1000)") << 0 << false << qint64(0);
    QTest::newRow("raw exit") << QByteArray("sys_exit: NR 16 = 0") << 16 << true << qint64(0);
    QTest::newRow("raw exit that failed") << QByteArray("sys_exit: NR 202 = -110") << 202 << true << qint64(-110);
    QTest::newRow("-R, entry") << QByteArray("sys_enter: id=257 args=ARRAY[9c, ff]") << 257 << false << qint64(0);
    QTest::newRow("-R, exit") << QByteArray("sys_exit: id=257 ret=-2") << 257 << true << qint64(-2);
    QTest::newRow("exit of one") << QByteArray("sys_exit_read: 0x1000") << -1 << true << qint64(4096);
    QTest::newRow("exit of one that failed")
        << QByteArray("sys_exit_read: 0xfffffffffffffff5") << -1 << true << qint64(-11);
    QTest::newRow("exit of one, -R") << QByteArray("sys_exit_read: __syscall_nr=0 ret=0x20") << -1 << true
                                     << qint64(32);
    QTest::newRow("ftrace's exit") << QByteArray("sys_read -> 0x20") << -1 << true << qint64(32);
}

void TestOddText::systemCalls()
{
    QFETCH(QByteArray, event);
    const TextRead read = readTextOf("a-1 [000] d... 5.000001: " + event + "\n");
    QCOMPARE(read.steps.size(), 1u);
    const PlainData &call = read.steps[0].record.plain;
    QFETCH(int, number);
    QCOMPARE((call.facts & HasCallNumber) != 0, number >= 0);
    if (number >= 0)
        QCOMPARE(call.callNumber, number);
    QFETCH(bool, returns);
    QCOMPARE((call.facts & HasReturned) != 0, returns);
    if (returns) {
        QFETCH(qint64, returned);
        QCOMPARE(qint64(call.returned), returned);
    }
}

void TestOddText::recognized()
{
    for (const char *name : {"tools/report.txt", "tools/report-l.txt", "tools/perf.txt", "pio.txt", "wrapped.txt"})
        QVERIFY2(TextTrace::recognizes(textFile(name).toStdString()), name);
    QVERIFY(TextTrace::recognizes("version = 7\ncpus=1\n"));
    QVERIFY(!TextTrace::recognizes("Dear all,\nthe trace is attached.\n# a comment\n\n"));
    QVERIFY(!TextTrace::recognizes(""));
    QVERIFY(!TextTrace::recognizes(std::string("PERFILE2\0\0\0cpus=2\n", 18)));
}

QTEST_GUILESS_MAIN(TestOddText)
#include "tst_odd_text.moc"
