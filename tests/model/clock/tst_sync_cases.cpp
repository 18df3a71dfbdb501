// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "model/clock/alignment.h"
#include "tests/tools/seed_step.h"
#include "tests/tools/sync_case.h"

using namespace exitscope;
using namespace exitscope::testing;

// Pairs of host and guests with known maps: the error must stay below the uncertainty at every event of every case.
class TestSyncCases : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void seeded_data();
    void seeded();
    void longOnes_data();
    void longOnes();
    void otherSpans_data();
    void otherSpans();

private:
    static void check(const SyncCaseOptions &options);
};

namespace {

constexpr int kCases = 500;
constexpr int kGroup = 25; // cases of a row
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kStep = 11; // sanitizers look at memory: some cases do, all would take minutes
constexpr int kLongStep = 9;
#else
constexpr int kStep = 3;
constexpr int kLongStep = 3;
#endif

SyncCaseOptions optionsOf(std::uint32_t seed)
{
    SyncCaseOptions options;
    options.seed = seed;
    options.vms = 1 + seed % 2;
    options.vcpus = 1 + seed / 2 % 2;
    options.changesRate = seed / 4 % 2 == 1;
    options.losesEvents = seed / 8 % 2 == 1;
    return options;
}

struct Worst {
    Ns error = 0;
    Ns uncertainty = 0;
    Ns excess = kNoTime; // of the error over the uncertainty
    Ns largest = 0; // uncertainty of any event
};

// Within a break nobody knows which of two lines holds.
bool isNearBreak(const ClockMap &map, Ns event)
{
    return std::ranges::any_of(
        map.pieces(),
        [event](const ClockPiece &piece) {
            return piece.breakWithin.from != kNoTime && event >= piece.breakWithin.from
                && event <= piece.breakWithin.to;
        });
}

Worst worstOf(const GuestAlignment &alignment, const GuestTrace &guest, const ClockMap &truth)
{
    Worst worst;
    for (const GuestCpu &cpu : guest.cpus) {
        for (const Ns event : cpu.events) {
            if (event < alignment.overlap.from || event > alignment.overlap.to)
                continue;
            const Ns error = std::abs(alignment.map.toHost(event) - truth.toHost(event));
            const Ns uncertainty = alignment.map.uncertainty(event).value();
            worst.error = std::max(worst.error, error);
            worst.largest = std::max(worst.largest, uncertainty);
            if (!isNearBreak(alignment.map, event))
                worst.uncertainty = std::max(worst.uncertainty, uncertainty);
            worst.excess = std::max(worst.excess, error - uncertainty);
        }
    }
    return worst;
}

} // namespace

void TestSyncCases::seeded_data()
{
    QTest::addColumn<int>("first");
    for (int first = 0; first < kCases; first += kGroup)
        QTest::addRow("%d", first) << first;
}

void TestSyncCases::seeded()
{
    QFETCH(int, first);
    for (int seed = first; seed < first + kGroup; seed += seedStep(kStep)) {
        check(optionsOf(std::uint32_t(seed)));
        if (QTest::currentTestFailed())
            return;
    }
}

void TestSyncCases::longOnes_data()
{
    QTest::addColumn<int>("seed");
    for (int seed = 1000; seed < 1016; seed += seedStep(kLongStep))
        QTest::addRow("%d", seed) << seed;
}

// Of these some windows and some events decide, and all narrow the map.
void TestSyncCases::longOnes()
{
    QFETCH(int, seed);
    SyncCaseOptions options = optionsOf(std::uint32_t(seed));
    options.spanNs = 20'000'000'000;
    check(options);
}

void TestSyncCases::otherSpans_data()
{
    constexpr Ns kSecond = 1'000'000'000;
    QTest::addColumn<Ns>("host");
    QTest::addColumn<Ns>("guestFrom");
    QTest::addColumn<Ns>("guestTo");
    const auto row = [](const char *name, Ns host, Ns from, Ns to) {
        QTest::newRow(name) << host * kSecond << from * kSecond << to * kSecond;
    };
    row("guest much longer", 4, -40, 20);
    row("guest much longer, ends with it", 4, -56, 4);
    row("guest ten times as long", 2, -3, 17);
    row("host much longer", 30, 13, 17);
    row("both long", 45, -1, 46);
    row("they meet for a second at the end", 10, 9, 21);
    row("they meet for a second at the begin", 10, -11, 1);
    row("long ones meet for two seconds", 30, 28, 60);
}

void TestSyncCases::otherSpans()
{
    QFETCH(Ns, host);
    QFETCH(Ns, guestFrom);
    QFETCH(Ns, guestTo);
    check({.seed = 77, .spanNs = host, .vcpus = 1, .guest = TimeRange{guestFrom, guestTo}});
}

void TestSyncCases::check(const SyncCaseOptions &options)
{
    const SyncCase written = makeSyncCase(options);
    const Alignments found = alignGuests(written.recording);
    for (std::size_t g = 0; g < found.guests.size(); ++g) {
        const GuestAlignment &alignment = found.guests[g];
        const std::string where = "seed " + std::to_string(options.seed) + " guest " + std::to_string(g) + " pieces "
            + std::to_string(alignment.map.pieces().size()) + " contained "
            + std::to_string(alignment.containment.contained) + "/" + std::to_string(alignment.containment.known)
            + " likelihood " + std::to_string(alignment.containment.likelihood) + " runner-up "
            + std::to_string(alignment.runnerUp);
        QVERIFY2(alignment.verdict == SyncVerdict::Aligned, where.c_str());
        QVERIFY2(alignment.vm->vm == written.vmOf[g], where.c_str());
        // Where a rate changes is known to some ms only, and an event in there may be put on the wrong side.
        const auto breaks = std::int64_t(alignment.map.pieces().size()) - 1;
        QVERIFY2(alignment.containment.misfits() <= breaks, where.c_str());
        const Worst worst = worstOf(alignment, written.recording.guests[g], written.truth[g]);
        const std::string numbers = where + " error " + std::to_string(worst.error) + " uncertainty "
            + std::to_string(worst.uncertainty) + " excess " + std::to_string(worst.excess);
        QVERIFY2(worst.excess <= 0, numbers.c_str());
        QVERIFY2(worst.uncertainty <= 2000, numbers.c_str());
        QVERIFY2(
            worst.largest <= alignment.uncertainty().value() + 1, numbers.c_str()); // what is told, but for rounding
    }
}

QTEST_GUILESS_MAIN(TestSyncCases)
#include "tst_sync_cases.moc"
