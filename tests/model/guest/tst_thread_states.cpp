// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QtTest>

#include "model/causes/guest_accounts.h"
#include "model/clock/guests_of_exits.h"
#include "model/clock/hosted_guest.h"
#include "model/load/load.h"
#include "tests/model/property/dice.h"
#include "tests/tools/golden_host.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// What threads of guests were over time, on the host's clock.
class TestThreadStates : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void goldenCase_data();
    void goldenCase();
    void sleepsWaitsAndGoes();
    void lossLeavesUnknown();
    void cpuThatWasNotTraced();
    void sumsAreThoseOfAccounts_data();
    void sumsAreThoseOfAccounts();
};

namespace {

void asGuest(CtfOptions &options)
{
    options.hostname = "guest";
    options.traceUuid = "c0ffee00-0000-4000-8000-000000000007";
    options.clockUuid = "9e570000-0000-4000-8000-000000000001";
}

GuestAlignment sameClock(const Recording &recording)
{
    AlignOptions options;
    options.userMaps.emplace(0, ClockMap(ClockLine{0, 0, 0}));
    return alignGuests(recording, options).guests.at(0);
}

std::uint32_t threadOf(const GuestTrace &guest, std::int32_t tid, std::int32_t cpu = kNoPcpu)
{
    for (std::uint32_t i = 0; i < guest.threads.size(); ++i)
        if (guest.threads.tid[i] == tid && guest.threads.cpu[i] == cpu)
            return i;
    throw std::out_of_range("no such thread");
}

// "45-60 In KVM wrmsr", "130-200 Sleeping in read", "35-45 Running on 0".
QStringList intervalsOf(const Recording &recording, const GuestAlignment &alignment, std::uint32_t thread)
{
    const GuestOnHost hosted = hostedGuest(recording, alignment);
    ThreadOnHost of(hosted, thread);
    QStringList texts;
    for (Ns t = hosted.range().from; t < hosted.range().to;) {
        const ThreadInterval interval = of.from(t, hosted.range().to + 1000); // another host goes on for longer
        const std::string_view what = name(interval.state);
        QString text = QStringLiteral("%1-%2 ").arg(interval.range.from).arg(interval.range.to)
            + QString::fromLatin1(what.data(), qsizetype(what.size()));
        if (interval.state == ThreadState::Running)
            text += QStringLiteral(" on %1").arg(interval.cpu);
        if (interval.reason)
            text += QLatin1Char(' ') + recording.reasons[*interval.reason].name;
        if (interval.call != kNoCall)
            text += QStringLiteral(" in ") + hosted.guest().names[hosted.guest().calls.name[interval.call]];
        texts.append(text);
        t = interval.range.to;
    }
    return texts;
}

QStringList listOf(std::initializer_list<const char *> texts)
{
    QStringList list;
    for (const char *text : texts)
        list.append(QString::fromUtf8(text));
    return list;
}

const char *const kGoldenGuest = "10 p0 sched_switch prev_tid=130 next_tid=131 prev_state=0\n"
                                 "35 p0 sched_switch prev_tid=131 next_tid=130 prev_state=0\n"
                                 "40 p0 vmsync_gh_guest vm_uid=123456 cnt=1\n"
                                 "65 p0 vmsync_hg_guest vm_uid=123456 cnt=2\n"
                                 "75 p0 sched_switch prev_tid=130 next_tid=131 prev_state=0\n"
                                 "175 p0 sched_switch prev_tid=131 next_tid=130 prev_state=0\n"
                                 "190 p0 vmsync_gh_guest vm_uid=123456 cnt=3\n"
                                 "215 p0 vmsync_hg_guest vm_uid=123456 cnt=4\n"
                                 "225 p0 sched_switch prev_tid=130 next_tid=131 prev_state=0\n"
                                 "240 p0 vmsync_gh_guest vm_uid=123456 cnt=5\n"
                                 "265 p0 vmsync_hg_guest vm_uid=123456 cnt=6\n"
                                 "275 p0 sched_switch prev_tid=131 next_tid=130 prev_state=0\n"
                                 "375 p0 sched_switch prev_tid=130 next_tid=131 prev_state=0\n";

} // namespace

void TestThreadStates::goldenCase_data()
{
    QTest::addColumn<bool>("byVmsync");
    QTest::addRow("vmsync") << true;
    QTest::addRow("map") << false;
}

