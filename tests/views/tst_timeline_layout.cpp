// SPDX-License-Identifier: GPL-3.0-or-later
#include <QTest>

#include <map>

#include "tests/tools/amend_exit.h"
#include "tests/views/made_recording.h"
#include "views/timeline/timeline_layout.h"
#include "views/timeline/timeline_tooltip.h"

using namespace exitscope;
using namespace exitscope::testing;

class TestTimelineLayout : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void columnsAreFilled_data();
    void columnsAreFilled();
    void mixedColumnsShowShares();
    void equalNeighboursAreOneRect();
    void nothingOverlapsNorLeavesThePlot_data() { columnsAreFilled_data(); }
    void nothingOverlapsNorLeavesThePlot();
    void everyExitHasItsMark();
    void sharedPixelHasTheReasonOfMost();
    void filteredExitsAreDimmed();
    void collapsedVmStandsForItsVcpus();
    void labelsSayHowAVcpuIsKnown();
    void manyRowsFitOrScroll();
    void onAScreenTheRowsHaveTheRoom();
    void pictureTellsWhatItLeavesOut();
    void readableHeightShowsAll();
    void pcpusAreJoined();
    void hits();
    void toolTips();
    void toolTipTellsTargetAndPlace();
    void toolTipOfAnEntryThatFailed();
    void withoutExitsSaysSo();

private:
    TimelineLayout layout(const ViewValues &values, QSize size = {1000, 300}, TimelineOptions options = {}) const;
    ViewValues whole() const;
    std::shared_ptr<const Recording> m_recording;
};

void TestTimelineLayout::initTestCase()
{
    // vm0/0: 10 exits of 1 µs, seen singly; vm0/1: a storm, 10,000 within 50 µs; vm1/0: like vm0/0, later.
    m_recording = makeRecording({{{}, {.run = 3, .exit = 2, .count = 10'000}}, {{.begin = kMadeBegin + 40'000}}});
}

ViewValues TestTimelineLayout::whole() const
{
    ViewValues values;
    values.visible = boundsOf(*m_recording);
    return values;
}

TimelineLayout TestTimelineLayout::layout(const ViewValues &values, QSize size, TimelineOptions options) const
{
    const ExitIndex all(m_recording, {});
    if (values.selection() == Selection{})
        return layoutTimeline({m_recording, nullptr, values}, size, options, all, all);
    const ExitIndex passing(m_recording, values.selection());
    return layoutTimeline({m_recording, nullptr, values}, size, options, all, passing);
}

