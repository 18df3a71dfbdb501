// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include <map>
#include <memory>

#include "model/clock/alignment.h"
#include "model/clock/event_slots.h"
#include "model/clock/guest_code.h"
#include "model/load/load.h"
#include "model/load/sources.h"

using namespace exitscope;

// Real hosts with their guests: the true maps were measured with TSC readings on both sides.
class TestSyncRecordings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sample();
    void pairs_data();
    void pairs();
    void stock();
    void mixes_data();
    void mixes();
    void slotsAreThoseOfTheTruth_data();
    void slotsAreThoseOfTheTruth();
    void lossyIsNeverWrong();
    void bothOrdersOfArguments();
    void hostWithoutThreads_data();
    void hostWithoutThreads();
    void wrongGuestIsNeverAligned();
};

namespace {

const QString kTraces = QStringLiteral(EXITSCOPE_SHARED_DIR "/traces");
const QString kStock = QStringLiteral(EXITSCOPE_SHARED_DIR "/stock");
const QStringList kRecordings{QStringLiteral("storms"), QStringLiteral("disk"), QStringLiteral("preempt"),
    QStringLiteral("timers"), QStringLiteral("idle"), QStringLiteral("twovms")};

Recording load(const QStringList &paths)
{
    LoadOptions options;
    options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    return loadRecording(paths, options);
}

struct Truth {
    ClockLine line;
    Ns error = 0;
};

Truth truthIn(const QString &directory, const QString &vm = {})
{
    QFile file(directory % QStringLiteral("/truth.json"));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QJsonObject object = QJsonDocument::fromJson(file.readAll()).object();
    if (object.contains(vm))
        object = object[vm].toObject();
    return {{object[QStringLiteral("reference_guest_ns")].toInteger(),
                object[QStringLiteral("host_at_reference_ns")].toInteger(),
                object[QStringLiteral("scale_minus_1_ppm")].toDouble() * 1e-6},
        object[QStringLiteral("error_ns")].toInteger()};
}

Truth truthOf(const QString &recording, const QString &vm)
{
    return truthIn(kTraces % QLatin1Char('/') % recording, vm);
}

// ns, as they were told when only the lines around the first one found were looked at: nothing else was possible.
const std::map<QString, Ns> kUncertainties{{QStringLiteral("storms/vm0"), 33'482}, {QStringLiteral("disk/vm0"), 31'613},
    {QStringLiteral("preempt/vm0"), 40'731}, {QStringLiteral("timers/vm0"), 39'342},
    {QStringLiteral("idle/vm0"), 29'902}, {QStringLiteral("twovms/vm0"), 28'582},
    {QStringLiteral("twovms/vm1"), 42'364}};

QString vmOf(const GuestTrace &guest)
{
    return guest.path.section(QLatin1Char('/'), -2, -2);
}

// The map against the truth at the begin, the middle and the end of what both recorded.
void checkMap(const GuestAlignment &alignment, const Truth &truth, const char *name)
{
    QVERIFY(alignment.vm.has_value());
    const TimeRange overlap = alignment.overlap;
    QVERIFY(overlap.length() > 0);
    for (const Ns guest : {overlap.from, overlap.from + overlap.length() / 2, overlap.to}) {
        const Ns error = alignment.map.toHost(guest) - truth.line.toHost(guest);
        const Ns uncertainty = alignment.map.uncertainty(guest).value_or(-1);
        qInfo("%s: error %lld ns, uncertainty %lld ns", name, static_cast<long long>(error),
            static_cast<long long>(uncertainty));
        QVERIFY(uncertainty >= 0);
        QVERIFY(std::abs(error) <= uncertainty + truth.error);
        const auto bounds = alignment.map.bounds(guest);
        QVERIFY(bounds->from - truth.error <= truth.line.toHost(guest));
        QVERIFY(bounds->to + truth.error >= truth.line.toHost(guest));
    }
}

void checkGood(const GuestAlignment &alignment, const Truth &truth, const char *name)
{
    QCOMPARE(verdictName(alignment.verdict), QStringLiteral("aligned"));
    QCOMPARE(methodName(alignment.method), QStringLiteral("containment"));
    checkMap(alignment, truth, name);
    QCOMPARE(alignment.containment.misfits(), std::int64_t(0));
    QVERIFY(alignment.containment.known >= 2000);
    QVERIFY(alignment.uncertainty().value() <= 45'000);
    QCOMPARE(alignment.regions.size(), std::size_t(1));
    QCOMPARE(alignment.regions[0].size(), std::size_t(1));
    const Ns middle = alignment.overlap.from + alignment.overlap.length() / 2;
    QVERIFY(std::abs(alignment.map.toHost(middle) - truth.line.toHost(middle)) <= 10'000 + truth.error);

    QVERIFY(!alignment.estimate.isEmpty());
    const ClockLine estimate = alignment.estimate.pieces().front().line;
    const Ns error = estimate.toHost(middle) - truth.line.toHost(middle);
    qInfo("%s: timer deadlines are off by %lld ns and %.3f ppm, %lld anchors", name, static_cast<long long>(error),
        estimate.ppm() - truth.line.ppm(), static_cast<long long>(alignment.estimateAnchors));
    QVERIFY(std::abs(error) <= 2000);
    QVERIFY(std::abs(estimate.ppm() - truth.line.ppm()) <= 0.5);
}

} // namespace

void TestSyncRecordings::sample()
{
    const Recording recording = load({QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample")});
    QCOMPARE(recording.guests.size(), std::size_t(1));
    const Alignments found = alignGuests(recording);
    QVERIFY(found.diagnostics.empty());
    // As measured with the recording.
    const Truth truth{{1'795'349'344'473'381'912, 1'795'386'298'850'526'284, -34.688649331905246e-6}, 200};
    checkGood(found.guests[0], truth, "sample");

    // The guest's events themselves: who runs, and the names of threads.
    const GuestTrace &guest = recording.guests[0];
    QCOMPARE(guest.cpus.size(), std::size_t(2));
    std::size_t events = 0;
    for (const GuestCpu &cpu : guest.cpus) {
        QVERIFY(std::ranges::is_sorted(cpu.events));
        QVERIFY(std::ranges::is_sorted(cpu.switchTime));
        QCOMPARE(cpu.switchTime.size(), cpu.switchTid.size());
        QVERIFY(cpu.switchTime.size() > 100);
        QVERIFY(cpu.lost.empty());
        events += cpu.events.size();
    }
    QCOMPARE(std::int64_t(events), recording.traces[guest.traces[0]].events);
    QVERIFY(!recording.traces[guest.traces[0]].used);
    const GuestCpu &cpu = guest.cpus[1];
    QCOMPARE(cpu.threadAt(cpu.switchTime[50]), cpu.switchTid[50]);
    QVERIFY(!guest.threadName(cpu.switchTid[50], cpu.switchTime[50]).isEmpty());
    QVERIFY(guest.timers.time.size() > 100);
}

void TestSyncRecordings::pairs_data()
{
    QTest::addColumn<QString>("recording");
    for (const QString &name : kRecordings)
        QTest::addRow("%s", qPrintable(name)) << name;
}

void TestSyncRecordings::pairs()
{
    QFETCH(QString, recording);
    if (!QDir(kTraces).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const Recording loaded = load({kTraces % QLatin1Char('/') % recording});
    const Alignments found = alignGuests(loaded);
    QCOMPARE(found.guests.size(), std::size_t(recording == QLatin1String("twovms") ? 2 : 1));
    for (const GuestAlignment &alignment : found.guests) {
        const QString vm = vmOf(loaded.guests[alignment.guest]);
        checkGood(alignment, truthOf(recording, vm), qPrintable(vm));
        const double before = double(kUncertainties.at(recording % QLatin1Char('/') % vm));
        const double now = double(alignment.uncertainty().value());
        QVERIFY2(now >= 0.9 * before && now <= 1.1 * before, qPrintable(QString::number(now)));
    }
}

// The same seconds as other tools recorded.
void TestSyncRecordings::stock()
{
    if (!QDir(kStock).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const Recording loaded = load({kStock % QStringLiteral("/host"), kStock % QStringLiteral("/vm0/guest")});
    checkGood(alignGuests(loaded).guests.at(0), truthIn(kStock), "stock");
}

void TestSyncRecordings::mixes_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("guest");
    for (const char *host : {"host", "host.dat", "perf.data"})
        for (const char *guest : {"vm0/guest", "guest.dat"})
            QTest::addRow("%s, %s", host, guest) << QString::fromUtf8(host) << QString::fromUtf8(guest);
}

// Whatever recorded the host, and whatever the guest. Times of trace-cmd and perf have no offset to the origin.
void TestSyncRecordings::mixes()
{
    QFETCH(QString, host);
    QFETCH(QString, guest);
    if (!QDir(kStock).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    constexpr Ns kHostOffset = 1'795'390'396'165'695'539, kGuestOffset = 1'795'348'814'328'194'120; // of LTTng
    Truth truth = truthIn(kStock);
    truth.line.hostAtReference -= host == QLatin1String("host") ? 0 : kHostOffset;
    truth.line.referenceGuest -= guest == QLatin1String("guest.dat") ? kGuestOffset : 0;
    const Recording loaded = load({kStock % QLatin1Char('/') % host, kStock % QLatin1Char('/') % guest});
    const Alignments found = alignGuests(loaded);
    QCOMPARE(found.guests.size(), std::size_t(1));
    const GuestAlignment &alignment = found.guests[0];
    QCOMPARE(verdictName(alignment.verdict), QStringLiteral("aligned"));
    checkMap(alignment, truth, qPrintable(host % QLatin1Char(' ') % guest));
    QVERIFY(alignment.containment.known >= 2000);
    QCOMPARE(alignment.containment.misfits(), std::int64_t(0));
    QVERIFY(alignment.uncertainty().value() <= 80'000);
}

void TestSyncRecordings::slotsAreThoseOfTheTruth_data()
{
    pairs_data();
}

// Under the told map each event lies in the run in which it was; what the host and the guest say of the code that ran
// agrees; and the events before each exit are certain.
void TestSyncRecordings::slotsAreThoseOfTheTruth()
{
    QFETCH(QString, recording);
    if (!QDir(kTraces).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const Recording loaded = load({kTraces % QLatin1Char('/') % recording});
    for (const GuestAlignment &alignment : alignGuests(loaded).guests) {
        QCOMPARE(alignment.regions.size(), std::size_t(1));
        QCOMPARE(alignment.regions[0].size(), std::size_t(1));
        QVERIFY(alignment.regions[0].isComplete);
        const GuestTrace &guest = loaded.guests[alignment.guest];
        const ClockLine truth = truthOf(recording, vmOf(guest)).line;
        const Vm &vm = loaded.hosts[alignment.vm->host].vms[alignment.vm->vm];
        std::size_t known = 0;
        std::int64_t agreed = 0;
        for (std::size_t k = 0; k < guest.cpus.size(); ++k) {
            const Vcpu &vcpu = vm.vcpus[alignment.vcpuOf[k].value()];
            const RunTrack runs = runsOf(vcpu);
            RunCursor told(runs), truly(runs);
            for (const Ns event : guest.cpus[k].events) {
                if (truly.at(truth.toHost(event)) != HostKnows::Guest)
                    continue;
                QVERIFY(told.at(alignment.map.toHost(event)) == HostKnows::Guest);
                QCOMPARE(told.stretch(), truly.stretch());
                ++known;
            }
            const CodeChecked code
                = checkCode(guest.cpus[k], vcpu, loaded.reasons, alignment.map.pieces().front().line);
            QCOMPARE(code.contradicted, std::int64_t(0));
            agreed += code.agreed;
            const EventSlots slotsOf(guest.cpus[k].events, alignment, runs);
            for (std::size_t i = 0; i < vcpu.exits.size(); ++i) {
                if (!vcpu.exits.hasRun(i))
                    continue;
                const EventsBefore before = slotsOf.before(vcpu.exits.time(i));
                QVERIFY(before.isCertain());
                const auto truly0 = std::ranges::partition_point(
                    guest.cpus[k].events, [&](Ns event) { return truth.toHost(event) <= vcpu.exits.time(i); });
                QCOMPARE(before.certain, std::size_t(truly0 - guest.cpus[k].events.begin()));
            }
        }
        QVERIFY(known > 2000);
        qInfo("%s: %lld exits left the kernel's code as the guest says", qPrintable(recording),
            static_cast<long long>(agreed));
    }
}

void TestSyncRecordings::lossyIsNeverWrong()
{
    if (!QDir(kTraces).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const Recording loaded = load({kTraces % QStringLiteral("/tiny")});
    const GuestAlignment alignment = alignGuests(loaded).guests.at(0);
    QVERIFY(!loaded.guests[0].cpus[0].lost.empty());
    QVERIFY(alignment.verdict != SyncVerdict::None);
    QCOMPARE(alignment.containment.misfits(), std::int64_t(0));
    if (alignment.isAligned())
        checkMap(alignment, truthOf(QStringLiteral("tiny"), QStringLiteral("vm0")), "tiny");
}

void TestSyncRecordings::bothOrdersOfArguments()
{
    if (!QDir(kTraces).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const QString dir = kTraces % QStringLiteral("/twovms/");
    const QStringList guests{QString(dir % QStringLiteral("vm0/guest")), QString(dir % QStringLiteral("vm1/guest"))};
    const QString host = dir % QStringLiteral("host");
    for (const QStringList &paths :
        {QStringList{host, guests[0], guests[1]}, QStringList{guests[1], guests[0], host}}) {
        const Recording loaded = load(paths);
        const Alignments found = alignGuests(loaded);
        QCOMPARE(found.guests.size(), std::size_t(2));
        for (const GuestAlignment &alignment : found.guests) {
            QVERIFY(alignment.isAligned());
            const QString vm = vmOf(loaded.guests[alignment.guest]);
            // vm0 ran as process 235, vm1 as 1434.
            QCOMPARE(loaded.hosts[alignment.vm->host].vms[alignment.vm->vm].pid.value_or(0),
                vm == QLatin1String("vm0") ? 235 : 1434);
            checkMap(alignment, truthOf(QStringLiteral("twovms"), vm), qPrintable(vm));
        }
    }
}

void TestSyncRecordings::hostWithoutThreads_data()
{
    pairs_data();
}

// host-min knows neither threads nor what ends a run on SVM, and has a clock offset of its own.
void TestSyncRecordings::hostWithoutThreads()
{
    QFETCH(QString, recording);
    if (!QDir(kTraces).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    const QString dir = kTraces % QLatin1Char('/') % recording;
    const Recording named = load({dir % QStringLiteral("/host")});
    const Recording loaded
        = load({QString(dir % QStringLiteral("/host-min")), QString(dir % QStringLiteral("/vm0/guest"))});
    const Ns shift = clockOffsetNs(loaded.traces[0].description) - clockOffsetNs(named.traces[0].description);
    Truth truth = truthOf(recording, QStringLiteral("vm0"));
    truth.line.hostAtReference += shift;
    const GuestAlignment alignment = alignGuests(loaded).guests.at(0);
    qInfo("%s: %s, %lld of %lld", qPrintable(recording), qPrintable(verdictName(alignment.verdict)),
        static_cast<long long>(alignment.containment.contained), static_cast<long long>(alignment.containment.known));
    truth.error += 1000; // both sessions take stamps of their own
    QVERIFY(alignment.isAligned());
    checkMap(alignment, truth, qPrintable(recording));
}

// Every guest on every host but its own, those whose events tell no threads too.
void TestSyncRecordings::wrongGuestIsNeverAligned()
{
    if (!QDir(kTraces).exists())
        QSKIP("the recordings of " EXITSCOPE_SHARED_DIR " are not here");
    struct Machine {
        QString name;
        Recording recording;
        bool hasThreads = true;
    };
    std::vector<Machine> machines;
    for (const QString &name : kRecordings + QStringList{QStringLiteral("tiny"), QStringLiteral("vmstart")})
        machines.push_back({name, load({kTraces % QLatin1Char('/') % name})});
    machines.push_back({QStringLiteral("perf-kvm"), load({kTraces % QStringLiteral("/perf-kvm/host")})});
    machines.push_back(
        {QStringLiteral("stock"), load({kStock % QStringLiteral("/host"), kStock % QStringLiteral("/vm0/guest")})});
    for (const QString &name : kRecordings)
        machines.push_back({name, load({kTraces % QLatin1Char('/') % name % QStringLiteral("/host-min")}), false});
    int checked = 0;
    for (const Machine &host : machines) {
        for (const Machine &guest : machines) {
            for (const GuestTrace &trace : guest.recording.guests) {
                Recording mixed;
                mixed.hosts = host.recording.hosts;
                mixed.reasons = host.recording.reasons;
                mixed.guests = {trace};
                if (host.name == guest.name) { // a VM of the same host, but another one
                    if (!host.hasThreads || host.recording.hosts[0].vms.size() < 2)
                        continue;
                    const GuestAlignment own = alignGuests(mixed).guests[0];
                    QVERIFY(own.isAligned());
                    mixed.hosts[0].vms.erase(mixed.hosts[0].vms.begin() + std::ptrdiff_t(own.vm->vm));
                }
                const Alignments found = alignGuests(mixed);
                const GuestAlignment &alignment = found.guests.at(0);
                ++checked;
                const QString what = QStringLiteral("%1 on %2: %3 of %4, likelihood %5, runner-up %6, %7")
                                         .arg(trace.path, host.name)
                                         .arg(alignment.containment.contained)
                                         .arg(alignment.containment.known)
                                         .arg(alignment.containment.likelihood)
                                         .arg(alignment.runnerUp)
                                         .arg(verdictName(alignment.verdict));
                QVERIFY2(alignment.verdict != SyncVerdict::Aligned, qPrintable(what));
                QCOMPARE(found.diagnostics.size(), std::size_t(1));
            }
        }
    }
    qInfo("%d pairs", checked);
    QVERIFY(checked >= 110);
}

QTEST_GUILESS_MAIN(TestSyncRecordings)
#include "tst_sync_recordings.moc"
