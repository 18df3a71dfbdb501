// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QtTest>

#include "model/causes/guest_accounts.h"
#include "model/causes/guest_groups.h"
#include "model/causes/guest_tables.h"
#include "model/clock/guests_of_exits.h"
#include "model/guest/interrupt_text.h"
#include "model/guest/program_name.h"
#include "model/load/load.h"
#include "model/statistics/statistics.h"
#include "tests/model/property/dice.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// What threads and system calls of guests got and lost.
class TestGuestAccounts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void written();
    void interrupts();
    void interruptsOfRecordings();
    void programNames_data();
    void programNames();
    void groups();
    void unknownIsNothingInFiles();
    void groupsOfRecordings();
    void twoGuestsOnOneVm();
    void sumsAreTheTotals_data();
    void sumsAreTheTotals();
    void whoLosesMost_data();
    void whoLosesMost();
};

namespace {

const QString kAccountTraces = QStringLiteral(EXITSCOPE_SHARED_DIR "/traces/");

// Two threads of one process, one of another of the same program, one of which the process is not told, and nobody.
struct MadeThreads {
    MadeThreads()
    {
        recording.hosts.push_back({{0, 100}, {{QStringLiteral("a"), 1, {}}}});
        recording.guests.emplace_back();
        add(0, kNoThread, "swapper/0", 1000);
        add(7, 7, "web", 10);
        add(8, 7, "web-1", 20);
        add(9, 9, "web-2", 5);
        add(10, kNoThread, "lost", 40);
        accounts.threads.push_back({}); // nobody
        accounts.threads.back().exits = 3;
    }
    void add(std::int32_t tid, std::int32_t pid, const char *name, Ns kvm)
    {
        GuestTrace &guest = recording.guests.front();
        guest.threads.tid.push_back(tid);
        guest.threads.pid.push_back(pid);
        guest.threads.cpu.push_back(tid == 0 ? 0 : kNoPcpu);
        guest.threads.isOfKernel.push_back(0);
        guest.threads.begin.push_back(kNoTime);
        guest.threads.end.push_back(kEndOfRecording);
        guest.nameTid.push_back(tid);
        guest.nameTime.push_back(0);
        guest.nameIndex.push_back(std::uint32_t(guest.names.size()));
        guest.names.push_back(QString::fromUtf8(name));
        ThreadAccount account;
        account.thread = std::uint32_t(guest.threads.size() - 1);
        account.states[std::size_t(VcpuState::Kvm)] = kvm;
        account.exits = tid;
        accounts.threads.push_back(account);
    }
    const GuestTrace &guest() const { return recording.guests.front(); }

    Recording recording;
    GuestAccounts accounts;
};

struct Accounted {
    Recording recording;
    std::vector<GuestAlignment> alignments;
    Selection selection;
};

Accounted accounted(Recording recording, const AlignOptions &options = {})
{
    Accounted made{std::move(recording), {}, {}};
    made.alignments = alignGuests(made.recording, options).guests;
    made.selection.guests = std::make_shared<const ExitGuests>(guestsOfExits(made.recording, made.alignments));
    return made;
}

Accounted loadTraces(const QString &name)
{
    return accounted(loadRecording({QString(kAccountTraces % name % QStringLiteral("/host")),
                                       QString(kAccountTraces % name % QStringLiteral("/vm0")),
                                       QString(kAccountTraces % name % QStringLiteral("/vm1"))},
        {}));
}

// "7 on 130 guest 80 lost 50 exits 2"
QString textOf(const GuestTrace &guest, const ThreadAccount &account)
{
    return QStringLiteral("%1 on %2 guest %3 lost %4 exits %5")
        .arg(account.thread == kNobody ? -1 : guest.threads.tid[account.thread])
        .arg(account.onCpu())
        .arg(account.in(VcpuState::Guest))
        .arg(account.lost())
        .arg(account.exits);
}

} // namespace

