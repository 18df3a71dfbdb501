// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <QAction>
#include <QLineEdit>

#include "tests/tools/written_recording.h"
#include "tests/views/linked_views.h"
#include "views/chart/custom_plot.h"
#include "views/timeline/timeline_chart.h"
#include "views/timeline/timeline_tooltip.h"
#include "views/timeline/timeline_view.h"

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
    void treeIsFoldedAtFirst();
    void orders();
    void rowsTellStates();
    void threadsAreFoundAndPinned();
    void columnsFillTheirHeight();
    void statesHaveTheirColours();
    void toolTipTellsTheState();
    void withoutAGuestItIsSaid();
    void gestures();
    void aClickMakesTheExitCurrent();
    void namesFilter();

private:
    std::shared_ptr<const TimelineLayout> layout(
        TimeRange visible, const TimelineOptions &options = {}, QSize size = {1100, 400});

    TimelineOptions threads(ThreadOrder order = ThreadOrder::Lost) const;

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

// "web-7 >" of one that is folded.
QStringList rowsOf(const TimelineLayout &layout)
{
    QStringList all;
    for (const TimelineRow &row : layout.rows)
        if (row.threads)
            all << QString(row.label % (row.collapsed ? latin(" >") : QString())
                % (row.threads->isPinned ? latin(" *") : QString()));
    return all;
}

const TimelineRow &rowNamed(const TimelineLayout &layout, const char *label)
{
    const auto found = std::ranges::find(layout.rows, latin(label), &TimelineRow::label);
    if (found == layout.rows.end())
        throw std::out_of_range("no such row");
    return *found;
}

QAction *actionOf(const TimelineView &view, const char *text)
{
    for (QAction *action : view.actions())
        if (action->text().remove(QLatin1Char('&')).contains(latin(text)))
            return action;
    throw std::out_of_range("no such action");
}

} // namespace

TimelineOptions TestTimelineThreads::threads(ThreadOrder order) const
{
    TimelineOptions options;
    options.threads = true;
    options.scrolls = true;
    options.threadOrder = order;
    options.threadList = std::make_shared<const ThreadList>(inOrder(listThreads(m_guests), order));
    return options;
}

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

