// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/clock/alignment.h"
#include "tests/tools/golden_host.h"
#include "tests/tools/sync_case.h"
#include "tests/tools/timeline_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// Guest traces as the loader puts them into columns, from traces written to the disk.
class TestGuestTrace : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void columns();
    void lossesAreUnknown();
    void tracesOfOneGuestAreOne();
    void kernelCode();
    void hostAloneHasNone();
    void goldenCase();
    void writtenPairs_data();
    void writtenPairs();
};

namespace {

constexpr const char *kHost = "5 p0 kvm_entry tid=31\n45 p0 kvm_exit reason=32 isa=1 tid=31\n";

WrittenRecording::Configure guestClock(const std::string &uuid)
{
    return [uuid](CtfOptions &options) {
        options.hostname = "guest";
        options.traceUuid = "c0ffee00-0000-4000-8000-0000000000" + uuid;
        options.clockUuid = "9e570000-0000-4000-8000-000000000001";
    };
}

} // namespace

void TestGuestTrace::columns()
{
    const Recording recording = WrittenRecording()
                                    .add(kHost)
                                    .add("thread 130 pid=130 name=any\n"
                                         "100 p1 other:syscall_entry_read tid=130\n"
                                         "110 p0 other:rcu_utilization tid=7\n"
                                         "120 p1 sched_switch prev_tid=130 next_tid=131 next_comm=other\n"
                                         "130 p1 process_state of_tid=9 of_pid=9 of_name=late tid=131\n",
                                        "guest", guestClock("02"))
                                    .load();
    QCOMPARE(recording.guests.size(), std::size_t(1));
    const GuestTrace &guest = recording.guests[0];
    QCOMPARE(guest.range, (TimeRange{100, 130}));
    QCOMPARE(guest.traces.size(), std::size_t(1));
    QVERIFY(!recording.traces[guest.traces[0]].used);
    QCOMPARE(guest.path, recording.traces[guest.traces[0]].path);
    QCOMPARE(guest.cpus.size(), std::size_t(2));
    QCOMPARE(guest.cpus[0].number, 0);
    QCOMPARE(guest.cpus[0].events, std::vector<Ns>{110}); // also what would not prove a host
    QCOMPARE(guest.cpus[1].events, (std::vector<Ns>{100, 120, 130}));
    QCOMPARE(guest.cpus[1].threadAt(99), kNoThread);
    QCOMPARE(guest.cpus[1].threadAt(100), 130); // whom the first switch takes off
    QCOMPARE(guest.cpus[1].threadAt(120), 131);
    QCOMPARE(guest.threadName(131, 125), QStringLiteral("other"));
    QCOMPARE(guest.threadName(130, 50), QStringLiteral("any"));
    QCOMPARE(guest.threadName(9, 130), QStringLiteral("late"));
    QCOMPARE(guest.threadName(8, 130), QString());
}

void TestGuestTrace::lossesAreUnknown()
{
    const Recording recording = WrittenRecording()
                                    .add(kHost)
                                    .add("100 p0 sched_switch prev_tid=1 next_tid=2\n"
                                         "110 p0 other:a tid=2\n"
                                         "packet p0\nlose_packets p0 1\n"
                                         "200 p0 other:a tid=3\n"
                                         "210 p0 sched_switch prev_tid=3 next_tid=4\n",
                                        "guest", guestClock("02"))
                                    .load();
    const GuestCpu &cpu = recording.guests.at(0).cpus.at(0);
    QVERIFY(!cpu.lost.empty());
    QCOMPARE(cpu.lost[0], (TimeRange{110, 200}));
    QCOMPARE(cpu.threadAt(109), 2);
    QCOMPARE(cpu.threadAt(150), kNoThread);
    QCOMPARE(cpu.threadAt(205), 3);
}

void TestGuestTrace::tracesOfOneGuestAreOne()
{
    const Recording recording = WrittenRecording()
                                    .add(kHost)
                                    .add("100 p0 other:a tid=1\n", "guest1", guestClock("02"))
                                    .add("200 p0 other:a tid=1\n", "guest2", guestClock("03"))
                                    .load();
    QCOMPARE(recording.guests.size(), std::size_t(1));
    QCOMPARE(recording.guests[0].traces.size(), std::size_t(2));
    QCOMPARE(recording.guests[0].cpus[0].events, (std::vector<Ns>{100, 200}));
}