void TestGuestAccounts::written()
{
    AlignOptions options;
    options.userMaps.emplace(0, ClockMap(ClockLine{0, 0, 0}));
    Accounted of = accounted(WrittenRecording()
                                 .add("100 p0 kvm_entry vcpu_id=0 tid=31\n" // Guest to 200, Kvm to 230, and so on
                                      "200 p0 kvm_exit reason=114 isa=2 vcpu_id=0 rip=0xffffffff81000000 tid=31\n"
                                      "230 p0 kvm_entry vcpu_id=0 tid=31\n"
                                      "300 p0 kvm_exit reason=114 isa=2 vcpu_id=0 rip=0xffffffff81000000 tid=31\n"
                                      "340 p0 kvm_entry vcpu_id=0 tid=31\n"
                                      "400 p0 kvm_exit reason=120 isa=2 vcpu_id=0 rip=0xffffffff81000000 tid=31\n"
                                      "500 p0 kvm_entry vcpu_id=0 tid=31\n")
                                 .add("110 p0 sched_switch prev_tid=0 next_tid=7\n"
                                      "150 p0 other:syscall_entry_read tid=7\n"
                                      "250 p0 other:syscall_exit_read tid=7\n"
                                      "350 p0 sched_switch prev_tid=7 prev_state=1 next_tid=0\n"
                                      "390 p0 other:a tid=0\n",
                                     "guest",
                                     [](CtfOptions &ctf) {
                                         ctf.hostname = "guest";
                                         ctf.traceUuid = "c0ffee00-0000-4000-8000-000000000009";
                                         ctf.clockUuid = "9e570000-0000-4000-8000-000000000001";
                                     })
                                 .load(),
        options);
    const std::vector<GuestAccounts> all = guestAccountsOf(of.recording, of.alignments, of.selection);
    QCOMPARE(all.size(), std::size_t(1));
    const GuestTrace &guest = of.recording.guests[0];
    QStringList threads;
    for (const ThreadAccount &account : all[0].threads)
        threads.append(textOf(guest, account));
    // 7: [110, 350): Guest 90 + 70 + 10, Kvm 30 + 40; then the idle thread to the guest's last event at 390.
    QCOMPARE(threads,
        (QStringList{QStringLiteral("7 on 240 guest 170 lost 70 exits 2"),
            QStringLiteral("0 on 40 guest 40 lost 0 exits 0"), QStringLiteral("-1 on 120 guest 20 lost 100 exits 1")}));
    QCOMPARE(all[0].calls.size(), std::size_t(1));
    const CallAccount &call = all[0].calls[0];
    QCOMPARE(call.name, QStringLiteral("read"));
    QCOMPARE(call.calls, std::int64_t(1));
    QCOMPARE(call.wall, Ns(100));
    QCOMPARE(call.onCpu(), Ns(100)); // Guest 50 + 20, Kvm 30
    QCOMPARE(call.lost(), Ns(30));
    QCOMPARE(call.exits, std::int64_t(1));
    // A range cuts times; the exit at 200 belongs to it.
    of.selection.from = 160;
    of.selection.to = 240;
    const GuestAccounts cut = guestAccountsOf(of.recording, of.alignments, of.selection).at(0);
    QCOMPARE(textOf(guest, cut.threads.at(0)), QStringLiteral("7 on 80 guest 50 lost 30 exits 1"));
    QCOMPARE(cut.calls.at(0).calls, std::int64_t(0)); // entered before
    QCOMPARE(cut.calls.at(0).onCpu(), Ns(80));
}

