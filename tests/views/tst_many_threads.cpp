// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <ctime>
#include <limits>

#include "tests/views/many_threads.h"
#include "views/timeline/timeline_chart.h"

using namespace exitscope;
using namespace exitscope::testing;

// Rows of a guest with very many threads and switches.
class TestManyThreads : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void layoutIsBounded();
    void rowsMoveAsTheyAre();
};

namespace {

TimelineOptions allRowsOf(const std::shared_ptr<const ShownGuests> &guests)
{
    TimelineOptions options = withAllThreads({}, std::make_shared<const ThreadList>(listThreads(guests)));
    options.scrolls = true;
    return options;
}

bool isSame(const TimelineLayout &a, const TimelineLayout &b)
{
    return std::ranges::equal(
               a.threads, b.threads,
               [](const ThreadRect &x, const ThreadRect &y) { return x.rect == y.rect && x.state == y.state; })
        && std::ranges::equal(
            a.threadLabels, b.threadLabels,
            [](const ThreadLabel &x, const ThreadLabel &y) {
                return x.note.rect == y.note.rect && x.note.text == y.note.text && x.state == y.state;
            });
}

} // namespace

// 2,000 threads take turns on 4 CPUs, 1.7 million switches: rows that are not seen cost nothing, and no row costs more
// than its pixels.
void TestManyThreads::layoutIsBounded()
{
    const ManyThreads made = makeManyThreads();
    const std::shared_ptr<const Recording> &recording = made.recording;
    const auto guests = std::make_shared<const ShownGuests>(showGuests(made.maps(), {}));
    const auto now = [] { return std::clock() / (CLOCKS_PER_SEC / 1000); }; // ms of work, whoever else works here
    std::clock_t since = now();
    TimelineOptions options = allRowsOf(guests);
    qInfo("listed in %lld ms", qint64(now() - since));
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
            shown
                = layoutTimeline({recording, std::make_shared<const Numbers>(), values, Theme::light(), guests, exits},
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

// What is taken from an older layout is what a new one would have: scrolled, folded, ordered, sought.
void TestManyThreads::rowsMoveAsTheyAre()
{
    const ManyThreads made = makeManyThreads({.threads = 200, .turns = 2000});
    const auto guests = std::make_shared<const ShownGuests>(showGuests(made.maps(), {}));
    ExitIndexCache exits;
    exits.update(made.recording, {});
    ViewValues values;
    const auto layout = [&](const TimelineOptions &options, const TimelineLayout *last) {
        return layoutTimeline(
            {made.recording, std::make_shared<const Numbers>(), values, Theme::light(), guests, exits}, {1200, 500},
            options, *exits.all(), *exits.passing(), last);
    };
    const TimeRange whole = boundsOf(*made.recording);
    for (const TimeRange &visible : {whole, TimeRange{whole.from + 3'000'000, whole.from + 3'020'000}}) {
        values.visible = visible;
        TimelineOptions options = allRowsOf(guests);
        options.scroll = 900;
        const TimelineLayout before = layout(options, nullptr);
        QVERIFY(before.threads.size() > 20);
        QVERIFY(!before.threadLabels.empty());
        std::vector<TimelineOptions> next(4, options);
        next[0].scroll = 1017;
        next[1].toggled.erase({0, before.threadList->guests[0].processes[3].label});
        next[2].threadList = std::make_shared<const ThreadList>(inOrder(*options.threadList, ThreadOrder::Name));
        next[3].threadsNamed = QStringLiteral("web");
        for (const TimelineOptions &other : next)
            QVERIFY(isSame(layout(other, &before), layout(other, nullptr)));
        values.visible.to += 1'000; // other times, of which the host knows nothing at the end: nothing can be taken
        QVERIFY(isSame(layout(options, &before), layout(options, nullptr)));
    }
}

QTEST_MAIN(TestManyThreads)
#include "tst_many_threads.moc"
