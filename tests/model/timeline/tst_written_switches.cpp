// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// Who is current where events have no contexts: what sched_switch says over streams, packets and recordings.
class TestWrittenSwitches : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void twoChannelsAtTheBegin();
    void twoChannelsBehindALoss();
    void switchInTheNextChunk();
    void switchInTheNextRecording();
    void lossInAStreamWithoutSwitches();
    void lossyFirstPacket();

private:
    void check(const char *script, const QStringList &expected);
};

namespace {

QStringList list(std::initializer_list<const char *> texts)
{
    QStringList result;
    for (const char *text : texts)
        result << QString::fromLatin1(text);
    return result;
}

QStringList textOf(const Recording &recording)
{
    if (recording.hosts.size() != 1)
        return {QStringLiteral("%1 hosts").arg(recording.hosts.size())};
    return timelineText(recording.hosts[0], recording.reasons, recording.diagnostics);
}

void otherTrace(CtfOptions &options)
{
    options.traceUuid = "c0ffee00-0000-4000-8000-000000000002";
}

} // namespace

// In memory, and written and read.
void TestWrittenSwitches::check(const char *script, const QStringList &expected)
{
    const BuiltTimeline built = buildTimeline(script);
    QCOMPARE(timelineText(built.timeline, built.reasons, built.diagnostics), expected);
    QCOMPARE(textOf(loadScript(script)), expected);
}

// The first of both tells who was there.
void TestWrittenSwitches::twoChannelsAtTheBegin()
{
    check("10 p0/kvm kvm_entry\n"
          "15 p0/kvm kvm_exit reason=10 isa=1\n"
          "20 p0/b sched_switch prev_tid=31 prev_state=0 next_tid=70\n"
          "40 p0/a sched_switch prev_tid=70 prev_state=0 next_tid=71\n",
        list({"vm/0: 10 Guest p0, 15 Kvm p0, 20 Preempted, 40",
            "15 1:10: event 15 entry 10 run 5 gross - preempted p0"}));
}

// A stretch of one of both hides who is there; behind it the first switch of either tells it.
void TestWrittenSwitches::twoChannelsBehindALoss()
{
    check("5 p0/a sched_switch prev_tid=0 next_tid=31\n"
          "10 p0/kvm kvm_entry\n"
          "15 p0/kvm kvm_exit reason=10 isa=1\n"
          "20 p0/b sched_switch prev_tid=31 prev_state=0 next_tid=72\n"
          "packet p0/b\n"
          "lose_packets p0/b 1\n"
          "50 p0/b other:x\n"
          "52 p0/kvm kvm_entry\n"
          "55 p0/b sched_switch prev_tid=33 prev_state=0 next_tid=70\n"
          "60 p0/a sched_switch prev_tid=70 next_tid=31\n"
          "70 p0/kvm kvm_entry\n"
          "75 p0/kvm kvm_exit reason=10 isa=1\n",
        list({"vm/0: 5 Unknown, 10 Guest p0, 15 Kvm p0, 20 Unknown, 70 Guest p0, 75",
            "15 1:10: event 15 entry 10 run 5 gross - preempted p0", "75 1:10: event 75 entry 70 run 5 gross - host p0",
            "vm/1: 5 Unknown, 52 Guest p0, 55 Preempted, 75"}));
}

// Chunks of a rotated session continue each other.
void TestWrittenSwitches::switchInTheNextChunk()
{
    WrittenRecording written;
    written.add("10 p0 kvm_entry\n15 p0 kvm_exit reason=10 isa=1\n", "chunk-0",
        [](CtfOptions &options) { options.declared = {"sched_switch"}; });
    written.add("100 p0 kvm_entry\n105 p0 kvm_exit reason=10 isa=1\n"
                "120 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0\n130 p0 other:x\n",
        "chunk-1");
    QCOMPARE(textOf(written.load()),
        list({"vm/0: 10 Guest p0, 15 Kvm p0, 100 Guest p0, 105 Kvm p0, 120 Blocked, 130",
            "15 1:10: event 15 entry 10 run 5 gross 85 net 85 kvm 85 host p0",
            "105 1:10: event 105 entry 100 run 5 gross - host p0"}));
}

// Between recordings that do not continue each other all is Unknown, and what is said of one holds for no other.
void TestWrittenSwitches::switchInTheNextRecording()
{
    WrittenRecording written;
    written.add("5 p0 sched_switch prev_tid=0 next_tid=31\n10 p0 kvm_entry\n20 p0 kvm_exit reason=10 isa=1\n", "first");
    written.add("100 p0 kvm_entry\n110 p0 kvm_exit reason=10 isa=1\n"
                "120 p0 sched_switch prev_tid=32 prev_state=0 next_tid=70\n130 p0 other:x\n",
        "second", otherTrace);
    const Recording recording = written.load();
    QCOMPARE(textOf(recording),
        list({"vm/0: 5 Unknown, 10 Guest p0, 20 Unknown, 130", "20 1:10: event 20 entry 10 run 10 gross - host p0",
            "vm/1: 5 Unknown, 100 Guest p0, 110 Kvm p0, 120 Preempted, 130",
            "110 1:10: event 110 entry 100 run 10 gross - preempted p0"}));
    QCOMPARE(countOf(recording.diagnostics, "recordings-apart"), 1);
}

// It hides what the thread does, and not where it is.
void TestWrittenSwitches::lossInAStreamWithoutSwitches()
{
    check("5 p0/sched sched_switch prev_tid=0 next_tid=31\n"
          "10 p0/kvm kvm_entry\n"
          "20 p0/kvm kvm_exit reason=12 isa=1\n"
          "packet p0/kvm\n"
          "lose_packets p0/kvm 1\n"
          "60 p0/kvm kvm_entry\n"
          "70 p0/kvm kvm_exit reason=10 isa=1\n"
          "80 p0/sched sched_switch prev_tid=31 prev_state=1 next_tid=70\n"
          "90 p0/sched sched_switch prev_tid=70 next_tid=31\n"
          "95 p0/kvm kvm_entry\n",
        list({"vm/0: 5 Unknown, 10 Guest p0, 20 Unknown, 60 Guest p0, 70 Kvm p0, 80 Blocked, 90 Kvm p0, 95",
            "20 1:12: event 20 entry 10 run 10 gross - halt p0",
            "70 1:10: event 70 entry 60 run 10 gross 25 net 25 kvm 15 blocked 10 host p0"}));
}

// Blind before its first event, and from its 11th-last, which is the second.
void TestWrittenSwitches::lossyFirstPacket()
{
    const char *const script = "lose p0 9\n"
                               "10 p0 kvm_entry tid=31\n20 p0 kvm_exit reason=10 isa=1 tid=31\n"
                               "21 p0 other:x tid=31\n22 p0 other:x tid=31\n23 p0 other:x tid=31\n"
                               "24 p0 other:x tid=31\n25 p0 other:x tid=31\n26 p0 other:x tid=31\n"
                               "27 p0 other:x tid=31\n28 p0 other:x tid=31\n29 p0 other:x tid=31\n"
                               "30 p0 other:x tid=31\n"
                               "packet p0\n"
                               "40 p0 kvm_entry tid=31\n50 p0 other:x tid=31\n";
    check(script,
        list({"vm/0: 10 Guest p0, 20 Unknown, 40 Guest p0, 50", "20 1:10: event 20 entry 10 run 10 gross - host p0"}));
}

QTEST_GUILESS_MAIN(TestWrittenSwitches)
#include "tst_written_switches.moc"
