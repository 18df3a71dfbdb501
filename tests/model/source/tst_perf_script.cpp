// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <algorithm>
#include <memory>

#include "tests/model/source/file_steps.h"
#include "tests/tools/reader_run.h"

using namespace exitscope;
using namespace exitscope::testing;

// A perf.data file says what perf itself says of it.
class TestPerfScript : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsPerfScript();
    void losesAsPerfSays();
    void describes();
    void throughTheReader();
};

namespace {

std::unique_ptr<reader::TraceFile> opened(const QString &path)
{
    return reader::openTraceFile(path.toStdString());
}

QString realFile()
{
    return QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/perf/lost.perf.data");
}

// A line of `perf script`, in the words of file_steps.h; what these do not tell is left out.
QString canonical(const QString &line)
{
    static const QRegularExpression head(
        QStringLiteral(R"(^\s*(-?\d+)/(-?\d+)\s+\[(\d+)\]\s+(\d+)\.(\d{9}):\s+\w+:(\w+): (.*)$)"));
    static const QRegularExpression entry(QStringLiteral(R"(^vcpu (\d+), rip)"));
    static const QRegularExpression exit(QStringLiteral(R"(^vcpu (\d+) reason (\w+) rip 0x([0-9a-f]+) )"));
    static const QRegularExpression switched(QStringLiteral(
        R"(^prev_comm=(.*) prev_pid=(\d+) prev_prio=\d+ prev_state=(\S+) ==> next_comm=(.*) next_pid=(\d+) )"));
    static const QHash<QString, int> reasons{{QStringLiteral("interrupt"), 0x60}, {QStringLiteral("vintr"), 0x64},
        {QStringLiteral("cpuid"), 0x72}, {QStringLiteral("hlt"), 0x78}, {QStringLiteral("io"), 0x7b},
        {QStringLiteral("msr"), 0x7c}, {QStringLiteral("hypercall"), 0x81}}; // asm/svm.h
    static const QHash<QString, int> states{{QStringLiteral("R"), 0}, {QStringLiteral("S"), 1},
        {QStringLiteral("D"), 2}, {QStringLiteral("X"), 16}, {QStringLiteral("Z"), 32}, {QStringLiteral("I"), 128},
        {QStringLiteral("R+"), 256}};
    const auto all = head.match(line);
    QString text = QStringLiteral("p%1 %2%3 %4/%5 ")
                       .arg(all.captured(3).toInt())
                       .arg(all.captured(4), all.captured(5), all.captured(1), all.captured(2));
    if (const auto match = entry.match(all.captured(7)); match.hasMatch())
        return text + QStringLiteral("entry vcpu ") + match.captured(1);
    if (const auto match = exit.match(all.captured(7)); match.hasMatch())
        return text
            + QStringLiteral("exit 2:%1 rip %2 vcpu %3")
                  .arg(reasons.value(match.captured(2), -1))
                  .arg(match.captured(3), match.captured(1));
    const auto match = switched.match(all.captured(7));
    return text
        + QStringLiteral("switch %1 %2 state %3 to %4 %5")
              .arg(match.captured(2), match.captured(1))
              .arg(states.value(match.captured(3), -1))
              .arg(match.captured(5), match.captured(4));
}

QStringList without(QStringList lines, const QString &word)
{
    lines.erase(std::remove_if(lines.begin(), lines.end(), [&](const QString &line) { return line.contains(word); }),
        lines.end());
    return lines;
}

} // namespace

