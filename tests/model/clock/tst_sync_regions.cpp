// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <map>

#include "model/clock/alignment.h"
#include "model/clock/event_slots.h"
#include "model/clock/guest_on_vm.h"
#include "tests/tools/fast_machine.h"
#include "tests/tools/seed_step.h"

using namespace exitscope;
using namespace exitscope::testing;

// Machines that leave guest mode so often and so regularly that several maps contain every event of the guest: the
// truth must lie within what is told, whatever is told.
class TestSyncRegions : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void seeded_data();
    void seeded();
    void mostThatCanBeAlignedAre();
    void eventsFarFromRests_data();
    void eventsFarFromRests();
    void deadlinesDecide();
    void deadlinesOfAPartDoNot();
    void deadlinesDoNotHideAClockThatWasSet();
    void codeDecides();
    void codeOf32BitsDoesNot();
    void oneWideRegionIsToldWhole();
    void vmsyncBoundsRegions();
    void tooRegularIsTold();
    void slotsOfOneRegionAreThoseOfTheTruth();
    void slotsDifferBetweenRegions();
    void slotsWithoutBounds();
    void slotsBesideUnknown();

private:
    struct Outcome {
        bool decides = false;
        bool isAligned = false;
    };
    Outcome check(int seed);

    std::map<int, Outcome> m_outcomes; // by seed
};

namespace {

constexpr int kMachines = 150;
constexpr int kGroup = 25; // machines of a row
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kStep = 10; // sanitizers look at memory: some machines do, all would take minutes
constexpr std::uint32_t kSeeds = 2; // machines of each kind
#else
constexpr std::uint32_t kSeeds = 5;
constexpr int kStep = 2;
#endif

RunTrack runsOfFirst(const SyncCase &made)
{
    return runsOf(made.recording.hosts[0].vms[0].vcpus[0]);
}

// How many of the events come before the host time by the clock's true map.
std::size_t trulyBefore(const SyncCase &made, Ns host)
{
    const std::vector<Ns> &events = made.recording.guests[0].cpus[0].events;
    return std::size_t(std::ranges::count_if(events, [&](Ns event) { return made.truth[0].toHost(event) <= host; }));
}

QByteArray describe(const FastMachineOptions &options, const GuestAlignment &found)
{
    return QStringLiteral("seed %1: exits of %2 ns every %3 ns; %4, %5 regions, %6 of %7 contained")
        .arg(options.seed)
        .arg(options.exitNs)
        .arg(options.periodNs)
        .arg(verdictName(found.verdict))
        .arg(found.regions.empty() ? 0 : found.regions.front().size())
        .arg(found.containment.contained)
        .arg(found.containment.known)
        .toUtf8();
}

// At the begin, in the middle and at the end; where no uncertainty is told nothing is claimed.
void checkTruthIsWithin(const SyncCase &made, const GuestAlignment &found, const QByteArray &what)
{
    if (found.verdict == SyncVerdict::None || found.map.isEmpty())
        return;
    for (const Ns guest : {found.overlap.from, found.reference(), found.overlap.to}) {
        const auto bounds = found.map.bounds(guest);
        QVERIFY2(bounds || !found.isAligned(), what);
        if (!bounds)
            continue;
        const Ns truth = made.truth[0].toHost(guest);
        const QByteArray all = what + " truth " + QByteArray::number(qlonglong(truth - bounds->from)) + " of "
            + QByteArray::number(qlonglong(bounds->length()));
        QVERIFY2(bounds->from - 1 <= truth && truth <= bounds->to + 1, all); // times are rounded
        QVERIFY2(std::abs(truth - found.map.toHost(guest)) <= found.map.uncertainty(guest).value() + 1, all);
    }
}

// Under the told map each event lies in the run in which it truly was.
void checkRuns(const SyncCase &made, const GuestAlignment &found, const QByteArray &what)
{
    const Vm &vm = made.recording.hosts[0].vms[0];
    const auto &cpus = made.recording.guests[0].cpus;
    for (std::size_t k = 0; k < cpus.size(); ++k) {
        const RunTrack runs = runsOf(vm.vcpus[found.vcpuOf[k].value()]);
        RunCursor told(runs), truly(runs);
        for (const Ns event : cpus[k].events) {
            const HostKnows knows = truly.at(made.truth[0].toHost(event));
            const HostKnows shown = told.at(found.map.toHost(event));
            if (knows != HostKnows::Guest || shown == HostKnows::Nothing) // at the border of a loss or of the recording
                continue;
            QVERIFY2(shown == HostKnows::Guest && told.stretch() == truly.stretch(), what);
        }
    }
}

} // namespace

void TestSyncRegions::seeded_data()
{
    QTest::addColumn<int>("first");
    for (int first = 0; first < kMachines; first += kGroup)
        QTest::addRow("%d", first) << first;
}

