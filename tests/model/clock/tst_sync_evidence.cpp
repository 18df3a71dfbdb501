// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/clock/alignment.h"
#include "model/clock/guest_on_vm.h"
#include "model/clock/search/starting_points.h"
#include "tests/tools/golden_host.h"
#include "tests/tools/sync_case.h"
#include "tests/tools/written_recording.h"

using namespace exitscope;
using namespace exitscope::testing;

// What beside plain containment decides on a map: vmsync events, other numbers of CPUs, clocks that jump, and where a
// map is looked for first.
class TestSyncEvidence : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void vmsyncIsReadFromTraces();
    void vmsyncAlignsAGuestThatIsTooShort();
    void otherNumbersOfCpus_data();
    void otherNumbersOfCpus();
    void vcpuKnownByItsThread();
    void manyVcpusOfWhichOneIsKnownByItsThread();
    void timersThatNeverExpireAreNoDeadlines();
    void userMapOverrulesAnotherGuest();
    void userMapOfOtherNumbers();
    void userMapThatLeadsNowhereIsTold();
    void estimateStaysWithinItsBounds();
    void clockThatWasSet();
    void clockThatStepsBackIsTold();
    void startingPointsByWallClockAndTsc();
    void ofEqualMapsTheOneNearAStartingPoint();
};

