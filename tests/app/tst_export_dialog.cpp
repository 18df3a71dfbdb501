// SPDX-License-Identifier: GPL-3.0-or-later
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QGuiApplication>
#include <QHeaderView>
#include <QImageReader>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTest>
#include <QTimer>
#include <QTreeView>
#include <QtCharts/QChartView>

#include "app/window/export/export_dialog.h"
#include "app/window/export/exports.h"
#include "tests/app/opened_window.h"
#include "tests/tools/program.h"
#include "views/causes/account_rows.h"
#include "views/causes/causes_table.h"
#include "views/chart/custom_plot.h"
#include "views/durations/histogram_view.h"
#include "views/reasons/pie_view.h"
#include "views/tables/statistics_table.h"
#include "views/timeline/timeline_view.h"
#include "views/waits/halts_table.h"
#include "views/waits/takers_table.h"

using namespace exitscope;
using test::OpenedWindow;

class TestExportDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void writesWhatIsOnTheScreen();
    void captionIsOnUnlessItIsTakenOff();
    void enterExports();
    void labelsHaveTheirKeys();
    void beginsWithTheChartUsedLast();
    void nameAndFormatFollowEachOther();
    void asksBeforeItOverwrites();
    void tellsWhatCannotBeWritten();
    void waitsForTheNumbers();
    void previewsWhenAllIsCalm();
    void goesOnWhileItWrites();
    void largePictureIsTheSameInBands();
    void cancelLeavesNothing();
    void savesTheTableThatWasAskedFor();
    void savesCausesWhereTheyWereUsedLast();
    void savesTakersAndHaltsWhereTheyWereUsedLast();
    void copiesThePicture();
    void chartsHaveItInTheirMenus();
    void remembersTheDirectory();

private:
    static ExportDialog *dialogOf(OpenedWindow &window);
};

ExportDialog *TestExportDialog::dialogOf(OpenedWindow &window)
{
    QTest::keyClick(&*window, Qt::Key_E, Qt::ControlModifier);
    return window->exports().dialog();
}

void TestExportDialog::writesWhatIsOnTheScreen()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    ExportDialog *dialog = dialogOf(window);
    QVERIFY(dialog && dialog->isVisible());
    const QString file = window.directory() + QStringLiteral("/a.png");
    dialog->setPath(file);
    dialog->scaleChoice()->setCurrentIndex(1); // 2×
    QSignalSpy written(dialog, &ExportDialog::written);
    const QSize shown = window->workspace().timeline().plot().size();
    QTest::mouseClick(dialog->writeButton(), Qt::LeftButton);
    QTRY_COMPARE(written.size(), 1);
    QVERIFY(window->statusBar()->currentMessage().contains(file));
    const QImage image(file);
    QCOMPARE(image.size(), shown * 2);
    QTRY_VERIFY(!window->exports().dialog()); // closed
}

void TestExportDialog::captionIsOnUnlessItIsTakenOff()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    const auto exported = [&](const char *name, bool hasCaption) {
        window->actions()[CommandId::ExportImage]->trigger();
        ExportDialog *dialog = window->exports().dialog();
        const QString file = QDir(window.directory()).filePath(QString::fromUtf8(name));
        if (!hasCaption)
            dialog->captionChoice()->click();
        dialog->setPath(file);
        QSignalSpy written(dialog, &ExportDialog::written);
        dialog->writeButton()->click();
        QFile result(file);
        const bool isWritten = QTest::qWaitFor([&] { return !written.isEmpty(); });
        return isWritten && result.open(QIODevice::ReadOnly) ? result.readAll() : QByteArray();
    };
    const QByteArray caption = QByteArray("resources/sample · whole recording, 4.20 s · no filter");
    QVERIFY(exported("with.svg", true).contains(caption));
    QTRY_VERIFY(!window->exports().dialog());
    const QByteArray without = exported("without.svg", false);
    QVERIFY(!without.isEmpty() && !without.contains(caption));
}

