// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonDocument>
#include <QLineEdit>
#include <QMenu>
#include <QTest>
#include <QToolButton>
#include <QWheelEvent>

#include <algorithm>
#include <map>

#include "tests/tools/program.h"
#include "tests/views/linked_guests.h"
#include "views/causes/key_chooser.h"
#include "views/flame/flame_canvas.h"
#include "views/flame/flame_view.h"
#include "views/panels/filter_chips.h"
#include "views/tables/statistics_table.h"

using namespace exitscope;
using test::LinkedGuests;

// The flame graph: where its frames stand, against the command line's numbers, and what gestures on them do.
class TestFlameView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void framesAreAsWideAsTheyWeigh_data();
    void framesAreAsWideAsTheyWeigh();
    void foldedEqualsTheCommandLine_data();
    void foldedEqualsTheCommandLine();
    void aFrameFiltersEveryView();
    void aLeafFiltersByItsPath();
    void doubleClickAndWheelZoom();
    void whatIsSearchedForStandsOut();
    void theKeyboardMovesAndChooses();
    void framesTellTheirNumbers();
    void withoutGuestsItIsOfVms();
    void nothingLeftIsSaid();
    void semicolonsWithinValues();
};

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

bool settle(LinkedGuests &linked, const FlameView &view)
{
    return linked.settle() && QTest::qWaitFor([&] { return view.isSettled(); }, 20'000) && linked.settle();
}

// The first frame of a level, which is the widest below the widest.
const FlameFrame &frameAt(const FlameView &view, std::uint32_t level)
{
    const std::vector<FlameFrame> &frames = view.canvas().flame().frames;
    const auto frame
        = std::ranges::find_if(frames, [&](const FlameFrame &one) { return one.node.level == level && !one.isRest; });
    if (frame == frames.end())
        qFatal("no frame on level %u", level);
    return *frame;
}

void click(const FlameView &view, const FlameFrame &frame)
{
    QTest::mouseClick(&view.canvas(), Qt::LeftButton, {}, frame.rect.center().toPoint());
}

void turnWheel(FlameCanvas &canvas, const QPointF &pos, int eighths)
{
    QWheelEvent event(
        pos, canvas.mapToGlobal(pos), {}, {0, eighths}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&canvas, &event);
}

constexpr const char *kMeasureNames[] = {"count", "gross", "net"};

QString cliFolded(const QString &measure, const QStringList &filters = {})
{
    return QString::fromUtf8(test::runCli(
        QStringList{text("accounts"), text("--by"), text("process,thread,context,reason"), text("--folded"), measure}
        + filters + QStringList{test::guestSamplePath()})
                                 .out);
}

// The weights of folded lines, summed by the first so many values.
std::map<QString, std::int64_t> sumsOf(const QString &folded, int levels)
{
    std::map<QString, std::int64_t> sums;
    for (const QString &line : folded.split(u'\n', Qt::SkipEmptyParts)) {
        const qsizetype space = line.lastIndexOf(u' ');
        sums[line.first(space).section(u';', 0, levels - 1)] += line.mid(space + 1).toLongLong();
    }
    return sums;
}

} // namespace

#define SHOWN_FLAME(linked, view)                                                                                      \
    LinkedGuests linked;                                                                                               \
    FlameView view(linked.state);                                                                                      \
    view.resize(1200, 200);                                                                                            \
    view.show();                                                                                                       \
    view.setRecording(linked.recording);                                                                               \
    QVERIFY(linked.knowGuests());                                                                                      \
    QVERIFY(settle(linked, view));                                                                                     \
    QVERIFY(view.canvas().flame().frames.size() > 10)

void TestFlameView::framesAreAsWideAsTheyWeigh_data()
{
    QTest::addColumn<int>("measure");
    for (const char *name : kMeasureNames)
        QTest::newRow(name) << int(*measureNamed(text(name)));
}

