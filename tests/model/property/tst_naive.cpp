// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/model/property/naive_text.h"

using namespace exitscope;
using namespace exitscope::naive;

namespace {

constexpr Who kPseudo0{kNoThread, 0, 0};
constexpr Who kPseudo1{kNoThread, 1, 0};

} // namespace

// The naive reading of manual "Definitions" on event lists that were once read wrongly. The property test compares the
// timeline with this reading, so here it stands alone.
class NaiveTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void whoTurnsUpElsewhereIsNotKnownBefore();
    void aLossHidesWhatItsPcpuShows();
    void aSwitchToAThreadThatActedElsewhere();
    void aRunEndsAtAnEventOfItsThreadElsewhere();
    void aLossOfAnotherStreamForgetsNobody();
    void interruptWorkIsOfTheThreadOfItsEntry();
    void theIdleThreadMakesNoKvmEvents();
    void aThreadThatDies();
    void contradictionsForgetWhyItSleeps();
    void whoIsThereAtTheBegin();
    void aLossyPacketWithoutEvents();
    void withoutSwitchesEveryLossIsEverywhere();
    void theDoubtfulTailOfAPacket();
    void idleInUserspace();
    void switchedOutWhileAPcpuIsBlind();
    void aPseudoVcpuHasLossesOfItsOwnPcpu();
    void anExitWithoutLength();
};

void NaiveTest::whoTurnsUpElsewhereIsNotKnownBefore() // M1
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, 70).switched(70, kT, 0, kAsleep).switched(80, 0, kT).entry(90).exit(100);
    trace.channel(1).switched(6, 0, kT).entry(10).halt(20).switched(30, kT, 0, kAsleep).switched(40, 0, 70);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Guest@1 20 Unknown 90 Guest@0 100");
    SAYS(exitsOf(result), "10>20, 90>100");
    SAYS(contradictionsOf(result), "4");
}

void NaiveTest::aLossHidesWhatItsPcpuShows() // M2
{
    for (const std::int32_t tid : {kT, kNoThread}) {
        HostTrace either;
        either.channel(0).switched(10, 0, kT).lost().switched(120, kT, 70);
        either.channel(0, false).entry(20, tid).halt(30, tid).entry(100, tid).exit(110, 30, tid);
        const Result result = either.read();
        const Who who = tid == kT ? Who{kT, kNoPcpu, 0} : kPseudo0;
        SAYS(statesOf(result, who), "10 Unknown 120");
        SAYS(exitsOf(result, who), "30, 110");
        SAYS(contradictionsOf(result), "");
    }
}

void NaiveTest::aSwitchToAThreadThatActedElsewhere() // M3
{
    for (const bool isLossy : {true, false}) {
        HostTrace trace;
        Channel &sched = trace.channel(0).switched(5, 0, kT);
        (isLossy ? sched.lost() : sched).switched(60, isLossy ? 0 : kT, 70, isLossy ? kRunnable : kAsleep);
        trace.channel(0, false).entry(10).exit(20).userspaceExit(25);
        if (!isLossy)
            trace.channel(2).host(61, kT);
        trace.channel(1).switched(4, 0, 71).switched(80, 71, kT).entry(90).exit(100);
        const Result result = trace.read();
        SAYS(statesOf(result),
            isLossy ? "4 Unknown 90 Guest@1 100" : "4 Unknown 10 Guest@0 20 Kvm@0 25 Unknown 90 Guest@1 100");
        SAYS(exitsOf(result), isLossy ? "20, 90>100" : "10>20, 90>100");
        SAYS(contradictionsOf(result), isLossy ? "" : "5");
    }
}

void NaiveTest::aRunEndsAtAnEventOfItsThreadElsewhere() // M4
{
    HostTrace trace;
    trace.channel(0, false).host(5, 70).entry(10);
    trace.channel(1, false).host(50, kT).exit(60, 100, kT, 2).entry(70).exit(75, 100, kT, 2);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Guest@0 50 Kvm@1 70 Guest@1 75");
    SAYS(exitsOf(result), "10>50-70, 70>75");
}

void NaiveTest::aLossOfAnotherStreamForgetsNobody() // M5
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, kT).switched(80, kT, 32);
    trace.channel(0, false)
        .entry(10, kNoThread)
        .lost()
        .exit(50, 30, kNoThread)
        .entry(60, kNoThread)
        .exit(70, 30, kNoThread);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 50 Kvm@0 60 Guest@0 70 Kvm@0 80");
    SAYS(exitsOf(result), "50-60, 60>70");
    SAYS(statesOf(result, kPseudo0), "none");
}

void NaiveTest::interruptWorkIsOfTheThreadOfItsEntry() // M6
{
    HostTrace trace;
    trace.channel(0, false)
        .irqBegin(5, 0)
        .entry(10)
        .exit(20)
        .irqBegin(30, 0)
        .irqBegin(40, kT, IrqSource::Softirq)
        .irqEnd(50, kT, IrqSource::Softirq)
        .entry(60);
    const Result result = trace.read();
    SAYS(irqOf(result), "40-50");
    QCOMPARE(result.vcpus.at({kT, kNoPcpu, 0}).exits.front().irq, 10);
}