void TestExportDialog::enterExports()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    ExportDialog *dialog = dialogOf(window);
    const QString file = window.directory() + QStringLiteral("/a.svg");
    dialog->setPath(file);
    int defaults = 0;
    for (const QPushButton *button : dialog->findChildren<QPushButton *>())
        defaults += button->isDefault();
    QCOMPARE(defaults, 1);
    QTest::keyClick(dialog->focusWidget(), Qt::Key_Return);
    QTRY_VERIFY(QFileInfo::exists(file));
    QTRY_VERIFY(!window->exports().dialog());
}

// A label with a key that leads nowhere shows its "&".
void TestExportDialog::labelsHaveTheirKeys()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    ExportDialog *dialog = dialogOf(window);
    for (const QLabel *label : dialog->findChildren<QLabel *>())
        QVERIFY2(!label->text().contains(QLatin1Char('&')) || label->buddy(), qPrintable(label->text()));
    dialog->close();
}

void TestExportDialog::beginsWithTheChartUsedLast()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    QTest::mouseClick(window->workspace().histogram().plot(), Qt::LeftButton, {}, {200, 60});
    ExportDialog *dialog = dialogOf(window);
    QCOMPARE(dialog->chartChoice()->currentText(), QStringLiteral("Durations of exits"));
    QVERIFY(dialog->path().endsWith(QStringLiteral("-durations.png")));
    dialog->close();
}

void TestExportDialog::nameAndFormatFollowEachOther()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    ExportDialog *dialog = dialogOf(window);
    QVERIFY(dialog->path().endsWith(QStringLiteral("sample-timeline.png")));
    dialog->formatChoice()->setCurrentIndex(int(PictureFormat::Svg));
    QVERIFY(dialog->path().endsWith(QStringLiteral("-timeline.svg")));
    QVERIFY(!dialog->scaleChoice()->isEnabled());
    dialog->setPath(QStringLiteral("/x.y/mine.pdf"));
    QCOMPARE(dialog->formatChoice()->currentIndex(), int(PictureFormat::Pdf));
    dialog->formatChoice()->setCurrentIndex(int(PictureFormat::Png));
    QCOMPARE(dialog->path(), QStringLiteral("/x.y/mine.png"));
    dialog->chartChoice()->setCurrentIndex(int(ChartKind::Runs)); // a name of one's own stays
    QCOMPARE(dialog->path(), QStringLiteral("/x.y/mine.png"));
    dialog->close();
}

void TestExportDialog::asksBeforeItOverwrites()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    const QString path = window.directory() + QStringLiteral("/there.svg");
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("mine") == 4);
    file.close();
    ExportDialog *dialog = dialogOf(window);
    dialog->setPath(path);
    QTest::mouseClick(dialog->writeButton(), Qt::LeftButton);
    QVERIFY(dialog->isVisible() && dialog->problem().contains(path));
    QVERIFY(dialog->writeButton()->text().contains(QStringLiteral("Overwrite")));
    QCOMPARE(QFileInfo(path).size(), 4);
    dialog->setPath(path + QStringLiteral(".svg")); // another name: asked anew
    QVERIFY(dialog->writeButton()->text().contains(QStringLiteral("Export")));
    dialog->setPath(path);
    QTest::mouseClick(dialog->writeButton(), Qt::LeftButton);
    QTest::mouseClick(dialog->writeButton(), Qt::LeftButton);
    QTRY_VERIFY(QFileInfo(path).size() > 1000);
}

void TestExportDialog::tellsWhatCannotBeWritten()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    ExportDialog *dialog = dialogOf(window);
    dialog->setPath(window.directory() + QStringLiteral("/none/a.png"));
    QTest::mouseClick(dialog->writeButton(), Qt::LeftButton);
    QTRY_VERIFY(dialog->problem().contains(QStringLiteral("/none/a.png")));
    QVERIFY(dialog->isVisible());
    dialog->setPath(window.directory() + QStringLiteral("/a.gif"));
    QTest::mouseClick(dialog->writeButton(), Qt::LeftButton);
    QVERIFY(dialog->problem().contains(QStringLiteral(".png, .svg, .pdf")));
    dialog->setPath(window.directory() + QStringLiteral("/a.png"));
    dialog->setPictureSize({16'384, 16'384});
    QVERIFY(!dialog->writeButton()->isEnabled());
    QVERIFY(dialog->problem().contains(QStringLiteral("million pixels")));
    dialog->close();
}

