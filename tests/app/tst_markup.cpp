// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QComboBox>
#include <QDockWidget>
#include <QGraphicsTextItem>
#include <QGraphicsView>
#include <QLabel>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>
#include <QTextDocument>
#include <QXmlStreamReader>

#include "app/window/bookmarks_panel.h"
#include "app/window/problem_panel.h"
#include "tests/app/opened_window.h"
#include "tests/views/made_guest.h"
#include "views/chart/custom_plot.h"
#include "views/reasons/pie_view.h"
#include "views/tables/statistics_table.h"
#include "views/timeline/timeline_chart.h"
#include "views/timeline/timeline_tooltip.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using test::OpenedWindow;

namespace {

// As a VM, a thread or a host may be called. Taken for markup it would have the file read.
const QString kName = QStringLiteral("<img src=\"file:///no/such/file\">");

std::shared_ptr<const Recording> namedSo()
{
    auto recording = std::make_shared<Recording>(*testing::makeGuestRecording());
    recording->hosts[0].vms[0].name = kName;
    recording->hosts[0].vms.push_back(recording->hosts[0].vms[0]);
    recording->hosts[0].vms[1].name = kName + QStringLiteral(" 2");
    recording->guests[0].names = {kName, kName};
    recording->guests[0].path = kName;
    for (TraceInfo &trace : recording->traces) {
        trace.path = kName;
        trace.description.hostname = kName.toStdString();
        trace.description.traceName = kName.toStdString();
    }
    for (const Severity severity : {Severity::Error, Severity::Warning, Severity::Info})
        recording->diagnostics.push_back({severity, QStringLiteral("stream-unreadable"), kName, kName, 1});
    return recording;
}

// Whether a text that is shown where markup would be taken for it has the name as markup.
bool isMarkup(const QString &text)
{
    return Qt::mightBeRichText(text) && text.contains(QLatin1String("<img"));
}

bool isMarkup(const QLabel &label)
{
    return label.textFormat() == Qt::PlainText ? false
        : label.textFormat() == Qt::AutoText   ? isMarkup(label.text())
                                               : label.text().contains(QLatin1String("<img"));
}

QStringList wrongCells(const QAbstractItemModel &model)
{
    QStringList wrong;
    for (int column = 0; column < model.columnCount(); ++column) {
        for (int row = 0; row < model.rowCount(); ++row)
            for (const int role : {Qt::ToolTipRole, Qt::WhatsThisRole, Qt::StatusTipRole})
                if (isMarkup(model.index(row, column).data(role).toString()))
                    wrong << QStringLiteral("%1 %2, %3").arg(row).arg(column).arg(role);
        if (isMarkup(model.headerData(column, Qt::Horizontal, Qt::ToolTipRole).toString()))
            wrong << QStringLiteral("header %1").arg(column);
    }
    return wrong;
}

// All that any widget of the window shows, or would.
QStringList wrongIn(const QWidget &window)
{
    QStringList wrong;
    const auto check = [&](bool isWrong, const QObject &of, const char *what) {
        if (isWrong)
            wrong << QStringLiteral("%1 of %2 %3")
                         .arg(QString::fromLatin1(what), QString::fromLatin1(of.metaObject()->className()),
                             of.objectName());
    };
    for (const QWidget *widget : window.findChildren<QWidget *>()) {
        check(isMarkup(widget->toolTip()), *widget, "tooltip");
        check(isMarkup(widget->whatsThis()), *widget, "what's this");
        if (const auto *label = qobject_cast<const QLabel *>(widget))
            check(isMarkup(*label), *label, "text");
        if (const auto *view = qobject_cast<const QGraphicsView *>(widget); view && view->scene())
            for (const QGraphicsItem *item : view->scene()->items())
                if (const auto *text = dynamic_cast<const QGraphicsTextItem *>(item))
                    check(text->toHtml().contains(QLatin1String("<img")), *view, "item");
        if (const auto *table = qobject_cast<const QTableView *>(widget); table && table->model())
            for (const QString &cell : wrongCells(*table->model()))
                check(true, *table, qPrintable(cell));
        if (const auto *choice = qobject_cast<const QComboBox *>(widget))
            for (const QString &cell : wrongCells(*choice->model()))
                check(true, *choice, qPrintable(cell));
    }
    for (const QAction *action : window.findChildren<QAction *>())
        check(isMarkup(action->toolTip()), *action, "tooltip");
    return wrong;
}

} // namespace

