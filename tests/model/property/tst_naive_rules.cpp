// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/model/property/naive_text.h"

using namespace exitscope;
using namespace exitscope::naive;

// The naive reading of manual "Definitions" sentence by sentence, on the smallest event lists that tell them apart.
class NaiveRulesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void entryInEntry();
    void exitWithoutEntry();
    void wrongPcpu();
    void switchFromOther();
    void switchToElsewhere();
    void userspaceInEntry();
    void contradictionsCountEvents();

    void theEleventhLastEvent();
    void aStretchWithoutEventsAround();
    void aStretchHoldsWhatComesAfterItsEvent();
    void fromOtherPcpusAStretchIsHalfOpen();
    void aStretchWithoutLength();
    void unknownFromTheEntry();
    void shownOnAnotherPcpu();
    void knownAgainElsewhere();
    void aLossClosesExits();
    void aLossForgetsTheLastIoctl();
    void aLossForgetsTheLastExit();
    void aSecondLifeIsAnotherVcpu();
    void anEntryThatFailed();
    void eventsThatProveNothing();
    void codesAndScenarios();
    void haltsAndParts();
    void handlersEnd();
    void aBlindPcpuContradictsNothing();
    void aBlindSwitchSaysNothing();
    void whereTheThreadIsNotKnown();
};

void NaiveRulesTest::entryInEntry()
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, kT).entry(10).entry(30).exit(40);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 30 Guest@0 40");
    SAYS(exitsOf(result), "30>40");
    SAYS(contradictionsOf(result), "1");
    QCOMPARE(result.vcpus.begin()->second.entries, (std::vector<Ns>{10, 30}));
}

void NaiveRulesTest::exitWithoutEntry()
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, kT).exit(10).userspaceExit(15).exit(20).entry(30);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Kvm@0 15 Unknown 20 Kvm@0 30");
    SAYS(exitsOf(result), "10, 20-30");
    SAYS(contradictionsOf(result), "2");
}

void NaiveRulesTest::wrongPcpu()
{
    HostTrace trace; // 101 is on pCPU 1, where T shows itself
    trace.channel(0).switched(5, 0, kT).entry(10).exit(20);
    trace.channel(1).switched(6, 0, 101).entry(11, 101).exit(21, 30, 101).entry(40).exit(50).entry(60, 101).host(70);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Guest@0 20 Unknown 50 Kvm@1 70");
    SAYS(statesOf(result, {101, kNoPcpu, 0}), "5 Unknown 11 Guest@1 21 Unknown 60 Guest@1 70");
    SAYS(contradictionsOf(result), "3 3");

    HostTrace off; // nothing is said of pCPU 1, and T is off CPU until it shows itself
    off.channel(0).switched(5, 0, kT).entry(6).exit(7).switched(10, kT, 0, kAsleep);
    off.channel(1).entry(20).exit(30);
    SAYS(contradictionsOf(off.read()), "3");
}

void NaiveRulesTest::switchFromOther()
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, kT).entry(10).exit(20).switched(30, 70, 71).host(60);
    trace.channel(1).entry(40).host(45);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Guest@0 20 Unknown 40 Guest@1 45 Kvm@1 60");
    SAYS(contradictionsOf(result), "4");
}

void NaiveRulesTest::switchToElsewhere()
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, kT).entry(10).exit(20);
    trace.channel(1).switched(30, 0, kT).entry(40).host(50);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Guest@0 20 Unknown 40 Guest@1 50");
    SAYS(contradictionsOf(result), "5");

    HostTrace bySwitch; // its own last event does not show where it is
    bySwitch.channel(0).switched(5, 0, kT).exit(10).switched(15, kT, 0, kAsleep).switched(20, 0, kT);
    bySwitch.channel(1).switched(30, 0, kT).host(40);
    SAYS(statesOf(bySwitch.read()), "5 Unknown 40");
    SAYS(contradictionsOf(bySwitch.read()), "5");

    HostTrace after; // the first switch after the stretch says that T was there at its end
    after.channel(0).switched(5, 0, kT).entry(10).exit(20);
    after.channel(1).switched(7, 0, 70).lost().host(30).switched(45, kT, 0).host(50);
    const Result second = after.read();
    SAYS(statesOf(second), "5 Unknown 10 Guest@0 20 Unknown 50");
    SAYS(contradictionsOf(second), "5");
}