// Once for each machine: it takes a second.
TestSyncRegions::Outcome TestSyncRegions::check(int seed)
{
    const auto [at, isNew] = m_outcomes.try_emplace(seed);
    if (!isNew)
        return at->second;
    const FastMachineOptions options = drawFastMachine(std::uint32_t(seed));
    const SyncCase made = makeFastMachine(options);
    const GuestAlignment found = alignGuests(made.recording).guests.at(0);
    const QByteArray what = describe(options, found);
    checkTruthIsWithin(made, found, what);
    if (found.isAligned() && found.regions.at(0).size() == 1 && found.regions[0].regions[0].isExact)
        checkRuns(made, found, what);
    return at->second = {options.decides(), found.isAligned()};
}

void TestSyncRegions::seeded()
{
    QFETCH(int, first);
    for (int seed = first; seed < first + kGroup; seed += seedStep(kStep)) {
        check(seed);
        if (QTest::currentTestFailed())
            return;
    }
}

void TestSyncRegions::mostThatCanBeAlignedAre()
{
    int decided = 0;
    int aligned = 0;
    for (int seed = 0; seed < kMachines; seed += seedStep(kStep)) {
        const Outcome outcome = check(seed);
        decided += outcome.decides;
        aligned += outcome.decides && outcome.isAligned;
    }
    qInfo("%d of %d", aligned, decided);
    QVERIFY(decided >= kMachines / seedStep(kStep) / 2);
    QVERIFY(10 * aligned >= 9 * decided);
}

void TestSyncRegions::eventsFarFromRests_data()
{
    QTest::addColumn<double>("jitter");
    QTest::newRow("as regular as can be") << 0.0;
    QTest::newRow("nearly") << 0.0005;
    QTest::newRow("a little less") << 0.002;
}

// The bounds of one region alone were told once, and were wrong.
void TestSyncRegions::eventsFarFromRests()
{
    QFETCH(double, jitter);
    int several = 0;
    for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
        FastMachineOptions options = farFromRests(seed);
        options.jitter = jitter;
        const SyncCase made = makeFastMachine(options);
        const GuestAlignment found = alignGuests(made.recording).guests.at(0);
        checkTruthIsWithin(made, found, describe(options, found));
        if (QTest::currentTestFailed())
            return;
        QVERIFY2(
            found.verdict == SyncVerdict::Aligned || found.verdict == SyncVerdict::Ambiguous, describe(options, found));
        several += found.hasSeveralRegions();
    }
    QVERIFY(jitter > 0 || several > 0); // else nothing was tested
}

// The same machine without rests is known if its timers are.
void TestSyncRegions::deadlinesDecide()
{
    FastMachineOptions options = farFromRests(1);
    options.rests = false;
    const SyncCase open = makeFastMachine(options);
    QVERIFY(!alignGuests(open.recording).guests.at(0).isAligned());
    options.setsDeadlines = true;
    const SyncCase made = makeFastMachine(options);
    const GuestAlignment found = alignGuests(made.recording).guests.at(0);
    QVERIFY2(found.isAligned(), describe(options, found));
    QVERIFY(found.isByDeadlines);
    QVERIFY2(found.uncertainty().value() < 20'000, describe(options, found)); // less than from one entry to the next
    checkTruthIsWithin(made, found, describe(options, found));
}

// A line through deadlines of a moment is not sure far from it.
void TestSyncRegions::deadlinesOfAPartDoNot()
{
    for (std::uint32_t seed = 1; seed <= 3; ++seed) {
        FastMachineOptions options = farFromRests(seed);
        options.rests = false;
        options.setsDeadlines = true;
        options.deadlinesUntil = 0.1;
        const SyncCase made = makeFastMachine(options);
        const GuestAlignment found = alignGuests(made.recording).guests.at(0);
        QVERIFY2(!found.isAligned(), describe(options, found));
        checkTruthIsWithin(made, found, describe(options, found));
    }
}

// Nearly all events of a guest that never rests are contained under any line.
void TestSyncRegions::deadlinesDoNotHideAClockThatWasSet()
{
    FastMachineOptions options = farFromRests(4);
    options.rests = false;
    options.setsDeadlines = true;
    options.exitNs = 500;
    options.periodNs = 200'000;
    SyncCase made = makeFastMachine(options);
    GuestTrace &guest = made.recording.guests[0];
    const Ns setAt = guest.range.from + guest.range.length() * 3 / 4;
    constexpr Ns kStep = 37'000'000;
    for (std::vector<Ns> *times : {&guest.cpus[0].events, &guest.timers.expires})
        for (Ns &time : *times)
            time += time > setAt ? kStep : 0;
    guest.range.to += kStep;
    QVERIFY(!alignGuests(made.recording).guests.at(0).isAligned());
}

// Where a program's code was left while the guest's kernel ran, the events lie in other runs than they did.
void TestSyncRegions::codeDecides()
{
    int decided = 0;
    for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
        FastMachineOptions options = farFromRests(seed);
        const GuestAlignment open = alignGuests(makeFastMachine(options).recording).guests.at(0);
        options.tellsCode = true;
        const SyncCase made = makeFastMachine(options);
        const GuestAlignment found = alignGuests(made.recording).guests.at(0);
        checkTruthIsWithin(made, found, describe(options, found));
        if (QTest::currentTestFailed())
            return;
        if (!open.hasSeveralRegions())
            continue;
        QVERIFY2(found.regions.at(0).size() < open.regions.at(0).size(), describe(options, found));
        checkRuns(made, found, describe(options, found));
        ++decided;
    }
    QVERIFY(decided > 0);
}

