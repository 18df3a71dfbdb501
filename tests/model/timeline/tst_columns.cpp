// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <random>

#include "model/timeline/columns.h"

using namespace exitscope;

class TestColumns : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void statesMergeAndSkip();
    void statesOfRanges();
    void noStates();
    void intervalAtATime();
    void randomRangesEqualASum();
    void stretches();
    void exitsWithinARange();
    void partsAddUp();
};

namespace {

constexpr auto stateIndex(VcpuState state)
{
    return static_cast<std::size_t>(state);
}

StateColumns someStates()
{
    StateColumns states;
    states.start(100);
    states.append(150, VcpuState::Guest, 1);
    states.append(150, VcpuState::Kvm, 1); // empty
    states.append(180, VcpuState::Guest, 1); // the same again
    states.append(200, VcpuState::Guest, 0); // another pCPU
    states.append(230, VcpuState::Idle, 0); // has no pCPU
    states.append(260, VcpuState::Idle, 1);
    states.append(300, VcpuState::Kvm, 1);
    return states;
}

} // namespace

void TestColumns::statesMergeAndSkip()
{
    const StateColumns states = someStates();
    QCOMPARE(states.size(), std::size_t(4));
    QCOMPARE(states.begin(0), Ns(100));
    QCOMPARE(states.end(0), Ns(180));
    QCOMPARE(states.begin(1), Ns(180));
    QCOMPARE(states.pcpu(1), 0);
    QCOMPARE(states.end(2), Ns(260));
    QCOMPARE(states.pcpu(2), kNoPcpu);
    QVERIFY(states.state(2) == VcpuState::Idle);
    QCOMPARE(states.end(3), Ns(300));
}

void TestColumns::statesOfRanges()
{
    const StateColumns states = someStates();
    QCOMPARE(states.total()[stateIndex(VcpuState::Guest)], Ns(100));
    QCOMPARE(states.total()[stateIndex(VcpuState::Idle)], Ns(60));
    QCOMPARE(states.total()[stateIndex(VcpuState::Kvm)], Ns(40));
    QVERIFY(states.within({100, 300}) == states.total());
    QVERIFY(states.within({-1000, 5000}) == states.total());
    QVERIFY(states.within({200, 200}) == TimePerState{});
    QVERIFY(states.within({250, 200}) == TimePerState{});
    QVERIFY(states.within({300, 400}) == TimePerState{});
    const TimePerState cut = states.within({190, 210});
    QCOMPARE(cut[stateIndex(VcpuState::Guest)], Ns(10));
    QCOMPARE(cut[stateIndex(VcpuState::Idle)], Ns(10));
}

void TestColumns::noStates()
{
    StateColumns states;
    QVERIFY(states.total() == TimePerState{});
    QVERIFY(states.within({0, 100}) == TimePerState{});
    QCOMPARE(states.at(0), std::size_t(0));
}

void TestColumns::intervalAtATime()
{
    const StateColumns states = someStates();
    QCOMPARE(states.at(99), states.size());
    QCOMPARE(states.at(100), std::size_t(0));
    QCOMPARE(states.at(179), std::size_t(0));
    QCOMPARE(states.at(180), std::size_t(1));
    QCOMPARE(states.at(299), std::size_t(3));
    QCOMPARE(states.at(300), states.size());
}

void TestColumns::randomRangesEqualASum()
{
    std::mt19937 random(7);
    StateColumns states;
    states.start(0);
    std::vector<std::size_t> stateOfNs;
    while (stateOfNs.size() < 3000) {
        const std::size_t state = random() % kVcpuStates;
        stateOfNs.insert(stateOfNs.end(), random() % 20, state);
        states.append(Ns(stateOfNs.size()), static_cast<VcpuState>(state), std::int32_t(random() % 3));
    }
    StateWalk walk(states); // here and there
    for (int round = 0; round < 500; ++round) {
        const Ns from = Ns(random() % 3100) - 50;
        const Ns to = from + Ns(random() % 500);
        TimePerState expected{};
        for (Ns t = std::max<Ns>(from, 0); t < std::min(to, Ns(stateOfNs.size())); ++t)
            ++expected[stateOfNs[std::size_t(t)]];
        QVERIFY(states.within({from, to}) == expected);
        QVERIFY(walk.within({from, to}) == expected);
    }
    StateWalk columns(states); // side by side, as it is meant
    for (Ns from = -20; from < 3100; from += 7) {
        const TimeRange range{from, from + 7};
        QVERIFY(columns.within(range) == states.within(range));
    }
    const TimePerState nothing{};
    const StateColumns none;
    QVERIFY(StateWalk(none).within({0, 10}) == nothing);
    QVERIFY(columns.within({10, 10}) == nothing);
}

void TestColumns::stretches()
{
    StretchColumns stretches;
    QCOMPARE(stretches.total(), Ns(0));
    QCOMPARE(stretches.within({0, 100}), Ns(0));
    stretches.append(10, 20);
    stretches.append(20, 20);
    stretches.append(30, 35);
    stretches.append(35, 40);
    QCOMPARE(stretches.size(), std::size_t(3));
    QCOMPARE(stretches.total(), Ns(20));
    QCOMPARE(stretches.within({0, 100}), Ns(20));
    QCOMPARE(stretches.within({15, 32}), Ns(7));
    QCOMPARE(stretches.within({20, 30}), Ns(0));
    QCOMPARE(stretches.within({32, 15}), Ns(0));
}

void TestColumns::exitsWithinARange()
{
    ExitColumns exits;
    exits.time = {10, 20, 20, 30};
    QVERIFY(exits.within({0, 10}) == (std::pair<std::size_t, std::size_t>(0, 0)));
    QVERIFY(exits.within({10, 20}) == (std::pair<std::size_t, std::size_t>(0, 1)));
    QVERIFY(exits.within({20, 30}) == (std::pair<std::size_t, std::size_t>(1, 3)));
    QVERIFY(exits.within({20, 31}) == (std::pair<std::size_t, std::size_t>(1, 4)));
    QVERIFY(exits.within({25, 5}) == (std::pair<std::size_t, std::size_t>(3, 3)));
}

void TestColumns::partsAddUp()
{
    const ExitParts a{1, 2, 3, 4, 5, 6};
    QCOMPARE(a.gross(), Ns(15));
    QCOMPARE(a.net(), Ns(8));
    ExitParts sum = a;
    sum += ExitParts{10, 20, 30, 40, 50, 60};
    const ExitParts expected{11, 22, 33, 44, 55, 66};
    QVERIFY(sum == expected);
    sum -= ExitParts{10, 20, 30, 40, 50, 60};
    QVERIFY(sum == a);
}

QTEST_GUILESS_MAIN(TestColumns)
#include "tst_columns.moc"