void NaiveRulesTest::userspaceInEntry()
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, kT).entry(10).host(20).userspaceExit(30).ioctlExit(35).entry(40);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 30 Userspace@0 40");
    SAYS(contradictionsOf(result), "6");
}

void NaiveRulesTest::contradictionsCountEvents()
{
    HostTrace trace; // one switch puts two vCPUs in doubt; another none
    trace.channel(0).switched(5, 0, kT).entry(10).exit(20).switched(50, 101, 0).switched(60, 70, 0);
    trace.channel(1).switched(6, 0, 101).entry(11, 101).exit(21, 30, 101);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Guest@0 20 Unknown 60");
    SAYS(statesOf(result, {101, kNoPcpu, 0}), "5 Unknown 11 Guest@1 21 Unknown 60");
    SAYS(contradictionsOf(result), "4");
}

void NaiveRulesTest::theEleventhLastEvent()
{
    const auto exitsWith = [](int events) { // in the packet, from 10 on
        HostTrace trace;
        Channel &lossy = trace.channel(0).switched(2, 0, kT).exit(5).packet();
        for (int i = 1; i <= events; ++i)
            lossy.host(10 * i);
        lossy.packet(true).host(200);
        trace.channel(0, false).entry(12).exit(14).entry(25);
        return exitsOf(trace.read());
    };
    SAYS(exitsWith(10), "5, 14");
    SAYS(exitsWith(11), "5, 14");
    SAYS(exitsWith(12), "5, 12>14");
    SAYS(exitsWith(13), "5, 12>14-25");
}

void NaiveRulesTest::aStretchWithoutEventsAround()
{
    HostTrace begin;
    begin.channel(0).packetsLost().switched(30, 0, kT).entry(40).host(50);
    begin.channel(0, false).entry(10, 70).exit(20, 30, 70).entry(35, 70);
    begin.channel(1).host(5);
    const Result first = begin.read();
    SAYS(statesOf(first), "5 Unknown 40 Guest@0 50");
    SAYS(exitsOf(first, {70, kNoPcpu, 0}), "20");

    HostTrace end;
    end.channel(0).switched(5, 0, kT).entry(10).exit(20).packet().packet(true);
    end.channel(0, false).host(25).entry(30).exit(40);
    const Result second = end.read();
    SAYS(statesOf(second), "5 Unknown 10 Guest@0 20 Unknown 40");
    SAYS(exitsOf(second), "10>20, 40");
}

void NaiveRulesTest::aStretchHoldsWhatComesAfterItsEvent()
{
    HostTrace trace; // the exit at 20 ends the run, the entry of the same time is blind, as that at 40; 41 is not
    trace.channel(0).switched(5, 0, kT).entry(10).exit(20).lost().host(40, kT).entry(50);
    trace.channel(0, false).entry(20).exit(20).entry(39);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Guest@0 20 Unknown 50");
    SAYS(exitsOf(result), "10>20, 20");
    SAYS(contradictionsOf(result), "");

    HostTrace before; // a stream that stands before: its event at 40 comes before the end, at 20 before the begin
    before.channel(0, false).exit(20).exit(40);
    before.channel(0).switched(5, 0, kT).entry(10).host(20).lost().host(40, kT).entry(50);
    const Result second = before.read();
    SAYS(statesOf(second), "5 Unknown 10 Guest@0 20 Unknown 50");
    SAYS(exitsOf(second), "10>20, 40");
}

void NaiveRulesTest::fromOtherPcpusAStretchIsHalfOpen()
{
    for (const std::int32_t pcpu : {0, 2}) {
        HostTrace trace;
        trace.channel(1, false).host(20).lost().host(40);
        trace.channel(pcpu, false).entry(10).exit(15).entry(20).exit(30).entry(40).exit(50);
        const Result result = trace.read();
        SAYS(exitsOf(result), "10>15, 30, 40>50");
        const std::string at = "@" + std::to_string(pcpu);
        SAYS(statesOf(result), "10 Guest" + at + " 15 Kvm" + at + " 20 Unknown 40 Guest" + at + " 50");
    }
    HostTrace off; // at 20 it is forgotten already that T is off CPU
    off.channel(1).switched(5, 0, kT).exit(10).switched(15, kT, 0, kAsleep).host(20).lost().host(40);
    off.channel(0).entry(20).host(50);
    SAYS(contradictionsOf(off.read()), "");
}