void TestExportDialog::waitsForTheNumbers()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    ExportDialog *dialog = dialogOf(window);
    QVERIFY(dialog->writeButton()->isEnabled());
    window.state().setReasons({ReasonKey{2, 114}});
    QVERIFY(!dialog->writeButton()->isEnabled());
    QVERIFY(window.waitForNumbers());
    QVERIFY(dialog->writeButton()->isEnabled());
    dialog->close();
}

// A range that is dragged moves the state with every step of the pointer: the window would draw each twice.
void TestExportDialog::previewsWhenAllIsCalm()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    ExportDialog *dialog = dialogOf(window);
    QSignalSpy previewed(dialog, &ExportDialog::previewed);
    QVERIFY(previewed.wait());
    previewed.clear();
    const TimeRange bounds = window.state().bounds();
    const GestureId gesture = window.state().newGesture();
    for (int step = 1; step <= 40; ++step) {
        window.state().setVisible({bounds.from + step * 1000, bounds.to - step * 1000}, gesture);
        QCoreApplication::processEvents();
    }
    QVERIFY(previewed.size() <= 2);
    QTRY_VERIFY(!previewed.isEmpty());
    dialog->close();
}

// A picture that takes seconds: the window goes on meanwhile, and the dialog stays and tells how far it is.
void TestExportDialog::goesOnWhileItWrites()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    ExportDialog *dialog = dialogOf(window);
    const QString path = window.directory() + QStringLiteral("/large.png");
    dialog->setPath(path);
    dialog->setPictureSize({4000, 3000});
    dialog->scaleChoice()->setCurrentIndex(1); // 2×
    QSignalSpy written(dialog, &ExportDialog::written);
    QSignalSpy progressed(&dialog->writing(), &PictureWork::progressed);
    QTimer between;
    std::vector<qsizetype> turns; // how much was painted when another event had its turn
    connect(&between, &QTimer::timeout, this, [&] { turns.push_back(progressed.size()); });
    between.start(0);
    QTest::mouseClick(dialog->writeButton(), Qt::LeftButton);
    QVERIFY(written.isEmpty() && !dialog->writeButton()->isEnabled());
    QVERIFY(dialog->isVisible());
    QTRY_COMPARE_WITH_TIMEOUT(written.size(), 1, 60'000);
    QCOMPARE(QImageReader(path).size(), QSize(8000, 6000)); // to be read it is too large
    QVERIFY2(progressed.size() >= 8, qPrintable(QString::number(progressed.size())));
    for (std::size_t i = 1; i < turns.size(); ++i)
        QVERIFY(turns[i] - turns[i - 1] <= 2); // a band or so between two events
    QCOMPARE(progressed.back().front().toDouble(), 1.0);
}

void TestExportDialog::largePictureIsTheSameInBands()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    for (const ChartKind chart :
        {ChartKind::Timeline, ChartKind::Overview, ChartKind::Reasons, ChartKind::Durations, ChartKind::HeatMap}) {
        PictureOptions options = window->workspace().pictureOptions(chart);
        options.size = {1200, 700};
        options.scale = 1.5;
        options.caption = QStringLiteral("A caption");
        const ChartInput input = window->workspace().chartInput();
        BandedImage image(input, options, layOutPicture(input, options));
        for (int rows = 1; !image.isWhole(); rows = rows % 90 + 7)
            image.paintBand(rows);
        const QImage whole = chartImage(input, options);
        // The edges of round slices are smoothed a shade differently where a band ends.
        const int most = chart == ChartKind::Reasons ? 8 : 0;
        int worst = 0;
        for (int y = 0; y < whole.height(); ++y)
            for (int x = 0; x < whole.width(); ++x) {
                const QRgb a = whole.pixel(x, y), b = image.image().pixel(x, y);
                worst = std::max({worst, std::abs(qRed(a) - qRed(b)), std::abs(qGreen(a) - qGreen(b)),
                    std::abs(qBlue(a) - qBlue(b))});
            }
        QVERIFY2(worst <= most, qPrintable(QStringLiteral("chart %1: %2").arg(int(chart)).arg(worst)));
    }
}