void NaiveTest::theIdleThreadMakesNoKvmEvents() // M7
{
    HostTrace trace;
    trace.channel(1).switched(10, 71, 0).entry(20, kNoThread).halt(40, kNoThread);
    trace.channel(0).switched(30, 70, 0);
    const Result result = trace.read();
    QCOMPARE(result.vcpus.size(), 1U);
    SAYS(statesOf(result, kPseudo1), "10 Unknown 20 Guest@1 40");
}

void NaiveTest::aThreadThatDies() // M8
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, kT).entry(10).host(30, kT).switched(40, kT, 0, kDead).host(60);
    SAYS(statesOf(trace.read()), "5 Unknown 10 Guest@0 30 Kvm@0 40 Unknown 60");
}

void NaiveTest::contradictionsForgetWhyItSleeps() // M9
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, 70).userspaceExit(30, 5).ioctlExit(40).switched(50, kT, 70, kAsleep).host(60);
    trace.channel(1).halt(10);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 40 Userspace@0 50 Unknown 60");
    SAYS(contradictionsOf(result), "3 3");
}

void NaiveTest::whoIsThereAtTheBegin() // M10
{
    HostTrace trace;
    trace.channel(0).entry(10);
    trace.channel(1).switched(20, kT, 70).host(30);
    const Result result = trace.read();
    SAYS(statesOf(result), "10 Guest@0 20 Preempted 30");
    SAYS(contradictionsOf(result), "3");
}

void NaiveTest::aLossyPacketWithoutEvents() // M11
{
    HostTrace trace;
    Channel &all = trace.channel(0).entry(10).exit(20).packet().packet(true).entry(40).exit(50);
    for (Ns time = 60; time <= 170; time += 10)
        all.host(time);
    all.packet().entry(310);
    const Result result = trace.read();
    SAYS(statesOf(result), "10 Guest@0 20 Unknown 40 Guest@0 50 Kvm@0 310");
    SAYS(exitsOf(result), "10>20, 40>50-310");
}

void NaiveTest::withoutSwitchesEveryLossIsEverywhere() // M12
{
    HostTrace trace;
    trace.channel(0, false).host(4).entry(10).halt(20).host(125);
    trace.channel(1, false).host(6).lost().host(100).entry(120).exit(130);
    const Result result = trace.read();
    SAYS(statesOf(result), "4 Unknown 120 Guest@1 130");
    SAYS(exitsOf(result), "20, 120>130");
}

void NaiveTest::theDoubtfulTailOfAPacket() // M13
{
    HostTrace trace;
    trace.channel(0).host(5).packet().entry(10).exit(20).entry(50).exit(60).host(90).packet(true).host(200);
    trace.channel(1).switched(80, 71, kT).entry(85);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 85 Guest@1 200");
    SAYS(exitsOf(result), "20, 60");
    SAYS(contradictionsOf(result), "");
}

void NaiveTest::idleInUserspace() // M20
{
    HostTrace trace;
    trace.channel(0).entry(10).exit(20).userspaceExit(25, 5).switched(30, kT, 0, kAsleep).switched(50, 0, kT).entry(60);
    const Result result = trace.read();
    SAYS(statesOf(result), "10 Guest@0 20 Kvm@0 25 Userspace@0 30 Idle 50 Userspace@0 60");
    SAYS(exitsOf(result), "10>20-60");
    QCOMPARE(result.vcpus.begin()->second.exits.front().scenario, Scenario::Qemu);
}

void NaiveTest::switchedOutWhileAPcpuIsBlind() // M21
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, kT).entry(20).switched(50, kT, 70).switched(80, 70, kT).exit(90).entry(95);
    trace.channel(1).host(4).host(12).lost().host(70);
    const Result result = trace.read();
    SAYS(statesOf(result), "4 Unknown 20 Guest@0 50 Unknown 90 Kvm@0 95");
    SAYS(exitsOf(result), "90-95");
    SAYS(contradictionsOf(result), "");
}

void NaiveTest::aPseudoVcpuHasLossesOfItsOwnPcpu() // M22
{
    HostTrace trace;
    trace.channel(0, false).host(20).lost().host(90);
    trace.channel(1, false)
        .entry(5, kNoThread)
        .exit(15, 30, kNoThread)
        .entry(30, kNoThread)
        .exit(60, 30, kNoThread)
        .entry(70, kNoThread);
    const Result result = trace.read();
    SAYS(statesOf(result, kPseudo1), "5 Guest@1 15 Kvm@1 30 Guest@1 60 Kvm@1 70 Guest@1 90");
    SAYS(exitsOf(result, kPseudo1), "5>15-30, 30>60-70");
}

void NaiveTest::anExitWithoutLength() // M24
{
    HostTrace trace;
    trace.channel(0).entry(5).exit(10).entry(10).entry(30);
    const Result result = trace.read();
    SAYS(exitsOf(result), "5>10");
    SAYS(contradictionsOf(result), "1");
}

QTEST_GUILESS_MAIN(NaiveTest)
#include "tst_naive.moc"