void TestFlameView::framesAreAsWideAsTheyWeigh()
{
    QFETCH(const int, measure);
    SHOWN_FLAME(linked, view);
    linked.state.setMeasure(Measure(measure));
    QVERIFY(settle(linked, view));
    const FlameLayout &layout = view.canvas().flame();
    const double width = layout.area.width();
    QVERIFY(width > view.canvas().width() - 10);
    const QString told = cliFolded(text(kMeasureNames[measure]));
    const CauseTree &tree = *layout.stacks->tree;
    std::map<QString, std::int64_t> sums[5];
    for (int level = 1; level <= 4; ++level)
        sums[level] = sumsOf(told, level);
    std::int64_t all = 0;
    for (const auto &[name, weight] : sums[1])
        all += weight;
    double covered = 0; // of the lowest row
    for (const FlameFrame &frame : layout.frames) {
        QVERIFY(frame.rect.left() >= layout.area.left() && frame.rect.right() <= layout.area.right() + 1e-6);
        QVERIFY(frame.rect.bottom() <= layout.area.bottom() + 1e-6);
        if (frame.isRest)
            continue;
        if (frame.node.level == 0) {
            QCOMPARE(layout.stacks->weight(frame.node), all);
            QCOMPARE(frame.rect.width(), width);
            continue;
        }
        QStringList names;
        const std::vector<KeyValue> path = tree.accounts.path(frame.node);
        for (std::size_t i = 0; i < path.size(); ++i)
            names << info(tree.of.keys[i]).text(tree.of.context(), path[i]);
        const auto own = sums[frame.node.level].find(names.join(u';'));
        QVERIFY2(own != sums[frame.node.level].end(), qPrintable(names.join(u';')));
        QVERIFY(std::abs(frame.rect.width() - width * double(own->second) / double(all)) < 1e-6);
        const FlameFrame *parent = layout.at({frame.rect.center().x(), frame.rect.top() - 1});
        QVERIFY(parent && !parent->isRest && parent->node.level + 1 == frame.node.level);
        QVERIFY(frame.rect.left() >= parent->rect.left() - 1e-6 && frame.rect.right() <= parent->rect.right() + 1e-6);
        if (frame.node.level == 4)
            covered += frame.rect.width();
    }
    QVERIFY(covered > 0.9 * width);
}

void TestFlameView::foldedEqualsTheCommandLine_data()
{
    framesAreAsWideAsTheyWeigh_data();
}

void TestFlameView::foldedEqualsTheCommandLine()
{
    QFETCH(const int, measure);
    SHOWN_FLAME(linked, view);
    linked.state.setMeasure(Measure(measure));
    const QString whole = cliFolded(text(kMeasureNames[measure]));
    QVERIFY(whole.count(u'\n') > 10);
    QCOMPARE(view.folded()(nullptr), whole);
    const TimeRange all = linked.state.bounds();
    const TimeRange half{all.from, all.from + all.length() / 2};
    linked.state.select(half);
    linked.state.setScenarios({Scenario::Qemu});
    const QString part = cliFolded(text(kMeasureNames[measure]),
        {text("--from"), QString::number(half.from), text("--to"), QString::number(half.to), text("--scenario"),
            text("qemu")});
    QVERIFY(part.count(u'\n') > 2 && part != whole);
    QCOMPARE(view.folded()(nullptr), part);
    // By count it is what `accounts` counts.
    const QJsonArray rows = QJsonDocument::fromJson(
        test::runCli(
            {text("accounts"), text("--by"), text("process"), text("--format"), text("json"), test::guestSamplePath()})
            .out)
                                .object()[text("rows")]
                                .toArray();
    if (Measure(measure) == Measure::Count)
        for (const QJsonValue row : rows)
            QCOMPARE(sumsOf(whole, 1)[row[text("process")].toString()], row[text("count")].toInteger());
}

void TestFlameView::aFrameFiltersEveryView()
{
    SHOWN_FLAME(linked, view);
    StatisticsTable second(linked.state, linked.numbers);
    second.show();
    second.setRecording(linked.recording);
    QVERIFY(settle(linked, view));
    const std::int64_t before = linked.totals().exits;
    const FlameFrame process = frameAt(view, 1);
    const std::int64_t own = view.canvas().flame().stacks->weight(process.node); // by count
    QVERIFY(own > 0 && own < before);
    click(view, process);
    QVERIFY(settle(linked, view));
    QCOMPARE(linked.state.values().processes, std::set<QString>{process.name});
    QCOMPARE(linked.totals().exits, own);
    const QJsonArray reasons
        = test::cliReport(test::guestSamplePath(), {text("--process"), process.name})[text("reasons")].toArray();
    QCOMPARE(second.shownModel().rowCount(), int(reasons.size()));
    std::int64_t told = 0;
    for (const QJsonValue reason : reasons)
        told += reason[text("count")].toInteger();
    QCOMPARE(told, own);
    // It stands beside the rest, marked.
    QCOMPARE(view.canvas().flame().stacks->weight({}), before);
    QVERIFY(frameAt(view, 1).isChosen && !frameAt(view, 2).isChosen);
    QCOMPARE(frameAt(view, 1).rect, process.rect);
    linked.state.undo(); // one step
    QVERIFY(settle(linked, view));
    QCOMPARE(linked.totals().exits, before);
    QVERIFY(!linked.state.canUndo());
    QVERIFY(!frameAt(view, 1).isChosen);
    // Again, then on top: no filter is left.
    click(view, frameAt(view, 1));
    QVERIFY(settle(linked, view));
    click(view, frameAt(view, 0));
    QVERIFY(settle(linked, view));
    QCOMPARE(linked.totals().exits, before);
}

