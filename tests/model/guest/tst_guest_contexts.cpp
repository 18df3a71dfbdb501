// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/guest/interrupt_text.h"
#include "tests/model/guest/guest_text.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// What CPUs and threads of a guest do, from traces written to the disk.
class TestGuestContexts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void threadsAndCalls();
    void callsTellWhatIsKnown();
    void callsGoOnOverSwitches();
    void childIsInItsParentsCall();
    void interrupts();
    void handlersBegin();
    void kernelThreads();
    void numberedCalls();
    void signalHandlers();
    void anotherLife();
    void states();
    void lossLeavesInDoubt();
    void lossElsewhere();
    void childOfALoss();
    void withoutSwitches();
    void withoutCalls();
    void manyThreads();
};

namespace {

constexpr const char *kContextHost = "5 p0 kvm_entry tid=31\n45 p0 kvm_exit reason=32 isa=1 tid=31\n";

Recording loadGuest(std::string_view script)
{
    return WrittenRecording()
        .add(kContextHost)
        .add(
            script, "guest",
            [](CtfOptions &options) {
                options.hostname = "guest";
                options.traceUuid = "c0ffee00-0000-4000-8000-000000000007";
                options.clockUuid = "9e570000-0000-4000-8000-000000000001";
            })
        .load();
}

QStringList listOf(std::initializer_list<const char *> texts)
{
    QStringList list;
    for (const char *text : texts)
        list.append(QString::fromUtf8(text));
    return list;
}

QStringList contextsIn(std::string_view script, std::size_t cpu = 0)
{
    const Recording recording = loadGuest(script);
    const GuestTrace &guest = recording.guests.at(0);
    return contextsOf(guest, guest.cpus.at(cpu));
}

// "7 read 110-120 =5": whose call, its name, its begin and end as far as they were seen, what it returned.
QStringList callsOf(const GuestTrace &guest)
{
    QStringList texts;
    const GuestCalls &calls = guest.calls;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        QString text = QStringLiteral("%1 %2 %3%4-%5%6")
                           .arg(guest.threads.tid[calls.thread[i]])
                           .arg(guest.names[calls.name[i]])
                           .arg(calls.has(i, GuestCalls::Entered) ? QString() : QStringLiteral("?"))
                           .arg(calls.begin[i])
                           .arg(calls.end[i])
                           .arg(calls.has(i, GuestCalls::Left) ? QString() : QStringLiteral("?"));
        if (calls.has(i, GuestCalls::HasReturned))
            text += QStringLiteral(" =%1").arg(calls.returned[i]);
        if (calls.file[i] != kNoName)
            text += QLatin1Char(' ') + guest.names[calls.file[i]];
        texts.append(text);
    }
    return texts;
}

} // namespace

void TestGuestContexts::threadsAndCalls()
{
    QCOMPARE(contextsIn("100 p0 sched_switch prev_tid=0 next_tid=7\n"
                        "110 p0 other:syscall_entry_read tid=7\n"
                        "120 p0 other:syscall_exit_read tid=7\n"
                        "130 p0 other:a tid=7\n"
                        "140 p0 sched_switch prev_tid=7 next_tid=0\n"),
        listOf({"7 user", "7 syscall read", "7 user", "7 user", "0 idle"}));
}

void TestGuestContexts::callsTellWhatIsKnown()
{
    const Recording recording = loadGuest("100 p0 sched_switch prev_tid=0 next_tid=7\n"
                                          "110 p0 other:syscall_exit_poll ret=1 tid=7\n" // since the begin
                                          "120 p0 other:syscall_entry_openat filename=/etc/passwd tid=7\n"
                                          "130 p0 other:syscall_exit_openat ret=-2 tid=7\n"
                                          "140 p0 ioctl_entry cmd=1 tid=7\n"
                                          "150 p0 ioctl_exit ret=4 tid=7\n"
                                          "160 p0 other:syscall_entry_pause tid=7\n"
                                          "170 p0 other:a tid=7\n");
    const GuestTrace &guest = recording.guests.at(0);
    QCOMPARE(callsOf(guest),
        listOf({"7 poll ?100-110 =1", "7 openat 120-130 =-2 /etc/passwd", "7 ioctl 140-150 =4", "7 pause 160-170?"}));
    QCOMPARE(contextsOf(guest, guest.cpus[0]).first(), QStringLiteral("7 syscall poll"));
}

