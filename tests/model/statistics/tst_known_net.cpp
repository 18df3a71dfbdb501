// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <array>
#include <numeric>

#include "model/causes/accounts.h"
#include "model/statistics/distribution_pass.h"
#include "model/statistics/exit_index.h"
#include "model/statistics/known_net.h"
#include "model/statistics/statistics.h"

using namespace exitscope;

// manual "Costs": without sched_switch the net time of a halt is a bound that says nothing.
class TestKnownNet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void haltsOfAHostWithoutSwitches();
    void scenarioTellsOfItsOtherExits();
    void untimedHaltsAreNotKnownEither();
    void switchesChangeNothing();
    void oneHostOfTwoLacksSwitches();
    void sumsAreAddedAndTakenAway();
    void histogramLeavesHaltsOut();
    void netBandLeavesHaltsOut();
    void singleExits();
    void notesNameTheReasons();
    void recordingSwitchesIsToldByTracer();
};

namespace {

constexpr ReasonKey kHlt{2, 120};
constexpr ReasonKey kMsr{2, 124};

struct Exit {
    ReasonKey reason;
    Ns kvm; // its net time; kNoTime: untimed
    Scenario scenario;
};

Vcpu vcpuWith(const std::vector<Exit> &exits, ReasonTable &reasons)
{
    Vcpu vcpu;
    vcpu.number = QStringLiteral("0");
    vcpu.states.start(0);
    vcpu.states.append(100'000, VcpuState::Kvm, 0);
    Ns t = 0;
    for (const Exit &exit : exits) {
        const bool timed = exit.kvm != kNoTime;
        t += 1000;
        vcpu.exits.append({.time = t,
            .event = t,
            .end = timed ? t + exit.kvm : kNoTime,
            .parts = timed ? ExitParts{exit.kvm, 0, 0, 0, 0, 0} : ExitParts{},
            .reason = reasons.indexOf(exit.reason),
            .scenario = exit.scenario,
            .pcpu = 0});
    }
    return vcpu;
}

void addHost(Recording &recording, const QString &vm, bool switches, const std::vector<Exit> &exits)
{
    Timeline host{{0, 100'000}, {{vm, 1, {vcpuWith(exits, recording.reasons)}}}};
    host.switchesRecorded = switches;
    recording.hosts.push_back(std::move(host));
}

// Halts of 500 and 700 ns, one of 300 that QEMU handled; MSRs of 10 and 20 ns, one of 40 that QEMU handled.
const std::vector<Exit> kMixed{{kHlt, 500, Scenario::Halt}, {kMsr, 10, Scenario::Host}, {kHlt, 700, Scenario::Halt},
    {kMsr, 20, Scenario::Host}, {kHlt, 300, Scenario::Qemu}, {kMsr, 40, Scenario::Qemu}};

Recording mixed(bool switches)
{
    Recording recording;
    addHost(recording, QStringLiteral("a"), switches, kMixed);
    return recording;
}

const ReasonGroup &groupOf(const Totals &totals, const Recording &recording, ReasonKey key)
{
    return *std::ranges::find(
        totals.reasons, key, [&](const ReasonGroup &group) { return recording.reasons[group.reason].key; });
}

const ScenarioGroup &groupOf(const Totals &totals, Scenario scenario)
{
    return *std::ranges::find(totals.scenarios, scenario, &ScenarioGroup::scenario);
}

} // namespace

void TestKnownNet::haltsOfAHostWithoutSwitches()
{
    const Recording recording = mixed(false);
    const Totals totals = statisticsOf(recording, {}).totals;
    const ReasonGroup &hlt = groupOf(totals, recording, kHlt);
    QVERIFY(!hlt.knownNet);
    QCOMPARE(hlt.net.total, Ns(1500)); // files get the bound
    QCOMPARE(hlt.net.p50, std::optional<Ns>(500));
    QCOMPARE(hlt.parts.net(), Ns(1500));
    const ReasonGroup &msr = groupOf(totals, recording, kMsr);
    QVERIFY(msr.knownNet);
    QCOMPARE(msr.knownNet->total, Ns(70));
    QCOMPARE(msr.knownNet->p50, std::optional<Ns>(20));
    QCOMPARE(knownNetOf(totals.reasons), std::optional<Ns>(70));
    QCOMPARE(knownNetOf(totals.scenarios), std::optional<Ns>(70));
    Selection onlyHalts;
    onlyHalts.reasons = {kHlt};
    QCOMPARE(knownNetOf(statisticsOf(recording, onlyHalts).totals.reasons), std::nullopt);
    Selection nothing;
    nothing.from = nothing.to = 0;
    QCOMPARE(knownNetOf(statisticsOf(recording, nothing).totals.reasons), std::optional<Ns>(0));
}

void TestKnownNet::scenarioTellsOfItsOtherExits()
{
    const Totals totals = statisticsOf(mixed(false), {}).totals;
    QVERIFY(!groupOf(totals, Scenario::Halt).knownNet);
    const ScenarioGroup &qemu = groupOf(totals, Scenario::Qemu);
    QCOMPARE(qemu.net.total, Ns(340));
    QCOMPARE(qemu.net.max, std::optional<Ns>(300));
    QVERIFY(qemu.knownNet);
    QCOMPARE(qemu.knownNet->count, 1);
    QCOMPARE(qemu.knownNet->total, Ns(40));
    QCOMPARE(qemu.knownNet->max, std::optional<Ns>(40));
    QCOMPARE(groupOf(totals, Scenario::Host).knownNet->total, Ns(30));
}

void TestKnownNet::untimedHaltsAreNotKnownEither()
{
    Recording recording;
    addHost(recording, QStringLiteral("a"), false, {{kHlt, kNoTime, Scenario::Halt}, {kMsr, kNoTime, Scenario::Host}});
    const Totals totals = statisticsOf(recording, {}).totals;
    QVERIFY(!groupOf(totals, recording, kHlt).knownNet);
    QCOMPARE(groupOf(totals, recording, kMsr).knownNet->count, 0);
}

void TestKnownNet::switchesChangeNothing()
{
    const Recording recording = mixed(true);
    const Totals totals = statisticsOf(recording, {}).totals;
    for (const ReasonGroup &group : totals.reasons) {
        QVERIFY(group.knownNet);
        QCOMPARE(group.knownNet->total, group.net.total);
        QCOMPARE(group.knownNet->p99, group.net.p99);
    }
    QCOMPARE(groupOf(totals, Scenario::Qemu).knownNet->total, Ns(340));
    QCOMPARE(knownNetOf(totals.reasons), std::optional<Ns>(1570));
    QCOMPARE(histogramOf(recording, {}, DurationKind::Net).total, 6);
}

void TestKnownNet::oneHostOfTwoLacksSwitches()
{
    Recording recording = mixed(true);
    addHost(recording, QStringLiteral("b"), false, {{kHlt, 9000, Scenario::Halt}, {kMsr, 5, Scenario::Host}});
    const Statistics statistics = statisticsOf(recording, {});
    const Totals &a = statistics.vms[0].totals;
    QCOMPARE(groupOf(a, recording, kHlt).knownNet->total, Ns(1500));
    QCOMPARE(groupOf(a, Scenario::Qemu).knownNet->total, Ns(340));
    QCOMPARE(knownNetOf(a.reasons), std::optional<Ns>(1570));
    QCOMPARE(knownNetOf(statistics.vms[1].totals.reasons), std::optional<Ns>(5));
    // Together: the other host's halts are in the sum of this reason and of this scenario, and in no other.
    QVERIFY(!groupOf(statistics.totals, recording, kHlt).knownNet);
    QVERIFY(!groupOf(statistics.totals, Scenario::Halt).knownNet);
    QCOMPARE(groupOf(statistics.totals, Scenario::Qemu).knownNet->total, Ns(340));
    QCOMPARE(groupOf(statistics.totals, Scenario::Host).knownNet->total, Ns(35));
    QCOMPARE(groupOf(statistics.totals, recording, kHlt).net.total, Ns(10'500));
    QCOMPARE(knownNetOf(statistics.totals.reasons), std::optional<Ns>(75));
    Selection onlyA;
    onlyA.vcpus = {VcpuKey{{0, 0}, 0}};
    QCOMPARE(groupOf(statisticsOf(recording, onlyA).totals, recording, kHlt).knownNet->total, Ns(1500));
}

void TestKnownNet::sumsAreAddedAndTakenAway()
{
    Recording recording;
    addHost(recording, QStringLiteral("a"), true, kMixed);
    addHost(recording, QStringLiteral("b"), false, kMixed);
    constexpr std::array kByVm{AccountKey::Vm};
    const Accounts accounts = accountsOf(recording, {}, kByVm);
    QCOMPARE(accounts.size(), std::size_t(2));
    const GroupSum &a = accounts.sums(0), &b = accounts.sums(1); // what is known of is dearer
    QCOMPARE(a.knownNet(), std::optional<Ns>(1570));
    QCOMPARE(b.knownNet(), std::optional<Ns>(70));
    QCOMPARE(b.group().knownNet->count, 3);
    GroupSum sum = accounts.total();
    QCOMPARE(sum.in(Measure::Count), std::optional<std::int64_t>(12));
    QCOMPARE(sum.in(Measure::Gross), std::optional<std::int64_t>(3140));
    QCOMPARE(sum.in(Measure::Net), std::optional<std::int64_t>(140));
    QCOMPARE(sum.group().knownNet->count, 6);
    QCOMPARE(sum.group().net.total, Ns(3140));
    sum -= b;
    QVERIFY(sum == a);
    sum -= a;
    QVERIFY(sum == GroupSum());
    QCOMPARE(sum.knownNet(), std::optional<Ns>(0));

    Selection onlyHalts;
    onlyHalts.vcpus = {{{1, 0}, 0}};
    onlyHalts.reasons = {kHlt};
    QCOMPARE(accountsOf(recording, onlyHalts, {}).total().in(Measure::Net), std::nullopt);
}

void TestKnownNet::histogramLeavesHaltsOut()
{
    Recording recording = mixed(false);
    addHost(recording, QStringLiteral("b"), false, {{kHlt, kNoTime, Scenario::Halt}});
    const DurationHistogram net = histogramOf(recording, {}, DurationKind::Net);
    QCOMPARE(net.total, 3);
    QCOMPARE(net.p50, std::optional<Ns>(20));
    QCOMPARE(net.p99, std::optional<Ns>(40));
    QCOMPARE(net.leftOut[recording.reasons.indexOf(kHlt)], 3); // the timed ones
    QCOMPARE(net.leftOut[recording.reasons.indexOf(kMsr)], 0);
    const DurationHistogram gross = histogramOf(recording, {}, DurationKind::Gross);
    QCOMPARE(gross.total, 6);
    QCOMPARE(gross.leftOut[recording.reasons.indexOf(kHlt)], 0);
    Selection onlyMsr;
    onlyMsr.reasons = {kMsr};
    QCOMPARE(histogramOf(recording, onlyMsr, DurationKind::Net).leftOut[recording.reasons.indexOf(kHlt)], 0);
}

// What is selected by net time is what the histogram counts.
void TestKnownNet::netBandLeavesHaltsOut()
{
    Selection band;
    band.bandOf = DurationKind::Net;
    band.minNs = 15;
    const auto recording = std::make_shared<const Recording>(mixed(false));
    QCOMPARE(statisticsOf(*recording, band).totals.exits, 2);
    QCOMPARE(ExitIndex(recording, band)[0].size(), std::size_t(2));
    const auto known = std::make_shared<const Recording>(mixed(true));
    QCOMPARE(statisticsOf(*known, band).totals.exits, 5);
    QCOMPARE(ExitIndex(known, band)[0].size(), std::size_t(5));
    band.bandOf = DurationKind::Gross;
    QCOMPARE(statisticsOf(*recording, band).totals.exits, 5);
}

void TestKnownNet::singleExits()
{
    Recording recording = mixed(true);
    addHost(recording, QStringLiteral("b"), false, {{kHlt, 9000, Scenario::Halt}, {kMsr, 5, Scenario::Host}});
    const std::vector<VcpuAt> vcpus = vcpusOf(recording);
    QVERIFY(netIsKnown(recording, vcpus[0], 0));
    QVERIFY(!netIsKnown(recording, vcpus[1], 0));
    QVERIFY(netIsKnown(recording, vcpus[1], 1));
}

void TestKnownNet::notesNameTheReasons()
{
    QCOMPARE(netNotKnownText({}), QString());
    QCOMPARE(netNotKnownText({QStringLiteral("hlt"), QStringLiteral("mwait")}),
        QStringLiteral("hlt, mwait: net time is not known without sched_switch"));
}

// Of several hosts, those that lack it say how.
void TestKnownNet::recordingSwitchesIsToldByTracer()
{
    Recording recording;
    TraceInfo trace;
    trace.role = TraceRole::Host;
    trace.used = true;
    trace.description.tracer = "perf";
    recording.traces.push_back(trace);
    const QString perf = QStringLiteral("perf record -a -e sched:sched_switch");
    const QString lttng = QStringLiteral("lttng enable-event -k -c CHANNEL sched_switch");
    QCOMPARE(howToRecordSwitches(recording), perf);
    trace.description.tracer = "lttng-modules 2.13.9";
    recording.traces.push_back(trace);
    QCOMPARE(howToRecordSwitches(recording), QString(perf % QStringLiteral(", or ") % lttng));
    recording.traces[0].description.events = {"sched:sched_switch"};
    QCOMPARE(howToRecordSwitches(recording), lttng);
}

QTEST_GUILESS_MAIN(TestKnownNet)
#include "tst_known_net.moc"