void TestFlameView::aLeafFiltersByItsPath()
{
    SHOWN_FLAME(linked, view);
    const FlameFrame reason = frameAt(view, 4);
    const std::int64_t own = view.canvas().flame().stacks->weight(reason.node);
    click(view, reason);
    QVERIFY(settle(linked, view));
    const ViewValues &values = linked.state.values();
    QCOMPARE(values.processes.size() + values.threads.size() + values.contexts.size() + values.reasons.size(),
        std::size_t(4));
    QCOMPARE(filterChips(values, linked.state.bounds(), *linked.recording).size(), std::size_t(4));
    QCOMPARE(linked.totals().exits, own);
    click(view, frameAt(view, 4)); // again: none
    QVERIFY(settle(linked, view));
    QVERIFY(setsIn(linked.state.values()) == 0);
}

void TestFlameView::doubleClickAndWheelZoom()
{
    SHOWN_FLAME(linked, view);
    const FlameFrame thread = frameAt(view, 2);
    const double width = view.canvas().flame().area.width();
    QVERIFY(thread.rect.width() < width - 1);
    QTest::mouseDClick(&view.canvas(), Qt::LeftButton, {}, thread.rect.center().toPoint());
    QVERIFY(settle(linked, view));
    QVERIFY(setsIn(linked.state.values()) == 0); // its release is no click
    QCOMPARE(frameAt(view, 2).node, thread.node);
    for (const std::uint32_t level : {0U, 1U, 2U})
        QCOMPARE(frameAt(view, level).rect.width(), width);
    // A filter leaves the zoom.
    click(view, frameAt(view, 3));
    QVERIFY(settle(linked, view));
    QCOMPARE(view.canvas().flame().zoomed, thread.node);
    linked.state.undo();
    QVERIFY(settle(linked, view));
    turnWheel(view.canvas(), frameAt(view, 4).rect.center(), 120); // one level nearer
    QVERIFY(settle(linked, view));
    QCOMPARE(view.canvas().flame().zoomed.level, 3U);
    for (int i = 0; i < 5; ++i)
        turnWheel(view.canvas(), {10, 10}, -120);
    QVERIFY(settle(linked, view));
    while (view.canvas().flame().zoomed.level > 0) {
        const std::uint32_t level = view.canvas().flame().zoomed.level;
        turnWheel(view.canvas(), {10, 10}, -120);
        QVERIFY(settle(linked, view));
        QCOMPARE(view.canvas().flame().zoomed.level, level - 1);
    }
    QCOMPARE(frameAt(view, 2).rect, thread.rect);
}

void TestFlameView::whatIsSearchedForStandsOut()
{
    SHOWN_FLAME(linked, view);
    const auto reasons = sumsOf(cliFolded(text("count")), 4);
    std::int64_t all = 0, cpuid = 0;
    for (const auto &[path, weight] : reasons) {
        all += weight;
        cpuid += path.contains(text("cpuid")) ? weight : 0;
    }
    QVERIFY(cpuid > 0);
    QTest::keyClicks(&view.search(), text("CPUID"));
    QVERIFY(settle(linked, view));
    QCOMPARE(view.found(), text("%1 % found").arg(QString::number(100.0 * double(cpuid) / double(all), 'f', 1)));
    for (const FlameFrame &frame : view.canvas().flame().frames)
        if (!frame.isRest)
            QCOMPARE(frame.isPale, !frame.name.contains(text("cpuid")));
    view.search().clear();
    QVERIFY(settle(linked, view));
    QCOMPARE(view.found(), QString());
}

