// SPDX-License-Identifier: GPL-3.0-or-later
#include <QClipboard>
#include <QGuiApplication>
#include <QHelpEvent>
#include <QRegularExpression>
#include <QTableView>
#include <QTest>
#include <QToolTip>
#include <QtCharts/QChartView>
#include <QtCharts/QPieSeries>

#include "model/load/load.h"
#include "model/reference/csv.h"
#include "tests/tools/program.h"
#include "tests/views/linked_views.h"
#include "views/chart/custom_plot.h"
#include "views/chart_picture.h"
#include "views/durations/histogram_view.h"
#include "views/reasons/pie_view.h"
#include "views/tables/statistics_table.h"
#include "views/timeline/timeline_tooltip.h"

using namespace exitscope;
using test::LinkedViews;

// What the window and pictures tell of net times where sched_switch was not recorded: 20 HLT of 2,554,803 ns, whose net
// time is not known, and 20 MSR_WRITE of 832 ns.
class TestNetOfHalts : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void tableShowsWhatTheCommandLinePrints_data();
    void tableShowsWhatTheCommandLinePrints();
    void tableOfVcpusTellsOfTheOtherExits();
    void cellsTellWhy();
    void notKnownSortsLast();
    void copiesAsShownAndSavesTheBound();
    void pieLeavesHaltsOut();
    void pieOfHaltsAlone();
    void picturesTellIt_data();
    void picturesTellIt();
    void noteStandsFree_data();
    void noteStandsFree();
    void histogramLeavesHaltsOut();
    void histogramOfHaltsAlone();
    void timelineTellsItOfAnExit();
    void withSwitchesNothingIsLeftOut();

private:
    ChartInput inputOf(const std::shared_ptr<const Recording> &recording, const ViewValues &values = {},
        const Theme &theme = Theme::light()) const;

    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const Recording> m_withSwitches; // the same, as if sched_switch had been recorded and none had come
};

namespace {

constexpr ReasonKey kHlt{1, 12};
constexpr ReasonKey kMsrWrite{1, 32};
const QString kCase = QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/cases/20-hlt-dominates/perf");
const QString kNote = QStringLiteral("HLT: net time is not known without sched_switch");
const QString kCountedNote = QStringLiteral("HLT (20 exits): net time is not known without sched_switch");

ViewValues byNet()
{
    ViewValues values;
    values.measure = Measure::Net;
    return values;
}

QVariant cell(const QAbstractItemModel &model, int row, const char *field, int role = Qt::DisplayRole)
{
    for (int column = 0; column < model.columnCount(); ++column) {
        const QVariant name = model.headerData(column, Qt::Horizontal, StatisticsModel::RawRole);
        if (name.toString() == QString::fromLatin1(field))
            return model.index(row, column).data(role);
    }
    return QStringLiteral("no such column");
}

int rowOf(const QAbstractItemModel &model, const char *name)
{
    const auto found = model.match(model.index(0, 0), Qt::DisplayRole, QString::fromLatin1(name), 1, Qt::MatchExactly);
    return found.isEmpty() ? -1 : found.front().row();
}

QStringList textsOf(const QByteArray &svg)
{
    QStringList texts;
    static const QRegularExpression kText(QStringLiteral("<text[^>]*>([^<]+)</text>"));
    auto each = kText.globalMatch(QString::fromUtf8(svg));
    while (each.hasNext())
        texts << each.next().captured(1).trimmed();
    return texts;
}

std::size_t firstOf(const Recording &recording, ReasonKey key)
{
    const ExitColumns &exits = recording.hosts[0].vms[0].vcpus[0].exits;
    std::size_t i = 0;
    while (recording.reasons[exits.reason(i)].key != key)
        ++i;
    return i;
}

} // namespace

void TestNetOfHalts::initTestCase()
{
    LoadOptions options;
    options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    Recording loaded = loadRecording({kCase}, options);
    QCOMPARE(loaded.hosts.size(), std::size_t(1));
    QVERIFY(!loaded.hosts[0].switchesRecorded);
    m_recording = std::make_shared<const Recording>(loaded);
    loaded.hosts[0].switchesRecorded = true;
    m_withSwitches = std::make_shared<const Recording>(std::move(loaded));
}

