// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QJsonArray>
#include <QSignalSpy>
#include <QTest>

#include "model/causes/finding_text.h"
#include "tests/tools/written_recording.h"
#include "tests/views/linked_views.h"
#include "tests/views/made_recording.h"
#include "views/findings/findings_view.h"
#include "views/panels/filter_chips.h"

using namespace exitscope;
using test::LinkedViews;

// The list of what costs time, on the sample.
class TestFindingsView : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void equalsTheCommandLine();
    void aClickShowsItsExits();
    void aClickShowsItsExitsOfManyTargets();
    void withoutSwitchesCostsAreBounds();
    void theKeyboardChooses();
    void followsTheRange();
    void quietRecordingsHaveNone();

private:
    static bool settle(FindingsView &view);
    static int rowOf(const FindingsView &view, const QString &id);
    static void click(FindingsView &view, int row);
};

bool TestFindingsView::settle(FindingsView &view)
{
    return QTest::qWaitFor([&] { return !view.isBusy(); });
}

int TestFindingsView::rowOf(const FindingsView &view, const QString &id)
{
    const std::vector<Finding> &findings = view.model().findings();
    const auto found = std::ranges::find_if(findings, [&](const Finding &finding) { return finding.rule->id == id; });
    return found == findings.end() ? -1 : int(found - findings.begin());
}

void TestFindingsView::click(FindingsView &view, int row)
{
    const QModelIndex index = view.model().index(row);
    view.list()->scrollTo(index);
    QTest::mouseClick(view.list()->viewport(), Qt::LeftButton, {}, view.list()->visualRect(index).center());
}