void TestTimelineLayout::columnsAreFilled_data()
{
    QTest::addColumn<qint64>("from");
    QTest::addColumn<qint64>("to");
    QTest::newRow("all") << qint64(0) << qint64(100'000);
    QTest::newRow("storm") << qint64(10'000) << qint64(20'000);
    QTest::newRow("singly") << qint64(2'000) << qint64(7'000);
    QTest::newRow("shorter than its pixels") << qint64(1'950) << qint64(2'050);
    QTest::newRow("uneven") << qint64(12'345) << qint64(77'777);
}

void TestTimelineLayout::columnsAreFilled()
{
    QFETCH(qint64, from);
    QFETCH(qint64, to);
    ViewValues values;
    values.visible = {kMadeBegin + from, kMadeBegin + to};
    const TimelineLayout made = layout(values);
    for (const TimelineRow &row : made.rows) {
        if (row.shows.empty())
            continue;
        std::vector<double> heights(std::size_t(made.scale.columns()), 0.0);
        for (const StateRect &state : made.states) {
            if (!row.lane(LaneKind::States).contains(state.rect))
                continue;
            for (double x = state.rect.left(); x < state.rect.right(); ++x)
                heights[std::size_t(x - made.plot.left())] += state.rect.height();
        }
        for (const double height : heights)
            QCOMPARE(height, row.lane(LaneKind::States).height());
    }
}

void TestTimelineLayout::mixedColumnsShowShares()
{
    ViewValues values;
    values.visible
        = {kMadeBegin + 10'000, kMadeBegin + 20'000}; // within the storm: 60 % Guest, 30 % Kvm, 10 % Userspace
    const TimelineLayout made = layout(values);
    const TimelineRow &row = made.rows[2];
    QVERIFY(row.vcpu == VcpuKey({{0, 0}, 1}));
    std::map<VcpuState, double> area;
    for (const StateRect &state : made.states)
        if (row.lane(LaneKind::States).contains(state.rect))
            area[state.state] += state.rect.width() * state.rect.height();
    const double all = row.lane(LaneKind::States).width() * row.lane(LaneKind::States).height();
    QVERIFY(std::abs(area[VcpuState::Guest] / all - 0.6) < 0.02);
    QVERIFY(std::abs(area[VcpuState::Kvm] / all - 0.3) < 0.02);
    QVERIFY(std::abs(area[VcpuState::Userspace] / all - 0.1) < 0.02);
    for (const StateRect &state : made.states) // always in the same order, Guest at the bottom
        if (row.lane(LaneKind::States).contains(state.rect) && state.state == VcpuState::Guest)
            QCOMPARE(state.rect.bottom(), row.lane(LaneKind::States).bottom());
}

void TestTimelineLayout::equalNeighboursAreOneRect()
{
    ViewValues values;
    values.visible = {kMadeBegin, kMadeBegin + 20'000}; // vm0/0: 10 runs, 10 exits; 5 with a half in Userspace
    const TimelineLayout made = layout(values, {1100, 300});
    const TimelineRow &row = made.rows[1];
    std::size_t count = 0;
    for (const StateRect &state : made.states)
        count += row.lane(LaneKind::States).contains(state.rect);
    // Columns that hold a border of states may add a few.
    QVERIFY2(count >= 25 && count <= 3 * 25, qPrintable(QString::number(count)));
    values.visible = {kMadeBegin + 60'000, kMadeBegin + 90'000};
    const TimelineLayout idle = layout(values);
    QCOMPARE(std::ranges::count_if(
                 idle.states, [&](const StateRect &s) { return idle.rows[1].lane(LaneKind::States).contains(s.rect); }),
        std::ptrdiff_t(1));
}

void TestTimelineLayout::nothingOverlapsNorLeavesThePlot()
{
    QFETCH(qint64, from);
    QFETCH(qint64, to);
    ViewValues values;
    values.visible = {kMadeBegin + from, kMadeBegin + to};
    for (const QSize size : {QSize(320, 160), QSize(1000, 300), QSize(2500, 900)}) {
        const TimelineLayout made = layout(values, size, {.pcpus = true});
        for (const auto *texts : {&made.exitLabels, &made.stateLabels, &made.pcpuLabels}) {
            for (std::size_t i = 0; i < texts->size(); ++i) {
                QVERIFY(made.plot.contains((*texts)[i].rect));
                for (std::size_t j = i + 1; j < texts->size(); ++j)
                    QVERIFY(!(*texts)[i].rect.intersects((*texts)[j].rect));
            }
        }
        for (const PlacedText &label : made.exitLabels) // nor over the mark of another exit
            for (const MarkRect &mark : made.marks)
                QVERIFY(!mark.rect.intersects(label.rect));
        for (const MarkRect &mark : made.marks)
            QVERIFY(made.plot.contains(mark.rect));
        for (const StateRect &state : made.states)
            QVERIFY(made.plot.contains(state.rect));
        for (const LegendEntry &entry : made.legend)
            QVERIFY(entry.text.rect.right() <= size.width() && entry.text.rect.bottom() <= made.plot.top());
    }
}

void TestTimelineLayout::everyExitHasItsMark()
{
    ViewValues values;
    values.visible = {kMadeBegin, kMadeBegin + 20'000};
    const TimelineLayout made = layout(values);
    const Vcpu &vcpu = m_recording->hosts[0].vms[0].vcpus[0];
    const TimelineRow &row = made.rows[1];
    std::size_t marks = 0;
    for (const MarkRect &mark : made.marks)
        marks += row.lane(LaneKind::Marks).contains(mark.rect);
    QCOMPARE(marks, vcpu.exits.size());
    for (std::size_t i = 0; i < vcpu.exits.size(); ++i) {
        const double x = made.scale.left + made.scale.columnOf(vcpu.exits.time(i));
        const auto isIt = [&](const MarkRect &mark) {
            return mark.rect.left() == x && row.lane(LaneKind::Marks).contains(mark.rect)
                && mark.reason == vcpu.exits.reason(i);
        };
        QVERIFY(std::ranges::any_of(made.marks, isIt));
    }
    // All are far enough apart to be named.
    const auto inRow = [&](const PlacedText &label) { return row.lane(LaneKind::Marks).contains(label.rect.center()); };
    QCOMPARE(std::ranges::count_if(made.exitLabels, inRow), std::ptrdiff_t(vcpu.exits.size()));
    QCOMPARE(made.exitLabels.front().text, QStringLiteral("cpuid"));
}

void TestTimelineLayout::sharedPixelHasTheReasonOfMost()
{
    ViewValues values = whole();
    values.reasons = {kIo};
    const TimelineLayout made = layout(values);
    const TimelineRow &row = made.rows[2];
    int marks = 0;
    for (const MarkRect &mark : made.marks) {
        if (!row.lane(LaneKind::Marks).contains(mark.rect))
            continue;
        ++marks;
        QCOMPARE(m_recording->reasons[mark.reason].key, kIo);
        QVERIFY(mark.passes);
    }
    QVERIFY(marks > 0);
    const auto named = [&](const PlacedText &label) { return row.lane(LaneKind::Marks).contains(label.rect.center()); };
    QVERIFY(std::ranges::none_of(made.exitLabels, named)); // several exits each
}

void TestTimelineLayout::filteredExitsAreDimmed()
{
    ViewValues values;
    values.visible = {kMadeBegin, kMadeBegin + 20'000};
    values.reasons = {kIo};
    values.vcpus = {VcpuKey{{0, 0}, 0}};
    const TimelineLayout made = layout(values);
    QVERIFY(made.rows[1].chosen);
    QVERIFY(!made.rows[2].chosen);
    int passing = 0;
    int dimmed = 0;
    for (const MarkRect &mark : made.marks) {
        if (!made.rows[1].lane(LaneKind::Marks).contains(mark.rect)) {
            QVERIFY(!mark.passes);
            continue;
        }
        QCOMPARE(mark.passes, m_recording->reasons[mark.reason].key == kIo);
        (mark.passes ? passing : dimmed) += 1;
    }
    QCOMPARE(dimmed, 5);
    QCOMPARE(passing, 5);
    for (const PlacedText &label : made.exitLabels)
        QCOMPARE(label.text, QStringLiteral("io"));
}

void TestTimelineLayout::collapsedVmStandsForItsVcpus()
{
    const TimelineLayout open = layout(whole());
    const TimelineLayout closed = layout(whole(), {1000, 300}, {.collapsed = {VmKey{0, 0}}});
    QCOMPARE(open.rows.size(), std::size_t(5)); // vm0, 0, 1, vm1, 0
    QCOMPARE(closed.rows.size(), std::size_t(3));
    QVERIFY(open.rows[0].shows.empty());
    QCOMPARE(closed.rows[0].shows.size(), std::size_t(2));
    QVERIFY(closed.rows[0].collapsed);
    // The running number goes on over what is collapsed.
    QCOMPARE(closed.rows[2].shows.front().number, std::size_t(2));
    double idle = 0;
    for (const StateRect &state : closed.states)
        if (closed.rows[0].lane(LaneKind::States).contains(state.rect) && state.state == VcpuState::Idle)
            idle += state.rect.width() * state.rect.height();
    // vm0/0 rests for 80 of 100 µs, vm0/1 for 50.
    const QRectF &band = closed.rows[0].lane(LaneKind::States);
    QVERIFY(std::abs(idle / (band.width() * band.height()) - 0.65) < 0.02);
}

void TestTimelineLayout::labelsSayHowAVcpuIsKnown()
{
    auto made = std::make_shared<Recording>(*makeRecording({std::vector<MadeVcpu>(3)}));
    std::vector<Vcpu> &vcpus = made->hosts.front().vms.front().vcpus;
    vcpus[1].number = QStringLiteral("tid 904");
    vcpus[2].number = QStringLiteral("pCPU 0");
    vcpus[2].tid.reset();
    const ExitIndex all(made, {});
    ViewValues values;
    values.visible = boundsOf(*made);
    const TimelineLayout layout = layoutTimeline(ChartInput{made, nullptr, values}, {800, 400}, {}, all, all);
    QStringList labels;
    for (const TimelineRow &row : layout.rows)
        labels << row.label;
    QCOMPARE(labels,
        (QStringList{
            QStringLiteral("vm0"), QStringLiteral("vCPU 0"), QStringLiteral("tid 904"), QStringLiteral("pCPU 0")}));
    QCOMPARE(layout.rows.at(2).shows.front().id(), QStringLiteral("vm0/tid 904"));
}

void TestTimelineLayout::manyRowsFitOrScroll()
{
    const auto many = makeRecording({std::vector<MadeVcpu>(64)});
    const ExitIndex all(many, {});
    ViewValues values;
    values.visible = boundsOf(*many);
    const ChartInput input{many, nullptr, values};
    const TimelineLayout fits = layoutTimeline(input, {800, 400}, {}, all, all);
    QCOMPARE(fits.rows.size(), std::size_t(65));
    for (const TimelineRow &row : fits.rows)
        QVERIFY(row.rect.bottom() <= fits.plot.bottom());
    const TimelineLayout scrolls = layoutTimeline(input, {800, 400}, {.scrolls = true}, all, all);
    QVERIFY(scrolls.rows.size() < 20);
    QVERIFY(scrolls.contentHeight >= 64 * 30);
    const TimelineLayout end = layoutTimeline(input, {800, 400}, {.scrolls = true, .scroll = 1e6}, all, all);
    QCOMPARE(end.rows.back().label, QStringLiteral("vCPU 63"));
    QCOMPARE(end.rows.back().rect.bottom(), end.plot.bottom());
}

// Legends in one line if they fit, the axis' title beside its labels.
void TestTimelineLayout::onAScreenTheRowsHaveTheRoom()
{
    const TimelineLayout picture = layout(whole(), {1172, 260});
    QVERIFY(picture.axisTitle.isEmpty());
    ViewValues values = whole();
    for (const TimeRange visible : {values.visible, TimeRange{kMadeBegin + 3'000, kMadeBegin + 3'100}}) {
        values.visible = visible;
        const TimelineLayout screen = layout(values, {1172, 260}, {.scrolls = true});
        QVERIFY(screen.plot.height() >= picture.plot.height() + 10);
        QCOMPARE(screen.legend.front().text.rect.top(), screen.legend.back().text.rect.top());
        QVERIFY(screen.axisTitle.top() >= screen.plot.bottom() && screen.axisTitle.bottom() <= 260);
        const QFontMetricsF metrics(Theme::light().font(9));
        for (std::size_t i = 0; i < screen.ticks.at.size(); ++i) {
            const double half = metrics.horizontalAdvance(screen.ticks.labels[i]) / 2;
            const double middle = screen.scale.timeToPx(screen.begin + screen.ticks.at[i]);
            QVERIFY(half == 0 || middle - half > screen.axisTitle.right());
        }
    }
    const TimelineLayout narrow = layout(whole(), {400, 260}, {.scrolls = true});
    QVERIFY(narrow.legend.front().text.rect.top() < narrow.legend.back().text.rect.top());
}

void TestTimelineLayout::pictureTellsWhatItLeavesOut()
{
    const auto many = makeRecording({std::vector<MadeVcpu>(64)});
    const ExitIndex all(many, {});
    ViewValues values;
    values.visible = boundsOf(*many);
    const ChartInput input{many, nullptr, values};
    QVERIFY(layoutTimeline(input, {800, 400}, {}, all, all).missing.text.isEmpty());
    const TimelineLayout low = layoutTimeline(input, {800, 200}, {}, all, all);
    const auto shown = std::ranges::count_if(low.rows, [](const TimelineRow &row) { return !row.isVm(); });
    QVERIFY(shown > 20 && shown < 64);
    QVERIFY2(low.missing.text.startsWith(QStringLiteral("+ %1 vCPUs").arg(64 - shown)), qPrintable(low.missing.text));
    QVERIFY(low.rows.back().rect.bottom() <= low.missing.rect.top());
    QVERIFY(low.missing.rect.bottom() <= low.plot.bottom());
}

void TestTimelineLayout::readableHeightShowsAll()
{
    const auto many = makeRecording({std::vector<MadeVcpu>(64), std::vector<MadeVcpu>(3)});
    const ExitIndex all(many, {});
    ViewValues values;
    values.visible = boundsOf(*many);
    const ChartInput input{many, nullptr, values};
    const TimelineOptions options{.pcpus = true};
    const int height = readableHeight(input, 800, options, all);
    const TimelineLayout made = layoutTimeline(input, {800, height}, options, all, all);
    QCOMPARE(made.rows.size(), std::size_t(69));
    QVERIFY(made.missing.text.isEmpty());
    for (const TimelineRow &row : made.rows)
        QVERIFY2(row.isVm() || row.rect.height() >= 30, qPrintable(QString::number(row.rect.height())));
    QVERIFY(height < 69 * 60);
}

void TestTimelineLayout::pcpusAreJoined()
{
    const TimelineLayout without = layout(whole());
    QVERIFY(without.pcpus.empty());
    const TimelineLayout made = layout(whole(), {1000, 400}, {.pcpus = true});
    QCOMPARE(made.pcpus.size(), std::size_t(3)); // one stretch for each vCPU, then idle
    QCOMPARE(made.pcpus[0].pcpu, 3);
    QCOMPARE(made.pcpuLabels[0].text, QStringLiteral("pCPU 3"));
    QVERIFY(std::abs(made.pcpus[0].rect.width() / made.plot.width() - 0.2) < 0.01);
}

void TestTimelineLayout::hits()
{
    ViewValues values;
    values.visible = {kMadeBegin, kMadeBegin + 20'000};
    const TimelineLayout made = layout(values);
    const ExitIndex all(m_recording, {});
    const TimelineRow &row = made.rows[1];
    const auto at = [&](Ns t, double y) { return made.exitAt({made.scale.timeToPx(kMadeBegin + t), y}, all); };
    const double band = row.lane(LaneKind::States).center().y();
    const double lane = row.lane(LaneKind::Marks).center().y();
    const auto exit = [](std::size_t i) { return std::optional(ExitRef{VcpuKey{{0, 0}, 0}, i}); };
    QCOMPARE(at(1'500, band), exit(0)); // within the exit
    QCOMPARE(at(2'500, band), exit(1)); // the run before the exit
    QCOMPARE(at(3'020, lane), exit(1));
    QCOMPARE(at(2'970, lane), exit(1)); // the mark that is near
    QVERIFY(!made.exitAt({made.plot.left() - 10, band}, all)); // the label
    QVERIFY(!made.exitAt({made.plot.center().x(), made.rows[0].rect.center().y()}, all)); // the VM's header
    Selection onlyIo;
    onlyIo.reasons = {kIo};
    const ExitIndex passing(m_recording, onlyIo);
    QVERIFY(!made.exitAt({made.scale.timeToPx(kMadeBegin + 1'500), band}, passing)); // filtered out
    QCOMPARE(made.rowAt({5, row.rect.center().y()}), &row);
    QVERIFY(!made.rowAt({5, 1}));
}

void TestTimelineLayout::toolTips()
{
    ViewValues values;
    values.visible = {kMadeBegin, kMadeBegin + 20'000};
    const TimelineLayout made = layout(values);
    const ExitIndex all(m_recording, {});
    const TimelineRow &row = made.rows[1];
    const QPointF inIo(made.scale.timeToPx(kMadeBegin + 3'250), row.lane(LaneKind::States).center().y());
    const QString text = timelineToolTip(made, inIo, all);
    for (const char *part : {"vm0/0", "Kvm", "500 ns", "pCPU 3", "io", "I/O port", "gross", "1.00 µs",
             "Kvm 500 ns + Userspace 500 ns", "net", "without Idle and Preempted", "run", "at 0.000003 s", "qemu"})
        QVERIFY2(text.contains(QString::fromUtf8(part)), qPrintable(QString(QString::fromUtf8(part) % text)));
    const QPointF idle(made.plot.right() - 1, row.lane(LaneKind::States).center().y());
    QVERIFY(!timelineToolTip(made, {1, 1}, all).contains(QStringLiteral("vm0")));
    QVERIFY(timelineToolTip(made, idle, all).contains(QStringLiteral("vm0/0")));

    const TimelineLayout storm = layout(whole());
    const QPointF many(storm.scale.timeToPx(kMadeBegin + 20'000), storm.rows[2].lane(LaneKind::States).center().y());
    QVERIFY(timelineToolTip(storm, many, all).contains(QStringLiteral("exits in this pixel")));
}

// In one line; names of symbols, which files tell, are no markup.
void TestTimelineLayout::toolTipTellsTargetAndPlace()
{
    auto recording = std::make_shared<Recording>(*m_recording);
    ExitColumns &exits = recording->hosts[0].vms[0].vcpus[0].exits;
    testing::amendExit(exits, 1, [](ExitRow &row) {
        row.target = Target::of(TargetKind::Port, 0x3f8);
        row.userspace = 2;
        row.guestRip = 0xffffffff81000010;
    });
    QString error;
    auto kernel = KernelSymbols::parse("ffffffff81000000 T <img>&x\nffffffff81001000 T _etext\n", 0, error);
    QVERIFY2(kernel, qPrintable(error));
    GuestSymbols symbols;
    symbols.set({0, 0}, std::make_shared<const KernelSymbols>(std::move(*kernel)));
    const ExitIndex all(recording, {});
    ViewValues values;
    values.visible = {kMadeBegin, kMadeBegin + 20'000};
    const TimelineLayout made = layoutTimeline({recording, nullptr, values}, {1000, 300}, {}, all, all);
    const auto tip = [&](std::size_t exit, const GuestSymbols *with) {
        const QPointF at(made.scale.timeToPx(exits.time(exit) + 250), made.rows[1].lane(LaneKind::States).center().y());
        return timelineToolTip(made, at, all, with);
    };
    const QString place = QStringLiteral("<br>port 0x3f8 (serial port 1), KVM_EXIT_IO, from 0xffffffff81000010");
    QVERIFY2(tip(1, nullptr).contains(QString(place % QStringLiteral("<br>"))), qPrintable(tip(1, nullptr)));
    QVERIFY2(tip(1, &symbols).contains(QString(place % QStringLiteral(" &lt;img&gt;&amp;x+0x10<br>"))),
        qPrintable(tip(1, &symbols)));
    QVERIFY2(tip(2, &symbols).contains(QStringLiteral("<br>from 0x0<br>")), qPrintable(tip(2, &symbols)));
}

void TestTimelineLayout::toolTipOfAnEntryThatFailed()
{
    auto recording = std::make_shared<Recording>(*m_recording);
    ExitColumns &exits = recording->hosts[0].vms[0].vcpus[0].exits;
    const ExitIndex all(recording, {});
    ViewValues values;
    values.visible = {kMadeBegin, kMadeBegin + 20'000};
    const TimelineLayout made = layoutTimeline({recording, nullptr, values}, {1000, 300}, {}, all, all);
    const auto tip = [&](std::size_t exit) {
        return timelineToolTip(
            made, {made.scale.timeToPx(exits.time(exit) + 250), made.rows[1].lane(LaneKind::States).center().y()}, all);
    };
    const QString failed = QStringLiteral("the VM entry before it failed: the guest did not run");
    testing::amendExit(exits, 1, [](ExitRow &row) { row.entry = kNoTime; });
    QVERIFY2(tip(1).contains(QStringLiteral("the VM entry before it was not seen")), qPrintable(tip(1)));
    testing::amendExit(exits, 1, [](ExitRow &row) { row.entryFailed = true; });
    QVERIFY2(tip(1).contains(failed) && !tip(1).contains(QStringLiteral("not seen")), qPrintable(tip(1)));
    QVERIFY2(!tip(2).contains(failed), qPrintable(tip(2)));
}

void TestTimelineLayout::withoutExitsSaysSo()
{
    const auto empty = std::make_shared<Recording>();
    const ExitIndex all(empty, {});
    const TimelineLayout made = layoutTimeline({empty, nullptr, {}}, {600, 200}, {}, all, all);
    QVERIFY(made.rows.empty());
    QVERIFY(!made.message.isEmpty());
}

QTEST_MAIN(TestTimelineLayout)
#include "tst_timeline_layout.moc"