void NaiveRulesTest::aStretchWithoutLength()
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, kT).entry(10).exit(20).lost().host(20).entry(30).exit(40);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Guest@0 20 Unknown 30 Guest@0 40");
    SAYS(exitsOf(result), "10>20, 30>40");
}

void NaiveRulesTest::unknownFromTheEntry()
{
    HostTrace trace; // the run has ended, but its exit event has not come
    trace.channel(0).switched(5, 0, kT).entry(10).host(15).lost().exit(30).entry(40).host(50);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 30 Kvm@0 40 Guest@0 50");
    SAYS(exitsOf(result), "30-40");
    SAYS(contradictionsOf(result), "");
}

void NaiveRulesTest::shownOnAnotherPcpu()
{
    HostTrace bySwitch;
    bySwitch.channel(0).host(5).host(20).lost().host(40);
    bySwitch.channel(1).switched(6, 0, kT).entry(10).exit(30).entry(35).exit(50);
    SAYS(statesOf(bySwitch.read()), "5 Unknown 10 Guest@1 30 Kvm@1 35 Guest@1 50");

    HostTrace byItself; // nothing is said of pCPU 1 since its own loss
    byItself.channel(1).switched(2, 0, 70).lost().host(8).entry(10).exit(30).entry(35).exit(50);
    byItself.channel(0).host(5).host(20).lost().host(40);
    SAYS(statesOf(byItself.read()), "2 Unknown 10 Guest@1 30 Kvm@1 35 Guest@1 50");

    HostTrace off;
    off.channel(0).host(5).host(20).lost().host(40);
    off.channel(1).switched(6, 0, kT).halt(10).switched(15, kT, 0, kAsleep).switched(45, 0, kT).entry(50).host(60);
    const Result result = off.read();
    SAYS(statesOf(result), "5 Unknown 10 Kvm@1 15 Idle 20 Unknown 50 Guest@1 60");
    SAYS(exitsOf(result), "10");
}

void NaiveRulesTest::knownAgainElsewhere()
{
    HostTrace trace; // T shows itself on a blind pCPU, then elsewhere
    trace.channel(1).switched(4, 0, 71).switched(70, 71, kT).entry(75).host(90);
    trace.channel(0).switched(5, 0, kT).entry(10).exit(20).lost().host(80);
    trace.channel(0, false).entry(30).exit(40);
    const Result result = trace.read();
    SAYS(statesOf(result), "4 Unknown 10 Guest@0 20 Unknown 75 Guest@1 90");
    SAYS(exitsOf(result), "10>20, 40");

    HostTrace lapse; // and a KVM event on a blind pCPU makes Unknown
    lapse.channel(0).host(5).lost().host(80);
    lapse.channel(0, false).exit(30);
    lapse.channel(1).switched(6, 0, kT).entry(10).exit(20).host(50).entry(60).host(70);
    const Result second = lapse.read();
    SAYS(statesOf(second), "5 Unknown 10 Guest@1 20 Kvm@1 30 Unknown 60 Guest@1 70 Kvm@1 80");
    SAYS(exitsOf(second), "10>20, 30");
    SAYS(contradictionsOf(second), "");
}

void NaiveRulesTest::aLossClosesExits()
{
    HostTrace trace; // KVM_RUN's entry makes known, yet the exit stays open no longer
    trace.channel(0).switched(5, 0, kT).entry(10).exit(20).lost().host(20).ioctlEntry(20).entry(30).host(40);
    SAYS(exitsOf(trace.read()), "10>20");
}

void NaiveRulesTest::aLossForgetsTheLastIoctl()
{
    for (const bool isLossy : {false, true}) {
        HostTrace trace;
        Channel &all = trace.channel(0).switched(5, 0, kT).exit(10).ioctlEntry(20, 1);
        (isLossy ? all.lost() : all).host(30).ioctlExit(40).host(50);
        SAYS(statesOf(trace.read()),
            isLossy ? "5 Unknown 10 Kvm@0 20 Unknown 40 Userspace@0 50" : "5 Unknown 10 Kvm@0 50");
    }
}

