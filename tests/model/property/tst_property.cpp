// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <numeric>

#include "model/causes/halts.h"
#include "model/causes/takers.h"
#include "model/statistics/statistics.h"
#include "tests/model/property/lossy_shrink.h"
#include "tests/model/property/naive_statistics.h"
#include "tests/model/property/naive_timeline.h"
#include "tests/model/property/random_host.h"
#include "tests/model/property/seeds.h"
#include "tests/model/property/timeline_check.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

constexpr std::uint32_t kSeeds = 1'000;

// A failure names the seed, so that it can be run alone: EXITSCOPE_SEED=17 tst_property. A longer search:
// EXITSCOPE_SEED=1-60000 tst_property timelinesEqualTheNaiveReference. EXITSCOPE_SHRINK=1 prints as few events as
// differ.
template <typename F>
void forEachSeed(F problemsOf)
{
    const QString failing = failingSeeds(seeds(kSeeds), problemsOf);
    QVERIFY2(failing.isEmpty(), qPrintable(failing));
}

Built built(const RandomStream &stream)
{
    return build(stream.streams, stream.threadInfos);
}

// What differs by `differencesOf` between the timeline and the naive reference.
QStringList compared(const RandomStream &stream, QStringList differencesOf(const Built &, const naive::Result &))
{
    const auto found = [&](const EventStreams &streams) {
        return differencesOf(build(streams, stream.threadInfos), naive::timelineOf(streams));
    };
    const QStringList all = found(stream.streams);
    if (!all.isEmpty() && qEnvironmentVariableIntValue("EXITSCOPE_SHRINK") != 0) {
        const LossyHost small = shrunk(
            asWritten(stream.streams), [&found](const LossyHost &host) { return !found(host.lossy()).isEmpty(); });
        qInfo().noquote() << (listing(small) + found(small.lossy())).join(QLatin1Char('\n'));
    }
    return all;
}

Ns anyTime(const RandomStream &stream, Dice &dice)
{
    const auto length = static_cast<int>(stream.streams.to - stream.streams.from);
    return stream.streams.from - 20 + dice.below(length + 40);
}

Selection randomSelection(const Recording &recording, const RandomStream &stream, Dice &dice)
{
    Selection selection;
    if (dice.chance(60))
        selection.from = anyTime(stream, dice);
    if (dice.chance(60))
        selection.to = std::max(anyTime(stream, dice), selection.from.value_or(stream.streams.from));
    for (const VcpuAt &vcpu : vcpusOf(recording))
        if (dice.chance(30))
            selection.vcpus.insert(vcpu.key);
    for (std::size_t i = 0; i < recording.reasons.size(); ++i)
        if (dice.chance(20))
            selection.reasons.insert(recording.reasons[i].key);
    for (int i = 0; i < kScenarios; ++i)
        if (dice.chance(15))
            selection.scenarios.insert(static_cast<Scenario>(i));
    if (dice.chance(25))
        selection.minNs = dice.below(60);
    if (dice.chance(25))
        selection.maxNs = selection.minNs.value_or(0) + dice.below(100);
    return selection;
}

// How much of what is to be tested occurs.
class Census {
public:
    void count(const RandomStream &random)
    {
        for (const EventStream &stream : random.streams.streams) {
            const Record *before = nullptr;
            for (const EventPacket &packet : stream.packets) {
                m_found["packets without events"] += packet.events.empty();
                m_found["losses told by packets without events"] += packet.events.empty() && packet.eventsLost;
                m_found["packets with events lost"] += packet.eventsLost;
                m_found["packets after lost packets"] += packet.packetsLost;
                for (const Record &record : packet.events) {
                    count(record);
                    m_found["equal times"] += before != nullptr && before->timeNs == record.timeNs;
                    m_repetitions += before != nullptr && isRepetition(*before, record);
                    before = &record;
                }
            }
            m_found["streams with switches"] += stream.declaresSwitches;
            m_found["streams without switches"] += !stream.declaresSwitches;
        }
    }

