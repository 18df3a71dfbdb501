// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cmath>
#include <complex>
#include <numbers>

#include "model/clock/clock_map.h"
#include "model/clock/containment.h"
#include "model/clock/deadlines.h"
#include "model/clock/feasible_lines.h"
#include "model/clock/search/correlation.h"
#include "model/clock/search/lag_paths.h"
#include "model/clock/vmsync.h"
#include "model/record/far_time.h"
#include "tests/tools/timeline_text.h"

using namespace exitscope;
using namespace exitscope::testing;

// The parts of an alignment, each alone.
class TestClockMap : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isExact();
    void inverts();
    void hasPieces();
    void boundsAreThoseOfTheRegion();
    void contradictingBoundsLeaveNoLine();
    void widestMargin();
    void goldenVmsync();
    void goldenContainment();
    void besideUnknownIsNoBound();
    void deadlines();
    void timesBeyondTheLastAreTheLast();
    void fourierTransform_data();
    void fourierTransform();
    void correlationInBlocks_data();
    void correlationInBlocks();
    void pathsOfLags_data();
    void pathsOfLags();
};

namespace {

constexpr Ns kGuest = 1'795'349'344'473'381'912;
constexpr Ns kHost = 1'795'386'298'850'526'284;

// The peer's case, 1 ns a unit: what its guest records.
const std::vector<Ns> kGoldenGuest{10, 35, 40, 65, 75, 175, 190, 215, 225, 240, 265, 275, 375};

VmsyncColumns vmsync(std::initializer_list<std::pair<Ns, std::uint32_t>> events, VmsyncPoint odd, VmsyncPoint even)
{
    VmsyncColumns columns;
    for (const auto &[time, count] : events) {
        columns.time.push_back(time);
        columns.data.push_back({123456, count, count % 2 == 1 ? odd : even});
    }
    return columns;
}

} // namespace

