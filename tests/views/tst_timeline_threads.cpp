// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include "tests/tools/written_recording.h"
#include "views/chart/custom_plot.h"
#include "views/timeline/timeline_chart.h"
#include "views/timeline/timeline_tooltip.h"

using namespace exitscope;
using namespace exitscope::testing;

// What a guest's CPUs and threads did, in the timeline.
class TestTimelineThreads : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void contextsAreCutToGuestMode();
    void contextsAreNamedWhereThereIsRoom();
    void contextsHaveTheirColours();
    void toolTipTellsTheContext();

private:
    std::shared_ptr<const TimelineLayout> layout(
        TimeRange visible, const TimelineOptions &options = {}, QSize size = {1100, 400});

    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const ShownGuests> m_guests;
    std::unique_ptr<QCustomPlot> m_plot = std::make_unique<QCustomPlot>();
    ExitIndexCache m_exits;
};

namespace {

QString latin(const char *text)
{
    return QString::fromLatin1(text);
}

// vCPU 0 exits at 40,000 for CPUID until 50,000, and both halt at 100,000.
const char *const kHost = "0 p0 kvm_entry vcpu_id=0 tid=31\n"
                          "1 p1 kvm_entry vcpu_id=1 tid=32\n"
                          "40000 p0 kvm_exit reason=114 isa=2 vcpu_id=0 tid=31\n"
                          "50000 p0 kvm_entry vcpu_id=0 tid=31\n"
                          "100000 p0 kvm_exit reason=120 isa=2 vcpu_id=0 tid=31\n"
                          "100001 p1 kvm_exit reason=120 isa=2 vcpu_id=1 tid=32\n";

// A process with two threads, and one with one.
const char *const kGuest = "thread 7 pid=7 name=web\n"
                           "thread 8 pid=7 name=worker\n"
                           "thread 9 pid=9 name=db\n"
                           "1000 p0 sched_switch prev_tid=0 next_tid=7\n"
                           "2000 p1 sched_switch prev_tid=0 next_tid=8\n"
                           "10000 p0 other:syscall_entry_read tid=7\n"
                           "20000 p0 sched_switch prev_tid=7 prev_state=1 next_tid=9\n"
                           "30000 p0 softirq_entry number=1 tid=9\n"
                           "35000 p0 softirq_exit number=1 tid=9\n"
                           "60000 p0 sched_wakeup woken=7 target=0 tid=9\n"
                           "65000 p0 sched_switch prev_tid=9 prev_state=0 next_tid=7\n"
                           "70000 p0 other:syscall_exit_read tid=7\n"
                           "90000 p1 sched_switch prev_tid=8 prev_state=16 next_tid=0\n"
                           "95000 p0 other:a tid=7\n"
                           "96000 p1 other:a tid=0\n";

} // namespace

void TestTimelineThreads::initTestCase()
{
    m_recording
        = std::make_shared<const Recording>(WrittenRecording()
                                                .add(kHost)
                                                .add(kGuest, "guest",
                                                    [](CtfOptions &options) {
                                                        options.hostname = "guest";
                                                        options.traceUuid = "c0ffee00-0000-4000-8000-000000000006";
                                                        options.clockUuid = "9e570000-0000-4000-8000-000000000001";
                                                    })
                                                .load());
    AlignOptions options;
    options.userMaps.emplace(0, ClockMap(ClockLine{0, 0, 0}));
    m_guests = std::make_shared<const ShownGuests>(showGuests(findMaps(m_recording, options), {}));
    QVERIFY(m_guests->of({0, 0}));
    m_exits.update(m_recording, {});
}

std::shared_ptr<const TimelineLayout> TestTimelineThreads::layout(
    TimeRange visible, const TimelineOptions &options, QSize size)
{
    ViewValues values;
    values.visible = visible;
    return buildTimeline(*m_plot,
        {m_recording, std::make_shared<const Numbers>(), values, Theme::light(), m_guests, m_exits}, size, options);
}

