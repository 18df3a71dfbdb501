// SPDX-License-Identifier: GPL-3.0-or-later
#include <QJsonArray>
#include <QJsonObject>
#include <QTableView>
#include <QTest>

#include "model/number_format.h"
#include "tests/app/opened_window.h"
#include "tests/tools/program.h"
#include "tests/views/slice_click.h"
#include "views/chart/custom_plot.h"
#include "views/durations/histogram_view.h"
#include "views/panels/status_line.h"
#include "views/tables/statistics_table.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::test;

// A gesture in one view, and the numbers that the others then show: those that exitscope-cli prints with the same
// filters. Undo brings the former ones back.
class TestLinkedPaths : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanupTestCase() { m_window.reset(); }
    void numbersFollowAndComeBack_data();
    void numbersFollowAndComeBack();

private:
    std::unique_ptr<OpenedWindow> m_window;
};

namespace {

using Gesture = std::function<void(Workspace &)>;

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

// What a user would type to get the same of exitscope-cli.
QStringList filtersOf(const ViewValues &values, const Recording &recording)
{
    QStringList filters;
    if (values.selected)
        filters << text("--from") << QString::number(values.selected->from) << text("--to")
                << QString::number(values.selected->to);
    for (const VcpuKey &vcpu : values.vcpus)
        filters << text("--vcpu") << vcpuAt(recording, vcpu)->id();
    for (const ReasonKey &reason : values.reasons)
        filters << text("--reason") << QStringLiteral("%1:%2").arg(reason.isa).arg(reason.code);
    for (const Scenario scenario : values.scenarios)
        filters << text("--scenario") << text(name(scenario).data());
    if (values.band && values.band->minNs)
        filters << text("--min-ns") << QString::number(*values.band->minNs);
    if (values.band && values.band->maxNs)
        filters << text("--max-ns") << QString::number(*values.band->maxNs);
    return filters;
}

QJsonObject report(const QStringList &filters)
{
    return cliReport(OpenedWindow::samplePath(), filters);
}

// The sum of a member over the reasons of a report.
std::int64_t sumOf(const QJsonObject &report, const char *member)
{
    std::int64_t sum = 0;
    for (const QJsonValue &reason : report.value(text("reasons")).toArray())
        sum += reason[text(member)].toInteger();
    return sum;
}

void drag(QWidget &widget, QPoint from, QPoint to)
{
    QTest::mousePress(&widget, Qt::LeftButton, {}, from);
    for (int i = 1; i <= 4; ++i)
        QTest::mouseMove(&widget, from + (to - from) * i / 4);
    QTest::mouseRelease(&widget, Qt::LeftButton, {}, to);
}

void clickRow(Workspace &workspace, StatisticsTopic topic, const char *name)
{
    workspace.table().setTopic(topic);
    const QTableView *view = workspace.table().view(topic);
    const QModelIndexList found
        = view->model()->match(view->model()->index(0, 0), Qt::DisplayRole, text(name), 1, Qt::MatchExactly);
    QCOMPARE(found.size(), 1);
    QTest::mouseClick(
        view->viewport(), Qt::LeftButton, {}, view->visualRect(view->model()->index(found.front().row(), 1)).center());
}

// A column of the table of reasons, added up over the rows that the filter chooses; all of them without one.
std::int64_t tableSum(Workspace &workspace, const char *field)
{
    const QAbstractItemModel &model = *workspace.table().view(StatisticsTopic::Reasons)->model();
    int column = 0;
    while (model.headerData(column, Qt::Horizontal, StatisticsModel::RawRole).toString() != text(field))
        ++column;
    const bool all = workspace.state().values().reasons.empty();
    std::int64_t sum = 0;
    for (int row = 0; row < model.rowCount(); ++row)
        if (all || model.index(row, 0).data(StatisticsModel::ChosenRole).toBool())
            sum += model.index(row, column).data(StatisticsModel::RawRole).toLongLong();
    return sum;
}

} // namespace

void TestLinkedPaths::initTestCase()
{
    m_window = std::make_unique<OpenedWindow>();
    (*m_window)->resize(1400, 900);
    QVERIFY(m_window->openSample());
}

void TestLinkedPaths::init()
{
    Workspace &workspace = (*m_window)->workspace();
    workspace.state().reset(workspace.state().bounds());
    workspace.table().setTopic(StatisticsTopic::Reasons);
    QVERIFY(m_window->waitForNumbers() && m_window->waitForLayout()); // the table's topic may be another
}