// After which events the kernel runs for certain.
void TestGuestTrace::kernelCode()
{
    const Recording recording = WrittenRecording()
                                    .add(kHost)
                                    .add("100 p0 sched_switch prev_tid=0 next_tid=7\n"
                                         "110 p0 other:syscall_entry_read tid=7\n"
                                         "120 p0 other:syscall_exit_read tid=7\n"
                                         "130 p0 irq_handler_entry tid=7\n"
                                         "140 p0 irq_handler_exit tid=7\n"
                                         "150 p0 other:syscall_entry_rt_sigreturn tid=7\n"
                                         "160 p0 sched_switch prev_tid=7 next_tid=0\n"
                                         "170 p0 other:a tid=0\n",
                                        "guest", guestClock("02"))
                                    .load();
    QCOMPARE(recording.guests.at(0).cpus.at(0).inKernel, (std::vector<std::uint8_t>{0, 1, 0, 1, 0, 0, 1, 0}));
    // Without their ends nobody knows how long they last.
    const Recording begins = WrittenRecording()
                                 .add(kHost)
                                 .add("110 p0 other:syscall_entry_read tid=7\n"
                                      "130 p0 irq_handler_entry tid=7\n"
                                      "160 p0 sched_switch prev_tid=7 next_tid=0\n",
                                     "guest", guestClock("02"))
                                 .load();
    QCOMPARE(begins.guests.at(0).cpus.at(0).inKernel, (std::vector<std::uint8_t>{0, 0, 1}));
}

void TestGuestTrace::hostAloneHasNone()
{
    QVERIFY(WrittenRecording().add(kHost).load().guests.empty());
}

// Thirteen events are too few to be sure, and that is said.
void TestGuestTrace::goldenCase()
{
    const Recording recording = WrittenRecording()
                                    .add(goldenHost())
                                    .add("10 p0 sched_switch prev_tid=130 next_tid=131\n"
                                         "35 p0 sched_switch prev_tid=131 next_tid=130\n"
                                         "75 p0 sched_switch prev_tid=130 next_tid=131\n"
                                         "175 p0 sched_switch prev_tid=131 next_tid=130\n"
                                         "225 p0 sched_switch prev_tid=130 next_tid=131\n"
                                         "275 p0 sched_switch prev_tid=131 next_tid=130\n",
                                        "guest", guestClock("02"))
                                    .load();
    QCOMPARE(recording.guests.size(), std::size_t(1));
    const Alignments found = alignGuests(recording);
    QCOMPARE(found.guests.size(), std::size_t(1));
    QVERIFY(!found.guests[0].isAligned());
    QCOMPARE(found.diagnostics.size(), std::size_t(1));

    AlignOptions options;
    options.userMaps.emplace(0, ClockMap(ClockLine{0, 0, 0}));
    const GuestAlignment given = alignGuests(recording, options).guests.at(0);
    QVERIFY(given.isAligned());
    QCOMPARE(methodName(given.method), QStringLiteral("user"));
    QCOMPARE(given.containment.contained, std::int64_t(6));
    QCOMPARE(given.containment.misfits(), std::int64_t(0));
    QVERIFY(!given.uncertainty());
    // All but the first leave their runs, three of them by a nanosecond.
    const GuestAlignment shifted = withMap(recording, given, given.map.shifted(21));
    QCOMPARE(shifted.containment.misfits(), std::int64_t(5));
}

void TestGuestTrace::writtenPairs_data()
{
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 4; ++seed)
        QTest::addRow("%d", seed) << seed;
}

void TestGuestTrace::writtenPairs()
{
    QFETCH(int, seed);
    const SyncCase made = makeSyncCase({.seed = std::uint32_t(seed), .changesRate = seed % 2 == 0});
    QTemporaryDir dir;
    const std::int64_t written = writeSyncPair(dir.path().toStdString(), made);
    LoadOptions options;
    options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    const Recording recording = loadRecording({dir.path()}, options);
    const std::int64_t repeated = countOf(recording.diagnostics, "repeated-events"); // some are equal in everything
    QVERIFY(repeated < 10);
    QCOMPARE(recording.traces.at(0).events + recording.traces.at(1).events + repeated, written);
    const GuestAlignment alignment = alignGuests(recording).guests.at(0);
    QVERIFY(alignment.isAligned());
    QCOMPARE(alignment.containment.misfits(), std::int64_t(0));
    for (const GuestCpu &cpu : recording.guests[0].cpus) {
        for (const Ns event : cpu.events) {
            if (event < alignment.overlap.from || event > alignment.overlap.to)
                continue;
            const Ns error = std::abs(alignment.map.toHost(event) - made.truth[0].toHost(event));
            QVERIFY(error <= alignment.map.uncertainty(event).value());
        }
    }
}

QTEST_GUILESS_MAIN(TestGuestTrace)
#include "tst_guest_trace.moc"