// There every address is one of a program: they tell nothing.
void TestSyncRegions::codeOf32BitsDoesNot()
{
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
        FastMachineOptions options = farFromRests(seed);
        const GuestAlignment open = alignGuests(makeFastMachine(options).recording).guests.at(0);
        options.tellsCode = true;
        options.hasLowKernel = true;
        const SyncCase made = makeFastMachine(options);
        const GuestAlignment found = alignGuests(made.recording).guests.at(0);
        checkTruthIsWithin(made, found, describe(options, found));
        QCOMPARE(found.regions.at(0).size(), open.regions.at(0).size());
    }
}

// Halts long before and after most events, and here and there an exit with an event close to it on both sides: the
// first line that contains all is bounded by these few, and there are others.
void TestSyncRegions::oneWideRegionIsToldWhole()
{
    for (std::uint32_t seed = 1; seed <= 5; ++seed) {
        FastMachineOptions options = farFromRests(seed);
        options.spanNs = 2'000'000'000;
        options.periodNs = 500'000;
        options.exitNs = 800;
        options.jitter = 0.02;
        options.restEdge = {100'000, 110'000};
        const SyncCase made = makeFastMachine(options);
        const GuestAlignment found = alignGuests(made.recording).guests.at(0);
        checkTruthIsWithin(made, found, describe(options, found));
        if (QTest::currentTestFailed())
            return;
        if (const auto bounds = found.map.bounds(found.reference()); bounds && !found.regions.empty())
            for (const LineRegion &region : found.regions[0].regions) {
                const TimeRange own = region.piece.bounds(found.reference()).value();
                QVERIFY(bounds->from <= own.from + 1 && own.to <= bounds->to + 1);
            }
    }
}

