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
    void oddBytes();
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
