// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/sources.h"

#include "model/load/role_rules.h"
#include "model/record/far_time.h"
#include "model/record/frame.h"
#include "tests/model/load/trace_copy.h"

using namespace exitscope;
using namespace exitscope::testing;

namespace {

constexpr std::uint32_t kKvm = wire::HasEntry | wire::HasExit;
constexpr std::uint32_t kRich = kKvm | wire::HasSwitch | wire::HasTid;

TraceInfo trace(const char *name, Ns begin, Ns end, std::uint32_t richness, Ns offset = 0)
{
    TraceInfo info;
    info.path = QString::fromLatin1(name);
    info.description.traceUuid = name;
    info.description.hostname = "host";
    info.description.clockUuid = "boot";
    info.description.clockFrequency = 1'000'000'000;
    info.description.clockOffsetCycles = static_cast<std::uint64_t>(offset);
    info.events = 100;
    info.beginNs = begin;
    info.endNs = end;
    info.richness = richness;
    return info;
}

HostPlan plan(const std::vector<TraceInfo> &traces)
{
    std::vector<const TraceInfo *> pointers;
    for (const TraceInfo &info : traces)
        pointers.push_back(&info);
    return planHost(pointers);
}

QList<int> used(const HostPlan &plan)
{
    QList<int> result;
    for (const UsedTrace &use : plan.used)
        result.append(static_cast<int>(use.trace));
    return result;
}

} // namespace

class TestSources : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theSameExitsTwice();
    void equallyRichByEvents();
    void differentKindsAreMerged();
    void sameKindsAreTakenOnce();
    void offsetOfTheEarliest();
    void overlapIsJudgedOnTheRawClock();
    void apart();
    void apartUnderAThird();
    void chunksContinueEachOther();
    void copyOfATraceIsNoChunk();
    void emptyTracesAreNotUsed();
    void hostKeys();
    void offsets();
    void farTimes();
    void candidates();
    void rolesOfTheNearestPath();
    void joinedPaths();
};

void TestSources::theSameExitsTwice()
{
    const HostPlan p = plan({trace("min", 100, 900, kKvm), trace("rich", 200, 800, kRich)});
    QCOMPARE(used(p), QList<int>{1});
    QVERIFY(p.gaps.empty());
    QCOMPARE(codes(p.diagnostics), QStringList{QStringLiteral("trace-not-used")});
    QCOMPARE(p.diagnostics[0].path, QStringLiteral("min"));
    QVERIFY(p.diagnostics[0].message.contains(QStringLiteral("rich")));
}

void TestSources::equallyRichByEvents()
{
    std::vector<TraceInfo> traces{trace("a", 100, 900, kKvm), trace("b", 200, 800, kKvm)};
    traces[1].events = 101;
    QCOMPARE(used(plan(traces)), QList<int>{1});
    traces[1].events = 100;
    QCOMPARE(used(plan(traces)), QList<int>{0}); // the first one given
}

void TestSources::differentKindsAreMerged()
{
    const HostPlan p = plan({trace("sched", 100, 900, wire::HasSwitch), trace("kvm", 50, 800, kKvm)});
    QCOMPARE(used(p), (QList<int>{1, 0}));
    QVERIFY(p.allProofs); // what sched holds ends the runs of kvm
    QVERIFY(p.diagnostics.empty());
    QVERIFY(p.gaps.empty());
    QVERIFY(!plan({trace("a", 0, 10, kKvm), trace("b", 20, 30, kKvm)}).allProofs);
}

// Two sessions that both recorded sched_switch: each switch would seem to happen twice.
void TestSources::sameKindsAreTakenOnce()
{
    const HostPlan p
        = plan({trace("sched", 100, 900, wire::HasSwitch | wire::HasIrq | wire::HasTid), trace("kvm", 50, 800, kRich)});
    QCOMPARE(used(p), (QList<int>{1, 0}));
    QCOMPARE(p.used[0].dropped, 0u);
    QCOMPARE(p.used[1].dropped, std::uint32_t(wire::HasSwitch));
    QCOMPARE(theOne(p.diagnostics, "trace-not-used").path, QStringLiteral("sched"));
    QCOMPARE(plan({trace("a", 0, 10, kRich), trace("b", 20, 30, kRich)}).used[1].dropped, 0u);
}