void TestLinkedPaths::numbersFollowAndComeBack_data()
{
    QTest::addColumn<Gesture>("gesture");
    QTest::newRow("a range dragged on the timeline") << Gesture([](Workspace &workspace) {
        const TimelineLayout &shown = *workspace.timeline().shown();
        const Ns begin = workspace.state().bounds().from;
        const int y = int(shown.rows.back().lane(LaneKind::States).center().y());
        drag(workspace.timeline().plot(), {int(shown.scale.timeToPx(begin + 1'700'000'000)), y},
            {int(shown.scale.timeToPx(begin + 3'100'000'000)), y});
    });
    QTest::newRow("a slice clicked") << Gesture([](Workspace &workspace) { clickSlice(workspace.pie(), 1); });
    QTest::newRow("a band of durations dragged") << Gesture([](Workspace &workspace) {
        const HistogramLayout &shown = workspace.histogram().layoutShown();
        const auto at = [&](Ns duration) {
            return QPoint(int(shown.binToPx(DurationBins::indexOf(duration) + 0.5)), int(shown.plot.center().y()));
        };
        drag(*workspace.histogram().plot(), at(40'000), at(300'000));
    });
    QTest::newRow("a row of the timeline picked") << Gesture([](Workspace &workspace) {
        const TimelineRow &row = workspace.timeline().shown()->rows.back();
        QTest::mouseClick(&workspace.timeline().plot(), Qt::LeftButton, {}, row.labelArea.center().toPoint());
    });
    QTest::newRow("a reason's row clicked")
        << Gesture([](Workspace &workspace) { clickRow(workspace, StatisticsTopic::Reasons, "msr"); });
    QTest::newRow("a scenario's row clicked")
        << Gesture([](Workspace &workspace) { clickRow(workspace, StatisticsTopic::Scenarios, "qemu"); });
    QTest::newRow("a vCPU's row clicked")
        << Gesture([](Workspace &workspace) { clickRow(workspace, StatisticsTopic::Vcpus, "qemu-system-x86/0"); });
}

void TestLinkedPaths::numbersFollowAndComeBack()
{
    QFETCH(const Gesture, gesture);
    Workspace &workspace = (*m_window)->workspace();
    const ViewValues before = workspace.state().values();
    const QString exitsBefore = workspace.statusLine().exitsLabel()->text();
    const QString overheadBefore = workspace.statusLine().overheadLabel()->text();
    const std::int64_t netBefore = tableSum(workspace, "net_ns");
    const std::int64_t timedBefore = workspace.histogram().layoutShown().total;

    gesture(workspace);
    QCoreApplication::processEvents(); // a slice tells its click afterwards
    QVERIFY(workspace.state().values().selection() != before.selection());
    QVERIFY(m_window->waitForNumbers());
    const QJsonObject cli = report(filtersOf(workspace.state().values(), *workspace.recording()));
    const std::int64_t exits = sumOf(cli, "count");
    QVERIFY(exits > 0 && exits < 8300);
    // The status line, the table and, of what it does not itself choose, the histogram.
    QCOMPARE(workspace.statusLine().exitsLabel()->text(), QString(formatCount(exits) % text(" exits")));
    QCOMPARE(workspace.statusLine().overheadLabel()->text(),
        QString(text("overhead ") % formatPercent(cli.value(text("overhead_percent")).toDouble())));
    QCOMPARE(tableSum(workspace, "count"), exits);
    QCOMPARE(tableSum(workspace, "net_ns"), sumOf(cli, "net_ns"));
    QCOMPARE(tableSum(workspace, "gross_ns"), sumOf(cli, "gross_ns"));
    if (!workspace.state().values().band)
        QCOMPARE(workspace.histogram().layoutShown().total, sumOf(cli, "timed"));

    QTest::keyClick(&**m_window, Qt::Key_Z, Qt::ControlModifier);
    QVERIFY(workspace.state().values() == before); // the gesture was one step
    QVERIFY(m_window->waitForNumbers());
    QCOMPARE(workspace.statusLine().exitsLabel()->text(), exitsBefore);
    QCOMPARE(workspace.statusLine().overheadLabel()->text(), overheadBefore);
    QCOMPARE(tableSum(workspace, "net_ns"), netBefore);
    QCOMPARE(workspace.histogram().layoutShown().total, timedBefore);
}

QTEST_MAIN(TestLinkedPaths)
#include "tst_linked_paths.moc"