// The innermost takes the time and the exits; its thread has them too.
void TestGuestAccounts::interrupts()
{
    AlignOptions options;
    options.userMaps.emplace(0, ClockMap(ClockLine{0, 0, 0}));
    Accounted of = accounted(WrittenRecording()
                                 .add("100 p0 kvm_entry vcpu_id=0 tid=31\n"
                                      "200 p0 kvm_exit reason=114 isa=2 vcpu_id=0 rip=0xffffffff81000000 tid=31\n"
                                      "230 p0 kvm_entry vcpu_id=0 tid=31\n"
                                      "300 p0 kvm_exit reason=114 isa=2 vcpu_id=0 rip=0xffffffff81000000 tid=31\n"
                                      "340 p0 kvm_entry vcpu_id=0 tid=31\n"
                                      "400 p0 kvm_exit reason=120 isa=2 vcpu_id=0 rip=0xffffffff81000000 tid=31\n"
                                      "500 p0 kvm_entry vcpu_id=0 tid=31\n")
                                 .add("110 p0 sched_switch prev_tid=0 next_tid=7\n"
                                      "120 p0 softirq_entry number=1 tid=7\n"
                                      "150 p0 irq_handler_entry number=4 tid=7\n"
                                      "240 p0 irq_handler_exit number=4 tid=7\n"
                                      "250 p0 irq_handler_entry number=4 tid=7\n"
                                      "260 p0 irq_handler_exit number=4 tid=7\n"
                                      "350 p0 softirq_exit number=1 tid=7\n"
                                      "390 p0 other:a tid=7\n",
                                     "guest",
                                     [](CtfOptions &ctf) {
                                         ctf.hostname = "guest";
                                         ctf.traceUuid = "c0ffee00-0000-4000-8000-000000000009";
                                         ctf.clockUuid = "9e570000-0000-4000-8000-000000000001";
                                     })
                                 .load(),
        options);
    const auto textsOf = [&] {
        QStringList texts;
        const GuestAccounts accounts = guestAccountsOf(of.recording, of.alignments, of.selection).at(0);
        for (const InterruptAccount &own : accounts.interrupts)
            texts.append(QStringLiteral("%1 handlers %2 on %3 guest %4 lost %5 exits %6 gross %7")
                             .arg(interruptText(own.source, own.irq))
                             .arg(own.handlers)
                             .arg(own.onCpu())
                             .arg(own.in(VcpuState::Guest))
                             .arg(own.lost())
                             .arg(own.exits)
                             .arg(own.gross));
        return texts;
    };
    // Softirq: [120, 150), [240, 250), [260, 350): Guest 30 + 10 + 40 + 10, Kvm 40. irq: [150, 240), [250, 260).
    QCOMPARE(textsOf(),
        (QStringList{QStringLiteral("softirq:TIMER handlers 1 on 130 guest 90 lost 40 exits 1 gross 40"),
            QStringLiteral("irq:4 handlers 2 on 100 guest 70 lost 30 exits 1 gross 30")}));
    of.selection.from = 160;
    of.selection.to = 250; // the second handler begins at its end
    QCOMPARE(textsOf(),
        (QStringList{QStringLiteral("irq:4 handlers 0 on 80 guest 50 lost 30 exits 1 gross 30"),
            QStringLiteral("softirq:TIMER handlers 0 on 10 guest 10 lost 0 exits 0 gross 0")}));
}