void TestSources::offsetOfTheEarliest()
{
    const HostPlan p = plan({trace("late", 2'000'500, 2'000'900, kRich, 2'000'000), //
        trace("early", 1'000'100, 1'000'300, kRich, 1'000'000)});
    QCOMPARE(used(p), (QList<int>{1, 0}));
    QCOMPARE(p.used[0].shiftNs, Ns(0));
    QCOMPARE(p.used[1].shiftNs, Ns(-1'000'000));
    QCOMPARE(theOne(p.diagnostics, "clock-offsets-differ").path, QStringLiteral("late"));
    QVERIFY(theOne(p.diagnostics, "clock-offsets-differ").message.contains(QStringLiteral(" 1000000 ns")));
    QCOMPARE(p.gaps.size(), std::size_t(1)); // on the clock of the earliest
    QCOMPARE(p.gaps[0].from, Ns(1'000'300));
    QCOMPARE(p.gaps[0].until, Ns(1'000'500));
}

void TestSources::overlapIsJudgedOnTheRawClock()
{
    // By their own times they lie apart; by raw time they recorded the same.
    const HostPlan p = plan({trace("a", 1'100, 1'200, kRich, 1'000), trace("b", 5'110, 5'190, kKvm, 5'000)});
    QCOMPARE(used(p), QList<int>{0});
}

void TestSources::apart()
{
    const HostPlan p = plan({trace("b", 300, 400, kRich), trace("a", 100, 200, kKvm)});
    QCOMPARE(used(p), (QList<int>{1, 0}));
    QCOMPARE(p.gaps.size(), std::size_t(1));
    QCOMPARE(p.gaps[0].from, Ns(200));
    QCOMPARE(p.gaps[0].until, Ns(300));
    QCOMPARE(theOne(p.diagnostics, "recordings-apart").path, QStringLiteral("b"));
}

// That sched went on recording does not tell what KVM did meanwhile.
void TestSources::apartUnderAThird()
{
    const HostPlan p
        = plan({trace("a", 100, 200, kKvm), trace("b", 300, 400, kKvm), trace("sched", 50, 450, wire::HasSwitch)});
    QCOMPARE(p.used.size(), std::size_t(3));
    QCOMPARE(p.gaps.size(), std::size_t(1));
    QCOMPARE(p.gaps[0].from, Ns(200));
}

// The pCPUs of a session rotate one after the other, so chunks may overlap a little.
void TestSources::chunksContinueEachOther()
{
    std::vector<TraceInfo> traces{
        trace("s", 100, 205, kRich), trace("s", 200, 300, kRich), trace("s", 310, 400, kRich)};
    const HostPlan p = plan(traces);
    QCOMPARE(used(p), (QList<int>{0, 1, 2}));
    QVERIFY(p.gaps.empty());
    QVERIFY(p.diagnostics.empty());
}

void TestSources::copyOfATraceIsNoChunk()
{
    QCOMPARE(used(plan({trace("s", 100, 200, kRich), trace("s", 100, 200, kRich)})), QList<int>{0});
    QCOMPARE(used(plan({trace("s", 100, 200, kRich), trace("s", 100, 150, kRich)})).size(), qsizetype(1)); // cut short
}

void TestSources::emptyTracesAreNotUsed()
{
    TraceInfo empty = trace("empty", 0, 0, 0);
    empty.beginNs.reset();
    empty.endNs.reset();
    QCOMPARE(used(plan({empty, trace("a", 1, 2, kKvm)})), QList<int>{1});
    QVERIFY(plan({empty}).used.empty());
}

void TestSources::hostKeys()
{
    const wire::Description a = trace("a", 0, 1, 0).description;
    QVERIFY(!hostKey(a).empty());
    QCOMPARE(hostKey(a), hostKey(trace("b", 5, 6, kRich, 77).description));
    wire::Description other = a;
    other.clockUuid = "another boot";
    QVERIFY(hostKey(other) != hostKey(a));
    other.clockUuid.clear();
    QVERIFY(hostKey(other).empty());
    other = a;
    other.hostname.clear();
    QVERIFY(hostKey(other).empty());
}

