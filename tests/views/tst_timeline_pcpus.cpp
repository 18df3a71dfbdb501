// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QHelpEvent>
#include <QTest>
#include <QToolTip>

#include "tests/tools/timeline_text.h"
#include "tests/views/linked_views.h"
#include "views/chart/custom_plot.h"
#include "views/timeline/timeline_chart.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using test::LinkedViews;

// Rows of who ran on each pCPU.
class TestTimelinePcpus : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsTellWhoRan();
    void columnsSumToTheirHeight();
    void fullColumnsAreSampled();
    void theyHaveTheColoursOfTheirKinds();
    void tooltipTellsTheThread();
    void aNameFiltersByItsPcpu();
    void theMenuShowsThem();
    void withoutSwitchesItIsSaid();
    void picturesSayWhatHasNoRoom();
};

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

// pCPU 0 in pieces of 100 µs: the vCPU, a hog, a thread of QEMU, nobody, the vCPU again.
const char *const kScript = "thread 30 pid=30 name=qemu\n"
                            "thread 31 pid=30 name=\"CPU 0/KVM\"\n"
                            "thread 33 pid=30 name=IO\n"
                            "thread 70 pid=70 name=hog\n"
                            "0 p1 other:x tid=30\n"
                            "0 p0 kvm_entry tid=31\n"
                            "1000 p0 kvm_exit reason=10 isa=1 tid=31\n"
                            "100000 p0 sched_switch prev_tid=31 prev_state=0 next_tid=70\n"
                            "200000 p0 sched_switch prev_tid=70 prev_state=1 next_tid=33\n"
                            "300000 p0 sched_switch prev_tid=33 prev_state=1 next_tid=0\n"
                            "400000 p0 sched_switch prev_tid=0 prev_state=0 next_tid=31\n"
                            "401000 p0 kvm_entry tid=31\n"
                            "500000 p0 kvm_exit reason=10 isa=1 tid=31\n";

std::shared_ptr<const Recording> recordingOf(const std::string &script)
{
    testing::BuiltTimeline built = testing::buildTimeline(script);
    auto recording = std::make_shared<Recording>();
    recording->reasons = std::move(built.reasons);
    recording->hosts.push_back(std::move(built.timeline));
    return recording;
}

TimelineLayout layoutOf(const std::shared_ptr<const Recording> &recording, QSize size, bool scrolls = true)
{
    ViewValues values;
    values.visible = boundsOf(*recording);
    TimelineOptions options;
    options.occupancy = true;
    options.scrolls = scrolls;
    return *layoutTimeline({recording, std::make_shared<const Numbers>(), values, Theme::light()}, size, options);
}

TimelineRow rowNamed(const TimelineLayout &layout, const QString &label)
{
    const auto found = std::ranges::find(layout.rows, label, &TimelineRow::label);
    if (found == layout.rows.end())
        throw std::out_of_range("no such row");
    return *found;
}

} // namespace