ChartInput TestNetOfHalts::inputOf(
    const std::shared_ptr<const Recording> &recording, const ViewValues &values, const Theme &theme) const
{
    return {recording, std::make_shared<const Numbers>(numbersOf(recording, values.selection())), values, theme};
}

// A table of the case.
#define SHOWN_TABLE(linked, table)                                                                                     \
    LinkedViews linked(m_recording);                                                                                   \
    StatisticsTable table(linked.state, linked.numbers);                                                               \
    table.resize(900, 300);                                                                                            \
    table.show();                                                                                                      \
    table.setRecording(linked.recording);                                                                              \
    QVERIFY(linked.settle());                                                                                          \
    QVERIFY(table.shownModel().rowCount() > 0)

void TestNetOfHalts::tableShowsWhatTheCommandLinePrints_data()
{
    QTest::addColumn<int>("topic");
    QTest::addColumn<QString>("row");
    QTest::newRow("HLT") << int(StatisticsTopic::Reasons) << QStringLiteral("HLT");
    QTest::newRow("MSR_WRITE") << int(StatisticsTopic::Reasons) << QStringLiteral("MSR_WRITE");
    QTest::newRow("halt") << int(StatisticsTopic::Scenarios) << QStringLiteral("halt");
    QTest::newRow("host") << int(StatisticsTopic::Scenarios) << QStringLiteral("host");
}

void TestNetOfHalts::tableShowsWhatTheCommandLinePrints()
{
    QFETCH(const int, topic);
    QFETCH(const QString, row);
    SHOWN_TABLE(linked, table);
    table.setTopic(StatisticsTopic(topic));
    const QAbstractItemModel &model = table.shownModel();
    const int at = rowOf(model, qPrintable(row));
    QVERIFY(at >= 0);
    QStringList shown{row};
    for (const char *field : {"count", "net_ns", "net_share_percent", "net_p50_ns", "net_p99_ns", "gross_ns"})
        shown << cell(model, at, field).toString();
    const QString text = QString::fromUtf8(test::runCli({QStringLiteral("report"), kCase}).out);
    QStringList printed;
    for (const QString &line : text.split(QLatin1Char('\n'))) {
        static const QRegularExpression kGap(QStringLiteral("  +"));
        if (line.startsWith(QString(QStringLiteral("  ") % row % QLatin1Char(' '))))
            printed = line.trimmed().split(kGap).mid(0, shown.size());
    }
    QCOMPARE(shown, printed);
    const bool isHalt = row == QStringLiteral("HLT") || row == QStringLiteral("halt");
    for (const char *field : {"net_ns", "net_share_percent", "net_p50_ns", "net_p95_ns", "net_p99_ns", "net_min_ns",
             "net_max_ns", "net_mean_ns"})
        QCOMPARE(cell(model, at, field).toString() == QStringLiteral("–"), isHalt);
    for (const char *field : {"gross_ns", "gross_p50_ns", "kvm_ns"}) // these are what they are
        QVERIFY(cell(model, at, field).toString() != QStringLiteral("–"));
}

void TestNetOfHalts::tableOfVcpusTellsOfTheOtherExits()
{
    SHOWN_TABLE(linked, table);
    table.setTopic(StatisticsTopic::Vcpus);
    QCOMPARE(cell(table.shownModel(), 0, "net_ns").toString(), QStringLiteral("16.6 µs"));
    QVERIFY(cell(table.shownModel(), 0, "net_ns", Qt::ToolTipRole)
                .toString()
                .startsWith(QStringLiteral("Net time: 16,640 ns, of the exits that are not halts")));
    linked.state.setReasons({kHlt});
    QVERIFY(linked.settle());
    QCOMPARE(cell(table.shownModel(), 0, "net_ns").toString(), QStringLiteral("–"));
    linked.state.setReasons({kMsrWrite});
    QVERIFY(linked.settle());
    QCOMPARE(cell(table.shownModel(), 0, "net_ns", Qt::ToolTipRole).toString(), QStringLiteral("Net time: 16,640 ns"));
}