void TestTimelineThreads::contextsAreCutToGuestMode()
{
    const auto shown = layout({0, 100'000});
    const QRectF lane = shown->rows[1].lane(LaneKind::Contexts);
    QVERIFY(lane.top() >= shown->rows[1].lane(LaneKind::Guests).bottom());
    std::vector<std::pair<GuestMode, TimeRange>> expected{{GuestMode::Unknown, {0, 1000}},
        {GuestMode::User, {1000, 10'000}}, {GuestMode::Syscall, {10'000, 20'000}},
        {GuestMode::Unknown, {20'000, 30'000}}, {GuestMode::Softirq, {30'000, 35'000}},
        {GuestMode::Unknown, {35'000, 40'000}}, {GuestMode::Unknown, {50'000, 65'000}},
        {GuestMode::Syscall, {65'000, 70'000}}, {GuestMode::User, {70'000, 96'000}},
        {GuestMode::Unknown, {96'000, 100'000}}};
    std::vector<ContextRect> told;
    for (const ContextRect &context : shown->contexts)
        if (lane.contains(context.rect.center()))
            told.push_back(context);
    QCOMPARE(told.size(), expected.size());
    for (std::size_t i = 0; i < told.size(); ++i) {
        QVERIFY(told[i].mode == expected[i].first);
        QVERIFY(std::abs(told[i].rect.left() - shown->scale.timeToPx(expected[i].second.from)) <= 1.5);
        QVERIFY(std::abs(told[i].rect.right() - shown->scale.timeToPx(expected[i].second.to)) <= 1.5);
        QCOMPARE(told[i].rect.height(), lane.height());
    }
}

void TestTimelineThreads::contextsAreNamedWhereThereIsRoom()
{
    const auto names = [&](TimeRange visible) {
        QStringList all;
        for (const PlacedNote &label : layout(visible)->contextLabels)
            all << label.text;
        return all;
    };
    QCOMPARE(names({0, 100'000}), QStringList({latin("user"), latin("syscall:read"), latin("user"), latin("idle")}));
    QCOMPARE(names({31'000, 34'000}), QStringList({latin("softirq:TIMER")}));
    QVERIFY(layout({0, 100'000}, {}, {1100, 170})->contextLabels.empty()); // but the strip is there
    QVERIFY(!layout({0, 100'000}, {}, {1100, 170})->contexts.empty());
    QVERIFY(layout({0, 100'000}, {.guests = false})->contexts.empty());
}

void TestTimelineThreads::contextsHaveTheirColours()
{
    for (const Theme &theme : {Theme::light(), Theme::dark()}) {
        const auto shown = layout({0, 100'000});
        drawTimeline(*m_plot, shown, {1100, 400}, theme);
        const QImage image = m_plot->toPixmap(1100, 400, 1).toImage();
        std::set<QRgb> colours;
        for (const ContextRect &context : shown->contexts) {
            if (context.mode == GuestMode::Unknown)
                continue;
            const QRgb colour = image.pixel(context.rect.topLeft().toPoint() + QPoint(2, 1));
            QCOMPARE(colour, theme.context(context.mode).rgb());
            colours.insert(colour);
        }
        QCOMPARE(colours.size(), std::size_t(4)); // user, syscall, softirq, idle
    }
}

void TestTimelineThreads::toolTipTellsTheContext()
{
    const auto shown = layout({0, 100'000});
    const auto at = [&](Ns t) {
        return timelineToolTip(*shown,
            QPointF(shown->scale.timeToPx(t), shown->rows[1].lane(LaneKind::States).center().y()), *m_exits.passing());
    };
    QVERIFY2(at(32'000).contains(latin("context: <b>softirq:TIMER</b>")), qPrintable(at(32'000)));
    QVERIFY(at(15'000).contains(latin("context: <b>syscall:read</b>")));
    QVERIFY(at(25'000).contains(latin("context: <b>not known</b>")));
    QVERIFY(!at(45'000).contains(latin("context:"))); // out of guest mode
}

QTEST_MAIN(TestTimelineThreads)
#include "tst_timeline_threads.moc"