void TestSources::offsets()
{
    wire::Description description;
    description.clockFrequency = 1'000'000'000;
    description.clockOffsetCycles = 1795385747623788554;
    QCOMPARE(clockOffsetNs(description), Ns(1795385747623788554));
    description.clockFrequency = 2'500'000'000;
    description.clockOffsetSeconds = 3;
    description.clockOffsetCycles = 4'000'000'000'000'000'000; // the product with 1e9 has 92 bits
    QCOMPARE(clockOffsetNs(description), Ns(3'000'000'000 + 1'600'000'000'000'000'000));
    description.clockFrequency = 0;
    QCOMPARE(clockOffsetNs(description), Ns(3'000'000'000));
    description.clockOffsetSeconds = std::numeric_limits<std::int64_t>::max();
    QCOMPARE(clockOffsetNs(description), kFarthestTime);
    description.clockOffsetSeconds = std::numeric_limits<std::int64_t>::min();
    QCOMPARE(clockOffsetNs(description), -kFarthestTime);
    description.clockFrequency = 1;
    description.clockOffsetSeconds = 0;
    description.clockOffsetCycles = std::numeric_limits<std::uint64_t>::max();
    QCOMPARE(clockOffsetNs(description), kFarthestTime);
}

// What leads beyond the times that there are is moved, and told of that trace.
void TestSources::farTimes()
{
    const auto told = [](const HostPlan &p) {
        QStringList paths;
        for (const Diagnostic &diagnostic : p.diagnostics)
            if (diagnostic.code == QStringLiteral("times-out-of-reach"))
                paths << diagnostic.path;
        return paths;
    };
    QCOMPARE(shifted(std::numeric_limits<Ns>::max(), 1'800'000'000'000'000'000), kFarthestTime); // of a timer: never
    QCOMPARE(shifted(kNoTime, -1), -kFarthestTime);
    QVERIFY(told(plan({trace("a", 0, kFarthestTime, kRich)})).isEmpty());
    QCOMPARE(told(plan({trace("a", 0, kFarthestTime + 1, kRich)})), QStringList{QStringLiteral("a")});
    QCOMPARE(told(plan({trace("a", kNoTime + 1, 5, kRich)})), QStringList{QStringLiteral("a")});
    // The earliest one's offset is taken for both, and leads the other one beyond.
    TraceInfo far = trace("far", 100, 200, kRich);
    far.description.clockOffsetSeconds = std::numeric_limits<std::int64_t>::min();
    const HostPlan both = plan({trace("near", 100, 200, kRich), far});
    QCOMPARE(told(both), QStringList{QStringLiteral("far")});
    for (const UsedTrace &use : both.used)
        QVERIFY(isWithinReach(use.shiftNs));
}

void TestSources::candidates()
{
    const auto declares = [](const char *event) {
        wire::Description description;
        description.events = {"sched_switch", event};
        return declaresKvm(description);
    };
    for (const char *name : {"kvm_entry", "kvm_exit", "kvm_x86_entry", "kvm_x86_exit", "kvm:kvm_entry", "kvm:kvm_exit"})
        QVERIFY2(declares(name), name);
    for (const char *name : {"kvm_userspace_exit", "kvm_x86_cpuid", "irq_handler_entry", "syscall_entry_ioctl"})
        QVERIFY2(!declares(name), name);
}

void TestSources::rolesOfTheNearestPath()
{
    QTemporaryDir dir;
    for (const char *name : {"a/host", "a/guest", "ab"})
        QDir(dir.path()).mkpath(QString::fromLatin1(name));
    const auto path = [&](const char *name) { return dir.filePath(QString::fromLatin1(name)); };
    RoleRules rules({{path("a/"), TraceRole::Guest}, {path("a/../a/host"), TraceRole::Host},
        {path("gone"), TraceRole::Host}, {path("ab"), TraceRole::Host}});
    QVERIFY(rules.roleOf(path("a/guest")) == TraceRole::Guest);
    QVERIFY(rules.roleOf(path("a/host")) == TraceRole::Host);
    QVERIFY(!rules.roleOf(dir.path()));
    Diagnostics diagnostics;
    rules.tellUnused(diagnostics);
    QCOMPARE(codes(diagnostics), (QStringList{QStringLiteral("no-trace"), QStringLiteral("not-found")}));
    QVERIFY(rules.roleOf(path("ab")) == TraceRole::Host);
}

void TestSources::joinedPaths()
{
    QTemporaryDir dir;
    for (const char *name : {"a/host", "ab"})
        QDir(dir.path()).mkpath(QString::fromLatin1(name));
    const auto path = [&](const char *name) { return dir.filePath(QString::fromLatin1(name)); };
    JoinRules rules({path("a/"), path("gone"), path("ab")});
    QVERIFY(rules.joins(path("a/host")));
    QVERIFY(!rules.joins(dir.path()));
    Diagnostics diagnostics;
    rules.tellUnused(diagnostics);
    QCOMPARE(codes(diagnostics), (QStringList{QStringLiteral("no-trace"), QStringLiteral("not-found")}));
    QVERIFY(rules.joins(path("ab")));
}

QTEST_GUILESS_MAIN(TestSources)
#include "tst_sources.moc"