void TestNetOfHalts::cellsTellWhy()
{
    SHOWN_TABLE(linked, table);
    const QAbstractItemModel &model = table.shownModel();
    const QString why = cell(model, rowOf(model, "HLT"), "net_ns", Qt::ToolTipRole).toString();
    QCOMPARE(why, QStringLiteral("Net time: –: not known of a halt without sched_switch"));
    QCOMPARE(cell(model, rowOf(model, "MSR_WRITE"), "net_ns", Qt::ToolTipRole).toString(),
        QStringLiteral("Net time: 16,640 ns"));
    QCOMPARE(cell(model, rowOf(model, "HLT"), "gross_ns", Qt::ToolTipRole).toString(),
        QStringLiteral("Gross time: 51,096,060 ns"));
}

void TestNetOfHalts::notKnownSortsLast()
{
    SHOWN_TABLE(linked, table);
    QTableView *view = table.view(StatisticsTopic::Reasons);
    const QAbstractItemModel &model = table.shownModel();
    QCOMPARE(rowOf(model, "HLT"), 1); // by net time, as it opens
    for (int column = 0; column < model.columnCount(); ++column) {
        const QString field = model.headerData(column, Qt::Horizontal, StatisticsModel::RawRole).toString();
        if (!field.startsWith(QStringLiteral("net_")))
            continue;
        for (const Qt::SortOrder order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            view->sortByColumn(column, order);
            QVERIFY2(rowOf(model, "HLT") == 1, qPrintable(field));
        }
    }
}

