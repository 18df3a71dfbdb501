// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>

#include "tests/views/made_guest.h"

using namespace exitscope;
using namespace exitscope::testing;

// The choice of a map, and what is shown under it.
class TestGuestClocks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void threadsOnTheHostsClock();
    void lostEventsAreNotKnown();
    void sharesAreOfGuestModeAlone();
    void sharesOfManyIntervalsAreSampled();
    void foundMapIsShown();
    void shiftByHandMovesAllAndTellsMisfits();
    void estimateKeepsTheProvenBounds();
    void usersMapComesFirst();
    void unsureGuestIsShownOnlyIfChosen();
    void liveChoices();
    void anotherRecordingForgets();

private:
    static const Vm &vm(const Recording &recording) { return recording.hosts[0].vms[0]; }
};

void TestGuestClocks::threadsOnTheHostsClock()
{
    const auto recording = makeGuestRecording();
    const ShownGuests shown = showGuests(makeGuestMaps(recording), {});
    const auto cpu = shown.on({{0, 0}, 0});
    QVERIFY(cpu);
    QCOMPARE(cpu->threadAt(kMadeBegin), 7);
    QCOMPARE(cpu->threadAt(kMadeBegin + 9'999), 7);
    QCOMPARE(cpu->threadAt(kMadeBegin + 10'000), 0);
    QCOMPARE(cpu->threadAt(kMadeBegin + 16'000), 8);
    QCOMPARE(cpu->threadAt(kMadeBegin + 19'001), kNoThread); // the guest's trace has ended
    QCOMPARE(cpu->threadAt(kMadeBegin - 1), kNoThread);
    QCOMPARE(cpu->nameOf(7, kMadeBegin), QStringLiteral("storm"));
    QCOMPARE(cpu->nameOf(0, kMadeBegin), QStringLiteral("swapper/0"));
    QCOMPARE(cpu->nameOf(99, kMadeBegin), QString());
}

void TestGuestClocks::lostEventsAreNotKnown()
{
    Recording recording = *makeGuestRecording();
    GuestCpu &cpu = recording.guests[0].cpus[0];
    const Ns begin = recording.guests[0].range.from;
    cpu.lost = {{begin + 2'000, begin + 4'000}};
    const ClockMap map(ClockLine{begin, kMadeBegin, 0});
    const GuestCpuOnHost onHost(recording.guests[0], cpu, map);
    QCOMPARE(onHost.threadAt(kMadeBegin + 1'999), 7);
    QCOMPARE(onHost.threadAt(kMadeBegin + 2'000), kNoThread);
    QVERIFY(!onHost.knows(kMadeBegin + 3'999));
    QCOMPARE(onHost.threadAt(kMadeBegin + 4'000), 7);
}

void TestGuestClocks::sharesAreOfGuestModeAlone()
{
    const auto recording = makeGuestRecording();
    const ShownGuests shown = showGuests(makeGuestMaps(recording), {});
    const Vcpu &vcpu = vm(*recording).vcpus[0];
    const auto cpu = shown.on({{0, 0}, 0});
    const auto share = [&](Ns from, Ns to) {
        return GuestShares(vcpu, *cpu).thread({kMadeBegin + from, kMadeBegin + to});
    };
    QCOMPARE(share(0, 1000).of, 7); // one run
    QCOMPARE(share(0, 1000).ns, Ns(1000));
    QCOMPARE(share(1000, 2000).ns, Ns(0)); // one exit
    QCOMPARE(share(0, 10'000).ns, Ns(5000)); // five runs
    QCOMPARE(share(8'000, 16'000).of, 0); // one run of 7, three of the idle thread
    QCOMPARE(share(8'000, 16'000).ns, Ns(3000));
    QCOMPARE(share(50'000, 60'000).ns, Ns(0)); // Idle
    QCOMPARE(share(-5000, -1000).ns, Ns(0)); // before the recording
}

void TestGuestClocks::sharesOfManyIntervalsAreSampled()
{
    Recording recording
        = *makeRecording({{MadeVcpu{.run = 3000, .exit = 1000, .count = 20'000, .end = kMadeBegin + 90'000'000}}});
    GuestTrace guest;
    guest.range = {0, 80'000'000};
    GuestCpu cpu;
    cpu.number = 0;
    cpu.switchTime = {0, 50'000'000};
    cpu.switchTid = {7, 8};
    guest.cpus = {cpu};
    const ClockMap map(ClockLine{0, kMadeBegin, 0});
    const GuestCpuOnHost onHost(guest, guest.cpus[0], map);
    const GuestShare share = GuestShares(vm(recording).vcpus[0], onHost).thread({kMadeBegin, kMadeBegin + 80'000'000});
    QCOMPARE(share.of, 7);
    QVERIFY(share.ns > 0 && share.ns <= 50'000'000);
}

void TestGuestClocks::foundMapIsShown()
{
    const auto recording = makeGuestRecording();
    const ShownGuests shown = showGuests(makeGuestMaps(recording), {});
    QCOMPARE(shown.guests.size(), std::size_t(1));
    const ShownGuest &guest = shown.guests[0];
    QVERIFY(guest.isShown() && !guest.isChosen);
    QCOMPARE(shown.of({0, 0}), &guest);
    QCOMPARE(guest.choice.source, MapSource::Found);
    QCOMPARE(guest.uncertainty, std::optional<Ns>(100));
    QVERIFY(guest.misfits.empty());
    QVERIFY(guest.hasEstimate && !guest.hasUser);
}

void TestGuestClocks::shiftByHandMovesAllAndTellsMisfits()
{
    const auto recording = makeGuestRecording();
    const GuestMaps maps = makeGuestMaps(recording);
    const QString path = recording->guests[0].path;
    const ShownGuests shown = showGuests(maps, {{path, {MapSource::Found, 1000}}});
    const ShownGuest &guest = shown.guests[0];
    QVERIFY(guest.isShown());
    QCOMPARE(shown.on({{0, 0}, 0})->threadAt(kMadeBegin + 10'999), 7);
    // Every event is in an exit now, and is told where it lies on the host's clock.
    QCOMPARE(guest.alignment.containment.contained, std::int64_t(0));
    QCOMPARE(guest.misfits.size(), std::size_t(10));
    QCOMPARE(guest.misfits[0], kMadeBegin + 1500);
    // The truth can be as far as the shift and the old bounds together.
    QCOMPARE(guest.uncertainty, std::optional<Ns>(1100));
    QCOMPARE(guest.found.containment.contained, std::int64_t(10));
}

void TestGuestClocks::estimateKeepsTheProvenBounds()
{
    const auto recording = makeGuestRecording();
    const ShownGuests shown
        = showGuests(makeGuestMaps(recording), {{recording->guests[0].path, {MapSource::Estimate, 0}}});
    QCOMPARE(shown.guests[0].alignment.map.toHost(recording->guests[0].range.from), kMadeBegin + 40);
    QCOMPARE(shown.guests[0].uncertainty, std::optional<Ns>(140));
}

void TestGuestClocks::usersMapComesFirst()
{
    const auto recording = makeGuestRecording();
    GuestMaps maps = makeGuestMaps(recording);
    const Ns begin = recording->guests[0].range.from;
    maps.given.emplace(0, withMap(*recording, maps.found.guests[0], ClockMap(ClockLine{begin, kMadeBegin + 300, 0})));
    ShownGuests shown = showGuests(maps, {});
    QCOMPARE(shown.guests[0].choice.source, MapSource::User);
    QCOMPARE(shown.guests[0].alignment.map.toHost(begin), kMadeBegin + 300);
    shown = showGuests(maps, {{recording->guests[0].path, {MapSource::Found, 0}}});
    QCOMPARE(shown.guests[0].alignment.map.toHost(begin), kMadeBegin);
}

void TestGuestClocks::unsureGuestIsShownOnlyIfChosen()
{
    const auto recording = makeGuestRecording();
    GuestMaps maps = makeGuestMaps(recording);
    maps.found.guests[0].verdict = SyncVerdict::Ambiguous;
    QVERIFY(!showGuests(maps, {}).guests[0].isShown());
    QVERIFY(!showGuests(maps, {}).of({0, 0}));
    QVERIFY(showGuests(maps, {{recording->guests[0].path, {MapSource::Found, 0}}}).of({0, 0}));
    maps.found.guests[0] = GuestAlignment{};
    QVERIFY(!showGuests(maps, {{recording->guests[0].path, {MapSource::Found, 5}}}).guests[0].isShown());
}

void TestGuestClocks::liveChoices()
{
    const auto recording = makeGuestRecording();
    GuestClocks clocks;
    clocks.set(recording, {});
    QVERIFY(!clocks.current());
    QTRY_VERIFY(clocks.current());
    QCOMPARE(clocks.current()->guests.size(), std::size_t(1));
    const Ns begin = recording->guests[0].range.from;
    clocks.setUserMap(0, ClockMap(ClockLine{begin, kMadeBegin + 7, 0}));
    QTRY_VERIFY(clocks.current()->guests[0].hasUser);
    QCOMPARE(clocks.current()->guests[0].choice.source, MapSource::User);
    for (Ns shift = 1; shift <= 20; ++shift)
        clocks.choose({{recording->guests[0].path, {MapSource::User, shift}}});
    QTRY_COMPARE(clocks.current()->guests[0].choice.shift, Ns(20)); // the newest wins
    QTRY_VERIFY(!clocks.isBusy());
    QCOMPARE(clocks.current()->guests[0].choice.shift, Ns(20));
    clocks.setUserMap(0, {});
    QTRY_VERIFY(!clocks.current()->guests[0].hasUser);
}

void TestGuestClocks::anotherRecordingForgets()
{
    GuestClocks clocks;
    clocks.set(makeGuestRecording(), {});
    const auto without = makeRecording({{MadeVcpu{}}});
    clocks.set(without, {}); // while the first is still looked at
    QTRY_VERIFY(!clocks.isBusy());
    QVERIFY(!clocks.current());
}

QTEST_GUILESS_MAIN(TestGuestClocks)
#include "tst_guest_clocks.moc"