void TestGuestContexts::callsGoOnOverSwitches()
{
    const char *script = "100 p0 sched_switch prev_tid=0 next_tid=7\n"
                         "105 p1 sched_switch prev_tid=0 next_tid=8\n"
                         "110 p0 other:syscall_entry_read tid=7\n"
                         "120 p0 sched_switch prev_tid=7 prev_state=1 next_tid=0\n"
                         "130 p1 sched_switch prev_tid=8 next_tid=7\n"
                         "140 p1 other:syscall_exit_read tid=7\n";
    QCOMPARE(contextsIn(script), listOf({"7 user", "7 syscall read", "0 idle"}));
    QCOMPARE(contextsIn(script, 1), listOf({"8 unknown", "7 syscall read", "7 user"}));
}

void TestGuestContexts::childIsInItsParentsCall()
{
    const Recording recording = loadGuest("100 p0 sched_switch prev_tid=0 next_tid=7\n"
                                          "110 p0 other:syscall_entry_clone tid=7\n"
                                          "120 p0 sched_process_fork child_tid=9 child_pid=9 child_comm=child tid=7\n"
                                          "130 p0 other:syscall_exit_clone ret=9 tid=7\n"
                                          "140 p0 sched_switch prev_tid=7 next_tid=9\n"
                                          "150 p0 other:syscall_exit_clone ret=0 tid=9\n");
    const GuestTrace &guest = recording.guests.at(0);
    QCOMPARE(contextsOf(guest, guest.cpus[0]),
        listOf({"7 user", "7 syscall clone", "7 syscall clone", "7 user", "9 syscall clone", "9 user"}));
    QCOMPARE(callsOf(guest), listOf({"7 clone 110-130 =9", "9 clone ?120-150 =0"}));
    QCOMPARE(guest.threads.tid, (std::vector<std::int32_t>{0, 7, 9})); // each once
    QCOMPARE(guest.threads.pid, (std::vector<std::int32_t>{kNoThread, kNoThread, 9}));
    QCOMPARE(guest.threads.begin[2], Ns(120));
}

void TestGuestContexts::interrupts()
{
    QCOMPARE(contextsIn("100 p0 hrtimer_expire_entry tid=0\n" // by a softirq, for all that is known
                        "101 p0 hrtimer_expire_exit tid=0\n"
                        "110 p0 softirq_entry number=7 tid=0\n"
                        "120 p0 irq_handler_entry number=4 tid=0\n"
                        "130 p0 irq_handler_exit number=4 tid=0\n"
                        "140 p0 softirq_exit number=7 tid=0\n"
                        "150 p0 softirq_entry number=8 tid=0\n"
                        "160 p0 hrtimer_expire_entry tid=0\n" // by the softirq
                        "170 p0 hrtimer_expire_exit tid=0\n"
                        "180 p0 irq_handler_entry number=9 tid=0\n"
                        "190 p0 sched_switch prev_tid=0 next_tid=7\n"), // nothing is open any more
        listOf({"0 unknown", "0 unknown", "0 softirq 7", "0 irq 4", "0 softirq 7", "0 idle", "0 softirq 8",
            "0 softirq 8", "0 softirq 8", "0 irq 9", "7 unknown"}));
    QCOMPARE(contextsIn("100 p0 hrtimer_expire_entry tid=0\n" // no softirq was recorded
                        "110 p0 hrtimer_expire_exit tid=0\n"
                        "120 p0 sched_switch prev_tid=0 next_tid=7\n"),
        listOf({"0 timer", "0 unknown", "7 unknown"}));
}

