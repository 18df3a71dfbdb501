// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// Each contradiction of manual "Definitions" once: what is Unknown, what is counted, what is told.
class TestWrittenContradictions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void contradictions_data();
    void contradictions();
    void vcpuThoughtToBeThere();
};

namespace {

QString text(const char *latin1)
{
    return QString::fromLatin1(latin1);
}

// Codes of contradictions, all six.
const char *const kCodes[] = {"entry-in-entry", "exit-without-entry", "wrong-pcpu", "switch-from-other",
    "switch-to-elsewhere", "userspace-in-entry"};

} // namespace

void TestWrittenContradictions::contradictions_data()
{
    QTest::addColumn<QByteArray>("script");
    QTest::addColumn<QByteArray>("states");
    QTest::addColumn<QStringList>("exits");
    const auto row = [](const char *code, const char *script, const char *states, const QStringList &exits) {
        QTest::newRow(code) << QByteArray(script) << QByteArray(states) << exits;
    };
    // Unknown between the two entries; the exit at 20 ended with the first.
    row("entry-in-entry", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=10 isa=1 tid=31
30 p0 kvm_entry tid=31
40 p0 kvm_entry tid=31
50 p0 kvm_exit reason=10 isa=1 tid=31
60 p0 kvm_entry tid=31
)",
        "10 Guest p0, 20 Kvm p0, 30 Unknown, 40 Guest p0, 50 Kvm p0, 60",
        {text("20 1:10: event 20 entry 10 run 10 gross 10 net 10 kvm 10 host p0"),
            text("50 1:10: event 50 entry 40 run 10 gross 10 net 10 kvm 10 host p0")});
    // Unknown between the two exits; the second begins at its event.
    row("exit-without-entry", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=10 isa=1 tid=31
30 p0 kvm_exit reason=10 isa=1 tid=31
40 p0 kvm_entry tid=31
)",
        "10 Guest p0, 20 Unknown, 30 Kvm p0, 40",
        {text("20 1:10: event 20 entry 10 run 10 gross - host p0"),
            text("30 1:10: event 30 entry - gross 10 net 10 kvm 10 host p0")});
    // By sched_switch thread 31 is on p0 all the time.
    row("wrong-pcpu", R"(
5 p1 sched_switch prev_tid=41 next_tid=0
10 p0 sched_switch prev_tid=0 next_tid=31
12 p0 kvm_entry tid=31
20 p0 kvm_exit reason=10 isa=1 tid=31
30 p1 kvm_entry tid=31
40 p1 other:kvm_x86_eoi tid=31
)",
        "5 Unknown, 12 Guest p0, 20 Unknown, 30 Guest p1, 40",
        {text("20 1:10: event 20 entry 12 run 8 gross - host p0")});
    // Thread 31 was thought to be on p0, but 50 is switched out there.
    row("switch-from-other", R"(
10 p0 sched_switch prev_tid=0 next_tid=31
12 p0 kvm_entry tid=31
20 p0 kvm_exit reason=10 isa=1 tid=31
30 p0 sched_switch prev_tid=50 next_tid=51
40 p0 sched_switch prev_tid=51 next_tid=31
45 p0 kvm_entry tid=31
50 p0 kvm_exit reason=10 isa=1 tid=31
)",
        "10 Unknown, 12 Guest p0, 20 Unknown, 45 Guest p0, 50",
        {text("20 1:10: event 20 entry 12 run 8 gross - host p0"),
            text("50 1:10: event 50 entry 45 run 5 gross - host p0")});
    // Thread 31 comes to p1 without having left p0.
    row("switch-to-elsewhere", R"(
5 p1 sched_switch prev_tid=41 next_tid=0
10 p0 sched_switch prev_tid=0 next_tid=31
12 p0 kvm_entry tid=31
20 p0 kvm_exit reason=10 isa=1 tid=31
30 p1 sched_switch prev_tid=0 next_tid=31
40 p1 kvm_entry tid=31
50 p1 kvm_exit reason=10 isa=1 tid=31
)",
        "5 Unknown, 12 Guest p0, 20 Unknown, 40 Guest p1, 50",
        {text("20 1:10: event 20 entry 12 run 8 gross - host p0"),
            text("50 1:10: event 50 entry 40 run 10 gross - host p1")});
    // No exit event for the entry at 30: neither a run nor an exit.
    row("userspace-in-entry", R"(
10 p0 kvm_entry tid=31
20 p0 kvm_exit reason=10 isa=1 tid=31
30 p0 kvm_entry tid=31
40 p0 kvm_userspace_exit reason=2 tid=31
50 p0 ioctl_entry tid=31
60 p0 kvm_entry tid=31
70 p0 kvm_exit reason=10 isa=1 tid=31
)",
        "10 Guest p0, 20 Kvm p0, 30 Unknown, 40 Userspace p0, 50 Kvm p0, 60 Guest p0, 70",
        {text("20 1:10: event 20 entry 10 run 10 gross 10 net 10 kvm 10 host p0"),
            text("70 1:10: event 70 entry 60 run 10 gross - host p0")});
}

void TestWrittenContradictions::contradictions()
{
    QFETCH(QByteArray, script);
    QFETCH(QByteArray, states);
    QFETCH(QStringList, exits);
    const Recording recording = loadScript(script.toStdString());
    QCOMPARE(statesText(firstVcpu(recording)).toLatin1(), states);
    QCOMPARE(exitsText(firstVcpu(recording), recording.reasons), exits);
    for (const char *code : kCodes)
        QCOMPARE(countOf(recording.diagnostics, code), std::int64_t(qstrcmp(code, QTest::currentDataTag()) == 0));
    const BuiltTimeline built = buildTimeline(script.toStdString());
    QCOMPARE(statesText(built.timeline.vms.at(0).vcpus.at(0)).toLatin1(), states);
    QCOMPARE(exitsText(built.timeline.vms[0].vcpus[0], built.reasons), exits);
}

// A KVM event of 31 where 41 was thought to be: nothing is known of 41 either, until its next KVM event.
void TestWrittenContradictions::vcpuThoughtToBeThere()
{
    const Recording recording = loadScript(R"(
5 p1 sched_switch prev_tid=0 next_tid=41
8 p1 kvm_entry tid=41 vcpu_id=1
12 p0 kvm_entry tid=31 vcpu_id=0
20 p0 kvm_exit reason=10 isa=1 tid=31
25 p1 kvm_exit reason=10 isa=1 tid=41
30 p1 kvm_entry tid=31 vcpu_id=0
35 p1 kvm_userspace_exit reason=2 tid=41
40 p1 kvm_entry tid=41 vcpu_id=1
)");
    QCOMPARE(countOf(recording.diagnostics, "wrong-pcpu"), 1);
    QCOMPARE(statesText(vcpuNamed(recording, text("vm/0"))),
        text("5 Unknown, 12 Guest p0, 20 Unknown, 30 Guest p1, 35 Kvm p1, 40"));
    QCOMPARE(
        statesText(vcpuNamed(recording, text("vm/1"))), text("5 Unknown, 8 Guest p1, 25 Unknown, 35 Userspace p1, 40"));
    QCOMPARE(exitsText(vcpuNamed(recording, text("vm/1")), recording.reasons),
        QStringList{text("25 1:10: event 25 entry 8 run 17 gross - host p1")});
}

QTEST_GUILESS_MAIN(TestWrittenContradictions)
#include "tst_written_contradictions.moc"