void TestTimelinePcpus::rowsTellWhoRan()
{
    const TimelineLayout layout = layoutOf(recordingOf(kScript), {1000, 400});
    const TimelineRow row = rowNamed(layout, text("pCPU 0"));
    QVERIFY(row.pcpu && !row.isVm() && !row.isHeader());
    std::vector<std::pair<Occupant::Kind, TimeRange>> expected{{Occupant::Kind::Vcpu, {0, 100'000}},
        {Occupant::Kind::Host, {100'000, 200'000}}, {Occupant::Kind::VmThread, {200'000, 300'000}},
        {Occupant::Kind::Nobody, {300'000, 400'000}}, {Occupant::Kind::Vcpu, {400'000, 500'000}}};
    for (const auto &[kind, range] : expected) {
        const double middle = layout.scale.timeToPx((range.from + range.to) / 2);
        const auto part = std::ranges::find_if(layout.occupancy,
            [&](const OccupantRect &at) { return at.rect.contains(QPointF(middle, row.strip.center().y())); });
        QVERIFY(part != layout.occupancy.end());
        QVERIFY(part->of.kind == kind);
        QVERIFY(std::abs(part->rect.left() - layout.scale.timeToPx(range.from)) <= 1.5);
        QVERIFY(std::abs(part->rect.right() - layout.scale.timeToPx(range.to)) <= 1.5);
        QCOMPARE(part->rect.height(), row.strip.height());
    }
    QStringList names;
    for (const OccupantLabel &label : layout.occupancyLabels)
        names << label.note.text;
    QCOMPARE(names, QStringList({text("CPU 0/KVM"), text("hog"), text("IO"), text("CPU 0/KVM")}));
    QVERIFY(layout.occupancyLegend.size() == 4);
}

// On the sample, where columns hold several threads: what stands in a column fills it.
void TestTimelinePcpus::columnsSumToTheirHeight()
{
    const TimelineLayout layout = layoutOf(test::sample(), {1000, 700});
    int mixed = 0;
    for (const TimelineRow &row : layout.rows) {
        if (!row.pcpu)
            continue;
        std::map<int, double> heights;
        for (const OccupantRect &part : layout.occupancy) {
            if (!row.strip.contains(part.rect.center()))
                continue;
            QVERIFY(row.strip.adjusted(-0.5, -0.5, 0.5, 0.5).contains(part.rect));
            for (int x = int(part.rect.left()); x < int(part.rect.right()); ++x)
                heights[x] += part.rect.height();
            mixed += part.rect.height() < row.strip.height();
        }
        QVERIFY(heights.size() > 900);
        for (const auto &[x, height] : heights)
            QCOMPARE(height, row.strip.height());
    }
    QVERIFY(mixed > 20);
}

// 4,000 switches in each pixel, where a hog has three quarters of the time: the samples are not far from that.
void TestTimelinePcpus::fullColumnsAreSampled()
{
    std::string script = "thread 31 pid=30 name=\"CPU 0/KVM\"\nthread 70 pid=70 name=hog\n"
                         "0 p0 kvm_entry tid=31\n1 p0 kvm_exit reason=10 isa=1 tid=31\n";
    for (int i = 1; i <= 20'000; ++i)
        script += std::to_string(i * 8) + " p0 sched_switch prev_tid=31 prev_state=0 next_tid=70\n"
            + std::to_string(i * 8 + 6) + " p0 sched_switch prev_tid=70 prev_state=0 next_tid=31\n";
    const TimelineLayout layout = layoutOf(recordingOf(script), {160, 300});
    const TimelineRow row = rowNamed(layout, text("pCPU 0"));
    double hog = 0, all = 0;
    for (const OccupantRect &part : layout.occupancy) {
        all += part.rect.height() * part.rect.width();
        hog += part.of.kind == Occupant::Kind::Host ? part.rect.height() * part.rect.width() : 0;
    }
    QVERIFY2(std::abs(hog / all - 0.75) < 0.1, qPrintable(QString::number(hog / all)));
    QVERIFY(std::abs(all - row.strip.width() * row.strip.height()) < 2 * row.strip.height());
    QVERIFY(layout.occupancy.size() < 3 * std::size_t(row.strip.width())); // O(pixels)
}

void TestTimelinePcpus::theyHaveTheColoursOfTheirKinds()
{
    const auto recording = recordingOf(kScript);
    for (const Theme &theme : {Theme::light(), Theme::dark()}) {
        const QSize size(1000, 400);
        const auto layout = std::make_shared<const TimelineLayout>(layoutOf(recording, size));
        QCustomPlot plot;
        plot.resize(size);
        drawTimeline(plot, layout, size, theme);
        const QImage image = plot.toPixmap(size.width(), size.height()).toImage();
        const QRectF row = rowNamed(*layout, text("pCPU 0")).strip;
        const std::pair<Ns, QColor> expected[] = {{50'000, theme.vm(0, false)}, {150'000, theme.taker(TakerKind::Host)},
            {250'000, theme.vm(0, true)}, {350'000, theme.taker(TakerKind::Free)}};
        for (const auto &[t, color] : expected) // beside the name
            QCOMPARE(image.pixel(int(layout->scale.timeToPx(t - 40'000)), int(row.top()) + 1), color.rgb());
    }
}

#define SHOWN_TIMELINE(linked, view, of)                                                                               \
    LinkedViews linked(of);                                                                                            \
    TimelineView view(linked.state, linked.numbers);                                                                   \
    TimelineOptions options;                                                                                           \
    options.occupancy = true;                                                                                          \
    view.setOptions(options);                                                                                          \
    view.resize(1000, 500);                                                                                            \
    view.show();                                                                                                       \
    view.setRecording(linked.recording);                                                                               \
    QVERIFY(linked.settle());                                                                                          \
    QTRY_VERIFY(view.shown() && view.shown()->plot.right() > 900)

void TestTimelinePcpus::tooltipTellsTheThread()
{
    SHOWN_TIMELINE(linked, view, recordingOf(kScript));
    const TimelineRow row = rowNamed(*view.shown(), text("pCPU 0"));
    const auto told = [&](Ns t) {
        const QPoint at(int(view.shown()->scale.timeToPx(t)), int(row.strip.center().y()));
        QHelpEvent help(QEvent::ToolTip, at, view.plot().mapToGlobal(at));
        QApplication::sendEvent(&view.plot(), &help);
        return QToolTip::text();
    };
    QTRY_VERIFY(told(150'000).contains(text("<b>hog (tid 70)</b> for 100 µs from ")));
    QVERIFY2(QToolTip::text().endsWith(text("<br>of no VM")), qPrintable(QToolTip::text()));
    QTRY_VERIFY(told(250'000).contains(text("a thread of qemu")));
    QTRY_VERIFY(told(350'000).contains(text("<b>nobody</b>")));
    QTRY_VERIFY(told(50'000).contains(text("a vCPU of qemu")));
}

void TestTimelinePcpus::aNameFiltersByItsPcpu()
{
    SHOWN_TIMELINE(linked, view, test::sample());
    const auto click = [&](const char *label, Qt::KeyboardModifiers modifiers = {}) {
        const QPoint at = rowNamed(*view.shown(), text(label)).labelArea.center().toPoint();
        QTest::mouseClick(&view.plot(), Qt::LeftButton, modifiers, at);
    };
    click("pCPU 1");
    QCOMPARE(linked.state.values().pcpus, std::set<std::int32_t>{1});
    QVERIFY(linked.settle());
    QTRY_VERIFY(!rowNamed(*view.shown(), text("pCPU 0")).chosen);
    QVERIFY(rowNamed(*view.shown(), text("pCPU 1")).chosen);
    click("pCPU 0", Qt::ControlModifier);
    QCOMPARE(linked.state.values().pcpus, (std::set<std::int32_t>{0, 1}));
    click("pCPU 0");
    click("pCPU 0");
    QVERIFY(linked.state.values().pcpus.empty());
    const ViewValues before = linked.state.values();
    click("pCPUs"); // of none
    QCOMPARE(linked.state.values(), before);
}

void TestTimelinePcpus::theMenuShowsThem()
{
    LinkedViews linked;
    TimelineView view(linked.state, linked.numbers);
    view.resize(1000, 500);
    view.show();
    view.setRecording(linked.recording);
    QVERIFY(linked.settle());
    QTRY_VERIFY(view.shown());
    const auto pcpuRows = [&] { return std::ranges::count_if(view.shown()->rows, &TimelineRow::isOfPcpus); };
    const auto action = [&] {
        const QList<QAction *> actions = view.actions();
        return *std::ranges::find_if(
            actions, [](const QAction *each) { return each->text().contains(text("who ran")); });
    };
    QCOMPARE(pcpuRows(), 0);
    action()->trigger();
    QVERIFY(view.options().occupancy && action()->isChecked());
    QCOMPARE(std::size_t(pcpuRows()), linked.recording->hosts.front().pcpus.size() + 1);
    action()->trigger();
    QCOMPARE(pcpuRows(), 0);
}

void TestTimelinePcpus::withoutSwitchesItIsSaid()
{
    const TimelineLayout layout = layoutOf(recordingOf("thread 31 pid=30 name=\"CPU 0/KVM\"\n10 p0 kvm_entry tid=31\n"
                                                       "200 p0 kvm_exit reason=12 isa=1 tid=31\n"),
        {1000, 400});
    QVERIFY(layout.rows.back().label.contains(text("without sched_switch")));
    QVERIFY(layout.rows.back().isHeader() && layout.occupancy.empty());
}

void TestTimelinePcpus::picturesSayWhatHasNoRoom()
{
    const TimelineLayout whole = layoutOf(test::sample(), {900, 400}, false);
    QCOMPARE(whole.missing.text, QString());
    std::string script = kScript;
    for (int pcpu = 2; pcpu < 90; ++pcpu)
        script += "500000 p" + std::to_string(pcpu) + " sched_switch prev_tid=0 prev_state=0 next_tid=0\n";
    const TimelineLayout layout = layoutOf(recordingOf(script), {900, 120}, false);
    QVERIFY2(
        layout.missing.text.contains(text("pCPUs that this height has no room for")), qPrintable(layout.missing.text));
}

QTEST_MAIN(TestTimelinePcpus)
#include "tst_timeline_pcpus.moc"