// Each exit out of an interrupt is one that '--context' selects, and their times are within those of the threads.
void TestGuestAccounts::interruptsOfRecordings()
{
    if (!QDir(kAccountTraces).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    Accounted of = loadTraces(QStringLiteral("timers"));
    const GuestAccounts accounts = guestAccountsOf(of.recording, of.alignments, of.selection).at(0);
    QVERIFY(accounts.interrupts.size() > 3);
    for (const InterruptAccount &account : accounts.interrupts) {
        of.selection.contexts = {interruptText(account.source, account.irq)};
        QCOMPARE(statisticsOf(of.recording, of.selection).totals.exits, account.exits);
        QVERIFY(account.handlers > 0);
        QVERIFY(account.onCpu() > 0);
    }
}

void TestGuestAccounts::programNames_data()
{
    QTest::addColumn<QString>("thread");
    QTest::addColumn<QString>("program");
    const auto row = [](const char *thread, const char *program) {
        QTest::addRow("%s", thread) << QString::fromUtf8(thread) << QString::fromUtf8(program);
    };
    row("pio", "pio");
    row("kworker/0:1-events", "kworker/*");
    row("kworker/u4:2", "kworker/*");
    row("ksoftirqd/1", "ksoftirqd");
    row("swapper/0", "swapper");
    row("worker-12", "worker");
    row("pool-3-thread-7", "pool-3-thread");
    row("python3", "python");
    row("x/2/3", "x/2");
    row("12", "12");
    row("-7", "-");
    row("", "");
}

void TestGuestAccounts::programNames()
{
    QFETCH(QString, thread);
    QFETCH(QString, program);
    QCOMPARE(programName(thread), program);
}

void TestGuestAccounts::groups()
{
    const MadeThreads made;
    const auto textsBy = [&](ThreadGroup by) {
        QStringList texts;
        for (const GroupAccount &group : groupsOf(made.guest(), made.accounts, by))
            texts.append(QStringLiteral("%1%2 of %3: lost %4 exits %5")
                             .arg(group.isKnown ? group.name : QStringLiteral("?"))
                             .arg(group.pid == kNoThread ? QString() : QStringLiteral("-%1").arg(group.pid))
                             .arg(group.threads)
                             .arg(group.lost())
                             .arg(group.exits));
        return texts.join(QStringLiteral("; "));
    };
    QCOMPARE(textsBy(ThreadGroup::Process),
        QStringLiteral("web-7 of 2: lost 30 exits 15; web-2-9 of 1: lost 5 exits 9; swapper-0 of 1: lost 1000 exits 0; "
                       "? of 1: lost 40 exits 13"));
    QCOMPARE(textsBy(ThreadGroup::Program),
        QStringLiteral("lost of 1: lost 40 exits 10; web of 3: lost 35 exits 24; swapper of 1: lost 1000 exits 0; "
                       "? of 0: lost 0 exits 3"));
}

void TestGuestAccounts::unknownIsNothingInFiles()
{
    const MadeThreads made;
    // What stands before the times, and what was lost.
    const auto textOf = [](const FileTable &table, qsizetype own) {
        QStringList rows;
        for (const std::vector<FileCell> &row : table.rows) {
            QStringList cells;
            for (const qsizetype column :
                {qsizetype(1), qsizetype(2), own - 1, table.columns.indexOf(QStringLiteral("lost_ns"))}) {
                const FileCell &cell = row[std::size_t(column)];
                const auto *number = std::get_if<std::int64_t>(&cell);
                const auto *text = std::get_if<QString>(&cell);
                cells << (number ? QString::number(*number) : text ? *text : QStringLiteral("-"));
            }
            rows << cells.join(u' ');
        }
        return rows.join(QStringLiteral("; "));
    };
    const std::span accounts(&made.accounts, 1);
    QCOMPARE(textOf(threadsTable(made.recording, accounts), 5),
        QStringLiteral("0 - swapper -; 7 7 web 10; 8 7 web 20; 9 9 web-2 5; 10 - - 40; - - - -"));
    QCOMPARE(textOf(groupsTable(made.recording, accounts, ThreadGroup::Process), 4),
        QStringLiteral("7 web 2 30; 9 web-2 1 5; 0 swapper 1 -; - - 1 -"));
    QCOMPARE(textOf(groupsTable(made.recording, accounts, ThreadGroup::Program), 3),
        QStringLiteral("lost 1 1 40; web 3 3 35; swapper 1 1 -; - 0 0 -"));
}

// Threads put together have what they have apart.
void TestGuestAccounts::groupsOfRecordings()
{
    if (!QDir(kAccountTraces).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const Accounted of = loadTraces(QStringLiteral("twovms"));
    for (const GuestAccounts &accounts : guestAccountsOf(of.recording, of.alignments, of.selection)) {
        GuestAccount sum;
        for (const ThreadAccount &account : accounts.threads) {
            sum.exits += account.exits;
            sum.net += account.net;
            for (std::size_t i = 0; i < sum.states.size(); ++i)
                sum.states[i] += account.states[i];
        }
        for (const ThreadGroup by : {ThreadGroup::Process, ThreadGroup::Program}) {
            const std::vector<GroupAccount> groups = groupsOf(of.recording.guests[accounts.guest], accounts, by);
            QVERIFY(groups.size() > 3);
            QVERIFY(groups.size() <= accounts.threads.size());
            GuestAccount all;
            for (const GroupAccount &group : groups) {
                all.exits += group.exits;
                all.net += group.net;
                for (std::size_t i = 0; i < all.states.size(); ++i)
                    all.states[i] += group.states[i];
            }
            QCOMPARE(all.states, sum.states);
            QCOMPARE(all.exits, sum.exits);
            QCOMPARE(all.net, sum.net);
        }
    }
}

// By maps of the user: exits, and so accounts, are of the first one.
void TestGuestAccounts::twoGuestsOnOneVm()
{
    const auto guest = [](const char *uuid, const char *clock) {
        return [=](CtfOptions &ctf) {
            ctf.hostname = "guest";
            ctf.traceUuid = uuid;
            ctf.clockUuid = clock;
        };
    };
    AlignOptions options;
    options.userMaps.emplace(0, ClockMap(ClockLine{0, 0, 0}));
    options.userMaps.emplace(1, ClockMap(ClockLine{0, 0, 0}));
    const Accounted of = accounted(
        WrittenRecording()
            .add("100 p0 kvm_entry vcpu_id=0 tid=31\n"
                 "200 p0 kvm_exit reason=114 isa=2 vcpu_id=0 rip=0xffffffff81000000 tid=31\n"
                 "230 p0 kvm_entry vcpu_id=0 tid=31\n")
            .add("110 p0 sched_switch prev_tid=0 next_tid=7\n"
                 "150 p0 other:syscall_entry_read tid=7\n"
                 "240 p0 other:a tid=7\n",
                "one", guest("c0ffee00-0000-4000-8000-000000000009", "9e570000-0000-4000-8000-000000000001"))
            .add("105 p0 sched_switch prev_tid=0 next_tid=9\n"
                 "245 p0 other:a tid=9\n",
                "two", guest("c0ffee00-0000-4000-8000-00000000000a", "9e570000-0000-4000-8000-000000000002"))
            .load(),
        options);
    QCOMPARE(of.alignments.size(), std::size_t(2));
    QVERIFY(of.alignments[0].isAligned() && of.alignments[1].isAligned());
    QCOMPARE(of.alignments[0].vm, of.alignments[1].vm);
    const std::vector<GuestAccounts> all = guestAccountsOf(of.recording, of.alignments, of.selection);
    QCOMPARE(all.size(), std::size_t(1));
    const GuestTrace &first = of.recording.guests[all[0].guest];
    std::int64_t exits = 0;
    for (const ThreadAccount &account : all[0].threads)
        if (account.thread != kNobody && first.threads.tid[account.thread] != 0)
            exits += account.exits;
    QCOMPARE(exits, std::int64_t(1));
}

void TestGuestAccounts::sumsAreTheTotals_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name : {"storms", "twovms", "disk", "timers", "preempt", "tiny"})
        QTest::addRow("%s", name) << QString::fromLatin1(name);
}

