// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <map>
#include <random>

#include "model/statistics/statistics.h"

using namespace exitscope;

class TestStatistics : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wholeRecording();
    void rangeCutsStatesAndChoosesExits();
    void eventAtTheVeryEndBelongs();
    void filtersTouchExitsNotStates();
    void durationBandLeavesOutUntimed();
    void unselectedVmIsLeftOut();
    void vcpuOfOneHostAlone();
    void rangeOutsideOfTheRecording();
    void overheadOfNothing();
    void groupsAreOrdered();
    void randomSelectionsEqualANaiveSum();
};

namespace {

constexpr std::array kKeys{ReasonKey{2, 120}, ReasonKey{1, 12}, ReasonKey{2, 96}};

constexpr auto stateIndex(VcpuState state)
{
    return static_cast<std::size_t>(state);
}

struct Exit {
    Ns entry, time, event, end;
    ExitParts parts;
    std::uint16_t reason;
    Scenario scenario;
};

Vcpu vcpuWith(const QString &number, const std::vector<Exit> &exits)
{
    Vcpu vcpu;
    vcpu.number = number;
    for (const Exit &exit : exits) {
        vcpu.exits.append({.time = exit.time,
            .event = exit.event,
            .entry = exit.entry,
            .end = exit.end,
            .parts = exit.parts,
            .reason = exit.reason,
            .scenario = exit.scenario,
            .pcpu = 0});
        if (exit.entry != kNoTime)
            vcpu.entries.append(exit.entry);
    }
    return vcpu;
}

// Two VMs of one vCPU each on [0, 1000).
Recording handMade()
{
    Recording recording;
    for (const ReasonKey key : kKeys)
        recording.reasons.indexOf(key);
    Vcpu first = vcpuWith(QStringLiteral("0"),
        {{100, 200, 210, 300, {60, 0, 10, 30, 0, 5}, 0, Scenario::Halt},
            {300, 400, 400, 440, {30, 10, 0, 0, 0, 0}, 2, Scenario::Qemu},
            {440, 900, 900, kNoTime, {}, 0, Scenario::Halt}});
    first.states.start(0);
    first.states.append(100, VcpuState::Unknown, kNoPcpu);
    first.states.append(200, VcpuState::Guest, 0);
    first.states.append(260, VcpuState::Kvm, 0);
    first.states.append(270, VcpuState::Preempted, kNoPcpu);
    first.states.append(300, VcpuState::Idle, kNoPcpu);
    first.states.append(400, VcpuState::Guest, 0);
    first.states.append(430, VcpuState::Kvm, 0);
    first.states.append(440, VcpuState::Userspace, 0);
    first.states.append(900, VcpuState::Guest, 0);
    first.states.append(1000, VcpuState::Kvm, 0);
    first.haltKvm.append(200, 260);
    first.haltKvm.append(900, 1000);
    first.irq.append(220, 225);
    Vcpu second = vcpuWith(QStringLiteral("0"), {{kNoTime, 1000, 1000, kNoTime, {}, 1, Scenario::Halt}});
    second.states.start(0);
    second.states.append(1000, VcpuState::Unknown, kNoPcpu);
    recording.hosts.push_back({{0, 1000}, {{QStringLiteral("a"), 1, {first}}, {QStringLiteral("b"), 2, {second}}}});
    return recording;
}

} // namespace

void TestStatistics::wholeRecording()
{
    const Recording recording = handMade();
    const Statistics statistics = statisticsOf(recording, {});
    QCOMPARE(statistics.vms.size(), std::size_t(2));
    const VcpuStatistics &vcpu = statistics.vms[0].vcpus.at(0);
    QCOMPARE(vcpu.id(), QStringLiteral("a/0"));
    const TimeRange whole{0, 1000};
    QVERIFY(vcpu.range == whole);
    const Totals &totals = vcpu.totals;
    QCOMPARE(totals.entries, std::int64_t(3));
    QCOMPARE(totals.exits, std::int64_t(3));
    QCOMPARE(totals.timed, std::int64_t(2));
    QCOMPARE(totals.entryToExitEvent, Ns(110 + 100 + 460));
    QCOMPARE(totals.runs.count, std::int64_t(3));
    QCOMPARE(totals.runs.total, Ns(100 + 100 + 460));
    QCOMPARE(totals.runs.p95.value(), Ns(460));
    QCOMPARE(totals.haltKvm, Ns(160));
    QCOMPARE(totals.irq, Ns(5));
    QCOMPARE(totals.states[stateIndex(VcpuState::Guest)], Ns(660));
    // kvm 190 + userspace 10 + preempted 10 - halt 160 = 50, of 710
    QCOMPARE(totals.overheadPercent().value(), 100.0 * 50 / 710);
    QCOMPARE(totals.reasons.size(), std::size_t(2));
    const ReasonGroup &halts = totals.reasons[1];
    QCOMPARE(halts.reason, std::uint16_t(0));
    QCOMPARE(halts.count, std::int64_t(2));
    QCOMPARE(halts.timed, std::int64_t(1));
    QCOMPARE(halts.gross.total, Ns(100));
    QCOMPARE(halts.net.max.value(), Ns(60));
    QCOMPARE(halts.parts.irq, Ns(5));
    QCOMPARE(statistics.totals.exits, std::int64_t(4));
    QCOMPARE(statistics.totals.states[stateIndex(VcpuState::Unknown)], Ns(1100));
}

