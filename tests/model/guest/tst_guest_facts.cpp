// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/causes/guest_accounts.h"
#include "model/causes/guest_facts.h"
#include "model/causes/guest_groups.h"
#include "model/clock/guests_of_exits.h"
#include "model/statistics/statistics.h"
#include "tests/tools/program.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// What guests' traces tell of themselves, and what is left where they lack something.
class TestGuestFacts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void lacks_data();
    void lacks();
    void someCpusOnly();
    void exitsByCertainty();
    void notAligned();
    void manyThreads();
    void namesOfAnyBytes();
};

namespace {

constexpr const char *kFactsHost = "100 p0 kvm_entry vcpu_id=0 tid=31\n"
                                   "101 p1 kvm_entry vcpu_id=1 tid=32\n"
                                   "200 p0 kvm_exit reason=114 isa=2 vcpu_id=0 rip=0xffffffff81000000 tid=31\n"
                                   "201 p1 kvm_exit reason=114 isa=2 vcpu_id=1 rip=0xffffffff81000000 tid=32\n"
                                   "230 p0 kvm_entry vcpu_id=0 tid=31\n"
                                   "231 p1 kvm_entry vcpu_id=1 tid=32\n"
                                   "300 p0 kvm_exit reason=120 isa=2 vcpu_id=0 rip=0xffffffff81000000 tid=31\n"
                                   "301 p1 kvm_exit reason=120 isa=2 vcpu_id=1 rip=0xffffffff81000000 tid=32\n";

struct Written {
    Recording recording;
    std::vector<GuestAlignment> alignments;
    Selection selection;

    std::vector<GuestFacts> facts() const { return guestFactsOf(recording, alignments, selection); }
};

Written written(const std::string &guest, bool isMapped = true)
{
    WrittenRecording traces;
    traces.add(kFactsHost).add(guest, "guest", [](CtfOptions &ctf) {
        ctf.hostname = "guest";
        ctf.traceUuid = "c0ffee00-0000-4000-8000-000000000009";
        ctf.clockUuid = "9e570000-0000-4000-8000-000000000001";
    });
    AlignOptions options;
    if (isMapped)
        options.userMaps.emplace(0, ClockMap(ClockLine{0, 0, 0}));
    Written made{traces.load(), {}, {}};
    made.alignments = alignGuests(made.recording, options).guests;
    made.selection.guests = std::make_shared<const ExitGuests>(guestsOfExits(made.recording, made.alignments));
    return made;
}

// Threads, nobody included, have what the vCPUs have.
bool isSumTotal(const Written &of)
{
    TimePerState sum{};
    std::int64_t exits = 0;
    for (const GuestAccounts &accounts : guestAccountsOf(of.recording, of.alignments, of.selection))
        for (const ThreadAccount &account : accounts.threads) {
            exits += account.exits;
            for (std::size_t i = 0; i < sum.size(); ++i)
                sum[i] += account.states[i];
        }
    const Statistics statistics = statisticsOf(of.recording, of.selection);
    return sum == statistics.totals.states && exits == statistics.totals.exits;
}

} // namespace

void TestGuestFacts::lacks_data()
{
    QTest::addColumn<QString>("guest");
    QTest::addColumn<QStringList>("parts"); // of the one diagnostic; none
    const QString switched = QStringLiteral("110 p0 sched_switch prev_tid=0 next_tid=7\n");
    const QString call = QStringLiteral("120 p0 other:syscall_entry_read tid=7\n"
                                        "130 p0 other:syscall_exit_read tid=7\n");
    const QString irq = QStringLiteral("140 p0 irq_handler_entry number=4 tid=7\n"
                                       "150 p0 irq_handler_exit number=4 tid=7\n");
    QTest::addRow("nothing") << QString(switched + call + irq) << QStringList();
    QTest::addRow("switches") << QString(call + irq)
                              << QStringList{QStringLiteral("holds no sched_switch: it is not known which thread had"),
                                     QStringLiteral("lttng enable-event -k -c CHANNEL sched_switch")};
    QTest::addRow("calls") << QString(switched + irq)
                           << QStringList{QStringLiteral("holds no system calls:"), QStringLiteral("--syscall --all")};
    QTest::addRow("all") << QStringLiteral("110 p0 other:a tid=7\n")
                         << QStringList{QStringLiteral("no sched_switch, no system calls, no interrupts:")};
}

void TestGuestFacts::lacks()
{
    QFETCH(QString, guest);
    QFETCH(QStringList, parts);
    const Written of = written(guest.toStdString() + "160 p1 other:b tid=8\n"); // on each of its CPUs something
    const Diagnostics told = whatGuestsLack(of.recording, of.facts());
    QCOMPARE(told.size(), std::size_t(parts.isEmpty() ? 0 : 1));
    for (const QString &part : parts)
        QVERIFY2(told[0].message.contains(part), qPrintable(told[0].message));
    QVERIFY(isSumTotal(of)); // what is not known is nobody's
}

