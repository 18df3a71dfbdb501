// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <atomic>

#include "model/causes/halts.h"
#include "model/load/load.h"
#include "tests/tools/timeline_text.h"

using namespace exitscope;
using namespace exitscope::testing;

// How halts were polled, slept and woken.
class TestHalts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void byEvents();
    void byStates();
    void byNothing();
    void filtersChooseHalts();
    void theFirstInjectionWokeIt();
    void nothingOfWhatIsCancelled();
    void eventsOfARecording();
    void statesOfTheSameSeconds();
};

namespace {

const char *const kScript = "thread 31 pid=30 name=\"CPU 0/KVM\"\n"
                            "10 p0 kvm_entry tid=31\n"
                            "20 p0 kvm_exit reason=12 isa=1 tid=31\n" // polls, and is woken
                            "25 p0 kvm_vcpu_wakeup ns=4 waited=0 tid=31\n"
                            "26 p0 kvm_entry tid=31\n"
                            "30 p0 kvm_exit reason=12 isa=1 tid=31\n" // polls 8 ns, gives up, sleeps
                            "40 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0\n"
                            "60 p0 sched_wakeup woken=31 target=0 tid=0\n"
                            "65 p0 sched_switch prev_tid=0 prev_state=0 next_tid=31\n"
                            "67 p0 kvm_halt_poll_ns new=0 old=8 tid=31\n"
                            "68 p0 kvm_vcpu_wakeup ns=37 waited=1 tid=31\n"
                            "70 p0 kvm_entry tid=31\n"
                            "80 p0 kvm_exit reason=12 isa=1 tid=31\n" // an interrupt was there already
                            "82 p0 kvm_entry tid=31\n"
                            "90 p0 kvm_exit reason=12 isa=1 tid=31\n" // sleeps at once
                            "91 p0 sched_switch prev_tid=31 prev_state=1 next_tid=0\n"
                            "95 p0 sched_wakeup woken=31 target=0 tid=0\n"
                            "96 p0 sched_switch prev_tid=0 prev_state=0 next_tid=31\n"
                            "97 p0 kvm_vcpu_wakeup ns=6 waited=1 tid=31\n"
                            "98 p0 kvm_entry tid=31\n"
                            "100 p0 kvm_exit reason=10 isa=1 tid=31\n"
                            "101 p0 kvm_vcpu_wakeup ns=50 waited=1 tid=31\n" // of no halt
                            "102 p0 kvm_entry tid=31\n"
                            "105 p0 kvm_exit reason=12 isa=1 tid=31\n"; // has no end

QString without(const char *script, const QString &event)
{
    QStringList lines;
    for (const QString &line : QString::fromLatin1(script).split(u'\n'))
        if (!line.contains(event))
            lines << line;
    return lines.join(u'\n');
}

Recording recordingOf(const QString &script)
{
    BuiltTimeline built = buildTimeline(script.toStdString());
    Recording recording;
    recording.reasons = std::move(built.reasons);
    recording.hosts.push_back(std::move(built.timeline));
    return recording;
}

QString number(std::optional<std::int64_t> value)
{
    return value ? QString::number(*value) : QStringLiteral("-");
}

// As tests/model/causes/halts.awk prints them.
QString textOf(const HaltNumbers &n)
{
    QString text = QStringLiteral("halts %1 unknown %2 polled %3 %4 slept %5 %6 gave_up %7 %8 polling_unknown %9")
                       .arg(n.halts)
                       .arg(n.unknown)
                       .arg(n.polled)
                       .arg(n.polledNs)
                       .arg(n.slept)
                       .arg(n.sleptNs)
                       .arg(number(n.gaveUp))
                       .arg(n.gaveUpNs)
                       .arg(n.pollingUnknown);
    for (const PollingTrial &trial : n.trials)
        if (trial.polling > 0)
            text += QStringLiteral(" %1:%2/%3").arg(trial.polling).arg(trial.caught).arg(trial.polled);
    return text;
}

QString latencies(const HaltNumbers &n)
{
    return QStringLiteral("%1: %2 %3")
        .arg(n.wakeToEntry.count)
        .arg(number(n.wakeToEntry.p50), number(n.wakeToEntry.p99));
}

VcpuHalts onlyOf(const Recording &recording, const Selection &selection = {})
{
    const std::vector<VcpuHalts> all = haltsOf(recording, selection);
    if (all.size() != 1)
        throw std::out_of_range("not one vCPU that halts");
    return all.front();
}

} // namespace