void TestStatistics::rangeCutsStatesAndChoosesExits()
{
    const Recording recording = handMade();
    Selection selection;
    selection.from = 200;
    selection.to = 400;
    const VcpuStatistics vcpu = statisticsOf(recording, selection).vms.at(0).vcpus.at(0);
    const TimeRange cut{200, 400};
    QVERIFY(vcpu.range == cut);
    QCOMPARE(vcpu.totals.exits, std::int64_t(1));
    QCOMPARE(vcpu.totals.entries, std::int64_t(1));
    QCOMPARE(vcpu.totals.runs.total, Ns(100)); // its exit is inside, so it is not cut
    QCOMPARE(vcpu.totals.reasons.at(0).gross.total, Ns(100));
    QCOMPARE(vcpu.totals.states[stateIndex(VcpuState::Guest)], Ns(100));
    QCOMPARE(vcpu.totals.haltKvm, Ns(60));
    selection.from = 222;
    QCOMPARE(statisticsOf(recording, selection).totals.irq, Ns(3));
}

void TestStatistics::eventAtTheVeryEndBelongs()
{
    const Recording recording = handMade();
    QCOMPARE(statisticsOf(recording, {}).vms.at(1).totals.exits, std::int64_t(1));
    Selection selection;
    selection.from = 0;
    QCOMPARE(statisticsOf(recording, selection).vms.at(1).totals.exits, std::int64_t(1));
    selection.to = 1000;
    QCOMPARE(statisticsOf(recording, selection).vms.at(1).totals.exits, std::int64_t(0));
    selection.to = 1001;
    const VcpuStatistics vcpu = statisticsOf(recording, selection).vms.at(1).vcpus.at(0);
    QCOMPARE(vcpu.totals.exits, std::int64_t(1));
    const TimeRange whole{0, 1000};
    QVERIFY(vcpu.range == whole);
}

void TestStatistics::filtersTouchExitsNotStates()
{
    const Recording recording = handMade();
    const Totals all = statisticsOf(recording, {}).totals;
    Selection selection;
    selection.reasons = {kKeys[2]};
    Totals chosen = statisticsOf(recording, selection).totals;
    QCOMPARE(chosen.exits, std::int64_t(1));
    QCOMPARE(chosen.runs.count, std::int64_t(1));
    QCOMPARE(chosen.entries, all.entries);
    QCOMPARE(chosen.haltKvm, all.haltKvm);
    QVERIFY(chosen.states == all.states);
    QCOMPARE(chosen.scenarios.size(), std::size_t(1));
    QVERIFY(chosen.scenarios[0].scenario == Scenario::Qemu);
    selection.reasons.clear();
    selection.scenarios = {Scenario::Halt};
    chosen = statisticsOf(recording, selection).totals;
    QCOMPARE(chosen.exits, std::int64_t(3));
    QVERIFY(chosen.states == all.states);
}

void TestStatistics::durationBandLeavesOutUntimed()
{
    const Recording recording = handMade();
    Selection selection;
    selection.minNs = 0;
    QCOMPARE(statisticsOf(recording, selection).totals.exits, std::int64_t(2));
    selection.minNs = 40;
    selection.maxNs = 100;
    QCOMPARE(statisticsOf(recording, selection).totals.exits, std::int64_t(1));
    selection.maxNs = 101;
    QCOMPARE(statisticsOf(recording, selection).totals.exits, std::int64_t(2));
    selection.minNs.reset();
    selection.maxNs = 40;
    QCOMPARE(statisticsOf(recording, selection).totals.exits, std::int64_t(0));
}