void TestPerfScript::equalsPerfScript()
{
    QFile script(QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/perf/lost.script.txt"));
    QVERIFY(script.open(QIODevice::ReadOnly));
    QStringList expected;
    for (const QString &line : QString::fromUtf8(script.readAll()).split(u'\n', Qt::SkipEmptyParts))
        expected << canonical(line);
    // perf prints the CPUs in one order of time; here one comes after the other.
    std::stable_sort(
        expected.begin(), expected.end(), [](const QString &a, const QString &b) { return a.left(2) < b.left(2); });
    QCOMPARE(expected.size(), 133);
    const QStringList steps = stepsOf(*opened(realFile()));
    QCOMPARE(without(without(steps, QStringLiteral("thread")), QStringLiteral("lost")), expected);
}

// The recording lost 34 events on CPU 0 and 17 on CPU 1 (LOST_SAMPLES, by event: 14 + 16 + 4 and 8 + 9). Its first LOST
// record tells 31 of them; those that tell the others are cut off.
void TestPerfScript::losesAsPerfSays()
{
    const auto file = opened(realFile());
    const QStringList steps = stepsOf(*file);
    QCOMPARE(steps.filter(QStringLiteral("lost")),
        (QStringList{QStringLiteral("p0 lost 31"), QStringLiteral("p0 lost 3"), QStringLiteral("p1 lost 17")}));
    const qsizetype at = steps.indexOf(QStringLiteral("p0 lost 31"));
    QVERIFY(steps[at - 1].startsWith(QStringLiteral("p0 41985868997 ")));
    QVERIFY(steps[at + 1].startsWith(QStringLiteral("p0 41993789448 ")));
    QCOMPARE(stepsOf(*file, 0).last(), QStringLiteral("p0 lost 3"));
    QCOMPARE(stepsOf(*file, 1).last(), QStringLiteral("p1 lost 17"));
    QVERIFY(steps.contains(QStringLiteral("p0 thread 231/252 CPU 1/KVM")));
    QVERIFY(steps.contains(QStringLiteral("p0 thread 231/231 qemu-system-x86")));
}

void TestPerfScript::describes()
{
    const wire::Description description = opened(realFile())->describe();
    wire::Description expected;
    expected.format = "perf.data";
    expected.domain = "kernel";
    expected.tracer = "perf";
    expected.clockName = "monotonic";
    expected.clockFrequency = 1'000'000'000;
    expected.hasTid = true;
    expected.hasPid = true;
    expected.hasSwitches = true;
    expected.events = {"kvm:kvm_entry", "kvm:kvm_exit", "sched:sched_switch"};
    QVERIFY(description == expected);
}

// The same file through exitscope-reader, in its sandbox.
void TestPerfScript::throughTheReader()
{
    const ReaderOutput listed = outputOfReader({QStringLiteral("--list"), realFile()});
    QCOMPARE(listed.status, 0);
    const auto file = opened(realFile());
    QCOMPARE(listed.out,
        QByteArray("0 " + QByteArray::number(qulonglong(file->cpus()[0].bytes)) + "\n1 "
            + QByteArray::number(qulonglong(file->cpus()[1].bytes)) + "\n"));
    const ReaderRun run = runReader(filesOf(realFile(), {0, 1}), 2);
    QVERIFY2(run.fault.isEmpty(), qPrintable(run.fault));
    QVERIFY(run.streams[0].description && *run.streams[0].description == file->describe());
    QCOMPARE(run.streams[1].describedAs.value_or(-1), 0);
    for (std::size_t cpu = 0; cpu < 2; ++cpu) {
        const QStringList steps = stepsOf(*file, cpu);
        QVERIFY(run.streams[cpu].summary);
        const wire::Summary &summary = *run.streams[cpu].summary;
        const qsizetype told = without(without(steps, QStringLiteral(" thread ")), QStringLiteral(" lost ")).size();
        QCOMPARE(summary.events, std::uint64_t(told));
        QCOMPARE(summary.discardedEvents, cpu == 0 ? 34u : 17u); // see losesAsPerfSays()
        QCOMPARE(summary.stepsBack, 0u);
        QCOMPARE(summary.pcpu, std::int32_t(cpu));
    }
}

QTEST_GUILESS_MAIN(TestPerfScript)
#include "tst_perf_script.moc"