void NaiveRulesTest::aLossForgetsTheLastExit()
{
    HostTrace trace;
    trace.channel(0)
        .switched(5, 0, kT)
        .halt(10)
        .host(15)
        .lost()
        .ioctlEntry(20)
        .switched(30, kT, 0, kAsleep)
        .wakeup(40)
        .switched(50, 0, kT)
        .entry(60)
        .halt(70)
        .switched(80, kT, 0, kAsleep)
        .host(90);
    SAYS(statesOf(trace.read()),
        "5 Unknown 10 Kvm@0 15 Unknown 20 Kvm@0 30 Unknown 40 Preempted 50 Kvm@0 60 Guest@0 70 Kvm@0 80 Idle 90");
}

void NaiveRulesTest::aSecondLifeIsAnotherVcpu()
{
    HostTrace trace;
    trace.channel(0)
        .switched(5, 0, kT)
        .entry(10)
        .exit(20)
        .threadExit(30)
        .switched(35, kT, 0, kDead)
        .switched(40, 0, kT);
    trace.channel(1).switched(6, 0, 70).host(70);
    trace.channel(0).entry(50).exit(60);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Guest@0 20 Kvm@0 30 Unknown 70");
    SAYS(statesOf(result, {kT, kNoPcpu, 1}), "5 Unknown 50 Guest@0 60 Kvm@0 70");
    SAYS(contradictionsOf(result), "");
}

void NaiveRulesTest::anEntryThatFailed()
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, kT).entry(10).exit(30, 0x80000021).entry(40);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Kvm@0 40");
    SAYS(exitsOf(result), "30-40");
    const Exit &exit = result.vcpus.begin()->second.exits.front();
    QVERIFY(exit.entryFailed);
    QCOMPARE(exit.code, 33);
}

void NaiveRulesTest::eventsThatProveNothing()
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, kT).entry(10).host(15, kNoThread, false).host(20).exit(30).entry(40);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Guest@0 20 Kvm@0 40");
    SAYS(exitsOf(result), "10>20-40");
}

void NaiveRulesTest::codesAndScenarios()
{
    HostTrace trace;
    Channel &all = trace.channel(0).switched(1, 0, kT);
    all.entry(10).exit(11, 0x0c000030).entry(12).exit(13, 0x10030).entry(14).exit(15, 0xffffffff, kT, 2);
    all.entry(16).exit(17, 97, kT, 2).entry(18).exit(19, 1).switched(20, kT, 0, 256).switched(21, 0, kT);
    all.entry(22).exit(23, 0).entry(24).exit(25, 48).ioctlExit(26).ioctlEntry(27).entry(28);
    const Result result = trace.read();
    const std::vector<Exit> &exits = result.vcpus.begin()->second.exits;
    const std::vector<std::pair<std::int64_t, Scenario>> expected{{48, Scenario::PageFault}, {0x10030, Scenario::Host},
        {-1, Scenario::Host}, {97, Scenario::Interrupt}, {1, Scenario::Preempted}, {0, Scenario::Interrupt},
        {48, Scenario::Qemu}};
    QCOMPARE(exits.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        QCOMPARE(exits[i].code, expected[i].first);
        QCOMPARE(exits[i].scenario, expected[i].second);
    }

    HostTrace svm; // switched out before its exit event
    svm.channel(0)
        .switched(5, 0, kT)
        .entry(10)
        .host(15)
        .switched(20, kT, 0)
        .switched(25, 0, kT)
        .exit(30, 97, kT, 2)
        .entry(40);
    SAYS(exitsOf(svm.read()), "10>15-40");
    QCOMPARE(svm.read().vcpus.begin()->second.exits.front().scenario, Scenario::Preempted);
}

