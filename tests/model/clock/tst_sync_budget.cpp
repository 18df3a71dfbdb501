// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <ctime>
#include <thread>

#include "model/clock/alignment.h"
#include "tests/tools/fast_machine.h"
#include "tests/tools/sync_case.h"

using namespace exitscope;
using namespace exitscope::testing;

// Aligning ends soon: when nobody wants it any more, when it takes too long, and on its own for a guest that fits
// nothing. Times are of the CPU: other programs may keep it busy.
class TestSyncBudget : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void foreignGuestIsToldSoon();
    void cancelTakesEffectSoon_data();
    void cancelTakesEffectSoon();
    void cancelOfARegularMachineTakesEffectSoon_data();
    void cancelOfARegularMachineTakesEffectSoon();
    void endIsTold_data();
    void endIsTold();

private:
    // From the cancel, once it has worked so long; s.
    static double cancelledAfter(const Recording &recording, double seconds, Alignments &found);

    Recording m_regular; // so many lines fit that it is sought long which there are
    double m_regularSeconds = 0; // that aligning it takes
    Recording m_foreign;
    double m_seconds = 0; // that aligning it takes
};

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double kSlower = 6; // and a smaller case: memory is looked at, not speed
constexpr Ns kSpan = 6'000'000'000;
constexpr Ns kRegularSpan = 100'000'000;
#else
constexpr double kSlower = 1;
constexpr Ns kSpan = 60'000'000'000;
constexpr Ns kRegularSpan = 2'000'000'000; // two million events
#endif
constexpr std::size_t kVcpus = 16;
constexpr int kPoints = 20;
constexpr double kSoon = 0.5 * kSlower;
constexpr double kMost = 4 * 5 * kSlower; // with little optimization, on a busy machine; the benchmark asks for less

const AlignOptions kWithoutEnd{.userMaps = {}, .atMost = std::chrono::hours(1)}; // a busy machine takes its time

double cpuSeconds()
{
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return double(now.tv_sec) + double(now.tv_nsec) * 1e-9;
}

} // namespace

double TestSyncBudget::cancelledAfter(const Recording &recording, double seconds, Alignments &found)
{
    std::atomic<bool> cancel = false;
    std::atomic<bool> isDone = false;
    const double begin = cpuSeconds();
    std::thread aligning([&] {
        found = alignGuests(recording, kWithoutEnd, &cancel);
        isDone = true;
    });
    while (!isDone && cpuSeconds() - begin < seconds)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const double cancelled = cpuSeconds();
    cancel = true;
    aligning.join();
    return cpuSeconds() - cancelled;
}

void TestSyncBudget::initTestCase()
{
    m_foreign = makeSyncCase({.seed = 1, .spanNs = kSpan, .vcpus = kVcpus}).recording;
    m_foreign.guests = makeSyncCase({.seed = 2, .spanNs = kSpan, .vcpus = kVcpus}).recording.guests;
}

void TestSyncBudget::foreignGuestIsToldSoon()
{
    const double begin = cpuSeconds();
    const Alignments found = alignGuests(m_foreign, kWithoutEnd);
    m_seconds = cpuSeconds() - begin;
    qInfo("%.2f s", m_seconds);
    QCOMPARE(verdictName(found.guests.at(0).verdict), QStringLiteral("none"));
    QCOMPARE(found.diagnostics.at(0).code, QStringLiteral("guest-fits-no-vm"));
    QVERIFY2(m_seconds <= kMost, qPrintable(QString::number(m_seconds)));
}

void TestSyncBudget::cancelTakesEffectSoon_data()
{
    QTest::addColumn<int>("point");
    for (int point = 0; point < kPoints; ++point)
        QTest::addRow("after %d of %d", point, kPoints) << point;
}

void TestSyncBudget::cancelTakesEffectSoon()
{
    QFETCH(int, point);
    QVERIFY(m_seconds > 0);
    Alignments found;
    const double share = double(point) / kPoints; // closer together where most is begun
    const double took = cancelledAfter(m_foreign, m_seconds * share * share, found);
    QVERIFY2(took <= kSoon, qPrintable(QStringLiteral("%1 s").arg(took)));
    QVERIFY(!found.guests.at(0).isAligned());
    if (point < kPoints / 2) { // surely not done with
        QCOMPARE(verdictName(found.guests.at(0).verdict), QStringLiteral("unknown"));
        QVERIFY(found.diagnostics.empty()); // nothing is told of what nobody wants
    }
}

void TestSyncBudget::cancelOfARegularMachineTakesEffectSoon_data()
{
    FastMachineOptions options{.seed = 5, .spanNs = kRegularSpan, .vcpus = 2, .exitNs = 900, .periodNs = 12'000};
    options.eventsPerRun = 6;
    options.rests = false;
    options.setsDeadlines = true;
    m_regular = makeFastMachine(options).recording;
    const double begin = cpuSeconds();
    alignGuests(m_regular, kWithoutEnd);
    m_regularSeconds = cpuSeconds() - begin;
    qInfo("%.2f s", m_regularSeconds);
    cancelTakesEffectSoon_data();
}

void TestSyncBudget::cancelOfARegularMachineTakesEffectSoon()
{
    QFETCH(int, point);
    Alignments found;
    const double took = cancelledAfter(m_regular, m_regularSeconds * point / kPoints, found);
    QVERIFY2(took <= kSoon, qPrintable(QStringLiteral("%1 s").arg(took)));
}

void TestSyncBudget::endIsTold_data()
{
    QTest::addColumn<bool>("isForeign");
    QTest::addColumn<int>("milliseconds");
    QTest::newRow("at once") << true << 0;
    QTest::newRow("on the way") << true << 50;
    QTest::newRow("of a guest that fits") << false << 0;
}

// Not "fits no VM": nobody knows that.
void TestSyncBudget::endIsTold()
{
    QFETCH(bool, isForeign);
    QFETCH(int, milliseconds);
    const Recording fitting = makeSyncCase({.seed = 1, .vms = 2}).recording;
    AlignOptions options;
    options.atMost = std::chrono::milliseconds(milliseconds);
    const Alignments found = alignGuests(isForeign ? m_foreign : fitting, options);
    for (const GuestAlignment &guest : found.guests) {
        QCOMPARE(verdictName(guest.verdict), QStringLiteral("unknown"));
        QVERIFY(!guest.vm);
        QVERIFY(guest.map.isEmpty());
    }
    QCOMPARE(found.diagnostics.size(), found.guests.size());
    for (const Diagnostic &diagnostic : found.diagnostics)
        QCOMPARE(diagnostic.code, QStringLiteral("guest-search-ended"));
}

QTEST_GUILESS_MAIN(TestSyncBudget)
#include "tst_sync_budget.moc"