void TestStatistics::unselectedVmIsLeftOut()
{
    const Recording recording = handMade();
    Selection selection;
    selection.vcpus = {VcpuKey{{0, 1}, 0}};
    const Statistics statistics = statisticsOf(recording, selection);
    QCOMPARE(statistics.vms.size(), std::size_t(1));
    QCOMPARE(statistics.vms[0].vm->name, QStringLiteral("b"));
    QCOMPARE(statistics.totals.exits, std::int64_t(1));
}

// Two hosts may have VMs of one name.
void TestStatistics::vcpuOfOneHostAlone()
{
    Recording recording = handMade();
    recording.hosts.push_back(handMade().hosts.front());
    QCOMPARE(vcpusNamed(recording, QStringLiteral("a/0")).size(), std::size_t(2));
    Selection selection;
    selection.vcpus = {VcpuKey{{1, 0}, 0}};
    const Statistics statistics = statisticsOf(recording, selection);
    QCOMPARE(statistics.totals.exits, std::int64_t(3));
    QCOMPARE(statistics.vms.size(), std::size_t(1));
    QCOMPARE(statistics.vms[0].vcpus[0].host, &recording.hosts[1]);
}

void TestStatistics::rangeOutsideOfTheRecording()
{
    const Recording recording = handMade();
    Selection selection;
    selection.from = 2000;
    selection.to = 3000;
    const Statistics statistics = statisticsOf(recording, selection);
    QCOMPARE(statistics.totals.exits, std::int64_t(0));
    QVERIFY(statistics.totals.states == TimePerState{});
    QCOMPARE(statistics.vms[0].vcpus[0].range.length(), Ns(0));
}

void TestStatistics::overheadOfNothing()
{
    QVERIFY(!Totals{}.overheadPercent());
    Selection nothing;
    nothing.vcpus = {VcpuKey{{0, 1}, 0}};
    QVERIFY(!statisticsOf(handMade(), nothing).totals.overheadPercent());
    QVERIFY(statisticsOf(Recording{}, {}).vms.empty());
}

void TestStatistics::groupsAreOrdered()
{
    const Recording recording = handMade();
    const Totals totals = statisticsOf(recording, {}).totals;
    std::vector<ReasonKey> keys;
    for (const ReasonGroup &group : totals.reasons)
        keys.push_back(recording.reasons[group.reason].key);
    QVERIFY(keys == (std::vector<ReasonKey>{kKeys[1], kKeys[2], kKeys[0]}));
    QCOMPARE(totals.scenarios.size(), std::size_t(2));
    QVERIFY(totals.scenarios[0].scenario == Scenario::Qemu && totals.scenarios[1].scenario == Scenario::Halt);
}