void TestHalts::byEvents()
{
    const Recording recording = recordingOf(QString::fromLatin1(kScript));
    const VcpuHalts halts = onlyOf(recording);
    QVERIFY(halts.source == HaltSource::Events);
    QCOMPARE(textOf(halts.numbers),
        QStringLiteral("halts 5 unknown 2 polled 1 4 slept 2 35 gave_up 1 8 polling_unknown 0 10000:3/47 50000:3/47 "
                       "200000:3/47 500000:3/47 1000000:3/47"));
    QCOMPARE(latencies(halts.numbers), QStringLiteral("2: 3 10"));
    QCOMPARE(halts.numbers.trials[0].caught, std::int64_t(0)); // without polling
    QCOMPARE(halts.numbers.trials[0].polled, Ns(0));

    const VcpuHalts unknown = onlyOf(recordingOf(without(kScript, QStringLiteral("kvm_halt_poll_ns"))));
    QCOMPARE(textOf(unknown.numbers).section(u' ', 0, 14),
        QStringLiteral("halts 5 unknown 2 polled 1 4 slept 2 43 gave_up 0 0 polling_unknown 2"));
}

// Kvm time before the first sleep is what a poll can have taken at most; a halt lasts until it has a pCPU again.
void TestHalts::byStates()
{
    const QString script = without(kScript, QStringLiteral("kvm_vcpu_wakeup"));
    const VcpuHalts halts = onlyOf(recordingOf(script));
    QVERIFY(halts.source == HaltSource::States);
    QCOMPARE(textOf(halts.numbers),
        QStringLiteral("halts 5 unknown 1 polled 2 8 slept 2 24 gave_up - 11 polling_unknown 0 10000:4/49 50000:4/49 "
                       "200000:4/49 500000:4/49 1000000:4/49"));
    QCOMPARE(latencies(halts.numbers), QStringLiteral("2: 3 10"));
}

void TestHalts::byNothing()
{
    const VcpuHalts halts = onlyOf(recordingOf(QStringLiteral("10 p0 kvm_entry tid=31\n"
                                                              "20 p0 kvm_exit reason=12 isa=1 tid=31\n"
                                                              "26 p0 kvm_entry tid=31\n")));
    QVERIFY(halts.source == HaltSource::None);
    QCOMPARE(textOf(halts.numbers).section(u' ', 0, 3), QStringLiteral("halts 1 unknown 1"));
    QCOMPARE(latencies(halts.numbers), QStringLiteral("0: - -"));
}

void TestHalts::filtersChooseHalts()
{
    const Recording recording = recordingOf(QString::fromLatin1(kScript));
    Selection selection;
    selection.from = 30;
    selection.to = 90;
    QCOMPARE(textOf(onlyOf(recording, selection).numbers).section(u' ', 0, 9),
        QStringLiteral("halts 2 unknown 1 polled 0 0 slept 1 29"));
    selection = {};
    selection.minNs = 8;
    selection.maxNs = 9;
    QCOMPARE(textOf(onlyOf(recording, selection).numbers).section(u' ', 0, 9),
        QStringLiteral("halts 1 unknown 0 polled 0 0 slept 1 6"));
    selection = {};
    selection.reasons.insert({1, 10});
    QVERIFY(haltsOf(recording, selection).empty());
}

void TestHalts::theFirstInjectionWokeIt()
{
    ScriptRecords script = EventScript("10 p0 kvm_entry tid=31\n"
                                       "20 p0 kvm_exit reason=12 isa=1 tid=31\n"
                                       "21 p0 other:236 tid=31\n"
                                       "22 p0 other:251 tid=31\n"
                                       "26 p0 kvm_entry tid=31\n"
                                       "30 p0 kvm_exit reason=12 isa=1 tid=31\n"
                                       "32 p0 kvm_entry tid=31\n"
                                       "40 p0 kvm_exit reason=10 isa=1 tid=31\n"
                                       "41 p0 other:251 tid=31\n"
                                       "42 p0 kvm_entry tid=31\n"
                                       "50 p0 kvm_exit reason=12 isa=1 tid=31\n"
                                       "52 p0 other:251 tid=31\n")
                               .records();
    const std::map<Ns, std::uint64_t> vectors{{21, 0xec}, {22, 0xfb}, {41, 0xfb}, {52, 0xfb}};
    for (Record &record : script.records) {
        const auto vector = vectors.find(record.timeNs);
        if (vector == vectors.end() || !isEvent(record.kind))
            continue;
        record.kind = EventKind::Touch;
        record.touch = {Target::of(TargetKind::Vector, vector->second), 0};
    }
    BuiltTimeline built = buildTimeline(script);
    const Column<std::uint8_t> &wokenBy = built.timeline.vms[0].vcpus[0].wokenBy;
    QCOMPARE((std::vector<int>{wokenBy.begin(), wokenBy.end()}), (std::vector<int>{0xec, 0, 0, 0xfb}));
    Recording recording;
    recording.reasons = std::move(built.reasons);
    recording.hosts.push_back(std::move(built.timeline));
    QCOMPARE(onlyOf(recording).numbers.wokenBy, (std::map<std::uint8_t, std::int64_t>{{0, 1}, {0xec, 1}, {0xfb, 1}}));
}