    void count(const naive::Result &result)
    {
        for (std::size_t kind = 1; kind < result.contradictions.size(); ++kind)
            m_found["contradiction " + QByteArray::number(static_cast<int>(kind))] += result.contradictions[kind];
        for (const auto &[who, vcpu] : result.vcpus) {
            m_found["pseudo-vCPUs"] += who.tid == kNoThread;
            m_found["threads with a tid of before"] += who.life > 0;
            m_found["stretches of interrupt work"] += static_cast<int>(vcpu.irq.size());
            m_found["stretches of Kvm in halts"] += static_cast<int>(vcpu.haltKvm.size());
            for (const naive::Exit &exit : vcpu.exits) {
                m_found[exit.end ? "timed exits" : "untimed exits"] += 1;
                m_found["runs"] += exit.entry.has_value();
                m_found["entries that failed"] += exit.entryFailed;
                m_found["exits of isa " + QByteArray::number(exit.isa)] += 1;
                m_found[kScenarioNames[static_cast<std::size_t>(exit.scenario)].data()] += 1;
            }
            for (const naive::Interval &interval : vcpu.intervals)
                m_found[info(interval.state).name.data()] += interval.end - interval.begin;
        }
    }

    QStringList few() const
    {
        QStringList result;
        if (m_repetitions != 0)
            result.append(QStringLiteral("events repeat the one before them"));
        for (const auto &[what, least] : kLeast) {
            const auto it = m_found.find(what);
            const qint64 n = it == m_found.end() ? 0 : it->second;
            if (n < least)
                result.append(QStringLiteral("%1: %2, at least %3 are to be tested")
                                  .arg(QString::fromLatin1(what))
                                  .arg(n)
                                  .arg(least));
        }
        return result;
    }

private:
    void count(const Record &record)
    {
        m_found["events without thread"] += record.tid == kNoThread;
        m_found["sched_process_exit"] += record.kind == EventKind::ThreadExit;
        m_found["switches from the dead"]
            += record.kind == EventKind::SchedSwitch && (record.switched.prevState & 0x70) != 0;
        m_found["switches to thread 0"] += record.kind == EventKind::SchedSwitch && record.switched.nextTid == 0;
    }