namespace {

Vcpu randomVcpu(const QString &number, std::mt19937 &random)
{
    std::vector<Exit> exits;
    Ns time = Ns(random() % 10);
    for (int i = 0; i < 60; ++i) {
        const Ns entry = random() % 5 == 0 ? kNoTime : time;
        time += Ns(random() % 20);
        const bool timed = random() % 5 != 0;
        const auto part = [&] { return timed ? Ns(random() % 30) : Ns(0); };
        const ExitParts parts{part(), part(), part(), part(), part(), 0};
        exits.push_back({entry, time, time + 1, timed ? time + parts.gross() : kNoTime, parts,
            std::uint16_t(random() % kKeys.size()), static_cast<Scenario>(random() % kScenarios)});
        time += 3;
    }
    Vcpu vcpu = vcpuWith(number, exits);
    vcpu.states.start(0);
    vcpu.states.append(5000, VcpuState::Kvm, 0);
    return vcpu;
}

Recording randomRecording(std::mt19937 &random)
{
    Recording recording;
    for (const ReasonKey key : kKeys)
        recording.reasons.indexOf(key);
    Vm a{QStringLiteral("a"), 1, {}};
    for (int i = 0; i < 3; ++i)
        a.vcpus.push_back(randomVcpu(QString::number(i), random));
    Vm b{QStringLiteral("b"), 2, {randomVcpu(QStringLiteral("0"), random)}};
    recording.hosts.push_back({{0, 5000}, {a, b}});
    return recording;
}

Selection randomSelection(std::mt19937 &random)
{
    Selection selection;
    if (random() % 2 != 0)
        selection.from = Ns(random() % 800);
    if (random() % 2 != 0)
        selection.to = selection.from.value_or(0) + Ns(random() % 800);
    if (random() % 3 == 0)
        selection.vcpus = {VcpuKey{{0, 0}, 1}, VcpuKey{{0, 1}, 0}};
    if (random() % 2 != 0)
        selection.reasons = {kKeys[random() % kKeys.size()], kKeys[0]};
    if (random() % 2 != 0)
        selection.scenarios = {static_cast<Scenario>(random() % kScenarios), Scenario::Host};
    if (random() % 3 == 0)
        selection.minNs = Ns(random() % 60);
    if (random() % 3 == 0)
        selection.maxNs = Ns(60 + random() % 60);
    return selection;
}

bool belongs(const Selection &selection, const ExitColumns &exits, std::size_t i)
{
    const Ns time = exits.time(i);
    const Ns gross = exits.parts(i).gross();
    const bool timed = exits.end(i) != kNoTime;
    return (!selection.from || time >= *selection.from) && (!selection.to || time < *selection.to)
        && (selection.reasons.empty() || selection.reasons.contains(kKeys[exits.reason(i)]))
        && (selection.scenarios.empty() || selection.scenarios.contains(exits.scenario(i)))
        && (!selection.minNs || (timed && gross >= *selection.minNs))
        && (!selection.maxNs || (timed && gross < *selection.maxNs));
}

struct Naive {
    std::map<std::uint16_t, std::vector<Ns>> grossPerReason;
    std::map<Scenario, std::vector<Ns>> netPerScenario;
    std::map<std::uint16_t, std::int64_t> countPerReason;
    std::vector<Ns> runs;

    void add(const ExitColumns &exits, std::size_t i)
    {
        ++countPerReason[exits.reason(i)];
        if (exits.end(i) != kNoTime) {
            grossPerReason[exits.reason(i)].push_back(exits.end(i) - exits.time(i));
            netPerScenario[exits.scenario(i)].push_back(
                exits.end(i) - exits.time(i) - exits.parts(i).idle - exits.parts(i).preempted);
        }
        if (exits.entry(i) != kNoTime)
            runs.push_back(exits.time(i) - exits.entry(i));
    }
};

bool sameValues(const Distribution &distribution, std::vector<Ns> values)
{
    if (distribution.count != std::int64_t(values.size()))
        return false;
    if (values.empty())
        return !distribution.p50;
    std::sort(values.begin(), values.end());
    Ns total = 0;
    for (const Ns value : values)
        total += value;
    const auto rank = std::size_t(std::ceil(double(values.size()) * 0.95));
    return distribution.total == total && distribution.p95 == values[rank - 1] && distribution.max == values.back();
}

bool same(const Totals &totals, Naive naive)
{
    bool equal = sameValues(totals.runs, naive.runs) && totals.reasons.size() == naive.countPerReason.size();
    for (const ReasonGroup &group : totals.reasons)
        equal = equal && group.count == naive.countPerReason[group.reason]
            && sameValues(group.gross, naive.grossPerReason[group.reason]);
    for (const ScenarioGroup &group : totals.scenarios)
        equal = equal && sameValues(group.net, naive.netPerScenario[group.scenario]);
    return equal;
}

} // namespace

void TestStatistics::randomSelectionsEqualANaiveSum()
{
    std::mt19937 random(3);
    for (int round = 0; round < 200; ++round) {
        const Recording recording = randomRecording(random);
        const Selection selection = randomSelection(random);
        const Statistics statistics = statisticsOf(recording, selection);
        Naive all;
        for (const VmStatistics &vm : statistics.vms) {
            Naive ofVm;
            for (const VcpuStatistics &vcpu : vm.vcpus) {
                Naive ofVcpu;
                const ExitColumns &exits = vcpu.vcpu->exits;
                for (std::size_t i = 0; i < exits.size(); ++i) {
                    if (!belongs(selection, exits, i))
                        continue;
                    for (Naive *naive : {&all, &ofVm, &ofVcpu})
                        naive->add(exits, i);
                }
                QVERIFY(same(vcpu.totals, ofVcpu));
            }
            QVERIFY(same(vm.totals, ofVm));
        }
        QVERIFY(same(statistics.totals, all));
        QCOMPARE(statistics.vms.size(), std::size_t(2));
    }
}

QTEST_GUILESS_MAIN(TestStatistics)
#include "tst_statistics.moc"
