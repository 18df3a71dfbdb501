// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <array>
#include <memory>
#include <random>
#include <vector>

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
    void sumsOfManyIntervals();
    void stretches();
    void randomStretchesEqualASum();
    void longStretches();
    void columnsShareWhatTheyHold();
    void columnOfKeptMemory();
    void durations();
    void exitsAsTheyWere();
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

// Sums are kept of every 32nd interval: around those, and over few and many of them.
void TestColumns::sumsOfManyIntervals()
{
    StateColumns states;
    constexpr int kIntervals = 200;
    constexpr Ns kLength = 5'000'000'000; // more than 32 bits hold
    states.start(0);
    for (int i = 0; i < kIntervals; ++i)
        states.append((i + 1) * kLength, i % 2 == 0 ? VcpuState::Guest : VcpuState::Kvm, i % 3);
    QCOMPARE(states.size(), std::size_t(kIntervals));
    QCOMPARE(states.total()[stateIndex(VcpuState::Kvm)], kIntervals / 2 * kLength);
    const std::array borders{0, 1, 31, 32, 33, 63, 64, 65, 66, 96, 128, 129, 199, 200};
    StateWalk walk(states);
    for (const int first : borders) {
        for (const int last : borders) {
            const TimeRange range{first * kLength + 1, last * kLength - 1}; // without a ns at each end
            TimePerState expected{};
            for (int i = first; i < last; ++i)
                expected[stateIndex(i % 2 == 0 ? VcpuState::Guest : VcpuState::Kvm)] += kLength;
            if (first < last) {
                --expected[stateIndex(first % 2 == 0 ? VcpuState::Guest : VcpuState::Kvm)];
                --expected[stateIndex(last % 2 == 1 ? VcpuState::Guest : VcpuState::Kvm)];
            }
            QVERIFY(states.within(range) == expected);
            QVERIFY(walk.within(range) == expected);
        }
        const std::size_t at = first == kIntervals ? states.size() : std::size_t(first);
        QCOMPARE(states.at(first * kLength), at);
        QCOMPARE(walk.at(first * kLength), at);
    }
}

void TestColumns::randomStretchesEqualASum()
{
    std::mt19937 random(11);
    StretchColumns stretches;
    std::vector<int> counts; // 1 for each ns in a stretch
    while (counts.size() < 4000) {
        counts.insert(counts.end(), random() % 10, 0);
        const Ns begin = Ns(counts.size());
        counts.insert(counts.end(), random() % 12, 1);
        stretches.append(begin, Ns(counts.size()));
    }
    QVERIFY(stretches.size() > 200);
    StretchWalk walk(stretches);
    for (int round = 0; round < 1000; ++round) {
        const Ns from = Ns(random() % 4100) - 50;
        const Ns to = from + Ns(random() % (round % 2 == 0 ? 30 : 3000));
        Ns expected = 0;
        for (Ns t = std::max<Ns>(from, 0); t < std::min(to, Ns(counts.size())); ++t)
            expected += counts[std::size_t(t)];
        QCOMPARE(stretches.within({from, to}), expected);
        QCOMPARE(walk.within({from, to}), expected);
    }
}

void TestColumns::longStretches()
{
    constexpr Ns kLong = Ns(1) << 40;
    StretchColumns stretches;
    stretches.append(10, 10 + kLong);
    stretches.append(20 + kLong, 30 + kLong);
    stretches.append(2 * kLong, 3 * kLong);
    QCOMPARE(stretches.end(0), 10 + kLong);
    QCOMPARE(stretches.end(1), 30 + kLong);
    QCOMPARE(stretches.end(2), 3 * kLong);
    QCOMPARE(stretches.total(), 2 * kLong + 10);
    QCOMPARE(stretches.within({kLong, 2 * kLong + 1}), Ns(10 + 10 + 1));
    QCOMPARE(StretchWalk(stretches).within({0, kEndOfRecording}), 2 * kLong + 10);
}

