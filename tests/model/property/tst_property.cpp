// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <numeric>

#include "model/statistics/statistics.h"
#include "tests/model/property/naive_statistics.h"
#include "tests/model/property/random_host.h"
#include "tests/model/property/timeline_check.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

constexpr std::uint32_t kSeeds = 1'000;

// A failure names the seed, so that it can be run alone: EXITSCOPE_SEED=17 tst_property. A longer search:
// EXITSCOPE_SEED=1-60000 tst_property timelinesEqualTheNaiveReference
std::pair<std::uint32_t, std::uint32_t> seeds()
{
    const QStringList asked = qEnvironmentVariable("EXITSCOPE_SEED").split(QLatin1Char('-'), Qt::SkipEmptyParts);
    if (asked.isEmpty())
        return {1, kSeeds + 1};
    return {asked.front().toUInt(), asked.back().toUInt() + 1};
}

// Fails with the first seeds for which `problemsOf` finds any, and their first problems.
template <typename F>
void forEachSeed(F problemsOf)
{
    QStringList failures;
    int failed = 0;
    const auto [first, end] = seeds();
    for (std::uint32_t seed = first; seed < end; ++seed) {
        const QStringList problems = problemsOf(seed);
        if (problems.isEmpty())
            continue;
        if (++failed <= 5)
            failures.append(QStringLiteral("seed %1: %2")
                                .arg(seed)
                                .arg(problems.mid(0, end - first == 1 ? 100 : 2).join(QStringLiteral("; "))));
    }
    const QString message = QStringLiteral("%1 seeds fail:\n%2").arg(failed).arg(failures.join(QLatin1Char('\n')));
    QVERIFY2(failed == 0, qPrintable(message));
}

Ns anyTime(const RandomStream &stream, Dice &dice)
{
    const auto length = static_cast<int>(stream.to - stream.from);
    return stream.from - 20 + dice.below(length + 40);
}

Selection randomSelection(const Recording &recording, const RandomStream &stream, Dice &dice)
{
    Selection selection;
    if (dice.chance(60))
        selection.from = anyTime(stream, dice);
    if (dice.chance(60))
        selection.to = std::max(anyTime(stream, dice), selection.from.value_or(stream.from));
    for (const Vm &vm : recording.hosts[0].vms) {
        for (const Vcpu &vcpu : vm.vcpus) {
            if (dice.chance(30))
                selection.vcpus.insert(vm.vcpuId(vcpu));
        }
    }
    for (std::size_t i = 0; i < recording.reasons.size(); ++i) {
        if (dice.chance(20))
            selection.reasons.insert(recording.reasons[i].key);
    }
    for (int i = 0; i < kScenarios; ++i) {
        if (dice.chance(15))
            selection.scenarios.insert(static_cast<Scenario>(i));
    }
    if (dice.chance(25))
        selection.minNs = dice.below(60);
    if (dice.chance(25))
        selection.maxNs = selection.minNs.value_or(0) + dice.below(100);
    return selection;
}

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
};

void TestProperty::streamsHoldAllThatIsToBeTested()
{
    std::array<int, 7> contradictions{};
    std::array<int, kScenarios> scenarios{};
    std::array<Ns, kVcpuStates> states{};
    int blind = 0, pseudo = 0, timed = 0, untimed = 0, irq = 0, haltKvm = 0;
    const auto [first, end] = seeds();
    for (std::uint32_t seed = first; seed < end; ++seed) {
        const RandomStream stream = randomStream(seed);
        const naive::Result result = naive::timelineOf(stream.records, stream.from, stream.to);
        blind += stream.blindStretches;
        for (int kind = 1; kind <= 6; ++kind)
            contradictions[kind] += result.contradictions[kind];
        for (const auto &[who, vcpu] : result.vcpus) {
            pseudo += who.tid == kNoThread;
            irq += static_cast<int>(vcpu.irq.size());
            haltKvm += static_cast<int>(vcpu.haltKvm.size());
            for (const auto &exit : vcpu.exits) {
                ++(exit.end ? timed : untimed);
                ++scenarios[static_cast<std::size_t>(exit.scenario)];
            }
            for (const auto &interval : vcpu.intervals)
                states[static_cast<std::size_t>(interval.state)] += interval.end - interval.begin;
        }
    }
    if (end - first < kSeeds)
        QSKIP("only for all seeds");
    for (int kind = 1; kind <= 6; ++kind)
        QVERIFY2(contradictions[kind] >= 100, qPrintable(QString::number(kind)));
    QVERIFY(std::all_of(scenarios.begin(), scenarios.end(), [](int n) { return n >= 100; }));
    QVERIFY(std::all_of(states.begin(), states.end(), [](Ns t) { return t >= 10'000; }));
    QVERIFY(blind >= 1'000 && pseudo >= 100 && timed >= 10'000 && untimed >= 1'000 && irq >= 1'000 && haltKvm >= 1'000);
}

void TestProperty::everyTimelineKeepsTheRules()
{
    forEachSeed([](std::uint32_t seed) { return brokenRules(build(randomStream(seed)).timeline); });
}

void TestProperty::sharesOfAnyRangeSumToIt()
{
    forEachSeed([](std::uint32_t seed) {
        const RandomStream stream = randomStream(seed);
        const Built built = build(stream);
        Dice dice(seed);
        QStringList broken;
        for (int i = 0; i < 20; ++i) {
            const Ns a = std::clamp(anyTime(stream, dice), stream.from, stream.to);
            const Ns b = std::clamp(anyTime(stream, dice), stream.from, stream.to);
            const TimeRange range{std::min(a, b), std::max(a, b)};
            for (const Vm &vm : built.timeline.vms) {
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
    forEachSeed([](std::uint32_t seed) {
        const RandomStream stream = randomStream(seed);
        return differences(build(stream), naive::timelineOf(stream.records, stream.from, stream.to));
    });
}

void TestProperty::contradictionsAreCountedAsInTheNaiveReference()
{
    forEachSeed([](std::uint32_t seed) {
        const RandomStream stream = randomStream(seed);
        return differentCounts(build(stream), naive::timelineOf(stream.records, stream.from, stream.to));
    });
}

void TestProperty::vcpusBelongToTheirProcess()
{
    forEachSeed([](std::uint32_t seed) {
        const RandomStream stream = randomStream(seed);
        return misplaced(build(stream).timeline, stream);
    });
}

void TestProperty::statisticsEqualANaiveComputation()
{
    forEachSeed([](std::uint32_t seed) {
        const RandomStream stream = randomStream(seed);
        Built built = build(stream);
        Recording recording;
        recording.reasons = std::move(built.reasons);
        recording.hosts.push_back(std::move(built.timeline));
        Dice dice(seed);
        QStringList found = naive::differences(statisticsOf(recording, {}), recording, {});
        for (int i = 0; i < 8; ++i) {
            const Selection selection = randomSelection(recording, stream, dice);
            found += naive::differences(statisticsOf(recording, selection), recording, selection);
        }
        return found;
    });
}

QTEST_GUILESS_MAIN(TestProperty)
#include "tst_property.moc"