// One after another without an end between, in another one, within a softirq that runs timers itself, before a loss.
void TestGuestContexts::handlersBegin()
{
    const Recording recording = loadGuest("100 p0 irq_handler_entry number=4 tid=0\n"
                                          "110 p0 irq_handler_entry number=4 tid=0\n"
                                          "120 p0 irq_handler_exit number=4 tid=0\n" // back in the first one
                                          "130 p0 softirq_entry number=8 tid=0\n"
                                          "140 p0 hrtimer_expire_entry tid=0\n"
                                          "150 p0 irq_handler_entry number=9 tid=0\n"
                                          "160 p0 irq_handler_exit number=9 tid=0\n"
                                          "170 p0 softirq_entry number=1 tid=0\n"
                                          "packet p0\n"
                                          "180 p0 irq_handler_exit number=9 tid=0\n"
                                          "lose p0 1\n"
                                          "packet p0\n"
                                          "190 p0 hrtimer_expire_entry tid=0\n" // by a softirq that was lost?
                                          "200 p0 hrtimer_expire_exit tid=0\n"
                                          "210 p0 sched_switch prev_tid=0 next_tid=7\n"
                                          "220 p0 hrtimer_expire_entry tid=7\n");
    const GuestContexts &rows = recording.guests.at(0).cpus.at(0).contexts;
    QStringList begun;
    for (std::size_t row = 0; row < rows.size(); ++row)
        if (rows.begins[row] != 0)
            begun.append(
                QStringLiteral("%1 %2").arg(rows.time[row]).arg(interruptText(rows.source[row], rows.irq[row])));
    QCOMPARE(begun,
        listOf({"100 irq:4", "110 irq:4", "130 softirq:HRTIMER", "150 irq:9", "170 softirq:TIMER", "220 hrtimer"}));
}

void TestGuestContexts::kernelThreads()
{
    QCOMPARE(contextsIn("100 p0 sched_switch prev_tid=0 next_tid=12\n"
                        "110 p0 process_state of_tid=12 of_pid=12 of_name=rcu_sched type=1 tid=12\n"
                        "120 p0 process_state of_tid=13 of_pid=13 of_name=init type=0 tid=12\n"
                        "130 p0 sched_switch prev_tid=12 next_tid=2\n"
                        "140 p0 sched_process_fork child_tid=14 child_pid=14 child_comm=kthreadd tid=2\n"
                        "150 p0 sched_switch prev_tid=2 next_tid=14\n"
                        "160 p0 sched_switch prev_tid=14 next_tid=13\n"),
        listOf({"12 kernel", "12 kernel", "12 kernel", "2 unknown", "2 unknown", "14 kernel", "13 unknown"}));
}

void TestGuestContexts::numberedCalls()
{
    QCOMPARE(contextsIn("100 p0 sched_switch prev_tid=0 next_tid=7\n"
                        "110 p0 other:syscall_entry_unknown id=334 tid=7\n"
                        "120 p0 other:syscall_exit_unknown id=334 ret=-38 tid=7\n"
                        "130 p0 other:sys_enter id=0 tid=7\n"
                        "140 p0 other:sys_exit id=0 ret=5 tid=7\n"
                        "150 p0 other:sys_enter id=9999 tid=7\n"),
        listOf({"7 user", "7 syscall rseq", "7 user", "7 syscall read", "7 user", "7 syscall syscall 9999"}));
}

// The return of a handler ends at once, by whatever name.
void TestGuestContexts::signalHandlers()
{
    QCOMPARE(contextsIn("100 p0 sched_switch prev_tid=0 next_tid=7\n"
                        "110 p0 other:syscall_entry_kill tid=7\n"
                        "120 p0 other:syscall_exit_kill tid=7\n"
                        "130 p0 other:syscall_entry_rt_sigreturn tid=7\n"
                        "140 p0 other:syscall_entry_unknown id=15 tid=7\n"
                        "150 p0 other:syscall_exit_rt_sigreturn tid=7\n"),
        listOf({"7 user", "7 syscall kill", "7 user", "7 user", "7 user", "7 user"}));
}