// Text from traces is never markup, whatever shows it.
class TestMarkup : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void widgets();
    void pointedAt();
    void pictures_data();
    void pictures();
    void paths();
};

void TestMarkup::widgets()
{
    OpenedWindow window;
    const auto recording = namedSo();
    window->workspace().setRecording(recording);
    QVERIFY(window.waitForNumbers());
    QVERIFY(window.waitForClocks());
    Workspace &workspace = window->workspace();
    for (QDockWidget *dock : window->findChildren<QDockWidget *>())
        dock->show();
    PieOptions pies;
    for (const bool each : {false, true}) {
        pies.perVcpu = each;
        workspace.pie().setOptions(pies);
        for (const StatisticsTopic topic :
            {StatisticsTopic::Reasons, StatisticsTopic::Scenarios, StatisticsTopic::Vcpus, StatisticsTopic::Runs}) {
            workspace.table().setTopic(topic);
            QCOMPARE(wrongIn(*window).join(QLatin1Char('\n')), QString());
        }
    }
    // Filters by it, the current exit, a bookmark.
    window.state().setVcpus({VcpuKey{{0, 0}, 0}});
    window.state().setCurrent(ExitRef{VcpuKey{{0, 0}, 0}, 3});
    workspace.bookmarks().add(kName, window.state().bounds());
    QVERIFY(window.waitForNumbers());
    QCOMPARE(wrongIn(*window).join(QLatin1Char('\n')), QString());
    window->findChild<ProblemPanel *>()->showError(kName);
    QCOMPARE(wrongIn(*window).join(QLatin1Char('\n')), QString());
    window->findChild<ProblemPanel *>()->showLoadFailure({kName}, recording->diagnostics);
    QCOMPARE(wrongIn(*window).join(QLatin1Char('\n')), QString());
    window->run(CommandId::GuestClocks);
    window->run(CommandId::ExportImage);
    QCoreApplication::processEvents();
    QCOMPARE(wrongIn(*window).join(QLatin1Char('\n')), QString());
}

void TestMarkup::pointedAt()
{
    OpenedWindow window;
    window->workspace().setRecording(namedSo());
    QVERIFY(window.waitForNumbers());
    QVERIFY(window.waitForClocks());
    Workspace &workspace = window->workspace();
    QCustomPlot plot;
    const std::shared_ptr<const TimelineLayout> built = buildTimeline(plot, workspace.chartInput(), {1200, 600});
    const TimelineLayout &layout = *built;
    const auto passing = workspace.numbers().exitsOf(workspace.recording().get())->passing();
    int named = 0;
    for (double y = layout.plot.top(); y < layout.plot.bottom(); y += 8) {
        for (double x = layout.plot.left(); x < layout.plot.right(); x += 10) {
            const QString told = timelineToolTip(layout, {x, y}, *passing);
            QVERIFY2(!told.contains(QLatin1String("<img")), qPrintable(told));
            named += told.contains(QLatin1String("&lt;img"));
        }
    }
    QVERIFY(named > 10);
}

void TestMarkup::pictures_data()
{
    QTest::addColumn<int>("chart");
    for (const ChartKind chart : {ChartKind::Timeline, ChartKind::Overview, ChartKind::Reasons, ChartKind::Durations,
             ChartKind::Runs, ChartKind::HeatMap})
        QTest::addRow("%d", int(chart)) << int(chart);
}

// Of an SVG the name is text, in what is drawn and in its title.
void TestMarkup::pictures()
{
    QFETCH(int, chart);
    OpenedWindow window;
    window->workspace().setRecording(namedSo());
    QVERIFY(window.waitForNumbers());
    PieOptions pies;
    pies.perVcpu = true;
    window->workspace().pie().setOptions(pies);
    PictureOptions options = window->workspace().pictureOptions(ChartKind(chart));
    options.size = {1600, 600};
    QXmlStreamReader xml(chartPicture(window->workspace().chartInput(), options, PictureFormat::Svg, kName));
    QString texts;
    while (!xml.atEnd()) {
        xml.readNext();
        QVERIFY(xml.name() != QLatin1String("img"));
        if (xml.isCharacters())
            texts += xml.text();
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QVERIFY(texts.contains(kName));
}

// What was opened before may be called so too.
void TestMarkup::paths()
{
    OpenedWindow window;
    QSignalSpy failed(&window->loader(), &LoadController::failed);
    window->open({QString(QStringLiteral("/no/such/") % kName)});
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(wrongIn(*window).join(QLatin1Char('\n')), QString());
}

QTEST_MAIN(TestMarkup)
#include "tst_markup.moc"
