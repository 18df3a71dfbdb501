// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <ctime>
#include <limits>

#include "tests/views/made_recording.h"
#include "views/timeline/timeline_chart.h"

using namespace exitscope;
using namespace exitscope::testing;

// Rows of a guest with very many threads and switches.
class TestManyThreads : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void layoutIsBounded();
};

// 2,000 threads take turns on 4 CPUs, 1.6 million switches: rows that are not seen cost nothing, and no row costs more
// than its pixels.
void TestManyThreads::layoutIsBounded()
{
    constexpr std::uint32_t kThreads = 2000;
    constexpr Ns kSlice = 10'000;
    constexpr std::size_t kTurns = 400'000; // on each CPU
    auto recording = std::make_shared<Recording>(
        *makeRecording({{MadeVcpu{.run = 7000, .exit = 1000, .count = 500'000, .end = kMadeBegin + 4'100'000'000},
            MadeVcpu{.run = 9000, .exit = 1000, .count = 400'000, .end = kMadeBegin + 4'100'000'000}, MadeVcpu{},
            MadeVcpu{}}}));
    GuestTrace guest;
    guest.path = QStringLiteral("/t/guest");
    guest.range = {0, Ns(kTurns) * kSlice};
    guest.cpus.resize(4);
    std::vector<std::vector<std::pair<Ns, std::int32_t>>> rows(kThreads); // CPU, or none: it waits or sleeps
    for (std::size_t cpu = 0; cpu < 4; ++cpu) {
        guest.cpus[cpu].number = std::int32_t(cpu);
        for (std::size_t turn = 0; turn < kTurns; ++turn) {
            const Ns t = Ns(turn) * kSlice;
            const auto thread = std::uint32_t(turn * 7 % (kThreads / 4) * 4 + cpu);
            guest.cpus[cpu].events.push_back(t);
            guest.cpus[cpu].switchTime.push_back(t);
            guest.cpus[cpu].switchTid.push_back(std::int32_t(thread) + 1);
            rows[thread].emplace_back(t, std::int32_t(cpu));
            rows[thread].emplace_back(t + kSlice, kNoPcpu);
        }
    }
    for (std::uint32_t thread = 0; thread < kThreads; ++thread) {
        guest.threads.tid.push_back(std::int32_t(thread) + 1);
        guest.threads.pid.push_back(std::int32_t(thread / 10 * 10) + 1);
        guest.threads.cpu.push_back(kNoPcpu);
        guest.threads.isOfKernel.push_back(0);
        guest.threads.begin.push_back(kNoTime);
        guest.threads.end.push_back(kEndOfRecording);
        for (const auto &[t, cpu] : rows[thread]) {
            guest.states.thread.push_back(thread);
            guest.states.time.push_back(t);
            guest.states.cpu.push_back(cpu);
            guest.states.state.push_back(cpu != kNoPcpu ? GuestThreadState::Running
                    : t % 3 == 0                        ? GuestThreadState::Waiting
                                                        : GuestThreadState::Sleeping);
        }
    }
    recording->guests.push_back(std::move(guest));
    GuestMaps maps;
    maps.recording = recording;
    GuestAlignment found;
    found.verdict = SyncVerdict::Aligned;
    found.vm = VmKey{0, 0};
    found.vcpuOf = {0, 1, 2, 3};
    found.map = ClockMap(ClockLine{0, kMadeBegin, 1e-6});
    maps.found.guests = {found};
    const auto guests = std::make_shared<const ShownGuests>(showGuests(maps, {}));
    const auto now = [] { return std::clock() / (CLOCKS_PER_SEC / 1000); }; // ms of work, whoever else works here
    std::clock_t since = now();
    TimelineOptions options;
    options.threads = true;
    options.scrolls = true;
    options.threadList = std::make_shared<const ThreadList>(listThreads(guests));
    qInfo("listed in %lld ms", qint64(now() - since));
    for (const ListedProcess &process : options.threadList->guests.at(0).processes)
        options.toggled.insert({0, process.label});
    ExitIndexCache exits;
    exits.update(recording, {});
    ViewValues values;
    qint64 longest = 0;
    const auto measure = [&](const char *what, TimeRange visible) {
        values.visible = visible;
        std::shared_ptr<const TimelineLayout> shown;
        auto ms = std::numeric_limits<qint64>::max(); // the least: others may take the machine's caches
        for (int i = 0; i < 5; ++i) {
            since = now();
            shown = layoutTimeline({recording, std::make_shared<const Numbers>(), values, Theme::light(), guests, exits},
                {1900, 900}, options);
            ms = std::min(ms, qint64(now() - since));
        }
        longest = std::max(longest, ms);
        const auto threads = std::ranges::count_if(shown->rows, &TimelineRow::isThread);
        qInfo("%s: %lld ms, %d rows of threads, %zu pieces", what, ms, int(threads), shown->threads.size());
        QVERIFY(threads < 60);
        QVERIFY(shown->threads.size() < std::size_t(threads + 1) * 1900 * 4);
    };
    const TimeRange whole = boundsOf(*recording);
    options.threads = false;
    measure("whole, without rows of threads", whole);
    options.threads = true;
    measure("whole", whole);
    options.scroll = 20'000;
    measure("scrolled", whole);
    options.scroll = 400;
    measure("part", {whole.from, whole.from + whole.length() / 20});
    measure("near", {whole.from + 100'000'000, whole.from + 101'000'000});
    options.threadsNamed = QStringLiteral("15");
    measure("found", whole);
    QVERIFY2(longest < 1000, qPrintable(QString::number(longest)));
}

QTEST_MAIN(TestManyThreads)
#include "tst_many_threads.moc"