    using Least = std::pair<const char *, qint64>;
    static constexpr std::array kLeast{Least{"contradiction 1", 100}, Least{"contradiction 2", 100},
        Least{"contradiction 3", 100}, Least{"contradiction 4", 100}, Least{"contradiction 5", 100},
        Least{"contradiction 6", 100}, Least{"qemu", 1'000}, Least{"halt", 1'000}, Least{"interrupt", 1'000},
        Least{"page-fault", 1'000}, Least{"preempted", 300}, Least{"host", 1'000}, Least{"Guest", 10'000},
        Least{"Kvm", 10'000}, Least{"Userspace", 10'000}, Least{"Preempted", 10'000}, Least{"Idle", 10'000},
        Least{"Blocked", 10'000}, Least{"Unknown", 10'000}, Least{"packets without events", 500},
        Least{"losses told by packets without events", 100}, Least{"packets with events lost", 1'000},
        Least{"packets after lost packets", 200}, Least{"equal times", 1'000}, Least{"streams with switches", 500},
        Least{"streams without switches", 500}, Least{"pseudo-vCPUs", 100}, Least{"threads with a tid of before", 100},
        Least{"stretches of interrupt work", 1'000}, Least{"stretches of Kvm in halts", 1'000},
        Least{"timed exits", 10'000}, Least{"untimed exits", 1'000}, Least{"runs", 10'000},
        Least{"entries that failed", 300}, Least{"exits of isa 0", 1'000}, Least{"exits of isa 1", 1'000},
        Least{"exits of isa 2", 1'000}, Least{"events without thread", 10'000}, Least{"sched_process_exit", 300},
        Least{"switches from the dead", 300}, Least{"switches to thread 0", 1'000}};

    std::map<QByteArray, qint64> m_found;
    int m_repetitions = 0;
};

} // namespace

class TestProperty : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void streamsHoldAllThatIsToBeTested();
    void everyTimelineKeepsTheRules();
    void sharesOfAnyRangeSumToIt();
    void timelinesEqualTheNaiveReference();
    void contradictionsAreCountedAsInTheNaiveReference();
    void vcpusBelongToTheirProcess();
    void statisticsEqualANaiveComputation();
    void takersSumToThePreemptedTime();
};

void TestProperty::streamsHoldAllThatIsToBeTested()
{
    Census census;
    const auto [first, end] = seeds(kSeeds);
    for (std::uint32_t seed = first; seed < end; ++seed) {
        const RandomStream stream = randomStream(seed);
        census.count(stream);
        census.count(naive::timelineOf(stream.streams));
    }
    if (end - first < kSeeds)
        QSKIP("only for all seeds");
    const QStringList few = census.few();
    QVERIFY2(few.isEmpty(), qPrintable(few.join(QLatin1Char('\n'))));
}

void TestProperty::everyTimelineKeepsTheRules()
{
    forEachSeed([](std::uint32_t seed) { return brokenRules(built(randomStream(seed)).timeline); });
}

void TestProperty::sharesOfAnyRangeSumToIt()
{
    forEachSeed([](std::uint32_t seed) {
        const RandomStream stream = randomStream(seed);
        const Built all = built(stream);
        Dice dice(seed);
        QStringList broken;
        for (int i = 0; i < 20; ++i) {
            const Ns a = std::clamp(anyTime(stream, dice), stream.streams.from, stream.streams.to);
            const Ns b = std::clamp(anyTime(stream, dice), stream.streams.from, stream.streams.to);
            const TimeRange range{std::min(a, b), std::max(a, b)};
            for (const Vm &vm : all.timeline.vms) {
                for (const Vcpu &vcpu : vm.vcpus) {
                    const TimePerState shares = vcpu.states.within(range);
                    if (std::accumulate(shares.begin(), shares.end(), Ns{0}) != range.length())
                        broken.append(vm.vcpuId(vcpu) + QStringLiteral(" in [%1, %2)").arg(range.from).arg(range.to));
                }
            }
        }
        return broken;
    });
}

void TestProperty::timelinesEqualTheNaiveReference()
{
    forEachSeed([](std::uint32_t seed) { return compared(randomStream(seed), differences); });
}

void TestProperty::contradictionsAreCountedAsInTheNaiveReference()
{
    forEachSeed([](std::uint32_t seed) { return compared(randomStream(seed), differentCounts); });
}

void TestProperty::vcpusBelongToTheirProcess()
{
    forEachSeed([](std::uint32_t seed) {
        const RandomStream stream = randomStream(seed);
        return misplaced(built(stream).timeline, stream);
    });
}

void TestProperty::statisticsEqualANaiveComputation()
{
    forEachSeed([](std::uint32_t seed) {
        const RandomStream stream = randomStream(seed);
        Built all = built(stream);
        Recording recording;
        recording.reasons = std::move(all.reasons);
        recording.hosts.push_back(std::move(all.timeline));
        Dice dice(seed);
        QStringList found = naive::differences(statisticsOf(recording, {}), recording, {});
        for (int i = 0; i < 8; ++i) {
            const Selection selection = randomSelection(recording, stream, dice);
            found += naive::differences(statisticsOf(recording, selection), recording, selection);
        }
        return found;
    });
}

// Whatever is lost or contradicts, within any range; and every halt is one of the numbers.
void TestProperty::takersSumToThePreemptedTime()
{
    forEachSeed([](std::uint32_t seed) {
        const RandomStream stream = randomStream(seed);
        Built all = built(stream);
        Recording recording;
        recording.reasons = std::move(all.reasons);
        recording.hosts.push_back(std::move(all.timeline));
        Dice dice(seed);
        QStringList broken;
        for (int i = 0; i < 4; ++i) {
            const Selection selection = i == 0 ? Selection() : randomSelection(recording, stream, dice);
            const TimeRange host = recording.hosts[0].range;
            const TimeRange range{std::max(host.from, selection.from.value_or(host.from)),
                std::min(host.to, selection.to.value_or(host.to))};
            for (const VcpuTakers &vcpu : takersOf(recording, selection)) {
                const auto kinds = vcpu.byKind();
                const Ns preempted = range.from < range.to
                    ? vcpu.vcpu.vcpu->states.within(range)[std::size_t(VcpuState::Preempted)]
                    : 0;
                if (vcpu.preempted != preempted || std::accumulate(kinds.begin(), kinds.end(), Ns{0}) != preempted)
                    broken.append(vcpu.vcpu.id() + QStringLiteral(" in [%1, %2)").arg(range.from).arg(range.to));
            }
            for (const VcpuHalts &halts : haltsOf(recording, selection)) {
                const HaltNumbers &n = halts.numbers;
                if (halts.source == HaltSource::States && n.halts != n.unknown + n.polled + n.slept)
                    broken.append(halts.vcpu.id() + QStringLiteral(" has other halts"));
            }
        }
        return broken;
    });
}

QTEST_GUILESS_MAIN(TestProperty)
#include "tst_property.moc"
