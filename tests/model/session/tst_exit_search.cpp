// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "model/session/exit_search.h"

using namespace exitscope;

namespace {

const ReasonKey kCpuid{2, 114};
const ReasonKey kIo{2, 123};
const ReasonKey kHalt{2, 120};

Vcpu vcpuWith(const QString &number, ReasonTable &reasons, const std::vector<std::pair<Ns, ReasonKey>> &exits)
{
    Vcpu vcpu;
    vcpu.number = number;
    for (const auto &[time, reason] : exits) {
        vcpu.exits.append({.time = time,
            .event = time,
            .reason = reasons.indexOf(reason),
            .scenario = reason == kHalt ? Scenario::Halt : Scenario::Host,
            .pcpu = 0});
    }
    return vcpu;
}

// By time: a/0 at 10, b/0 at 10, a/1 at 20, a/0 at 30, b/0 at 30 and again at 30, a/1 at 40.
Recording recordingOfTwoVms()
{
    Recording recording;
    Timeline host;
    host.range = {0, 100};
    Vm a{QStringLiteral("a"), 1, {}};
    a.vcpus.push_back(vcpuWith(QStringLiteral("0"), recording.reasons, {{10, kCpuid}, {30, kIo}}));
    a.vcpus.push_back(vcpuWith(QStringLiteral("1"), recording.reasons, {{20, kHalt}, {40, kCpuid}}));
    Vm b{QStringLiteral("b"), 2, {}};
    b.vcpus.push_back(vcpuWith(QStringLiteral("0"), recording.reasons, {{10, kIo}, {30, kCpuid}, {30, kIo}}));
    host.vms = {a, b};
    recording.hosts.push_back(host);
    return recording;
}

// "b/0": of the VM b, which is the second.
ExitRef ref(const char *vcpu, std::size_t index)
{
    return {{{0, std::size_t(vcpu[0] - 'a')}, std::size_t(vcpu[2] - '0')}, index};
}

QString told(const FoundExit &exit)
{
    return QStringLiteral("%1#%2").arg(exit.id()).arg(exit.index);
}

std::optional<FoundExit> found(
    const Recording &recording, const Selection &selection, const SearchStart &start, Direction direction)
{
    const std::shared_ptr<const Recording> shared(std::shared_ptr<const Recording>(), &recording);
    return findExit(recording, ExitIndex(shared, selection), selection, start, direction);
}

QStringList walk(const Recording &recording, const Selection &selection, SearchStart start, Direction direction)
{
    QStringList walked;
    while (const auto next = found(recording, selection, start, direction)) {
        walked.append(told(*next));
        start = next->ref();
        if (walked.size() > 20)
            break; // it wraps
    }
    return walked;
}

} // namespace

class TestExitSearch : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void walksOverAllVcpusByTime();
    void filtersApply_data();
    void filtersApply();
    void startsAtATime();
    void currentExitNeedNotPassTheFilter();
    void unknownStartFindsNothing();
    void findsTheExitItself();
    void exitsOfHostsAreToldApart();
    void scrollsOnlyIfItMust();

private:
    const Recording m_recording = recordingOfTwoVms();
};

void TestExitSearch::walksOverAllVcpusByTime()
{
    const QStringList all{QStringLiteral("a/0#0"), QStringLiteral("b/0#0"), QStringLiteral("a/1#0"),
        QStringLiteral("a/0#1"), QStringLiteral("b/0#1"), QStringLiteral("b/0#2"), QStringLiteral("a/1#1")};
    QCOMPARE(walk(m_recording, {}, Ns(0), Direction::Next), all);
    const QStringList backwards(all.rbegin(), all.rend());
    QCOMPARE(walk(m_recording, {}, Ns(100), Direction::Previous), backwards);
}