void TestExportDialog::cancelLeavesNothing()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    ExportDialog *dialog = dialogOf(window);
    const QString path = window.directory() + QStringLiteral("/never.png");
    dialog->setPath(path);
    dialog->setPictureSize({4000, 3000});
    dialog->scaleChoice()->setCurrentIndex(1); // 2×
    const QStringList before = QDir(window.directory()).entryList(QDir::AllEntries);
    QSignalSpy written(&dialog->writing(), &PictureWork::written);
    // While it is laid out, while it is painted, and while it is encoded.
    for (const double share : {-1.0, 0.2, 1.0}) {
        written.clear();
        QObject context;
        connect(&dialog->writing(), &PictureWork::progressed, &context, [&, isPressed = false](double now) mutable {
            if (now >= share && !std::exchange(isPressed, true))
                QMetaObject::invokeMethod(dialog, &ExportDialog::reject, Qt::QueuedConnection);
        });
        QTest::mouseClick(dialog->writeButton(), Qt::LeftButton);
        if (share < 0)
            QTest::keyClick(dialog, Qt::Key_Escape);
        QTRY_COMPARE_WITH_TIMEOUT(written.size(), 1, 60'000);
        QVERIFY(dialog->isVisible());
        QVERIFY2(dialog->problem().endsWith(QStringLiteral("cancelled")), qPrintable(dialog->problem()));
        QVERIFY(dialog->writeButton()->isEnabled());
        QCOMPARE(dialog->writeButton()->text(), QStringLiteral("&Export")); // nothing is there to be overwritten
        QCOMPARE(QDir(window.directory()).entryList(QDir::AllEntries), before);
    }
    QTest::keyClick(dialog, Qt::Key_Escape);
    QTRY_VERIFY(!window->exports().dialog());
}

// Its numbers are not there yet when another recording takes the window.
void TestExportDialog::savesTheTableThatWasAskedFor()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    const auto recording = window->workspace().recording();
    const QString now = window.directory() + QStringLiteral("/now.csv");
    const QString queued = window.directory() + QStringLiteral("/queued.csv");
    QSignalSpy done(&window->exports(), &Exports::done);
    window->exports().saveTable(now);
    QCOMPARE(done.size(), 1);
    QFile file(now);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray whole = file.readAll();
    QCOMPARE(whole, toCsv(window->workspace().table().shownModel()).toUtf8());

    window.state().setReasons({ReasonKey{2, 114}, ReasonKey{2, 120}});
    window.state().setVcpus({VcpuKey{{0, 0}, 1}});
    const Numbers expected = numbersOf(recording, window.state().values().selection());
    window->exports().saveTable(queued);
    window->workspace().setRecording(std::make_shared<const Recording>());
    QTRY_COMPARE(done.size(), 2);
    QFile later(queued);
    QVERIFY(later.open(QIODevice::ReadOnly));
    const QByteArray content = later.readAll();
    QCOMPARE(content,
        toCsv(*StatisticsTable::modelOf(expected, {StatisticsTopic::Reasons, 3, Qt::DescendingOrder})).toUtf8());
    QVERIFY(content != whole && content.count('\n') > 1);
}

void TestExportDialog::savesCausesWhereTheyWereUsedLast()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    Workspace &workspace = window->workspace();
    QVERIFY(!workspace.isCausesActive());
    workspace.showDock(&workspace.causes());
    QTRY_VERIFY(workspace.causes().isSettled());
    QVERIFY(workspace.isCausesActive());
    const QString name = window.directory() + QStringLiteral("/causes.csv");
    QSignalSpy done(&window->exports(), &Exports::done);
    window->exports().saveTable(name);
    const QByteArray wanted = accountsCsv(workspace.causes().accountsOf(), nullptr).toUtf8();
    window.state().setReasons({{2, 114}}); // too late
    QTRY_COMPARE(done.size(), 1);
    QFile file(name);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.readAll(), wanted);
    window->exports().copyTable();
    const QByteArray filtered = accountsCsv(workspace.causes().accountsOf(), nullptr).toUtf8();
    QTRY_COMPARE(QGuiApplication::clipboard()->text().toUtf8(), filtered);
    QVERIFY(filtered.size() < wanted.size());
    window->actions()[CommandId::SortTable]->trigger();
    QCOMPARE(workspace.causes().view()->header()->sortIndicatorSection(), 0);
}