// The other vCPU's time and exits are nobody's, and it is named.
void TestGuestFacts::someCpusOnly()
{
    const Written of = written("110 p0 sched_switch prev_tid=0 next_tid=7\n290 p0 other:a tid=7\n");
    const GuestFacts facts = of.facts().at(0);
    QCOMPARE(facts.untraced, (std::vector{VcpuKey{{0, 0}, 1}}));
    QCOMPARE(facts.unknown, std::int64_t(3)); // both of that vCPU, and the last one, behind the guest's trace
    QCOMPARE(facts.exits(), std::int64_t(4));
    QVERIFY(isSumTotal(of));
    const Diagnostics told = whatGuestsLack(of.recording, of.facts());
    const auto ofCpus = std::ranges::find_if(
        told, [](const Diagnostic &one) { return one.message.contains(u"holds no events of "); });
    QVERIFY(ofCpus != told.end());
    QCOMPARE(ofCpus->code, QStringLiteral("guest-events-missing"));
    const Vm &vm = of.recording.hosts[0].vms[0];
    QVERIFY2(ofCpus->message.contains(u"no events of " % vm.vcpuId(vm.vcpus[1]) % u':'), qPrintable(ofCpus->message));
}

void TestGuestFacts::exitsByCertainty()
{
    Written of = written("110 p0 sched_switch prev_tid=0 next_tid=7\n"
                         "120 p0 other:syscall_entry_read tid=7\n"
                         "240 p0 irq_handler_entry number=4 tid=7\n"
                         "310 p0 irq_handler_exit number=4 tid=7\n"
                         "105 p1 sched_switch prev_tid=0 next_tid=8\n"
                         "311 p1 other:a tid=8\n");
    const GuestFacts facts = of.facts().at(0);
    QVERIFY(facts.untraced.empty());
    QCOMPARE(facts.certain + facts.certainThread, std::int64_t(4));
    QVERIFY(facts.certain >= 2); // those of the first CPU
    QCOMPARE(facts.unknown, std::int64_t(0));
    of.selection.reasons = {ReasonKey{2, 120}};
    QCOMPARE(of.facts().at(0).exits(), std::int64_t(2));
}

// Of a guest without a map everything but its exits is told.
void TestGuestFacts::notAligned()
{
    const Written of = written("110 p0 sched_switch prev_tid=0 next_tid=7\n", false);
    QVERIFY(!of.alignments.at(0).isAligned());
    const GuestFacts facts = of.facts().at(0);
    QCOMPARE(facts.exits(), std::int64_t(0));
    QVERIFY(facts.hasSwitches);
    QCOMPARE(facts.threads, std::int64_t(1));
    QVERIFY(guestAccountsOf(of.recording, of.alignments, of.selection).empty());
}

// One after another, a thousand of them in a nanosecond.
void TestGuestFacts::manyThreads()
{
    constexpr int kThreads = 100'000;
    std::string script;
    for (int i = 0; i < kThreads; ++i)
        script += std::to_string(110 + i / 1000) + " p0 sched_switch procname=worker-" + std::to_string(i)
            + " prev_tid=" + std::to_string(i) + " next_tid=" + std::to_string(i + 1) + " next_comm=worker-"
            + std::to_string(i + 1) + "\n";
    const Written of = written(script);
    const GuestAccounts accounts = guestAccountsOf(of.recording, of.alignments, of.selection).at(0);
    QCOMPARE(of.facts().at(0).threads, std::int64_t(kThreads));
    QVERIFY(isSumTotal(of));
    const std::vector<GroupAccount> programs = groupsOf(of.recording.guests[0], accounts, ThreadGroup::Program);
    QCOMPARE(programs.front().name, QStringLiteral("worker"));
    QCOMPARE(programs.size(), std::size_t(2)); // and what is not known
}

// What a terminal would obey is written out.
void TestGuestFacts::namesOfAnyBytes()
{
    WrittenRecording traces;
    traces.add(kFactsHost)
        .add("110 p0 sched_switch prev_tid=0 next_tid=7 next_comm=a\x1b[31m\xff\n290 p0 other:a tid=7\n", "guest",
            [](CtfOptions &ctf) {
                ctf.hostname = "guest";
                ctf.traceUuid = "c0ffee00-0000-4000-8000-000000000009";
                ctf.clockUuid = "9e570000-0000-4000-8000-000000000001";
            });
    for (const char *by : {"thread", "process", "program"}) {
        const test::ProgramResult run
            = test::runCli({QStringLiteral("threads"), QStringLiteral("--by"), QString::fromUtf8(by),
                QStringLiteral("--map"), QString(traces.path("guest") % QStringLiteral("=0,0")), traces.path()});
        QCOMPARE(run.status, 0);
        QVERIFY2(!run.out.contains('\x1b'), run.out.constData());
        if (by != std::string_view("process")) // which is not told
            QVERIFY2(run.out.contains("a\\x1b[31m"), run.out.constData());
    }
}

QTEST_GUILESS_MAIN(TestGuestFacts)
#include "tst_guest_facts.moc"