void TestFindingsView::equalsTheCommandLine()
{
    LinkedViews linked;
    FindingsView view(linked.state);
    const QAbstractItemModelTester tester(view.list()->model(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    view.setRecording(linked.recording); // nothing is computed for what nobody sees
    QCOMPARE(view.model().rowCount(), 0);
    QVERIFY(!view.isBusy());
    view.show();
    view.setRecording(linked.recording);
    QVERIFY(settle(view));
    const QJsonArray told = test::sampleReport({}).value(QStringLiteral("findings")).toArray();
    QVERIFY(!told.isEmpty());
    QCOMPARE(qsizetype(view.model().rowCount()), told.size());
    for (qsizetype row = 0; row < told.size(); ++row) {
        const Finding &finding = view.model().findings()[std::size_t(row)];
        const QJsonObject line = told[row].toObject();
        QCOMPARE(finding.rule->id, line.value(QStringLiteral("id")).toString());
        QCOMPARE(double(finding.count), line.value(QStringLiteral("count")).toDouble());
        QCOMPARE(double(finding.cost.value_or(-1)), line.value(QStringLiteral("cost_ns")).toDouble(-1));
        QCOMPARE(finding.evidence, line.value(QStringLiteral("evidence")).toString());
        const QModelIndex index = view.model().index(int(row));
        QCOMPARE(index.data().toString(), line.value(QStringLiteral("title")).toString());
        QCOMPARE(index.data(FindingsModel::CostRole).toString(), findingCost(finding));
        QVERIFY(
            index.data(FindingsModel::AdviceRole).toString().contains(line.value(QStringLiteral("advice")).toString()));
    }
}

// Everywhere: the numbers of the other views are those of the finding then.
void TestFindingsView::aClickShowsItsExits()
{
    LinkedViews linked;
    FindingsView view(linked.state);
    view.resize(500, 400);
    view.show();
    view.setRecording(linked.recording);
    QVERIFY(settle(view));
    const int row = rowOf(view, QStringLiteral("cpuid"));
    QVERIFY(row >= 0);
    const ViewValues before = linked.state.values();
    click(view, row);
    QCOMPARE(linked.state.values().reasons, std::set<ReasonKey>({{2, 114}}));
    QVERIFY(view.model().index(row).data(FindingsModel::IsShownRole).toBool());
    QVERIFY(linked.settle());
    QCOMPARE(linked.totals().exits, view.model().findings()[std::size_t(row)].count);
    click(view, row);
    QCOMPARE(linked.state.values(), before);
    click(view, row);
    linked.state.undo();
    QCOMPARE(linked.state.values(), before);
    QVERIFY(!view.model().index(row).data(FindingsModel::IsShownRole).toBool());
}

namespace {

// Exits of 100 ports, told apart from those of a serial port by these alone.
std::shared_ptr<const Recording> hundredPorts()
{
    QByteArray script;
    Ns time = 1000;
    for (int i = 0; i < 600; ++i) {
        const int port = i % 3 == 2 ? 0x3f8 : 0x6100 + i % 200 / 2;
        script += QStringLiteral("%1 p0 kvm_entry tid=31\n%2 p0 kvm_exit reason=123 isa=2 info1=%3 tid=31\n")
                      .arg(time)
                      .arg(time + 9000)
                      .arg(port << 16)
                      .toLatin1();
        time += 10'000;
    }
    testing::WrittenRecording written;
    return std::make_shared<const Recording>(written.add(script.toStdString()).load());
}

} // namespace

// However many they are.
void TestFindingsView::aClickShowsItsExitsOfManyTargets()
{
    LinkedViews linked(hundredPorts());
    FindingsView view(linked.state);
    view.resize(500, 400);
    view.show();
    view.setRecording(linked.recording);
    QVERIFY(settle(view));
    const int row = rowOf(view, QStringLiteral("ports"));
    QVERIFY(row >= 0);
    click(view, row);
    QCOMPARE(linked.state.values().targets.size(), std::size_t(100));
    QVERIFY(linked.settle());
    QCOMPARE(linked.totals().exits, std::int64_t(400));
    QCOMPARE(view.model().findings()[std::size_t(row)].count, std::int64_t(400));
    const auto chips = filterChips(linked.state.values(), linked.state.bounds(), *linked.recording);
    QVERIFY(
        std::ranges::any_of(chips, [](const FilterChip &chip) { return chip.text == QLatin1String("100 targets"); }));
    click(view, row);
    QVERIFY(linked.state.values().selection() == Selection());
}

void TestFindingsView::withoutSwitchesCostsAreBounds()
{
    for (const auto &recording : {hundredPorts(), test::sample()}) {
        LinkedViews linked(recording);
        FindingsView view(linked.state);
        view.show();
        view.setRecording(recording);
        QVERIFY(settle(view));
        QVERIFY(view.model().rowCount() > 0);
        const QModelIndex first = view.model().index(0);
        const bool isBound = recording != test::sample();
        QCOMPARE(first.data(FindingsModel::CostRole).toString().startsWith(QLatin1String("at most ")), isBound);
        QCOMPARE(
            first.data(Qt::ToolTipRole).toString().contains(QLatin1String("At most: without sched_switch")), isBound);
        QCOMPARE(first.data(Qt::AccessibleTextRole).toString().contains(QLatin1String("at most ")), isBound);
    }
}

void TestFindingsView::theKeyboardChooses()
{
    LinkedViews linked;
    FindingsView view(linked.state);
    view.resize(500, 400);
    view.show();
    view.setRecording(linked.recording);
    QVERIFY(settle(view));
    const int row = rowOf(view, QStringLiteral("cpuid"));
    view.list()->setFocus();
    view.list()->setCurrentIndex(view.model().index(row));
    QTest::keyClick(view.list(), Qt::Key_Return);
    QCOMPARE(linked.state.values().reasons, std::set<ReasonKey>({{2, 114}}));
    QTest::keyClick(view.list(), Qt::Key_Space);
    QVERIFY(linked.state.values().reasons.empty());
}

// Of the range, but not of the filters: what was clicked stays among the others.
void TestFindingsView::followsTheRange()
{
    LinkedViews linked;
    FindingsView view(linked.state);
    view.show();
    view.setRecording(linked.recording);
    QVERIFY(settle(view));
    const TimeRange all = linked.state.bounds();
    const TimeRange half{all.from, all.from + all.length() / 2};
    linked.state.select(half);
    linked.state.setReasons({{2, 120}});
    QVERIFY(settle(view));
    Selection selection;
    selection.from = half.from;
    selection.to = half.to;
    const std::vector<Finding> expected = findingsOf(*linked.recording, selection);
    QCOMPARE(view.model().findings().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        QCOMPARE(view.model().findings()[i].rule->id, expected[i].rule->id);
        QCOMPARE(view.model().findings()[i].count, expected[i].count);
        QCOMPARE(view.model().findings()[i].cost, expected[i].cost);
    }
}

void TestFindingsView::quietRecordingsHaveNone()
{
    LinkedViews linked(testing::makeRecording({{{.count = 2, .end = testing::kMadeBegin + 1'000'000'000}}}));
    FindingsView view(linked.state);
    view.show();
    view.setRecording(linked.recording);
    QVERIFY(settle(view));
    QCOMPARE(view.model().rowCount(), 0);
    const QList<QLabel *> labels = view.findChildren<QLabel *>();
    QVERIFY(std::ranges::any_of(labels, [](const QLabel *label) {
        return label->isVisible() && label->text().contains(QLatin1String("Nothing costs enough"));
    }));
}

QTEST_MAIN(TestFindingsView)
#include "tst_findings_view.moc"