// What the peer's tests assert of threads 130 and 131: its levels "VMM" and "VCPU Preempted" with 32, a write of an
// MSR. Half-open, and the host ends at 355.
void TestThreadStates::goldenCase()
{
    QFETCH(bool, byVmsync);
    const Recording recording
        = WrittenRecording().add(goldenHostWithVmsync()).add(kGoldenGuest, "guest", asGuest).load();
    const GuestAlignment alignment = byVmsync ? alignGuests(recording).guests.at(0) : sameClock(recording);
    QVERIFY(alignment.isAligned());
    const GuestTrace &guest = recording.guests.at(0);
    QCOMPARE(intervalsOf(recording, alignment, threadOf(guest, 130)),
        listOf({"1-10 Unknown", "10-35 Waiting", "35-45 Running on 0", "45-60 In KVM MSR_WRITE", "60-75 Running on 0",
            "75-175 Waiting", "175-195 Running on 0", "195-210 In KVM MSR_WRITE", "210-225 Running on 0",
            "225-275 Waiting", "275-295 Running on 0", "295-300 In KVM MSR_WRITE",
            "300-350 Preempted by the host MSR_WRITE", "350-355 In KVM MSR_WRITE"}));
    QCOMPARE(intervalsOf(recording, alignment, threadOf(guest, 131)),
        listOf({"1-10 Unknown", "10-35 Running on 0", "35-75 Waiting", "75-95 Running on 0", "95-100 In KVM MSR_WRITE",
            "100-150 Preempted by the host MSR_WRITE", "150-155 In KVM MSR_WRITE", "155-175 Running on 0",
            "175-225 Waiting", "225-245 Running on 0", "245-260 In KVM MSR_WRITE", "260-275 Running on 0",
            "275-355 Waiting"}));
}

void TestThreadStates::sleepsWaitsAndGoes()
{
    const Recording recording = WrittenRecording()
                                    .add("100 p0 kvm_entry vcpu_id=0 tid=31\n"
                                         "260 p0 kvm_exit reason=114 isa=2 vcpu_id=0 tid=31\n"
                                         "280 p0 kvm_entry vcpu_id=0 tid=31\n"
                                         "900 p0 kvm_exit reason=120 isa=2 vcpu_id=0 tid=31\n" // not timed
                                         "950 p0 other:a tid=31\n")
                                    .add("110 p0 sched_switch prev_tid=0 next_tid=7\n"
                                         "120 p0 other:syscall_entry_read tid=7\n"
                                         "130 p0 sched_switch prev_tid=7 prev_state=1 next_tid=0\n"
                                         "200 p0 sched_wakeup woken=7 target=0 tid=0\n"
                                         "210 p0 sched_switch prev_tid=0 next_tid=7\n"
                                         "220 p0 other:syscall_exit_read tid=7\n"
                                         "230 p0 sched_process_fork child_tid=9 child_pid=9 child_comm=second tid=7\n"
                                         "240 p0 sched_wakeup woken=9 target=0 tid=7\n"
                                         "250 p0 sched_switch prev_tid=7 prev_state=0 next_tid=9\n"
                                         "300 p0 sched_switch prev_tid=9 prev_state=16 next_tid=7\n"
                                         "940 p0 other:a tid=7\n",
                                        "guest", asGuest)
                                    .load();
    const GuestAlignment alignment = sameClock(recording);
    const GuestTrace &guest = recording.guests.at(0);
    QCOMPARE(intervalsOf(recording, alignment, threadOf(guest, 7)),
        listOf({"100-110 Unknown", "110-130 Running on 0", "130-200 Sleeping in read", "200-210 Waiting in read",
            "210-250 Running on 0", "250-300 Waiting", "300-900 Running on 0", "900-940 In KVM hlt",
            "940-950 Unknown"}));
    QCOMPARE(intervalsOf(recording, alignment, threadOf(guest, 9)),
        listOf({"100-230 Gone", "230-240 Unknown", "240-250 Waiting", "250-260 Running on 0", "260-280 In KVM cpuid",
            "280-300 Running on 0", "300-950 Gone"}));

    const GuestOnHost hosted = hostedGuest(recording, alignment);
    ThreadOnHost seven(hosted, threadOf(guest, 7));
    QCOMPARE(seven.firstRun(), std::optional<Ns>(110));
    QCOMPARE(seven.at(150).range, (TimeRange{130, 200}));
    QCOMPARE(lostIn(seven.within({0, 2000})), Ns(40));
    QCOMPARE(lostIn(ThreadOnHost(hosted, threadOf(guest, 9)).within({265, 275})), Ns(10));
}

// Who stays on another CPU is known; who is on none, or leaves one meanwhile, may go on where events are lost.
void TestThreadStates::lossLeavesUnknown()
{
    const Recording recording = WrittenRecording()
                                    .add("90 p0 kvm_entry vcpu_id=0 tid=31\n"
                                         "91 p1 kvm_entry vcpu_id=1 tid=32\n"
                                         "300 p0 kvm_exit reason=114 isa=2 vcpu_id=0 tid=31\n"
                                         "301 p1 kvm_exit reason=114 isa=2 vcpu_id=1 tid=32\n")
                                    .add("100 p0 sched_switch prev_tid=0 next_tid=7\n"
                                         "105 p1 sched_switch prev_tid=0 next_tid=8\n"
                                         "110 p0 other:syscall_entry_read tid=7\n"
                                         "115 p0 sched_switch prev_tid=7 prev_state=1 next_tid=0\n"
                                         "120 p0 other:a tid=0\n"
                                         "packet p0\nlose_packets p0 1\n"
                                         "125 p1 other:a tid=8\n"
                                         "130 p1 sched_switch prev_tid=8 prev_state=0 next_tid=7\n"
                                         "140 p1 sched_switch prev_tid=7 prev_state=0 next_tid=8\n"
                                         "200 p0 other:a tid=0\n"
                                         "210 p0 sched_switch prev_tid=0 next_tid=9\n",
                                        "guest", asGuest)
                                    .load();
    const GuestAlignment alignment = sameClock(recording);
    const GuestTrace &guest = recording.guests.at(0);
    const auto of = [&](std::int32_t tid, std::int32_t cpu) {
        return intervalsOf(recording, alignment, threadOf(guest, tid, cpu));
    };
    QCOMPARE(of(7, kNoPcpu),
        listOf({"90-100 Unknown", "100-115 Running on 0", "115-120 Sleeping in read", "120-130 Unknown",
            "130-140 Running on 1", "140-301 Unknown"}));
    QCOMPARE(of(8, kNoPcpu),
        listOf(
            {"90-105 Unknown", "105-130 Running on 1", "130-140 Unknown", "140-210 Running on 1", "210-301 Unknown"}));
    QCOMPARE(of(0, 0),
        listOf({"90-100 Unknown", "100-115 Waiting", "115-120 Running on 0", "120-200 Unknown", "200-210 Running on 0",
            "210-301 Unknown"}));
}