void NaiveRulesTest::haltsAndParts()
{
    HostTrace trace;
    trace.channel(0)
        .switched(5, 0, kT)
        .entry(10)
        .halt(20)
        .switched(25, kT, 0, kAsleep)
        .wakeup(40)
        .switched(47, 0, kT)
        .entry(50)
        .halt(60)
        .host(70);
    const Result result = trace.read();
    SAYS(statesOf(result), "5 Unknown 10 Guest@0 20 Kvm@0 25 Idle 40 Preempted 47 Kvm@0 50 Guest@0 60 Kvm@0 70");
    const Vcpu &vcpu = result.vcpus.begin()->second;
    QCOMPARE(vcpu.exits.front().scenario, Scenario::Halt);
    QCOMPARE(vcpu.exits.front().parts, (std::array<Ns, kVcpuStates>{0, 8, 0, 7, 15, 0, 0}));
    QVERIFY((vcpu.haltKvm == std::vector<Stretch>{{20, 25}, {47, 50}, {60, 70}}));
}

void NaiveRulesTest::handlersEnd()
{
    HostTrace trace; // at a switch, at an entry, at a loss; nested ones count once
    trace.channel(0)
        .switched(5, 0, kT)
        .exit(10)
        .irqBegin(20, kT)
        .switched(25, kT, 0)
        .irqBegin(26, 0)
        .switched(30, 0, kT)
        .irqBegin(40, kT)
        .irqBegin(42, kT, IrqSource::Softirq)
        .irqEnd(44, kT)
        .irqEnd(46, kT, IrqSource::Softirq)
        .irqEnd(48, kT)
        .irqBegin(50, kT)
        .entry(55)
        .exit(60)
        .irqBegin(65, kT)
        .lost()
        .host(90);
    SAYS(irqOf(trace.read()), "20-25, 40-46, 50-55");

    HostTrace lossy; // known again while it would still be open
    lossy.channel(0).switched(5, 0, kT).exit(10).irqBegin(20, kT).host(25).lost().ioctlEntry(40).irqEnd(50, kT);
    SAYS(irqOf(lossy.read()), "20-25");

    HostTrace other; // an event of another thread
    other.channel(0, false).entry(5).exit(10).irqBegin(20, kT).host(30, 0).entry(40);
    SAYS(irqOf(other.read()), "20-30");
}

void NaiveRulesTest::aBlindPcpuContradictsNothing()
{
    HostTrace trace;
    trace.channel(0).switched(5, 0, kT).entry(10).exit(20).switched(40, 70, 71).host(60);
    trace.channel(0, false).host(25).lost().host(50);
    SAYS(contradictionsOf(trace.read()), "");

    HostTrace moved; // T left pCPU 0 while that was blind
    moved.channel(0).switched(5, 0, kT).exit(10).lost().switched(60, 0, 70);
    moved.channel(1).switched(40, 71, kT).entry(50);
    SAYS(contradictionsOf(moved.read()), "");
}

void NaiveRulesTest::aBlindSwitchSaysNothing()
{
    HostTrace trace;
    trace.channel(0).host(2).packet().switched(5, 0, 70).switched(20, 70, kT).packet(true).switched(60, kT, 0);
    trace.channel(0, false).exit(30, 30, kNoThread);
    const Result result = trace.read();
    QCOMPARE(result.vcpus.size(), 1U);
    SAYS(exitsOf(result, {kNoThread, 0, 0}), "30");
}

void NaiveRulesTest::whereTheThreadIsNotKnown()
{
    HostTrace idle;
    idle.channel(0)
        .switched(5, 71, 0)
        .entry(10, kNoThread)
        .exit(20, 30, kNoThread)
        .switched(30, 0, 70)
        .switched(40, 70, 0)
        .entry(50, kNoThread)
        .host(60);
    const Result first = idle.read();
    SAYS(statesOf(first, {kNoThread, 0, 0}), "5 Unknown 10 Guest@0 20 Kvm@0 30 Unknown 50 Guest@0 60");
    SAYS(exitsOf(first, {kNoThread, 0, 0}), "10>20");

    HostTrace moved; // T turns up on pCPU 1
    moved.channel(0).switched(5, 0, kT).entry(30, kNoThread).host(40);
    moved.channel(1).switched(20, 0, kT);
    const Result second = moved.read();
    SAYS(statesOf(second, {kNoThread, 0, 0}), "5 Unknown 30 Guest@0 40");
}

QTEST_GUILESS_MAIN(NaiveRulesTest)
#include "tst_naive_rules.moc"