namespace {

constexpr Ns kSecond = 1'000'000'000;
constexpr Ns kBegin = 1'795'386'299'000'000'000;

void asGuest(CtfOptions &options)
{
    options.hostname = "guest";
    options.traceUuid = "c0ffee00-0000-4000-8000-000000000002";
    options.clockUuid = "9e570000-0000-4000-8000-000000000001";
}

// Runs that are all alike: any map that is off by whole periods fits.
Recording periodicRecording(Ns guestIsLate)
{
    constexpr Ns kPeriod = 4'000'000;
    Recording recording;
    Timeline &host = recording.hosts.emplace_back();
    host.range = {kBegin, kBegin + 8 * kSecond};
    Vm &vm = host.vms.emplace_back();
    vm.name = QStringLiteral("vm");
    Vcpu &vcpu = vm.vcpus.emplace_back();
    vcpu.number = QStringLiteral("0");
    vcpu.tid = 31;
    vcpu.states.start(kBegin);
    GuestTrace &guest = recording.guests.emplace_back();
    guest.path = QStringLiteral("/guest");
    guest.clockOffset = kBegin - 3 * kSecond - guestIsLate;
    GuestCpu &cpu = guest.cpus.emplace_back();
    cpu.number = 0;
    for (Ns t = kBegin + kPeriod; t + kPeriod < host.range.to; t += kPeriod) {
        vcpu.states.append(t, VcpuState::Idle, kNoPcpu);
        vcpu.states.append(t + 60'000, VcpuState::Guest, 0);
        if (t > kBegin + 3 * kSecond && t < kBegin + 5 * kSecond)
            cpu.events.push_back(t + 30'000 - guestIsLate);
    }
    vcpu.states.append(host.range.to, VcpuState::Idle, kNoPcpu);
    guest.range = {cpu.events.front(), cpu.events.back()};
    return recording;
}

} // namespace

void TestSyncEvidence::vmsyncIsReadFromTraces()
{
    const Recording recording = WrittenRecording()
                                    .add(goldenHostWithVmsync())
                                    .add("10 p0 sched_switch prev_tid=130 next_tid=131\n"
                                         "40 p0 vmsync_gh_guest vm_uid=123456 cnt=1\n"
                                         "65 p0 vmsync_hg_guest vm_uid=123456 cnt=2\n"
                                         "190 p0 vmsync_gh_guest vm_uid=123456 cnt=3\n"
                                         "215 p0 vmsync_hg_guest vm_uid=123456 cnt=4\n"
                                         "240 p0 vmsync_gh_guest vm_uid=123456 cnt=5\n"
                                         "265 p0 vmsync_hg_guest vm_uid=123456 cnt=6\n",
                                        "guest", asGuest)
                                    .load();
    QCOMPARE(recording.guests.size(), std::size_t(1));
    const GuestAlignment found = alignGuests(recording).guests.at(0);
    QCOMPARE(methodName(found.method), QStringLiteral("vmsync"));
    QVERIFY(found.isAligned());
    QCOMPARE(found.containment.misfits(), std::int64_t(0));
    QCOMPARE(found.map.toHost(100), Ns(100));
    QCOMPARE(found.map.bounds(100).value(), (TimeRange{95, 105})); // the pairs alone leave 90 to 110
}

// A dozen events prove nothing by containment, but two pairs do.
void TestSyncEvidence::vmsyncAlignsAGuestThatIsTooShort()
{
    SyncCase made = makeSyncCase({.seed = 5, .spanNs = kSecond, .vcpus = 1});
    GuestTrace &guest = made.recording.guests[0];
    std::vector<Ns> &events = guest.cpus[0].events;
    events.erase(events.begin(), events.begin() + std::ptrdiff_t(events.size()) / 2);
    events.resize(12);
    guest.range = {events.front(), events.back()};
    QVERIFY(!alignGuests(made.recording).guests[0].isAligned());

    VmsyncColumns &host = made.recording.hosts[0].clockEvents.vmsync;
    const auto pair = [&](Ns at, std::uint32_t count, VmsyncPoint inGuest, VmsyncPoint onHost, Ns later) {
        guest.vmsync.time.push_back(at);
        guest.vmsync.data.push_back({7, count, inGuest});
        host.time.push_back(made.truth[0].toHost(at) + later);
        host.data.push_back({7, count, onHost});
    };
    pair(events[2], 1, VmsyncPoint::GuestCalls, VmsyncPoint::HostReceives, 900);
    pair(events[9], 2, VmsyncPoint::GuestResumes, VmsyncPoint::HostAnswers, -1100);
    const GuestAlignment found = alignGuests(made.recording).guests[0];
    QCOMPARE(methodName(found.method), QStringLiteral("vmsync"));
    QVERIFY(found.isAligned());
    for (const Ns event : events) {
        const Ns error = std::abs(found.map.toHost(event) - made.truth[0].toHost(event));
        QVERIFY(error <= found.map.uncertainty(event).value());
    }
    for (VmsyncData &data : host.data)
        data.vmUid = 8; // of another guest
    QVERIFY(!alignGuests(made.recording).guests[0].isAligned());
}

void TestSyncEvidence::otherNumbersOfCpus_data()
{
    QTest::addColumn<int>("cpus");
    QTest::addColumn<int>("seed");
    for (const int cpus : {2, 3, 4, 8, 20})
        for (const int seed : {1, 2, 3})
            QTest::addRow("%d cpus, %d", cpus, seed) << cpus << seed;
}

void TestSyncEvidence::otherNumbersOfCpus()
{
    QFETCH(int, cpus);
    QFETCH(int, seed);
    SyncCase made = makeSyncCase({.seed = std::uint32_t(seed), .vcpus = std::size_t(cpus)});
    std::vector<GuestCpu> &guest = made.recording.guests[0].cpus;
    std::rotate(guest.begin(), guest.begin() + 1, guest.end());
    for (std::size_t i = 0; i < guest.size(); ++i)
        guest[i].number = std::int32_t(i);
    const GuestAlignment found = alignGuests(made.recording).guests[0];
    QVERIFY(found.isAligned());
    QCOMPARE(found.containment.misfits(), std::int64_t(0));
    for (std::size_t i = 0; i < guest.size(); ++i) {
        QCOMPARE(found.vcpuOf[i], std::optional((i + 1) % guest.size()));
        for (const Ns event : guest[i].events) {
            if (event < found.overlap.from || event > found.overlap.to)
                continue;
            const Ns error = std::abs(found.map.toHost(event) - made.truth[0].toHost(event));
            QVERIFY(error <= found.map.uncertainty(event).value());
        }
    }
}

// A thread id is no number: CPU 1 is found by its events, although thread 1 is another vCPU.
void TestSyncEvidence::vcpuKnownByItsThread()
{
    SyncCase made = makeSyncCase({.seed = 1, .vcpus = 3});
    std::vector<Vcpu> &vcpus = made.recording.hosts[0].vms[0].vcpus;
    vcpus[1].number = QStringLiteral("tid 904");
    vcpus[2].number = QStringLiteral("tid 1");
    const VmRuns runs(made.recording.hosts[0], made.recording.hosts[0].vms[0]);
    using Cpus = std::vector<std::optional<std::size_t>>;
    QVERIFY((runs.sameNumbers(made.recording.guests[0]) == Cpus{0, std::nullopt, std::nullopt}));
    const GuestAlignment found = alignGuests(made.recording).guests[0];
    QVERIFY(found.isAligned());
    QVERIFY((found.vcpuOf == Cpus{0, 1, 2}));
    QCOMPARE(found.containment.misfits(), std::int64_t(0));
}

// The CPUs that have a vCPU of their number are enough to align the guest; the last one is that which is left.
void TestSyncEvidence::manyVcpusOfWhichOneIsKnownByItsThread()
{
    constexpr std::size_t kVcpus = 20;
    SyncCase made = makeSyncCase({.seed = 4, .vcpus = kVcpus});
    made.recording.hosts[0].vms[0].vcpus[3].number = QStringLiteral("tid 904");
    const GuestAlignment found = alignGuests(made.recording).guests[0];
    QVERIFY(found.isAligned());
    for (std::size_t i = 0; i < kVcpus; ++i)
        QCOMPARE(found.vcpuOf[i], std::optional(i));
    QCOMPARE(found.containment.misfits(), std::int64_t(0));
}

void TestSyncEvidence::timersThatNeverExpireAreNoDeadlines()
{
    SyncCase made = makeSyncCase({.seed = 3, .vcpus = 1});
    GuestTrace &guest = made.recording.guests[0];
    guest.clockOffset = kBegin;
    guest.timers = {{kBegin, kBegin, kBegin}, {0, 0, 0}, {130, 130, 130}, {kEndOfRecording, 5, kEndOfRecording - 1}};
    HostClockEvents &events = made.recording.hosts[0].clockEvents;
    events.clockOffset = kBegin;
    const Ns begin = made.recording.hosts[0].range.from;
    events.deadlineTime = {begin, begin};
    events.deadlinePcpu = {0, 0};
    events.deadlineExpires = {kEndOfRecording, 7};
    const VmRuns runs(made.recording.hosts[0], made.recording.hosts[0].vms[0]);
    const std::vector<DeadlinesOfVcpu> deadlines = runs.deadlines(guest, {0});
    QCOMPARE(deadlines.at(0).guest, std::vector<Ns>{kBegin + 5});
    QCOMPARE(deadlines.at(0).host, std::vector<Ns>{kBegin + 7});
}

// The VM of a guest that says so by its events is another's if the user says so.
void TestSyncEvidence::userMapOverrulesAnotherGuest()
{
    SyncCase made = makeSyncCase({.seed = 3, .vcpus = 1});
    GuestTrace other = makeSyncCase({.seed = 8, .vcpus = 1}).recording.guests[0];
    other.path = QStringLiteral("/other");
    made.recording.guests.push_back(other);
    const Alignments own = alignGuests(made.recording);
    QVERIFY(own.guests[0].isAligned());
    QVERIFY(own.guests[1].verdict == SyncVerdict::None);
    QCOMPARE(own.guests[1].takenBy, std::optional(std::size_t(0)));
    QVERIFY(own.guests[1].containment.known > 0); // how well it would fit
    QCOMPARE(own.diagnostics.size(), std::size_t(1));
    QVERIFY2(own.diagnostics[0].message.contains(QStringLiteral("which the guest at /guest0 is aligned with")),
        qPrintable(own.diagnostics[0].message));

    AlignOptions options;
    const ClockLine line{other.range.from, made.recording.hosts[0].range.from, 0};
    options.userMaps.emplace(1, ClockMap(line));
    const Alignments given = alignGuests(made.recording, options);
    QCOMPARE(methodName(given.guests[1].method), QStringLiteral("user"));
    QVERIFY(given.guests[1].isAligned());
    QCOMPARE(given.guests[1].map.toHost(line.referenceGuest), line.hostAtReference);
    QVERIFY(!given.guests[0].isAligned());
}

// A map that was accepted for a guest whose CPUs are numbered otherwise leads it to the same vCPUs when it is given.
void TestSyncEvidence::userMapOfOtherNumbers()
{
    SyncCase made = makeSyncCase({.seed = 2, .vcpus = 2});
    std::swap(made.recording.guests[0].cpus[0].events, made.recording.guests[0].cpus[1].events);
    AlignOptions options;
    options.userMaps.emplace(0, made.truth[0]);
    const GuestAlignment given = alignGuests(made.recording, options).guests[0];
    QCOMPARE(given.vcpuOf[0], std::optional(std::size_t(1)));
    QCOMPARE(given.containment.misfits(), std::int64_t(0));
}

void TestSyncEvidence::userMapThatLeadsNowhereIsTold()
{
    const SyncCase made = makeSyncCase({.seed = 3, .vcpus = 1});
    const ClockLine line{made.recording.guests[0].range.from, made.recording.hosts[0].range.to + 3600 * kSecond, 0};
    AlignOptions options;
    options.userMaps.emplace(0, ClockMap(line));
    const Alignments given = alignGuests(made.recording, options);
    QCOMPARE(given.guests[0].containment.known, std::int64_t(0));
    QCOMPARE(given.guests[0].reference(), line.referenceGuest);
    QCOMPARE(given.diagnostics.at(0).code, QStringLiteral("guest-map-unused"));
}

void TestSyncEvidence::estimateStaysWithinItsBounds()
{
    SyncCase made = makeSyncCase({.seed = 3, .vcpus = 1});
    GuestTrace &guest = made.recording.guests[0];
    Timeline &host = made.recording.hosts[0];
    const ClockLine truth = made.truth[0].pieces().front().line;
    // Deadlines that tell of a drift which containment excludes.
    const Ns middle = guest.range.from + guest.range.length() / 2;
    const ClockLine wrong{middle, truth.toHost(middle), truth.drift + 2e-6};
    for (Ns at = guest.range.from; at < guest.range.to; at += 5'000'000 + at % 1'700'000) {
        const Ns when = wrong.toHost(at);
        guest.timers.time.push_back(at - 1'000'000);
        guest.timers.cpu.push_back(0);
        guest.timers.tid.push_back(130);
        guest.timers.expires.push_back(at);
        host.clockEvents.deadlineTime.push_back(truth.toHost(at - 1'000'000));
        host.clockEvents.deadlinePcpu.push_back(0);
        host.clockEvents.deadlineExpires.push_back(when);
    }
    const GuestAlignment found = alignGuests(made.recording).guests[0];
    QVERIFY(found.isAligned());
    QVERIFY(!found.estimate.isEmpty());
    for (const Ns at : {found.overlap.from, found.reference(), found.overlap.to}) {
        const TimeRange bounds = found.map.bounds(at).value();
        const Ns estimated = found.estimate.toHost(at);
        QVERIFY(bounds.from <= estimated && estimated <= bounds.to);
    }
}

void TestSyncEvidence::clockThatWasSet()
{
    SyncCase made = makeSyncCase({.seed = 11, .vcpus = 1});
    GuestTrace &guest = made.recording.guests[0];
    std::vector<Ns> &events = guest.cpus[0].events;
    const std::size_t half = events.size() / 2;
    constexpr Ns kStep = 3 * kSecond;
    for (std::size_t i = half; i < events.size(); ++i)
        events[i] += kStep;
    guest.range.to += kStep;
    const Alignments all = alignGuests(made.recording);
    const GuestAlignment &found = all.guests[0];
    const std::string what = verdictName(found.verdict).toStdString() + " pieces "
        + std::to_string(found.map.pieces().size()) + " contained " + std::to_string(found.containment.contained) + "/"
        + std::to_string(found.containment.known) + " likelihood " + std::to_string(found.containment.likelihood)
        + " runner-up " + std::to_string(found.runnerUp);
    QVERIFY2(found.isAligned(), what.c_str());
    QCOMPARE(found.map.pieces().size(), std::size_t(2));
    QVERIFY(found.containment.misfits() <= 1); // at the break
    for (std::size_t i = 0; i < events.size(); ++i) {
        const Ns event = events[i];
        if (event < found.overlap.from || event > found.overlap.to)
            continue;
        const Ns truth = made.truth[0].toHost(i < half ? event : event - kStep);
        QVERIFY(std::abs(found.map.toHost(event) - truth) <= found.map.uncertainty(event).value());
    }
    QCOMPARE(all.diagnostics.at(0).code, QStringLiteral("guest-clock-changes"));
}

void TestSyncEvidence::clockThatStepsBackIsTold()
{
    const Recording recording
        = WrittenRecording()
              .add(goldenHostWithVmsync())
              .add("10 p0 other:a\n35 p0 other:a\n20 p0 other:a\n275 p0 other:a\n", "guest", asGuest)
              .load();
    QCOMPARE(recording.guests.size(), std::size_t(1));
    QCOMPARE(recording.guests[0].cpus[0].events, (std::vector<Ns>{10, 35, 35, 275}));
    QVERIFY(std::ranges::any_of(recording.diagnostics, [&](const Diagnostic &diagnostic) {
        return diagnostic.code == QStringLiteral("time-steps-back")
            && diagnostic.path.startsWith(recording.guests[0].path);
    }));
    QVERIFY(!alignGuests(recording).guests[0].isAligned());
}

void TestSyncEvidence::startingPointsByWallClockAndTsc()
{
    const Recording recording
        = WrittenRecording()
              .add("1000000000 p0 kvm_write_tsc_offset vcpu_id=0 next=-5 tid=31\n"
                   "1000900000 p0 kvm_write_tsc_offset vcpu_id=1 next=-5 tid=32\n"
                   "3000000000 p0 kvm_entry tid=31\n3000000045 p0 kvm_exit reason=32 isa=1 tid=31\n")
              .add("100 p0 other:a\n200 p0 other:a\n", "guest",
                  [](CtfOptions &options) {
                      asGuest(options);
                      options.clockOffsetSeconds = 50;
                  })
              .load();
    const HostClockEvents &host = recording.hosts.at(0).clockEvents;
    QCOMPARE(host.tscOffset.size(), std::size_t(2));
    QCOMPARE(host.tscOffset[1].vcpuId, 1);
    QCOMPARE(host.tscOffset[1].next, std::int64_t(-5));
    const std::vector<StartingPoint> points = startingPoints(recording.guests.at(0), host);
    QCOMPARE(points.size(), std::size_t(2)); // both vCPUs were set at one start
    QCOMPARE(points[0].guest, 50 * kSecond + 100);
    QCOMPARE(points[0].host, (TimeRange{49 * kSecond + 100, 51 * kSecond + 100}));
    QCOMPARE(points[1].guest, 50 * kSecond); // its kernel's clock began
    QCOMPARE(points[1].host, (TimeRange{kSecond, 11 * kSecond}));
}

void TestSyncEvidence::ofEqualMapsTheOneNearAStartingPoint()
{
    // By the wall clock, wherever the guest's events are then.
    for (const Ns late : {-2 * kSecond, Ns(0), 2 * kSecond}) {
        const Recording near = periodicRecording(late);
        const GuestAlignment byWallClock = alignGuests(near).guests[0];
        QVERIFY(byWallClock.verdict == SyncVerdict::Ambiguous); // it is no evidence
        const Ns at = near.guests[0].range.from;
        const Ns apart = byWallClock.map.toHost(at) - at;
        QVERIFY2(std::abs(apart) < kSecond + 10'000'000, qPrintable(QString::number(apart)));
        QCOMPARE(byWallClock.containment.misfits(), std::int64_t(0));
    }

    // By the TSC: it was set within the recording, and the guest's clock is an hour late.
    constexpr Ns kHour = 3600 * kSecond;
    Recording booted = periodicRecording(kHour);
    HostClockEvents &clock = booted.hosts[0].clockEvents;
    clock.tscOffsetTime = {booted.hosts[0].range.from + 2 * kSecond};
    clock.tscOffset.push_back({-5, 0, 0});
    booted.guests[0].clockOffset = booted.guests[0].range.from - kSecond / 2;
    const GuestAlignment byTsc = alignGuests(booted).guests[0];
    QVERIFY(byTsc.verdict == SyncVerdict::Ambiguous);
    QVERIFY(byTsc.map.toHost(booted.guests[0].clockOffset) >= clock.tscOffsetTime[0] - 10'000'000);
}

QTEST_GUILESS_MAIN(TestSyncEvidence)
#include "tst_sync_evidence.moc"