void TestHalts::nothingOfWhatIsCancelled()
{
    const std::atomic<bool> cancelled = true;
    QVERIFY(haltsOf(recordingOf(QString::fromLatin1(kScript)), {}, &cancelled).empty());
}

namespace {

const QString kStock = QStringLiteral(EXITSCOPE_SHARED_DIR "/stock/");

Recording loaded(const QString &name)
{
    LoadOptions options;
    options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    return loadRecording({QString(kStock + name)}, options);
}

std::map<std::int32_t, VcpuHalts> byThread(const Recording &recording, const Selection &selection = {})
{
    std::map<std::int32_t, VcpuHalts> all;
    for (const VcpuHalts &halts : haltsOf(recording, selection))
        all.emplace(halts.vcpu.vcpu->tid.value_or(kNoThread), halts);
    return all;
}

} // namespace

// By trace-cmd report -t -R host.dat | awk -f tests/model/causes/halts.awk
void TestHalts::eventsOfARecording()
{
    if (!QFileInfo::exists(kStock))
        QSKIP("the real recordings are not there: " EXITSCOPE_SHARED_DIR "/stock");
    const Recording recording = loaded(QStringLiteral("host.dat"));
    const std::map<std::int32_t, VcpuHalts> halts = byThread(recording);
    QCOMPARE(halts.size(), std::size_t(2));
    QCOMPARE(textOf(halts.at(239).numbers),
        QStringLiteral("halts 372 unknown 75 polled 11 91014 slept 286 5832026725 gave_up 21 350000 polling_unknown 0 "
                       "10000:10/2894285 50000:10/14374285 200000:29/56503151 500000:98/123591991 "
                       "1000000:111/218276666"));
    QCOMPARE(textOf(halts.at(240).numbers),
        QStringLiteral(
            "halts 665 unknown 46 polled 108 2225977 slept 511 6337124697 gave_up 116 3310000 polling_unknown 0 "
            "10000:50/5925029 50000:99/27451692 200000:220/97525413 500000:352/194283303 "
            "1000000:411/312580148"));
    QCOMPARE(halts.at(239).numbers.wokenBy,
        (std::map<std::uint8_t, std::int64_t>{{0, 9}, {0x23, 2}, {0xec, 157}, {0xfb, 198}, {0xfd, 6}}));
    QCOMPARE(halts.at(240).numbers.wokenBy,
        (std::map<std::uint8_t, std::int64_t>{{0, 17}, {0x28, 2}, {0xec, 204}, {0xfb, 440}, {0xfd, 2}}));
}

// LTTng recorded the same seconds without kvm_vcpu_wakeup (manual "Halts" says how the two differ).
void TestHalts::statesOfTheSameSeconds()
{
    if (!QFileInfo::exists(kStock))
        QSKIP("the real recordings are not there: " EXITSCOPE_SHARED_DIR "/stock");
    const Recording states = loaded(QStringLiteral("host"));
    const Recording events = loaded(QStringLiteral("host.dat"));
    Selection common; // LTTng's whole range, on trace-cmd's clock
    constexpr Ns kOffset = 1'795'390'396'165'695'539;
    common.from = states.hosts[0].range.from - kOffset;
    common.to = states.hosts[0].range.to - kOffset;
    const auto told = byThread(events, common);
    for (const auto &[tid, halts] : byThread(states)) {
        QVERIFY(halts.source == HaltSource::States);
        const HaltNumbers &s = halts.numbers;
        const HaltNumbers &e = told.at(tid).numbers;
        QCOMPARE(s.halts, e.halts);
        // KVM can wait without the thread being taken off; and one more is still asleep at the end.
        QVERIFY(std::abs(s.slept - e.slept) <= 1);
        QCOMPARE(s.slept + s.polled + s.unknown, e.slept + e.polled + e.unknown);
        QVERIFY(s.sleptNs <= e.sleptNs); // that holds the time to wake up too
        QVERIFY(s.gaveUpNs >= e.gaveUpNs);
        QVERIFY(s.polledNs >= e.polledNs);
        for (std::size_t i = 0; i < s.trials.size(); ++i)
            QVERIFY(s.trials[i].polled >= e.trials[i].polled && std::abs(s.trials[i].caught - e.trials[i].caught) <= 6);
        const auto isNear = [](Ns a, Ns b) { return 100 * std::abs(a - b) <= 5 * b; }; // the tracers' own cost
        QVERIFY(isNear(*s.wakeToEntry.p50, *e.wakeToEntry.p50) && isNear(*s.wakeToEntry.p99, *e.wakeToEntry.p99));
    }
}

QTEST_GUILESS_MAIN(TestHalts)
#include "tst_halts.moc"
