// SPDX-License-Identifier: GPL-3.0-or-later
#include <QSignalSpy>
#include <QTest>

#include "model/session/live_guests.h"
#include "tests/views/made_guest.h"

using namespace exitscope;
using namespace exitscope::testing;

// What exits interrupted under the maps that are shown, kept up to date.
class TestLiveGuests : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void exitsUnderTheMapThatIsShown();
    void theNewestMapWins();
    void anotherRecordingForgetsAtOnce();
    void unsureGuestOnlyIfChosen();
    void oneGuestOfAVm();
};

namespace {

std::shared_ptr<const ShownGuests> shownOf(const GuestMaps &maps, const ClockChoices &choices = {})
{
    return std::make_shared<const ShownGuests>(showGuests(maps, choices));
}

QString threadAt(const LiveGuests &guests, std::size_t exit)
{
    const ExitGuests &of = *guests.current()->exits;
    return of.text(of.labelOf(0, exit, GuestLabel::Thread));
}

// With what the threads of makeGuestRecording() do, too.
std::shared_ptr<const Recording> recordingWithContexts()
{
    auto recording = std::make_shared<Recording>(*makeGuestRecording());
    GuestTrace &guest = recording->guests[0];
    guest.threads.tid = {7, 0, 8};
    guest.threads.pid = {7, 0, 8};
    guest.threads.cpu = {kNoPcpu, 0, kNoPcpu};
    guest.threads.isOfKernel = {0, 1, 0};
    guest.threads.begin = {kNoTime, kNoTime, kNoTime};
    guest.threads.end = {kEndOfRecording, kEndOfRecording, kEndOfRecording};
    GuestContexts &rows = guest.cpus[0].contexts;
    // Behind the first event "storm", behind the sixth the idle thread, behind the ninth "other".
    rows.events = {1, 6, 9};
    rows.time = {guest.cpus[0].events[0], guest.cpus[0].events[5], guest.cpus[0].events[8]};
    rows.thread = {0, 1, 2};
    rows.call = {kNoCall, kNoCall, kNoCall};
    rows.level = {GuestContexts::NoInterrupt, GuestContexts::NoInterrupt, GuestContexts::NoInterrupt};
    rows.source = {IrqSource::Handler, IrqSource::Handler, IrqSource::Handler};
    rows.irq = {kNoIrq, kNoIrq, kNoIrq};
    return recording;
}

} // namespace

void TestLiveGuests::exitsUnderTheMapThatIsShown()
{
    const auto recording = recordingWithContexts();
    LiveGuests guests;
    QSignalSpy changed(&guests, &LiveGuests::changed);
    guests.set(shownOf(makeGuestMaps(recording)));
    QVERIFY(!guests.current());
    QTRY_COMPARE(changed.count(), 1);
    QCOMPARE(threadAt(guests, 0), QStringLiteral("storm-7"));
    QCOMPARE(threadAt(guests, 4), QStringLiteral("storm-7"));
    QCOMPARE(threadAt(guests, 5), QStringLiteral("swapper/0"));
    QCOMPARE(threadAt(guests, 8), QStringLiteral("other-8"));
    QCOMPARE(guests.current()->alignments.size(), std::size_t(1));
    QVERIFY(!guests.isBusy());
}

void TestLiveGuests::theNewestMapWins()
{
    const auto recording = recordingWithContexts();
    const GuestMaps maps = makeGuestMaps(recording);
    LiveGuests guests;
    guests.set(shownOf(maps));
    QTRY_VERIFY(guests.current());
    const auto first = guests.current();
    for (Ns shift = 1; shift <= 20; ++shift) // the last one: a run and an exit later
        guests.set(shownOf(maps, {{recording->guests[0].path, {MapSource::Found, shift * 100}}}));
    QCOMPARE(guests.current(), first); // stands meanwhile
    QTRY_VERIFY(!guests.isBusy());
    QCOMPARE(guests.current()->shown->guests[0].choice.shift, Ns(2000));
    QCOMPARE(threadAt(guests, 5), QStringLiteral("storm-7"));
    QCOMPARE(threadAt(guests, 6), QStringLiteral("swapper/0"));
}

void TestLiveGuests::anotherRecordingForgetsAtOnce()
{
    LiveGuests guests;
    guests.set(shownOf(makeGuestMaps(recordingWithContexts())));
    QTRY_VERIFY(guests.current());
    const auto other = recordingWithContexts();
    guests.set(shownOf(makeGuestMaps(other)));
    QVERIFY(!guests.current());
    QTRY_VERIFY(guests.current());
    QCOMPARE(guests.current()->shown->recording, other);
    guests.set(shownOf(makeGuestMaps(recordingWithContexts()))); // under way
    QSignalSpy changed(&guests, &LiveGuests::changed);
    guests.set(nullptr);
    QVERIFY(!guests.current());
    QTRY_VERIFY(!guests.isBusy());
    QVERIFY(!guests.current());
    QVERIFY(changed.isEmpty());
}

void TestLiveGuests::unsureGuestOnlyIfChosen()
{
    const auto recording = recordingWithContexts();
    GuestMaps maps = makeGuestMaps(recording);
    maps.found.guests[0].verdict = SyncVerdict::Ambiguous;
    QVERIFY(alignmentsOf(*shownOf(maps)).empty());
    LiveGuests guests;
    guests.set(shownOf(maps));
    QVERIFY(!guests.isBusy() && !guests.current());
    guests.set(shownOf(maps, {{recording->guests[0].path, {MapSource::Found, 0}}}));
    QTRY_VERIFY(guests.current());
    QCOMPARE(threadAt(guests, 0), QStringLiteral("storm-7"));
}

// Two traces that fit one VM: what is shown of it counts.
void TestLiveGuests::oneGuestOfAVm()
{
    auto recording = std::make_shared<Recording>(*recordingWithContexts());
    recording->guests.push_back(recording->guests[0]);
    GuestMaps maps = makeGuestMaps(recording);
    maps.found.guests.push_back(maps.found.guests[0]);
    maps.found.guests[1].guest = 1;
    const auto shown = shownOf(maps);
    QVERIFY(shown->guests[0].isShown() && shown->guests[1].isShown());
    const auto alignments = alignmentsOf(*shown);
    QCOMPARE(alignments.size(), std::size_t(1));
    QCOMPARE(alignments[0].guest, std::size_t(0));
}

QTEST_GUILESS_MAIN(TestLiveGuests)
#include "tst_live_guests.moc"