// Pairs of vmsync events leave some of the regions, and the truth in what is told.
void TestSyncRegions::vmsyncBoundsRegions()
{
    int several = 0;
    for (const Ns reach : {3000, 30'000}) {
        SyncCase made = makeFastMachine(farFromRests(1));
        GuestTrace &guest = made.recording.guests[0];
        VmsyncColumns &host = made.recording.hosts[0].clockEvents.vmsync;
        const std::vector<Ns> &events = guest.cpus[0].events;
        for (std::uint32_t i = 0; i < 20; ++i) {
            const Ns at = events[events.size() * (i + 3) / 26];
            const bool calls = i % 2 == 0;
            guest.vmsync.time.push_back(at);
            guest.vmsync.data.push_back({7, i, calls ? VmsyncPoint::GuestCalls : VmsyncPoint::GuestResumes});
            host.time.push_back(made.truth[0].toHost(at) + (calls ? reach : -reach));
            host.data.push_back({7, i, calls ? VmsyncPoint::HostReceives : VmsyncPoint::HostAnswers});
        }
        const GuestAlignment found = alignGuests(made.recording).guests.at(0);
        QCOMPARE(methodName(found.method), QStringLiteral("vmsync"));
        checkTruthIsWithin(made, found, describe(farFromRests(1), found));
        several += found.hasSeveralRegions();
        if (found.isAligned())
            QVERIFY(found.uncertainty().value() <= std::max<Ns>(20'000, reach));
    }
    QVERIFY(several > 0);
}

void TestSyncRegions::tooRegularIsTold()
{
    FastMachineOptions options = farFromRests(2);
    options.rests = false;
    const SyncCase made = makeFastMachine(options);
    const Alignments all = alignGuests(made.recording);
    QVERIFY(all.guests[0].verdict == SyncVerdict::Ambiguous || all.guests[0].verdict == SyncVerdict::Unknown);
    QVERIFY(!all.guests[0].uncertainty().has_value());
    QCOMPARE(all.diagnostics.size(), std::size_t(1));
    QCOMPARE(all.diagnostics[0].code, QStringLiteral("guest-too-regular"));
    QVERIFY2(all.diagnostics[0].message.contains(QStringLiteral("every 20")), qPrintable(all.diagnostics[0].message));
}

void TestSyncRegions::slotsOfOneRegionAreThoseOfTheTruth()
{
    FastMachineOptions options = farFromRests(3);
    options.restEdge = {5, 500};
    const SyncCase made = makeFastMachine(options);
    const GuestAlignment found = alignGuests(made.recording).guests.at(0);
    QVERIFY(found.isAligned());
    QCOMPARE(found.regions.at(0).size(), std::size_t(1));
    const RunTrack runs = runsOfFirst(made);
    const EventSlots slotsOf(made.recording.guests[0].cpus[0].events, found, runs);
    int checked = 0;
    for (std::size_t i = 0; i + 1 < runs.size(); i += 101) {
        if (runs.knows[i] != HostKnows::Guest)
            continue;
        const EventsBefore before = slotsOf.before(runs.end(i));
        QVERIFY(before.isCertain());
        QCOMPARE(before.certain, trulyBefore(made, runs.end(i)));
        ++checked;
    }
    QVERIFY(checked > 50);
}

// Where regions put an event on different sides of an exit, the truth is between what is certain and what is possible.
void TestSyncRegions::slotsDifferBetweenRegions()
{
    int uncertain = 0;
    for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
        const SyncCase made = makeFastMachine(farFromRests(seed));
        const GuestAlignment found = alignGuests(made.recording).guests.at(0);
        if (!found.hasSeveralRegions() || !found.isAligned())
            continue;
        const RunTrack runs = runsOfFirst(made);
        const EventSlots slotsOf(made.recording.guests[0].cpus[0].events, found, runs);
        for (std::size_t i = 0; i + 1 < runs.size(); i += 101) {
            if (runs.knows[i] != HostKnows::Guest)
                continue;
            const EventsBefore before = slotsOf.before(runs.end(i));
            const std::size_t truly = trulyBefore(made, runs.end(i));
            QVERIFY(before.certain <= truly && truly <= before.possible);
            QCOMPARE(before.inEach.size(), found.regions.at(0).size());
            QVERIFY(std::ranges::find(before.inEach, truly) != before.inEach.end());
            uncertain += !before.isCertain();
        }
    }
    QVERIFY(uncertain > 0);
}

// A map of the user has no bounds: what lies in runs counts as certain, what lies between two does not.
void TestSyncRegions::slotsWithoutBounds()
{
    const std::vector<Ns> events{110, 190, 205, 260, 300, 310};
    RunTrack runs;
    runs.range = {0, 400};
    runs.append(0, HostKnows::NotGuest);
    runs.append(100, HostKnows::Guest);
    runs.append(200, HostKnows::NotGuest);
    runs.append(250, HostKnows::Guest);
    runs.append(300, HostKnows::NotGuest);
    runs.append(320, HostKnows::Nothing);
    runs.finish();
    GuestAlignment given;
    given.map = ClockMap(ClockLine{0, 0, 0});
    const EventSlots slotsOf(events, given, runs);
    const EventsBefore first = slotsOf.before(200);
    QCOMPARE(first.certain, std::size_t(2));
    QCOMPARE(first.possible, std::size_t(3)); // 205 lies in no run
    QCOMPARE(slotsOf.before(300).certain, std::size_t(5)); // a run's end belongs to it
    QCOMPARE(slotsOf.before(300).possible, std::size_t(6));
    QVERIFY(slotsOf.before(350).isCertain()); // there times decide
}

// Lines that put all known events into the same runs put others into what is not known, or take them out of it.
void TestSyncRegions::slotsBesideUnknown()
{
    const std::vector<Ns> events{150, 205, 310, 395, 420};
    RunTrack runs;
    runs.range = {0, 600};
    runs.append(0, HostKnows::NotGuest);
    runs.append(100, HostKnows::Guest);
    runs.append(200, HostKnows::Nothing);
    runs.append(300, HostKnows::Guest);
    runs.append(400, HostKnows::NotGuest);
    runs.append(410, HostKnows::Guest);
    runs.append(500, HostKnows::NotGuest);
    runs.finish();
    GuestAlignment found;
    LineRegion region;
    region.piece.corners = {{0, -15}, {0, 15}};
    region.isExact = true;
    found.map = ClockMap(std::vector{region.piece});
    found.regions.emplace_back().regions.push_back(region);
    const EventSlots slotsOf(events, found, runs);
    const EventsBefore first = slotsOf.before(200);
    QCOMPARE(first.certain, std::size_t(1));
    QCOMPARE(first.possible, std::size_t(2)); // 205 may have been in the run
    QVERIFY(slotsOf.before(400).isCertain()); // though 395 is near it
    QCOMPARE(slotsOf.before(400).certain, std::size_t(4));
}

QTEST_GUILESS_MAIN(TestSyncRegions)
#include "tst_sync_regions.moc"