void TestExitSearch::filtersApply_data()
{
    QTest::addColumn<Selection>("selection");
    QTest::addColumn<QString>("expected");
    Selection selection;
    selection.reasons = {kIo};
    QTest::newRow("reason") << selection << QStringLiteral("b/0#0 a/0#1 b/0#2");
    selection = {};
    selection.vcpus = {VcpuKey{{0, 0}, 1}};
    QTest::newRow("vCPU") << selection << QStringLiteral("a/1#0 a/1#1");
    selection = {};
    selection.scenarios = {Scenario::Halt};
    QTest::newRow("scenario") << selection << QStringLiteral("a/1#0");
    selection = {};
    selection.from = 20;
    selection.to = 30;
    QTest::newRow("range, half-open") << selection << QStringLiteral("a/1#0");
    selection = {};
    selection.minNs = 0;
    QTest::newRow("band leaves out untimed exits") << selection << QString();
}

void TestExitSearch::filtersApply()
{
    QFETCH(const Selection, selection);
    QFETCH(const QString, expected);
    const QStringList all = expected.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    QCOMPARE(walk(m_recording, selection, Ns(0), Direction::Next), all);
    QCOMPARE(walk(m_recording, selection, Ns(100), Direction::Previous), QStringList(all.rbegin(), all.rend()));
}

void TestExitSearch::startsAtATime()
{
    QCOMPARE(found(m_recording, {}, Ns(20), Direction::Next)->ref(), ref("a/1", 0)); // at or after
    QCOMPARE(found(m_recording, {}, Ns(20), Direction::Previous)->ref(), ref("b/0", 0)); // before
    QVERIFY(!found(m_recording, {}, Ns(41), Direction::Next));
    QVERIFY(!found(m_recording, {}, Ns(10), Direction::Previous));
}

void TestExitSearch::currentExitNeedNotPassTheFilter()
{
    Selection halts;
    halts.scenarios = {Scenario::Halt};
    QCOMPARE(found(m_recording, halts, ref("b/0", 0), Direction::Next)->ref(), ref("a/1", 0));
    QCOMPARE(found(m_recording, halts, ref("a/0", 1), Direction::Previous)->ref(), ref("a/1", 0));
}

void TestExitSearch::unknownStartFindsNothing()
{
    QVERIFY(!found(m_recording, {}, ref("c/0", 0), Direction::Next));
    QVERIFY(!found(m_recording, {}, ref("a/0", 2), Direction::Next));
}

void TestExitSearch::findsTheExitItself()
{
    const auto found = exitAt(m_recording, ref("b/0", 2));
    QVERIFY(found);
    QCOMPARE(found->time(), Ns(30));
    QVERIFY(!exitAt(m_recording, ref("b/0", 3)));
    QVERIFY(!exitAt(m_recording, ref("b/1", 0)));
}

// Two hosts may have VMs of one name: their exits are others.
void TestExitSearch::exitsOfHostsAreToldApart()
{
    Recording recording = recordingOfTwoVms();
    Timeline other;
    other.range = {200, 300};
    Vm a{QStringLiteral("a"), 1, {}};
    a.vcpus.push_back(vcpuWith(QStringLiteral("0"), recording.reasons, {{210, kHalt}, {220, kHalt}}));
    other.vms = {a};
    recording.hosts.push_back(other);
    SearchStart start = Ns(200);
    QList<Ns> times;
    while (const auto next = found(recording, {}, start, Direction::Next)) {
        times.append(next->time());
        start = next->ref();
        const auto again = exitAt(recording, next->ref());
        QCOMPARE(again->vcpu, &recording.hosts[1].vms[0].vcpus[0]);
        QCOMPARE(again->ref(), next->ref());
        if (times.size() > 5)
            break;
    }
    QCOMPARE(times, (QList<Ns>{210, 220}));
    QCOMPARE(recordedWithin(recording, boundsOf(recording)), Ns(200)); // of 300
    QCOMPARE(recordedWithin(recording, {50, 250}), Ns(100));
}

void TestExitSearch::scrollsOnlyIfItMust()
{
    QCOMPARE(scrolledTo({10, 20}, 10), (TimeRange{10, 20}));
    QCOMPARE(scrolledTo({10, 20}, 19), (TimeRange{10, 20}));
    QCOMPARE(scrolledTo({10, 20}, 20), (TimeRange{15, 25}));
    QCOMPARE(scrolledTo({10, 20}, 5), (TimeRange{0, 10}));
}

QTEST_GUILESS_MAIN(TestExitSearch)
#include "tst_exit_search.moc"