void TestFlameView::theKeyboardMovesAndChooses()
{
    SHOWN_FLAME(linked, view);
    FlameCanvas &canvas = view.canvas();
    canvas.setFocus();
    QTest::keyClick(&canvas, Qt::Key_Down); // the top
    QTest::keyClick(&canvas, Qt::Key_Down); // its widest process
    QTest::keyClick(&canvas, Qt::Key_Right); // the one beside it
    const FlameFrame *second = canvas.flame().at(frameAt(view, 1).rect.topRight() + QPointF(2, 2));
    QVERIFY(second && !second->isRest);
    const QString name = second->name;
    QVERIFY(canvas.accessibleDescription().contains(name));
    QTest::keyClick(&canvas, Qt::Key_Return);
    QVERIFY(settle(linked, view));
    QCOMPARE(linked.state.values().processes, std::set<QString>{name});
    QTest::keyClick(&canvas, Qt::Key_Return, Qt::ShiftModifier);
    QVERIFY(settle(linked, view));
    QCOMPARE(canvas.flame().zoomed.level, 1U);
    QTest::keyClick(&canvas, Qt::Key_Backspace);
    QVERIFY(settle(linked, view));
    QCOMPARE(canvas.flame().zoomed.level, 0U);
}

void TestFlameView::framesTellTheirNumbers()
{
    SHOWN_FLAME(linked, view);
    const FlameFrame process = frameAt(view, 1);
    const QString told = flameToolTip(view.canvas().flame(), process);
    QVERIFY2(told.contains(text("Guest process: ") + process.name), qPrintable(told));
    const std::int64_t own = view.canvas().flame().stacks->weight(process.node);
    const double share = 100.0 * double(own) / double(linked.totals().exits);
    QVERIFY2(told.contains(QString::number(share, 'f', 1) + text(" % of the exits")), qPrintable(told));
    QVERIFY(!process.text.isEmpty());
}

void TestFlameView::withoutGuestsItIsOfVms()
{
    LinkedGuests linked;
    FlameView view(linked.state);
    view.resize(1200, 200);
    view.show();
    view.setRecording(linked.recording);
    QVERIFY(settle(linked, view)); // their clocks are not asked for
    QVERIFY(view.chooser().keys()
        == (std::vector{AccountKey::Vm, AccountKey::Vcpu, AccountKey::Scenario, AccountKey::Reason}));
    QCOMPARE(frameAt(view, 1).name, linked.recording->hosts[0].vms[0].name);
    // What the user chose stays when guests are known.
    for (QAction *action : view.chooser().presetsButton()->menu()->actions())
        if (action->text() == text("Reason › Address")) {
            action->trigger();
            break;
        }
    QVERIFY(linked.knowGuests());
    QVERIFY(settle(linked, view));
    QVERIFY(view.chooser().keys() == (std::vector{AccountKey::Reason, AccountKey::Address}));
}

void TestFlameView::nothingLeftIsSaid()
{
    SHOWN_FLAME(linked, view);
    linked.state.setReasons({{2, 0x999}});
    linked.state.setVcpus({VcpuKey{{7, 7}, 7}});
    QVERIFY(settle(linked, view));
    QVERIFY(view.canvas().flame().frames.empty());
    QVERIFY(view.canvas().flame().message.contains(text("No exit")));
}

// A name with a semicolon, or a new line, is still one value of one stack.
void TestFlameView::semicolonsWithinValues()
{
    LinkedGuests linked;
    auto made = std::make_shared<ExitGuests>();
    const std::uint32_t odd = made->label(text("a;b\nc d"));
    for (const VcpuAt &vcpu : vcpusOf(*linked.recording)) {
        ExitGuests::OfVcpu &own = made->add(vcpu.number);
        own.rows.resize(vcpu.vcpu->exits.size());
        for (ExitGuests::Row &row : own.rows)
            row.labels[std::size_t(GuestLabel::Thread)] = odd;
    }
    linked.state.setGuests(made);
    FlameView view(linked.state);
    view.show();
    view.setKeys({AccountKey::Thread});
    view.setRecording(linked.recording);
    QVERIFY(settle(linked, view));
    const QString folded = view.folded()(nullptr);
    QCOMPARE(folded.count(u'\n'), 1);
    QVERIFY2(folded.startsWith(text("a:b")), qPrintable(folded));
    QVERIFY(folded.endsWith(text(" %1\n").arg(linked.totals().exits)));
}

QTEST_MAIN(TestFlameView)
#include "tst_flame_view.moc"