// A process with one thread is that thread's row.
void TestTimelineThreads::treeIsFoldedAtFirst()
{
    TimelineOptions options = threads();
    QCOMPARE(
        rowsOf(*layout({0, 100'000}, options)), QStringList({latin("Guest threads"), latin("db-9"), latin("web-7 >")}));
    options.toggled = {{0, latin("web-7")}};
    const auto shown = layout({0, 100'000}, options);
    QCOMPARE(rowsOf(*shown),
        QStringList({latin("Guest threads"), latin("db-9"), latin("web-7"), latin("web-7"), latin("worker-8")}));
    QVERIFY(shown->rows.front().isVm() && shown->rows[2].vcpu && !shown->rows[3].isVm() && shown->rows[3].isHeader());
    QVERIFY(rowNamed(*shown, "worker-8").labelArea.left() > rowNamed(*shown, "db-9").labelArea.left());
    QCOMPARE(shown->threadNotes.back().text, QString::fromUtf8("2 threads, lost 0 ns"));
    options.toggled = {{0, QString()}};
    QCOMPARE(rowsOf(*layout({0, 100'000}, options)), QStringList({latin("Guest threads >")}));
    options.threads = false;
    QVERIFY(rowsOf(*layout({0, 100'000}, options)).isEmpty());
}

void TestTimelineThreads::orders()
{
    const auto processes = [&](ThreadOrder order) {
        QStringList all;
        const TimelineOptions options = threads(order);
        for (const ListedProcess &process : options.threadList->guests.at(0).processes)
            all << process.label;
        return all;
    };
    QCOMPARE(processes(ThreadOrder::Lost), QStringList({latin("db-9"), latin("web-7")})); // the CPUID from 40,000 on
    QCOMPARE(processes(ThreadOrder::Name), QStringList({latin("db-9"), latin("web-7")}));
    QCOMPARE(processes(ThreadOrder::FirstRun), QStringList({latin("web-7"), latin("db-9")}));
    const ListedGuest guest = threads().threadList->guests.at(0);
    QCOMPARE(guest.processes[0].lost, Ns(10'000));
    QCOMPARE(guest.processes[1].lost, Ns(0));
    QCOMPARE(guest.threads, std::size_t(3));
}

void TestTimelineThreads::rowsTellStates()
{
    TimelineOptions options = threads();
    options.toggled = {{0, latin("web-7")}};
    const auto shown = layout({0, 100'000}, options);
    const auto check = [&](const TimelineRow &row, const std::vector<std::pair<ThreadState, Ns>> &expected) {
        Ns from = 0;
        for (const auto &[state, to] : expected) {
            const QPointF middle(shown->scale.timeToPx((from + to) / 2), row.strip.center().y());
            const auto part = std::ranges::find_if(
                shown->threads, [&](const ThreadRect &thread) { return thread.rect.contains(middle); });
            QVERIFY(part != shown->threads.end());
            QVERIFY(part->state == state);
            QVERIFY(std::abs(part->rect.left() - shown->scale.timeToPx(from)) <= 1.5);
            QVERIFY(std::abs(part->rect.right() - shown->scale.timeToPx(to)) <= 1.5);
            QCOMPARE(part->rect.height(), row.strip.height());
            from = to;
        }
    };
    using enum ThreadState;
    check(rowNamed(*shown, "db-9"),
        {{Unknown, 20'000}, {Running, 40'000}, {Kvm, 50'000}, {Running, 65'000}, {Waiting, 96'000},
            {Unknown, 100'000}});
    check(*std::ranges::find_if(
              shown->rows, [](const TimelineRow &row) { return row.isThread() && row.label == latin("web-7"); }),
        {{Unknown, 1000}, {Running, 20'000}, {Sleeping, 60'000}, {Waiting, 65'000}, {Running, 96'000},
            {Unknown, 100'000}});
    check(rowNamed(*shown, "worker-8"), {{Unknown, 2000}, {Running, 90'000}, {Gone, 100'000}});
    QStringList names;
    for (const ThreadLabel &label : shown->threadLabels)
        names << label.note.text;
    QVERIFY2(names.contains(latin("Sleeping in read")) && names.contains(latin("In KVM: cpuid")),
        qPrintable(names.join(latin(", "))));
}

void TestTimelineThreads::threadsAreFoundAndPinned()
{
    TimelineOptions options = threads();
    const auto found = [&](const char *text) {
        options.threadsNamed = latin(text);
        return rowsOf(*layout({0, 100'000}, options));
    };
    QCOMPARE(found("WORK"), QStringList({latin("Guest threads"), latin("web-7"), latin("worker-8")}));
    QCOMPARE(found("db"), QStringList({latin("Guest threads"), latin("db-9")}));
    QCOMPARE(found("nobody"), QStringList({latin("Guest threads")}));
    const std::uint32_t worker = threads(ThreadOrder::Name).threadList->guests[0].processes[1].threads[1].thread;
    options.pinned = {{0, worker}};
    QCOMPARE(found(""), QStringList({latin("Guest threads"), latin("worker-8 *"), latin("db-9"), latin("web-7 >")}));
    options.toggled = {{0, QString()}}; // pinned rows stay
    QCOMPARE(found(""), QStringList({latin("Guest threads >"), latin("worker-8 *")}));
}

// On the sample, where columns hold several states.
void TestTimelineThreads::columnsFillTheirHeight()
{
    const auto recording = std::make_shared<const Recording>(
        loadRecording({QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/sample")}, {}));
    const auto guests = std::make_shared<const ShownGuests>(showGuests(findMaps(recording, {}), {}));
    ViewValues values;
    values.visible = boundsOf(*recording);
    TimelineOptions options;
    options.threads = true;
    options.scrolls = true;
    options.threadList = std::make_shared<const ThreadList>(listThreads(guests));
    QVERIFY(!options.threadList->guests.empty());
    for (const ListedProcess &process : options.threadList->guests[0].processes)
        options.toggled.insert({options.threadList->guests[0].guest, process.label});
    const auto shown = layoutTimeline(
        {recording, std::make_shared<const Numbers>(), values, Theme::light(), guests}, {1000, 2000}, options);
    int mixed = 0, rows = 0;
    for (const TimelineRow &row : shown->rows) {
        if (!row.isThread())
            continue;
        ++rows;
        std::map<int, double> heights;
        for (const ThreadRect &part : shown->threads) {
            if (!row.strip.contains(part.rect.center()))
                continue;
            QVERIFY(row.strip.adjusted(-0.5, -0.5, 0.5, 0.5).contains(part.rect));
            for (int x = int(part.rect.left()); x < int(part.rect.right()); ++x)
                heights[x] += part.rect.height();
            mixed += part.rect.height() < row.strip.height();
        }
        QVERIFY(heights.size() > 700);
        for (const auto &[x, height] : heights)
            QCOMPARE(height, row.strip.height());
    }
    QVERIFY(rows > 10);
    QVERIFY(mixed > 20);
}

void TestTimelineThreads::statesHaveTheirColours()
{
    for (const Theme &theme : {Theme::light(), Theme::dark()}) {
        TimelineOptions options = threads();
        options.toggled = {{0, latin("web-7")}};
        const auto shown = layout({0, 100'000}, options);
        drawTimeline(*m_plot, shown, {1100, 400}, theme);
        const QImage image = m_plot->toPixmap(1100, 400, 1).toImage();
        const std::map<ThreadState, QColor> colours{{ThreadState::Running, theme.state(VcpuState::Guest)},
            {ThreadState::Kvm, theme.state(VcpuState::Kvm)},
            {ThreadState::Waiting, theme.guestState(GuestThreadState::Waiting)},
            {ThreadState::Sleeping, theme.guestState(GuestThreadState::Sleeping)}, {ThreadState::Gone, theme.base()}};
        std::set<ThreadState> seen;
        for (const ThreadRect &thread : shown->threads) {
            const auto colour = colours.find(thread.state);
            if (colour == colours.end() || thread.rect.width() < 6)
                continue;
            QCOMPARE(image.pixel(thread.rect.topLeft().toPoint() + QPoint(2, 1)), colour->second.rgb());
            seen.insert(thread.state);
        }
        QCOMPARE(seen.size(), colours.size());
    }
}

void TestTimelineThreads::toolTipTellsTheState()
{
    TimelineOptions options = threads();
    options.toggled = {{0, latin("web-7")}};
    const auto shown = layout({0, 100'000}, options);
    const auto told = [&](const TimelineRow &row, Ns t) {
        return timelineToolTip(*shown, QPointF(shown->scale.timeToPx(t), row.strip.center().y()), *m_exits.passing());
    };
    const QString inKvm = told(rowNamed(*shown, "db-9"), 45'000);
    QVERIFY2(inKvm.contains(QString::fromUtf8("<b>In KVM</b> for 10.0 µs")), qPrintable(inKvm));
    QVERIFY2(inKvm.contains(latin("exit: <b>cpuid</b>")), qPrintable(inKvm));
    QVERIFY2(inKvm.contains(latin("on CPU 0 of the guest, ")), qPrintable(inKvm));
    const QString sleeping = told(shown->rows[6], 30'000);
    QVERIFY2(sleeping.contains(latin("system call: <b>read</b>")), qPrintable(sleeping));
    QVERIFY(told(rowNamed(*shown, "worker-8"), 95'000).contains(latin("<b>Gone</b>")));
    QVERIFY(told(shown->rows[5], 30'000).isEmpty()); // a process
}

void TestTimelineThreads::withoutAGuestItIsSaid()
{
    TimelineOptions options = threads();
    options.threadList.reset();
    QCOMPARE(rowsOf(*layout({0, 100'000}, options)), QStringList({latin("Guest threads: they are being listed")}));
    options.threadList = std::make_shared<const ThreadList>();
    QVERIFY(rowsOf(*layout({0, 100'000}, options)).at(0).contains(latin("was not traced")));
}

// The menu lists them, a click on a process unfolds it, one before a name pins it, and Ctrl+F finds.
void TestTimelineThreads::gestures()
{
    test::LinkedViews linked(m_recording);
    TimelineView view(linked.state, linked.numbers);
    view.resize(1000, 500);
    view.show();
    view.setRecording(linked.recording);
    view.setGuests(m_guests);
    QVERIFY(linked.settle());
    QTRY_VERIFY(view.shown());
    actionOf(view, "processes and threads")->trigger();
    QTRY_COMPARE(rowsOf(*view.shown()), QStringList({latin("Guest threads"), latin("db-9"), latin("web-7 >")}));
    const auto click = [&](const QPointF &at) { QTest::mouseClick(&view.plot(), Qt::LeftButton, {}, at.toPoint()); };
    click(rowNamed(*view.shown(), "web-7").triangle.center());
    QCOMPARE(rowsOf(*view.shown()).size(), 5);
    click(rowNamed(*view.shown(), "worker-8").triangle.center());
    QCOMPARE(rowsOf(*view.shown()).at(1), latin("worker-8 *"));
    click(rowNamed(*view.shown(), "worker-8").triangle.center());
    QCOMPARE(rowsOf(*view.shown()).at(1), latin("db-9"));
    click(rowNamed(*view.shown(), "web-7").strip.center());
    QCOMPARE(rowsOf(*view.shown()).size(), 3);
    actionOf(view, "first run")->trigger();
    QTRY_COMPARE(rowsOf(*view.shown()), QStringList({latin("Guest threads"), latin("web-7 >"), latin("db-9")}));
    QVERIFY(actionOf(view, "first run")->isChecked() && !actionOf(view, "lost time")->isChecked());

    view.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&view));
    view.plot().setFocus();
    QTest::keyClick(&view.plot(), Qt::Key_F, Qt::ControlModifier);
    auto *find = view.findChild<QLineEdit *>();
    QVERIFY(find && find->isVisible());
    QTRY_VERIFY(find->hasFocus());
    QTest::keyClicks(find, latin("work"));
    QCOMPARE(rowsOf(*view.shown()), QStringList({latin("Guest threads"), latin("web-7"), latin("worker-8")}));
    actionOf(view, "processes and threads")->trigger();
    QVERIFY(rowsOf(*view.shown()).isEmpty() && !find->isVisible());
}

void TestTimelineThreads::aClickMakesTheExitCurrent()
{
    test::LinkedViews linked(m_recording);
    TimelineView view(linked.state, linked.numbers);
    view.setOptions(threads());
    view.resize(1000, 500);
    view.show();
    view.setRecording(linked.recording);
    view.setGuests(m_guests);
    QVERIFY(linked.settle());
    QTRY_VERIFY(view.shown() && rowsOf(*view.shown()).size() == 3);
    const QPointF at(view.shown()->scale.timeToPx(45'000), rowNamed(*view.shown(), "db-9").strip.center().y());
    QTest::mouseClick(&view.plot(), Qt::LeftButton, {}, at.toPoint());
    QCOMPARE(linked.state.values().current, std::optional(ExitRef{{{0, 0}, 0}, 0}));
    linked.state.undo();
    QVERIFY(!linked.state.values().current);
}

// By thread or process; what the filters leave out fades, and undo restores.
void TestTimelineThreads::namesFilter()
{
    test::LinkedViews linked(m_recording);
    TimelineView view(linked.state, linked.numbers);
    TimelineOptions options = threads();
    options.toggled = {{0, latin("web-7")}};
    view.resize(1000, 500);
    view.show();
    view.setRecording(linked.recording);
    view.setGuests(m_guests);
    view.setOptions(options);
    QVERIFY(linked.settle());
    QTRY_VERIFY(view.shown() && rowsOf(*view.shown()).size() == 5);
    const auto click = [&](const char *label, Qt::KeyboardModifiers modifiers = {}) {
        QTest::mouseClick(
            &view.plot(), Qt::LeftButton, modifiers, rowNamed(*view.shown(), label).labelArea.center().toPoint());
    };
    const auto chosen = [&] {
        QStringList all;
        for (const TimelineRow &row : view.shown()->rows)
            if (row.threads && row.threads->process && row.chosen)
                all << row.label;
        return all;
    };
    const ViewValues before = linked.state.values();
    click("worker-8");
    QCOMPARE(linked.state.values().threads, std::set<QString>{latin("worker-8")});
    QTRY_COMPARE(chosen(), QStringList({latin("web-7"), latin("worker-8")})); // the process has it
    click("db-9", Qt::ControlModifier);
    QCOMPARE(linked.state.values().threads, (std::set<QString>{latin("db-9"), latin("worker-8")}));
    linked.state.undo();
    linked.state.undo();
    QCOMPARE(linked.state.values(), before);
    QTRY_COMPARE(chosen().size(), 4);
    click("web-7"); // the process
    QCOMPARE(linked.state.values().processes, std::set<QString>{latin("web-7")});
    QTRY_COMPARE(chosen(), QStringList({latin("web-7"), latin("web-7"), latin("worker-8")}));
    click("web-7");
    QCOMPARE(linked.state.values(), before);
}

QTEST_MAIN(TestTimelineThreads)
#include "tst_timeline_threads.moc"