// For any range, threads and nobody sum to the totals of each vCPU to the nanosecond, and to all its exits.
void TestGuestAccounts::sumsAreTheTotals()
{
    QFETCH(QString, name);
    if (!QDir(kAccountTraces).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    Accounted of = loadTraces(name);
    const TimeRange bounds = boundsOf(of.recording);
    Dice dice(7);
    for (int round = 0; round < 12; ++round) {
        if (round > 0) {
            of.selection.from = bounds.from + bounds.length() / 1000 * dice.below(500);
            of.selection.to = *of.selection.from + bounds.length() / 977 * dice.below(500);
        }
        for (const VcpuAt &vcpu : vcpusOf(of.recording)) {
            of.selection.vcpus = {vcpu.key};
            const Statistics statistics = statisticsOf(of.recording, of.selection);
            for (const GuestAccounts &accounts : guestAccountsOf(of.recording, of.alignments, of.selection)) {
                if (accounts.vm != vcpu.key.vm)
                    continue;
                TimePerState sum{};
                std::int64_t exits = 0;
                for (const ThreadAccount &account : accounts.threads) {
                    exits += account.exits;
                    for (std::size_t i = 0; i < sum.size(); ++i)
                        sum[i] += account.states[i];
                }
                QCOMPARE(sum, statistics.totals.states);
                QCOMPARE(exits, statistics.totals.exits);
            }
        }
    }
}

void TestGuestAccounts::whoLosesMost_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QStringList>("threads");
    const auto add = [](const char *name, const QStringList &threads) {
        QTest::addRow("%s", name) << QString::fromLatin1(name) << threads;
    };
    // What the workloads do (README.txt of each).
    add("storms", {QStringLiteral("pio"), QStringLiteral("cpuids")});
    add("disk", {QStringLiteral("diskw")});
    add("timers", {QStringLiteral("pingpong")});
    add("preempt", {QStringLiteral("hog")});
}

// By lost time and the name of the thread, idle threads left out.
void TestGuestAccounts::whoLosesMost()
{
    QFETCH(QString, name);
    QFETCH(QStringList, threads);
    if (!QDir(kAccountTraces).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const Accounted of = loadTraces(name);
    const GuestAccounts accounts = guestAccountsOf(of.recording, of.alignments, of.selection).at(0);
    const GuestTrace &guest = of.recording.guests[accounts.guest];
    std::map<QString, Ns> lost;
    for (const ThreadAccount &account : accounts.threads)
        if (account.thread != kNobody && !guest.threads.isIdle(account.thread))
            lost[guest.nameOf(account.thread)] += account.lost();
    std::vector<std::pair<Ns, QString>> order;
    for (const auto &[thread, ns] : lost)
        order.emplace_back(-ns, thread);
    std::ranges::sort(order);
    for (qsizetype i = 0; i < threads.size(); ++i)
        QCOMPARE(order.at(std::size_t(i)).second, threads[i]);
}

QTEST_GUILESS_MAIN(TestGuestAccounts)
#include "tst_guest_accounts.moc"