void TestColumns::columnsShareWhatTheyHold()
{
    Column<int> first;
    for (int i = 0; i < 100; ++i)
        first.append(i);
    Column<int> second = first;
    QCOMPARE(second.data(), first.data());
    first.append(1);
    second.append(2);
    QCOMPARE(first.size(), std::size_t(101));
    QCOMPARE(second.size(), std::size_t(101));
    QCOMPARE(first.back(), 1);
    QCOMPARE(second.back(), 2);
    const Column<int> taken = std::move(first);
    QCOMPARE(taken.back(), 1);
    QCOMPARE(taken[99], 99);
    second = Column<int>();
    QVERIFY(second.empty());

    Column<int> roomy;
    roomy.append(7);
    roomy.reserve(1000);
    const int *const place = roomy.data();
    while (roomy.size() < 1000)
        roomy.append(roomy.front()); // one of its own
    QCOMPARE(roomy.data(), place);
    QCOMPARE(roomy.back(), 7);
}

void TestColumns::columnOfKeptMemory()
{
    auto memory = std::make_shared<const std::vector<Ns>>(std::vector<Ns>{3, 5, 8});
    const std::weak_ptr<const void> watch = memory;
    Column<Ns> column{std::span<const Ns>(*memory), memory};
    QCOMPARE(column.data(), memory->data());
    memory.reset();
    const Column<Ns> copy = column;
    QCOMPARE(copy[2], Ns(8));
    column.append(13); // nobody writes to what it was given
    QVERIFY(column.data() != copy.data());
    QCOMPARE(std::vector<Ns>(column.begin(), column.end()), (std::vector<Ns>{3, 5, 8, 13}));
    QCOMPARE(std::vector<Ns>(copy.begin(), copy.end()), (std::vector<Ns>{3, 5, 8}));
    QVERIFY(!watch.expired());
    column = copy;
    const std::span<const Ns> read = column;
    QCOMPARE(read.size(), std::size_t(3));
}

// Those around what 32 bits hold, none, and the longest.
void TestColumns::durations()
{
    const std::vector<std::uint64_t> all{
        0, 1, 0xfffffffd, 0xfffffffe, 0xffffffff, 0x100000000, 7, std::numeric_limits<std::uint64_t>::max()};
    DurationColumn column;
    for (const std::uint64_t ns : all) {
        column.append(ns);
        column.appendNone();
    }
    QCOMPARE(column.size(), 2 * all.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        QCOMPARE(column[2 * i], all[i]);
        QVERIFY(!column.isNone(2 * i));
        QVERIFY(column.isNone(2 * i + 1));
    }
}

void TestColumns::exitsAsTheyWere()
{
    constexpr Ns kBegin = 1'795'386'299'019'930'522;
    constexpr Ns kWide = 0x1'0000'0000;
    const std::vector<ExitRow> rows{
        {.time = kBegin, .event = kBegin},
        {.time = kBegin + kWide,
            .event = kBegin + 3 * kWide,
            .entry = kBegin,
            .end = kBegin + 9 * kWide,
            .parts = {kWide, 2 * kWide, 0xfffffffe, 0xffffffff, 5, 2 * kWide},
            .guestRip = 0xffffffff81000000,
            .reason = 65535,
            .scenario = Scenario::Qemu,
            .pcpu = kMaxPcpu},
        {.time = kBegin + 9 * kWide, .event = kBegin + 9 * kWide + 1, .end = kBegin + 9 * kWide, .entryFailed = true},
        {.time = kEndOfRecording - 1, .event = kEndOfRecording - 1, .entry = 0, .end = kEndOfRecording},
    };
    ExitColumns exits;
    for (const ExitRow &row : rows)
        exits.append(row);
    QCOMPARE(exits.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        QVERIFY(exits.row(i) == rows[i]);
        QCOMPARE(exits.hasRun(i), rows[i].entry != kNoTime);
        QCOMPARE(exits.timed(i), rows[i].end != kNoTime);
    }
    QCOMPARE(exits.run(1), kWide);
    QCOMPARE(exits.run(3), kEndOfRecording - 1);
}

void TestColumns::exitsWithinARange()
{
    ExitColumns exits;
    for (const Ns time : {10, 20, 20, 30})
        exits.append({.time = time, .event = time});
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