void TestGuestContexts::anotherLife()
{
    const Recording recording = loadGuest("thread 9 pid=9 name=first\n"
                                          "100 p0 sched_switch prev_tid=0 next_tid=9\n"
                                          "110 p0 other:syscall_entry_exit_group tid=9\n"
                                          "120 p0 sched_process_exit of_tid=9 of_name=first tid=9\n"
                                          "122 p0 sched_switch prev_tid=9 prev_state=0 next_tid=7\n" // preempted
                                          "124 p0 sched_switch prev_tid=7 prev_state=0 next_tid=9\n"
                                          "126 p0 sched_switch prev_tid=9 prev_state=2 next_tid=7\n" // it waits
                                          "128 p0 sched_switch prev_tid=7 prev_state=0 next_tid=9\n"
                                          "130 p0 sched_switch prev_tid=9 prev_state=32 next_tid=7\n"
                                          "140 p0 sched_process_fork child_tid=9 child_pid=9 child_comm=second tid=7\n"
                                          "150 p0 sched_switch prev_tid=7 next_tid=9 next_comm=second\n");
    const GuestTrace &guest = recording.guests.at(0);
    QStringList lives;
    for (std::uint32_t i = 0; i < guest.threads.size(); ++i)
        if (guest.threads.tid[i] == 9)
            lives.append(guest.nameOf(i)
                + QStringLiteral(" %1-%2")
                      .arg(guest.threads.begin[i] == kNoTime ? -1 : guest.threads.begin[i])
                      .arg(guest.threads.end[i] == kEndOfRecording ? -1 : guest.threads.end[i]));
    QCOMPARE(lives, listOf({"first -1-130", "second 140--1"}));
    QCOMPARE(callsOf(guest), listOf({"9 exit_group 110-130?"}));
}

void TestGuestContexts::states()
{
    const Recording recording = loadGuest("100 p0 sched_switch prev_tid=0 next_tid=7\n"
                                          "110 p0 sched_switch prev_tid=7 prev_state=1 next_tid=0\n"
                                          "120 p0 sched_wakeup woken=7 target=0 tid=0\n"
                                          "130 p0 sched_switch prev_tid=0 next_tid=7\n"
                                          "140 p0 sched_switch prev_tid=7 prev_state=0 next_tid=8\n"
                                          "150 p0 sched_switch prev_tid=8 prev_state=64 next_tid=7\n" // parked
                                          "160 p0 sched_switch prev_tid=7 prev_state=16 next_tid=0\n");
    const GuestTrace &guest = recording.guests.at(0);
    QStringList told;
    for (std::size_t i = 0; i < guest.states.size(); ++i) {
        constexpr const char *names[] = {"running", "waiting", "sleeping", "gone"};
        const std::int32_t tid = guest.threads.tid[guest.states.thread[i]];
        if (tid != 0)
            told.append(QStringLiteral("%1 %2 %3")
                            .arg(tid)
                            .arg(guest.states.time[i])
                            .arg(QLatin1String(names[int(guest.states.state[i])])));
    }
    QCOMPARE(told,
        listOf({"7 100 running", "7 110 sleeping", "7 120 waiting", "7 130 running", "7 140 waiting", "7 150 running",
            "7 160 gone", "8 140 running", "8 150 sleeping"}));
}

void TestGuestContexts::lossLeavesInDoubt()
{
    QCOMPARE(contextsIn("100 p0 sched_switch prev_tid=0 next_tid=7\n"
                        "110 p0 other:syscall_entry_read tid=7\n"
                        "packet p0\nlose_packets p0 1\n"
                        "200 p0 other:a tid=7\n"
                        "210 p0 other:syscall_exit_read tid=7\n" // in it since
                        "220 p0 sched_switch prev_tid=7 next_tid=8\n"
                        "230 p0 other:syscall_entry_write tid=8\n"
                        "packet p0\nlose_packets p0 1\n"
                        "300 p0 other:a tid=8\n"),
        listOf({"7 user", "? unknown", "7 unknown", "7 user", "8 user", "? unknown", "? unknown"}));
}