// The same as the command line writes of the same selection.
void TestExportDialog::savesTakersAndHaltsWhereTheyWereUsedLast()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    Workspace &workspace = window->workspace();
    const TimeRange all = window.state().bounds();
    window.state().select(TimeRange{all.from, all.from + all.length() / 2});
    window.state().setVcpus({VcpuKey{{0, 0}, 1}});
    QSignalSpy done(&window->exports(), &Exports::done);
    for (NumberTable *table :
        {static_cast<NumberTable *>(&workspace.takers()), static_cast<NumberTable *>(&workspace.halts())}) {
        workspace.showDock(table);
        QTRY_VERIFY(table->isSettled());
        QCOMPARE(workspace.activeNumbers(), table);
        QVERIFY(!workspace.isCausesActive());
        const QString name = window.directory() + u'/' + workspace.activeTableName() + QStringLiteral(".csv");
        window->exports().saveTable(name);
        QTRY_COMPARE(done.size(), 1);
        done.clear();
        QFile file(name);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const test::ProgramResult cli = test::runCli(
            {workspace.activeTableName(), QStringLiteral("--format"), QStringLiteral("csv"), QStringLiteral("--vcpu"),
                QStringLiteral("qemu-system-x86/1"), QStringLiteral("--from"), QString::number(all.from),
                QStringLiteral("--to"), QString::number(all.from + all.length() / 2), OpenedWindow::samplePath()});
        QCOMPARE(cli.status, 0);
        const QByteArray saved = file.readAll();
        QVERIFY2(saved.count('\n') > 1, saved.constData());
        QCOMPARE(saved, cli.out);
        table->view()->setCurrentIndex(table->shownModel().index(0, 1));
        window->actions()[CommandId::SortTable]->trigger();
        QCOMPARE(table->view()->header()->sortIndicatorSection(), 1);
    }
    workspace.showDock(&workspace.table());
    QVERIFY(!workspace.activeNumbers());
}

void TestExportDialog::copiesThePicture()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    QTest::mouseClick(window->workspace().histogram().plot(), Qt::LeftButton, {}, {200, 60});
    QTest::keyClick(&*window, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    const QImage image = QGuiApplication::clipboard()->image();
    QCOMPARE(image.size(), window->workspace().histogram().plot()->size() * window->devicePixelRatioF());
    QVERIFY(window->statusBar()->currentMessage().contains(QStringLiteral("clipboard")));
}

void TestExportDialog::chartsHaveItInTheirMenus()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    for (QWidget *chart : window->workspace().pictures()) {
        QStringList texts;
        for (const QAction *action : chart->actions())
            texts << action->text();
        QVERIFY(texts.contains(QStringLiteral("&Export image…")) && texts.contains(QStringLiteral("Copy &image")));
        QCOMPARE(chart->contextMenuPolicy(), Qt::ActionsContextMenu);
    }
    // A right click makes the chart the one that the command is about.
    QWidget *pie = window->workspace().pie().findChild<QChartView *>();
    QTest::mouseClick(pie, Qt::RightButton, {}, {20, 20});
    QCOMPARE(window->workspace().activeChart(), ChartKind::Reasons);
}

void TestExportDialog::remembersTheDirectory()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    ExportDialog *dialog = dialogOf(window);
    dialog->setPath(window.directory() + QStringLiteral("/first.pdf"));
    QTest::mouseClick(dialog->writeButton(), Qt::LeftButton);
    QTRY_VERIFY(!window->exports().dialog());
    window.restart();
    QVERIFY(window.openSample());
    dialog = dialogOf(window);
    QVERIFY(dialog->path().startsWith(window.directory()));
    dialog->close();
}

QTEST_MAIN(TestExportDialog)
#include "tst_export_dialog.moc"