void TestClockMap::isExact()
{
    const ClockLine line{kGuest, kHost, -34.688649331905246e-6};
    QCOMPARE(line.toHost(kGuest), kHost);
    QCOMPARE(line.toHost(kGuest + 1), kHost + 1);
    QCOMPARE(line.toHost(kGuest + 1'000'000'000), kHost + 1'000'000'000 - 34'689);
    QCOMPARE(line.toHost(kGuest - 3'600'000'000'000), kHost - 3'600'000'000'000 + 124'879'138);
    QCOMPARE(line.at(kGuest + 500).toHost(kGuest), kHost);
}

void TestClockMap::inverts()
{
    for (const double drift : {-200e-6, -1e-9, 0.0, 35e-6, 600e-6}) {
        const ClockMap map(ClockLine{kGuest, kHost, drift});
        for (const Ns guest : {kGuest, kGuest + 7, kGuest + 4'000'000'001, kGuest - 86'400'000'000'123})
            QVERIFY(std::abs(map.toGuest(map.toHost(guest)) - guest) <= 1);
    }
}

void TestClockMap::hasPieces()
{
    // From guest 1000 on the clock is 100 ppm faster, from 3e6 on it is set back by 500.
    const ClockMap map(std::vector<ClockPiece>{{{0, 0, 0}, kNoTime, {kNoTime, kNoTime}, {{0, -2}, {0, 3}}},
        {{1000, 1000, 100e-6}, 1000, {900, 1100}, {{100e-6, -1}, {100e-6, 1}}},
        {{3'000'000, 2'999'800, 0}, 3'000'000, {2'999'000, 3'000'000}, {{0, -7}, {0, 7}}}});
    QCOMPARE(map.toHost(999), Ns(999));
    QCOMPARE(map.toHost(1'001'000), Ns(1'001'100));
    QCOMPARE(map.toHost(3'000'000), Ns(2'999'800));
    QCOMPARE(map.toGuest(2'999'800), Ns(3'000'000));
    QCOMPARE(map.bounds(500).value(), (TimeRange{498, 503}));
    QCOMPARE(map.bounds(1000).value(), (TimeRange{998, 1003})); // in a break either side may hold
    QCOMPARE(map.bounds(5000).value(), (TimeRange{4999, 5002}));
    QCOMPARE(map.uncertainty(4'000'000).value(), Ns(7));
    QCOMPARE(map.shifted(5).toHost(999), Ns(1004));
    QVERIFY(!map.shifted(5).bounds(999));
}

void TestClockMap::boundsAreThoseOfTheRegion()
{
    // At 0 between -10 and 10, at 1000 between 990 and 1010: at 2000 between 1970 and 2030.
    const FeasibleLines lines(std::vector<InstantBounds>{{0, -10, 10}, {1000, 990, 1010}}, 0.1);
    const ClockPiece piece = lines.piece();
    QCOMPARE(piece.bounds(0).value(), (TimeRange{-10, 10}));
    QCOMPARE(piece.bounds(1000).value(), (TimeRange{990, 1010}));
    QCOMPARE(piece.bounds(2000).value(), (TimeRange{1970, 2030}));
    QCOMPARE(piece.line.toHost(500), Ns(500));
    const ClockPiece bounded = FeasibleLines(std::vector<InstantBounds>{{0, -10, 10}, {1000, 990, 1010}}, 0.01).piece();
    QCOMPARE(bounded.bounds(2000).value(), (TimeRange{1980, 2020}));
}

void TestClockMap::contradictingBoundsLeaveNoLine()
{
    const FeasibleLines lines(std::vector<InstantBounds>{{0, 0, 10}, {500, 600, 700}, {1000, 1000, 1010}}, 0.5);
    QVERIFY(lines.isEmpty());
    QVERIFY(lines.margin() < 0);
    QVERIFY(FeasibleLines(std::vector<InstantBounds>{{0, kNoTime, 10}}, 0.5).isEmpty()); // one side bounds no region
}

// Against all lines through two of the bounds, by brute force.
void TestClockMap::widestMargin()
{
    std::srand(7);
    for (int round = 0; round < 200; ++round) {
        std::vector<InstantBounds> bounds;
        for (Ns guest = 0; guest < 40'000; guest += 1000 + std::rand() % 3000) {
            const Ns truth = guest + guest / 100;
            bounds.push_back({guest, truth - 5 - std::rand() % 300, truth + 5 + std::rand() % 300});
        }
        const FeasibleLines lines(bounds, 0.1);
        QVERIFY(!lines.isEmpty());
        double best = -1e9;
        for (double drift = -0.1; drift <= 0.1; drift += 0.00005) {
            double low = -1e9, high = 1e9;
            for (const InstantBounds &b : bounds) {
                low = std::max(low, double(b.earliest - b.guest) - drift * double(b.guest));
                high = std::min(high, double(b.latest - b.guest) - drift * double(b.guest));
            }
            best = std::max(best, (high - low) / 2);
        }
        QVERIFY(lines.margin() >= best - 1e-6);
        QVERIFY(lines.margin() <= best + 2);
        for (const InstantBounds &b : bounds) {
            const Ns at = lines.widestMargin().toHost(b.guest);
            QVERIFY(at >= b.earliest && at <= b.latest);
        }
    }
}

void TestClockMap::goldenVmsync()
{
    const VmsyncColumns guest = vmsync(
        {{40, 1}, {65, 2}, {190, 3}, {215, 4}, {240, 5}, {265, 6}}, VmsyncPoint::GuestCalls, VmsyncPoint::GuestResumes);
    const VmsyncColumns host = vmsync({{50, 1}, {55, 2}, {200, 3}, {205, 4}, {250, 5}, {255, 6}},
        VmsyncPoint::HostReceives, VmsyncPoint::HostAnswers);
    const std::vector<InstantBounds> bounds = vmsyncBounds(guest, host);
    QCOMPARE(bounds.size(), std::size_t(6));
    QVERIFY(boundsBothSides(bounds));
    const ClockPiece piece = FeasibleLines(bounds, 0).piece(); // the peer's clocks do not drift
    QCOMPARE(piece.line.toHost(100), Ns(100));
    QCOMPARE(piece.bounds(100).value(), (TimeRange{90, 110}));

    VmsyncColumns other = host;
    for (VmsyncData &data : other.data)
        data.vmUid = 7;
    QVERIFY(vmsyncBounds(guest, other).empty());
}

void TestClockMap::goldenContainment()
{
    const BuiltTimeline built
        = buildTimeline(EventScript::fromFile(EXITSCOPE_SOURCE_DIR "/tests/data/golden/host.script").records());
    const RunTrack runs = runsOf(built.timeline.vms.at(0).vcpus.at(0));
    const GuestOnVm guest{{kGoldenGuest, &runs}};
    const ClockMap same(ClockLine{0, 0, 0});
    const Containment all = containmentOf(guest, same, 0);
    QCOMPARE(all.contained, std::int64_t(12));
    QCOMPARE(all.known, std::int64_t(12));
    QCOMPARE(all.outside, std::int64_t(1)); // 375 is after the host's last event
    QVERIFY(misfitsOf(guest, same).empty());
    const ClockPiece piece = FeasibleLines(boundsOfContained(guest, same, {0, 1000}), 0).piece();
    QCOMPARE(piece.line.toHost(100), Ns(100));
    QCOMPARE(piece.bounds(100).value(), (TimeRange{95, 105}));
    QCOMPARE(misfitsOf(guest, same.shifted(6)), (std::vector<Ns>{40, 190, 240}));
}

void TestClockMap::besideUnknownIsNoBound()
{
    RunTrack runs;
    runs.append(0, HostKnows::Nothing);
    runs.append(100, HostKnows::Guest);
    runs.append(200, HostKnows::NotGuest);
    runs.range = {0, 300};
    runs.finish();
    const std::vector<Ns> events{50, 120, 150, 199};
    const std::vector<InstantBounds> bounds
        = boundsOfContained({{events, &runs}}, ClockMap(ClockLine{0, 0, 0}), {0, 1000});
    QCOMPARE(bounds.size(), std::size_t(1));
    QCOMPARE(bounds[0].guest, Ns(199));
    QCOMPARE(bounds[0].latest, Ns(200));
    QCOMPARE(containmentOf({{events, &runs}}, ClockMap(ClockLine{0, 0, 0}), 0).unknown, std::int64_t(1));
}

void TestClockMap::deadlines()
{
    const ClockLine truth{kGuest, kHost, 50e-6};
    DeadlinesOfVcpu vcpu;
    std::srand(3);
    for (int i = 0; i < 300; ++i) {
        const Ns guest = kGuest + Ns(i) * 10'000'000 + std::rand() % 5'000'000;
        vcpu.guest.push_back(guest);
        // One in three is of something else, and the rest is started a little early.
        vcpu.host.push_back(
            truth.toHost(guest) + (i % 3 == 0 ? std::rand() % 60'000 - 30'000 : -400 + std::rand() % 100));
    }
    std::ranges::sort(vcpu.host);
    const ClockMap map(std::vector<ClockPiece>{
        {{kGuest, kHost + 12'000, 47e-6}, kNoTime, {kNoTime, kNoTime}, {{44e-6, -30'000}, {56e-6, 30'000}}}});
    const TimeRange range{kGuest, kGuest + 3'000'000'000};
    const auto estimate = estimateByDeadlines({vcpu}, map, range);
    QVERIFY(estimate.has_value());
    for (const Ns guest : {range.from, range.to})
        QVERIFY(std::abs(estimate->line.toHost(guest) - truth.toHost(guest) + 350) <= 100);
    QVERIFY(std::abs(estimate->line.ppm() - 50) < 0.1);
    QVERIFY(estimate->anchors >= 190);
    vcpu.host.clear();
    QVERIFY(!estimateByDeadlines({vcpu}, map, range));
}

void TestClockMap::timesBeyondTheLastAreTheLast()
{
    const ClockLine line{0, kFarthestTime - 10, 1e-3};
    QCOMPARE(line.toHost(5), kFarthestTime - 5);
    QCOMPARE(line.toHost(100), kFarthestTime);
    QCOMPARE(line.toHost(kEndOfRecording), kFarthestTime);
    QCOMPARE(ClockLine({0, kFarthestTime - 10, 0}).toGuest(-kFarthestTime), -kFarthestTime);
    QCOMPARE(ClockLine({kEndOfRecording, 0, 0}).toHost(kNoTime), -kFarthestTime);
    QCOMPARE(ClockMap(line).shifted(100).toHost(0), kFarthestTime);
}

void TestClockMap::fourierTransform_data()
{
    QTest::addColumn<int>("size");
    for (const int size : {1, 2, 4, 8, 16, 32, 64, 128})
        QTest::addRow("%d", size) << size;
}

void TestClockMap::fourierTransform()
{
    QFETCH(int, size);
    const Fft fft{std::size_t(size)};
    std::vector<Fft::Complex> data(fft.size());
    for (std::size_t i = 0; i < data.size(); ++i)
        data[i] = {float(i * i % 7), float(i % 3)};
    const std::vector<Fft::Complex> before = data;
    fft.forward(data);
    for (std::size_t k = 0; k < data.size(); ++k) {
        std::complex<double> sum;
        for (std::size_t i = 0; i < data.size(); ++i)
            sum += std::complex<double>(before[i])
                * std::polar(1.0, -2 * std::numbers::pi * double(i) * double(k) / size);
        QVERIFY(std::abs(sum - std::complex<double>(data[k])) < 1e-3);
    }
    fft.inverse(data);
    for (std::size_t i = 0; i < data.size(); ++i)
        QVERIFY(std::abs(data[i] / float(size) - before[i]) < 1e-5F);
}

void TestClockMap::correlationInBlocks_data()
{
    QTest::addColumn<int>("signal");
    QTest::addColumn<int>("window");
    QTest::newRow("many blocks") << 1000 << 17;
    QTest::newRow("odd ones") << 203 << 8;
    QTest::newRow("one block") << 40 << 30;
    QTest::newRow("window longer than the signal") << 5 << 12;
}

// Two windows at once against a signal, and against the sum of their products.
void TestClockMap::correlationInBlocks()
{
    QFETCH(int, signal);
    QFETCH(int, window);
    std::vector<float> values(static_cast<std::size_t>(signal));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = float(i * i % 23) - 11;
    const BlockCorrelation correlation(values.size(), std::size_t(window));
    BlockCorrelation::Spectrum windows(correlation.size());
    for (std::size_t i = 0; i < std::size_t(window); ++i)
        windows[i] = {float(i % 3), float(i * 5 % 7)};
    const BlockCorrelation::Spectrum marks = windows;
    const BlockCorrelation::Spectrum spectrum = correlation.ofSignal(values);
    correlation.transformWindows(windows);
    std::vector<Fft::Complex> found;
    for (std::size_t block = 0; block < correlation.blocks(); ++block) {
        BlockCorrelation::Spectrum sum(correlation.size());
        correlation.add(block, spectrum, windows, sum);
        correlation.finish(sum);
        found.insert(found.end(), sum.begin(), sum.begin() + std::ptrdiff_t(correlation.placesOfBlock()));
    }
    QCOMPARE(correlation.places(), std::size_t(signal + window));
    for (int place = -window; place < signal; ++place) {
        Fft::Complex expected;
        for (int i = 0; i < window; ++i)
            if (place + i >= 0 && place + i < signal)
                expected += values[std::size_t(place + i)] * marks[std::size_t(i)];
        QVERIFY(std::abs(found.at(std::size_t(place + window)) - expected) < 1e-2F);
    }
}

void TestClockMap::pathsOfLags_data()
{
    QTest::addColumn<bool>("mayJump");
    QTest::newRow("steady") << false;
    QTest::newRow("jumping") << true;
}

// Against all steps, window by window.
void TestClockMap::pathsOfLags()
{
    QFETCH(bool, mayJump);
    constexpr std::ptrdiff_t kLags = 300;
    constexpr std::size_t kWindows = 6;
    std::vector<std::vector<float>> scores(kWindows, std::vector<float>(120));
    std::vector<LagPaths::Window> windows;
    for (std::size_t w = 0; w < kWindows; ++w) {
        for (std::size_t i = 0; i < scores[w].size(); ++i)
            scores[w][i] = float((i * 7919 + w * 104'729) % 101) - 50;
        windows.push_back({&scores[w], std::ptrdiff_t(20 + 30 * w), std::ptrdiff_t(w % 3 + 1)});
    }
    LagPaths paths(windows, kLags, mayJump ? std::optional(60.0F) : std::nullopt);
    paths.follow({});
    std::vector<float> best(kLags);
    for (std::size_t w = 0; w < kWindows; ++w) {
        const std::vector<float> before = best;
        const float jumped = mayJump && w > 0 ? *std::ranges::max_element(before) - 60 : -1e30F;
        for (std::ptrdiff_t lag = 0; lag < kLags; ++lag) {
            float most = jumped;
            const std::ptrdiff_t steps = w == 0 ? 0 : windows[w].steps;
            for (std::ptrdiff_t from = std::max(lag - steps, std::ptrdiff_t(0));
                 from <= std::min(lag + steps, kLags - 1); ++from)
                most = std::max(most, before[std::size_t(from)]);
            best[std::size_t(lag)] = most + paths.scoreAt(w, lag);
        }
    }
    QCOMPARE(paths.scores(), best);
    bool isJumping = false;
    for (std::ptrdiff_t end = 0; end < kLags; end += 7) {
        const std::vector<LagPaths::Lag> path = paths.pathTo(end);
        QCOMPARE(path.back(), end);
        float sum = paths.scoreAt(0, path[0]);
        for (std::size_t w = 1; w < kWindows; ++w) {
            const bool jumps = std::abs(path[w] - path[w - 1]) > windows[w].steps;
            isJumping = isJumping || jumps;
            sum += paths.scoreAt(w, path[w]) - (jumps ? 60.0F : 0.0F);
        }
        QCOMPARE(sum, paths.scores()[std::size_t(end)]);
    }
    QCOMPARE(isJumping, mayJump);
}

QTEST_GUILESS_MAIN(TestClockMap)
#include "tst_clock_map.moc"