// What is on another CPU stays known, until it leaves it.
void TestGuestContexts::lossElsewhere()
{
    const char *script = "100 p0 sched_switch prev_tid=0 next_tid=7\n"
                         "105 p1 sched_switch prev_tid=0 next_tid=8\n"
                         "110 p0 other:syscall_entry_read tid=7\n"
                         "112 p1 other:syscall_entry_write tid=8\n"
                         "115 p0 sched_switch prev_tid=7 prev_state=1 next_tid=0\n"
                         "120 p0 other:a tid=0\n"
                         "packet p0\nlose_packets p0 1\n"
                         "125 p1 other:a tid=8\n"
                         "130 p1 sched_switch prev_tid=8 prev_state=0 next_tid=7\n"
                         "140 p1 sched_switch prev_tid=7 prev_state=0 next_tid=8\n"
                         "200 p0 other:a tid=0\n"
                         "210 p0 sched_switch prev_tid=0 next_tid=9\n";
    QCOMPARE(contextsIn(script, 1), listOf({"8 user", "8 syscall write", "8 syscall write", "7 unknown", "8 unknown"}));
}

// It may run on the CPU that nobody sees, and leave its parent's call there.
void TestGuestContexts::childOfALoss()
{
    const char *script = "100 p0 sched_switch prev_tid=0 next_tid=7\n"
                         "105 p1 sched_switch prev_tid=0 next_tid=8\n"
                         "110 p0 other:syscall_entry_clone tid=7\n"
                         "120 p1 other:a tid=8\n"
                         "packet p1\nlose_packets p1 1\n"
                         "130 p0 sched_process_fork child_tid=9 child_pid=9 child_comm=child tid=7\n"
                         "140 p0 sched_switch prev_tid=7 prev_state=0 next_tid=9\n"
                         "200 p1 other:a tid=8\n"
                         "210 p0 other:syscall_entry_read tid=9\n";
    QCOMPARE(contextsIn(script), listOf({"7 user", "7 syscall clone", "7 syscall clone", "9 user", "9 syscall read"}));
}

// Calls are known by the threads that events tell; who has the CPU is not.
void TestGuestContexts::withoutSwitches()
{
    const Recording recording = loadGuest("110 p0 other:syscall_entry_read tid=7\n"
                                          "120 p0 irq_handler_entry number=3 tid=7\n"
                                          "130 p0 irq_handler_exit number=3 tid=7\n"
                                          "140 p0 other:syscall_exit_read tid=7\n");
    const GuestTrace &guest = recording.guests.at(0);
    QCOMPARE(contextsOf(guest, guest.cpus[0]), listOf({"? unknown", "? irq 3", "? unknown", "? unknown"}));
    QCOMPARE(callsOf(guest), listOf({"7 read 110-140 =0"}));
}

void TestGuestContexts::withoutCalls()
{
    QCOMPARE(contextsIn("100 p0 sched_switch prev_tid=0 next_tid=7\n110 p0 sched_switch prev_tid=7 next_tid=0\n"),
        listOf({"7 unknown", "0 idle"}));
}

void TestGuestContexts::manyThreads()
{
    std::string script;
    constexpr int kThreads = 20'000;
    for (int i = 0; i < kThreads; ++i)
        script += std::to_string(100 + i) + " p0 sched_switch prev_tid=" + std::to_string(10 + i)
            + " next_tid=" + std::to_string(11 + i) + "\n";
    const Recording recording = loadGuest(script);
    const GuestTrace &guest = recording.guests.at(0);
    QCOMPARE(guest.threads.size(), std::size_t(kThreads + 1));
    QCOMPARE(textOf(guest, guest.contextBehind(guest.cpus[0], kThreads)), QStringLiteral("20010 unknown"));
}

QTEST_GUILESS_MAIN(TestGuestContexts)
#include "tst_guest_contexts.moc"