void TestNetOfHalts::copiesAsShownAndSavesTheBound()
{
    SHOWN_TABLE(linked, table);
    const QAbstractItemModel &model = table.shownModel();
    QTest::keyClick(table.view(StatisticsTopic::Reasons), Qt::Key_C, Qt::ControlModifier);
    const QStringList copied = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'));
    const QStringList header = copied[0].split(QLatin1Char('\t'));
    const auto csv = parseCsv(toCsv(model));
    QVERIFY(csv);
    for (int row = 0; row < 2; ++row) {
        const bool isHalt = row == rowOf(model, "HLT");
        const QStringList cells = copied[row + 1].split(QLatin1Char('\t'));
        const QStringList saved = (*csv)[std::size_t(row) + 1];
        const auto at
            = [&](const QStringList &of, const char *field) { return of[header.indexOf(QString::fromLatin1(field))]; };
        QCOMPARE(at(cells, "net_ns"), isHalt ? QStringLiteral("–") : QStringLiteral("16640"));
        QCOMPARE(at(cells, "net_p99_ns"), isHalt ? QStringLiteral("–") : QStringLiteral("832"));
        QCOMPARE(at(cells, "net_share_percent"), isHalt ? QStringLiteral("–") : QStringLiteral("100"));
        QCOMPARE(at(cells, "gross_ns"), QString::number(isHalt ? 51'096'060 : 16'640));
        QCOMPARE(at(saved, "net_ns"), QString::number(isHalt ? 51'096'060 : 16'640)); // so that sums hold
        QCOMPARE(at(saved, "net_p99_ns"), QString::number(isHalt ? 2'554'803 : 832));
    }
}

void TestNetOfHalts::pieLeavesHaltsOut()
{
    LinkedViews linked(m_recording);
    PieView view(linked.state, linked.numbers);
    view.resize(600, 420);
    view.show();
    view.setRecording(m_recording);
    QVERIFY(linked.settle());
    const auto series = [&] { return qobject_cast<QPieSeries *>(view.chart()->series().value(0)); };
    QVERIFY(series());
    QCOMPARE(series()->count(), 2); // by count
    linked.state.setMeasure(Measure::Gross);
    QVERIFY(linked.settle());
    QCOMPARE(series()->count(), 2);
    const auto *chart = view.findChild<QChartView *>();
    QCOMPARE(chart->accessibleDescription(), QString());
    linked.state.setMeasure(Measure::Net);
    QVERIFY(linked.settle());
    QCOMPARE(series()->count(), 1);
    QCOMPARE(series()->slices().front()->label(), QStringLiteral("MSR_WRITE"));
    QCOMPARE(series()->sum(), 16'640.0);
    QCOMPARE(chart->accessibleDescription(), kNote);
}

void TestNetOfHalts::pieOfHaltsAlone()
{
    ViewValues values = byNet();
    values.scenarios = {Scenario::Halt};
    const ChartInput input = inputOf(m_recording, values);
    PictureOptions options;
    options.chart = ChartKind::Reasons;
    options.size = {600, 400};
    options.pie.caption = true;
    QCOMPARE(textsOf(chartPicture(input, options, PictureFormat::Svg, {})), QStringList{kNote});
    options.pie.perVcpu = true;
    const QStringList texts = textsOf(chartPicture(input, options, PictureFormat::Svg, {}));
    QVERIFY(texts.contains(QStringLiteral("net time not known")));
    QVERIFY(texts.contains(kNote));
    QVERIFY(!texts.join(QLatin1Char(' ')).contains(QStringLiteral("timed exits")));
}

void TestNetOfHalts::picturesTellIt_data()
{
    QTest::addColumn<int>("chart");
    QTest::addColumn<bool>("perVcpu");
    QTest::addColumn<QString>("note");
    QTest::newRow("pie") << int(ChartKind::Reasons) << false << kNote;
    QTest::newRow("pies") << int(ChartKind::Reasons) << true << kNote;
    QTest::newRow("histogram") << int(ChartKind::Durations) << false << kCountedNote;
}

void TestNetOfHalts::picturesTellIt()
{
    QFETCH(const int, chart);
    QFETCH(const bool, perVcpu);
    QFETCH(const QString, note);
    PictureOptions options;
    options.chart = ChartKind(chart);
    options.size = {600, 400};
    options.pie.perVcpu = perVcpu;
    options.durations = DurationKind::Net;
    const auto texts = [&](const ChartInput &input) {
        return textsOf(chartPicture(input, options, PictureFormat::Svg, {})).join(QLatin1Char('\n'));
    };
    QVERIFY(texts(inputOf(m_recording, byNet())).contains(note));
    QVERIFY(texts(inputOf(m_recording, byNet())).contains(QStringLiteral("MSR_WRITE")));
    const QString known = texts(inputOf(m_withSwitches, byNet()));
    QVERIFY(known.contains(QStringLiteral("HLT")) && !known.contains(QStringLiteral("sched_switch")));
    options.durations = DurationKind::Gross;
    ViewValues byGross;
    byGross.measure = Measure::Gross;
    QVERIFY(!texts(inputOf(m_recording, byGross)).contains(QStringLiteral("sched_switch")));
}

void TestNetOfHalts::noteStandsFree_data()
{
    QTest::addColumn<QSize>("size");
    for (const QSize size : {QSize(320, 240), QSize(600, 400), QSize(1200, 700)})
        QTest::addRow("%dx%d", size.width(), size.height()) << size;
}

void TestNetOfHalts::noteStandsFree()
{
    QFETCH(const QSize, size);
    const HistogramLayout layout = layoutHistogram(inputOf(m_recording), DurationKind::Net, size);
    QVERIFY(layout.message.isEmpty());
    QStringList told;
    for (std::size_t i = 0; i < layout.legend.size(); ++i) {
        const HistogramLegendEntry &entry = layout.legend[i];
        QVERIFY2(QRectF(QPointF(), QSizeF(size)).contains(entry.box), qPrintable(entry.text));
        QVERIFY(entry.box.top() > layout.plot.bottom());
        for (std::size_t j = 0; j < i; ++j)
            QVERIFY(!entry.box.intersects(layout.legend[j].box));
        if (entry.swatch.isEmpty())
            told << entry.text;
    }
    QCOMPARE(told.join(QLatin1Char(' ')), kCountedNote); // in one line or two, and whole
}

void TestNetOfHalts::histogramLeavesHaltsOut()
{
    LinkedViews linked(m_recording);
    HistogramView view(linked.state, linked.numbers);
    view.resize(600, 400);
    view.show();
    view.setRecording(m_recording);
    QVERIFY(linked.settle());
    QCOMPARE(view.layoutShown().total, 40);
    QVERIFY(view.layoutShown().note.isEmpty());
    view.setShown(DurationKind::Net);
    const HistogramLayout &shown = view.layoutShown();
    QCOMPARE(shown.total, 20);
    QCOMPARE(shown.stack.size(), std::size_t(1));
    QCOMPARE(shown.stack[0].name, QStringLiteral("MSR_WRITE"));
    QCOMPARE(shown.marks.back().text, QStringLiteral("p99 832 ns"));
    QVERIFY(view.plot()->accessibleDescription().endsWith(kCountedNote));
    const QPoint at(int(shown.binToPx(DurationBins::indexOf(832) + 0.5)), int(shown.plot.center().y()));
    QHelpEvent help(QEvent::ToolTip, at, view.plot()->mapToGlobal(at));
    QCoreApplication::sendEvent(view.plot(), &help);
    QVERIFY2(QToolTip::text().endsWith(kCountedNote), qPrintable(QToolTip::text()));
    // A band of net times selects what its bars count.
    linked.state.setBand(bandOf(shown.bins, DurationKind::Net));
    QVERIFY(linked.settle());
    QCOMPARE(linked.totals().exits, 20);
}

void TestNetOfHalts::histogramOfHaltsAlone()
{
    ViewValues values;
    values.scenarios = {Scenario::Halt};
    const ChartInput input = inputOf(m_recording, values);
    const HistogramLayout layout = layoutHistogram(input, DurationKind::Net, {600, 400});
    QCOMPARE(layout.message, kCountedNote);
    QCOMPARE(layoutHistogram(input, DurationKind::Gross, {600, 400}).total, 20);
    // Narrow charts tell it in two lines.
    PictureOptions options;
    options.chart = ChartKind::Durations;
    options.durations = DurationKind::Net;
    options.size = {260, 200};
    QCOMPARE(textsOf(chartPicture(input, options, PictureFormat::Svg, {})).join(QLatin1Char(' ')), kCountedNote);
}

void TestNetOfHalts::timelineTellsItOfAnExit()
{
    const Recording &recording = *m_recording;
    const ExitIndex all(m_recording, {});
    const auto tip = [&](ReasonKey key) {
        const ExitColumns &exits = recording.hosts[0].vms[0].vcpus[0].exits;
        const Ns begin = exits.time(firstOf(recording, key));
        const Ns end = exits.end(firstOf(recording, key));
        ViewValues values;
        values.visible = {begin - 1000, end + 1000};
        const TimelineLayout layout = layoutTimeline({m_recording, nullptr, values}, {1000, 300}, {}, all, all);
        const auto row = std::ranges::find_if(layout.rows, [](const TimelineRow &r) { return !r.isVm(); });
        return timelineToolTip(
            layout, {layout.scale.timeToPx(begin) + 5, row->lane(LaneKind::States).center().y()}, all);
    };
    QVERIFY2(tip(kHlt).contains(QStringLiteral("<b>–</b>")), qPrintable(tip(kHlt)));
    QVERIFY(tip(kHlt).contains(QStringLiteral("not known of a halt without sched_switch")));
    QVERIFY2(tip(kMsrWrite).contains(QStringLiteral("MSR_WRITE")), qPrintable(tip(kMsrWrite)));
    QVERIFY(!tip(kMsrWrite).contains(QStringLiteral("not known of a halt")));
}

void TestNetOfHalts::withSwitchesNothingIsLeftOut()
{
    const ChartInput input = inputOf(m_withSwitches, byNet());
    QCOMPARE(pieSlices(input.numbers->byReason->totals, m_withSwitches->reasons, input.values, input.theme).size(),
        std::size_t(2));
    QCOMPARE(pieNote(input), QString());
    StatisticsModel model(StatisticsTopic::Reasons);
    model.setNumbers(input.numbers);
    QCOMPARE(cell(model, rowOf(model, "HLT"), "net_ns").toString(), QStringLiteral("51.1 ms"));
    QCOMPARE(cell(model, rowOf(model, "HLT"), "net_share_percent").toString(), QStringLiteral("100.0 %"));
    QCOMPARE(cell(model, rowOf(model, "HLT"), "net_ns", Qt::ToolTipRole).toString(),
        QStringLiteral("Net time: 51,096,060 ns"));
    const HistogramLayout layout = layoutHistogram(input, DurationKind::Net, {600, 400});
    QCOMPARE(layout.total, 40);
    QVERIFY(layout.note.isEmpty());
}

QTEST_MAIN(TestNetOfHalts)
#include "tst_net_of_halts.moc"