// The guest says that it stands on a CPU of which the host tells nothing.
void TestThreadStates::cpuThatWasNotTraced()
{
    const Recording recording = WrittenRecording()
                                    .add("90 p0 kvm_entry vcpu_id=0 tid=31\n"
                                         "300 p0 kvm_exit reason=114 isa=2 vcpu_id=0 tid=31\n")
                                    .add("100 p0 sched_switch prev_tid=0 next_tid=8\n"
                                         "110 p5 sched_switch prev_tid=0 next_tid=7\n"
                                         "150 p5 sched_switch prev_tid=7 prev_state=0 next_tid=0\n"
                                         "200 p0 other:a tid=8\n",
                                        "guest", asGuest)
                                    .load();
    QCOMPARE(intervalsOf(recording, sameClock(recording), threadOf(recording.guests.at(0), 7)),
        listOf({"90-110 Unknown", "110-150 Unknown", "150-200 Waiting", "200-300 Unknown"}));
}

void TestThreadStates::sumsAreThoseOfAccounts_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"storms", "disk", "preempt", "twovms"})
        QTest::addRow("%s", name) << QString::fromLatin1(name);
}

// Accounts go along the contexts of CPUs, and threads' rows along their own states: both give the same to the
// nanosecond, for any range.
void TestThreadStates::sumsAreThoseOfAccounts()
{
    QFETCH(QString, name);
    const QString traces = QStringLiteral(EXITSCOPE_SHARED_DIR "/traces/") % name;
    if (!QDir(traces).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const Recording recording
        = loadRecording({QString(traces % QStringLiteral("/host")), QString(traces % QStringLiteral("/vm0")),
                            QString(traces % QStringLiteral("/vm1"))},
            {});
    const std::vector<GuestAlignment> alignments = alignGuests(recording).guests;
    Selection selection;
    selection.guests = std::make_shared<const ExitGuests>(guestsOfExits(recording, alignments));
    const TimeRange bounds = boundsOf(recording);
    constexpr std::array<VcpuState, 6> kOnCpu{VcpuState::Guest, VcpuState::Kvm, VcpuState::Userspace,
        VcpuState::Preempted, VcpuState::Blocked, VcpuState::Idle}; // in the order of ThreadState
    Dice dice(3);
    int compared = 0;
    for (int round = 0; round < 4; ++round) {
        TimeRange range = bounds;
        if (round > 0) {
            selection.from = range.from = bounds.from + bounds.length() / 1000 * dice.below(500);
            selection.to = range.to = range.from + bounds.length() / 977 * dice.below(480);
        }
        for (const GuestAccounts &accounts : guestAccountsOf(recording, alignments, selection)) {
            const auto alignment = std::ranges::find(alignments, accounts.guest, &GuestAlignment::guest);
            const GuestOnHost hosted = hostedGuest(recording, *alignment);
            std::map<std::uint32_t, TimePerState> expected;
            for (const ThreadAccount &account : accounts.threads)
                expected[account.thread] = account.states;
            for (std::uint32_t thread = 0; thread < hosted.guest().threads.size(); ++thread) {
                ThreadOnHost of(hosted, thread);
                const TimePerThreadState within = of.within(range);
                TimePerThreadState sum{};
                for (Ns t = range.from; t < range.to;) {
                    const ThreadInterval interval = of.from(t, range.to);
                    QVERIFY(interval.range.from == t && interval.range.to > t);
                    sum[std::size_t(interval.state)] += interval.range.length();
                    t = interval.range.to;
                }
                QCOMPARE(within, sum);
                for (std::size_t i = 0; i < kOnCpu.size(); ++i)
                    QCOMPARE(within[i], expected[thread][std::size_t(kOnCpu[i])]);
                Ns rough = 0;
                for (const Ns ns : of.roughlyWithin(range))
                    rough += ns;
                QCOMPARE(rough, range.length());
                compared += within[0] > 0;
            }
        }
    }
    QVERIFY(compared > 50);
}

QTEST_GUILESS_MAIN(TestThreadStates)
#include "tst_thread_states.moc"
