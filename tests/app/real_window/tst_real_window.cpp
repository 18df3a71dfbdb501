// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDirIterator>
#include <QFileInfo>
#include <QImage>
#include <QTest>

#include "tests/app/opened_window.h"
#include "tests/app/real_window/real_program.h"
#include "views/chart/custom_plot.h"
#include "views/durations/histogram_view.h"
#include "views/overview/overview_view.h"
#include "views/reasons/pie_view.h"
#include "views/timeline/timeline_view.h"

using namespace exitscope;
using namespace exitscope::test;

// The program itself under a window manager, with a real pointer and real keys. A window of the same size in this
// process, which nobody touches, says where the charts are and what time is where in them.
class TestRealWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void recordingOpens();
    void menuOpensOnEveryChart_data();
    void menuOpensOnEveryChart();
    void menuKeyOpensTheMenu();
    void dragSelects();
    void wheelZoomsAndPans();
    void doubleClickZooms();
    void overviewIsDragged();
    void bookmarkIsKept();
    void symbolsOfTheCommandLineAreKept();
    void exportDialogWritesTheTypedFile();
    void droppedDirectoryOpens();
    void closesWhileLoading();

private:
    static QString path() { return OpenedWindow::samplePath() + QStringLiteral("/host"); }
    static QString title() { return QStringLiteral("sample/host — ExitScope"); }

    Workspace &twin() { return (*m_twin)->workspace(); }
    QPoint inWindow(const QWidget &widget, QPointF at) const { return widget.mapTo(&**m_twin, at.toPoint()); }
    QPoint middleOf(const QWidget &widget) const { return inWindow(widget, widget.rect().center()); }
    // In the timeline, at a part of its width, in the states of the first vCPU.
    QPoint onTimeline(double part);
    Ns timeOn(double part);
    bool isAbout(Ns a, Ns b)
    {
        return std::abs(a - b) < twin().state().bounds().length() / 100;
    } // fonts differ a little

    std::unique_ptr<OpenedWindow> m_twin;
    std::unique_ptr<RealScreen> m_screen;
};

void TestRealWindow::initTestCase()
{
    if (const QString program = RealScreen::missing(); !program.isEmpty())
        QSKIP(qPrintable(QStringLiteral("%1 is not installed: tests/run installs it").arg(program)));
    m_twin = std::make_unique<OpenedWindow>();
    QVERIFY(m_twin->open({path()}));
    QTRY_VERIFY(twin().timeline().shown() && !twin().timeline().shown()->rows.empty());
    m_screen = std::make_unique<RealScreen>();
    QVERIFY(m_screen->start());
}

void TestRealWindow::cleanupTestCase()
{
    m_screen.reset();
    m_twin.reset();
}

QPoint TestRealWindow::onTimeline(double part)
{
    const TimelineLayout &shown = *twin().timeline().shown();
    const auto vcpu = std::ranges::find_if(shown.rows, [](const TimelineRow &row) { return !row.isVm(); });
    return inWindow(twin().timeline().plot(),
        {shown.plot.left() + part * shown.plot.width(), vcpu->lane(LaneKind::States).center().y()});
}

Ns TestRealWindow::timeOn(double part)
{
    const TimeRange bounds = twin().state().bounds();
    return bounds.from + Ns(part * double(bounds.length()));
}

void TestRealWindow::recordingOpens()
{
    RealProgram program(*m_screen);
    QVERIFY(program.start({path()}, title()));
    m_screen->key(QStringLiteral("ctrl+q"));
    QVERIFY(program.waitForEnd(RealScreen::kWaitMs));
    QVERIFY(program.endedWell());
}

void TestRealWindow::menuOpensOnEveryChart_data()
{
    QTest::addColumn<QPoint>("at");
    QTest::addColumn<QString>("chart");
    QTest::addRow("timeline") << onTimeline(0.4) << QStringLiteral("timeline");
    QTest::addRow("overview") << middleOf(*twin().findChild<OverviewView *>()) << QStringLiteral("overview");
    QTest::addRow("reasons") << middleOf(twin().pie()) << QStringLiteral("reasons");
    QTest::addRow("durations") << middleOf(*twin().histogram().plot()) << QStringLiteral("durations");
}

// Its first entry exports the chart that was clicked.
void TestRealWindow::menuOpensOnEveryChart()
{
    QFETCH(const QPoint, at);
    QFETCH(const QString, chart);
    RealProgram program(*m_screen);
    QVERIFY(program.start({path()}, title()));
    program.moveTo(at);
    m_screen->click(Qt::RightButton);
    QVERIFY2(program.waitForPopup(), "no menu comes");
    m_screen->key(QStringLiteral("Down"));
    m_screen->key(QStringLiteral("Return"));
    QVERIFY2(m_screen->waitForWindow(QStringLiteral("Export image")), "the menu is none");
    QVERIFY(m_screen->waitUntilStill());
    m_screen->key(QStringLiteral("Return"));
    const QString file = program.filePath(QStringLiteral("sample-host-%1.png").arg(chart));
    QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(file), RealScreen::kWaitMs);
    QVERIFY(QImage(file).width() >= 160);
}

void TestRealWindow::menuKeyOpensTheMenu()
{
    RealProgram program(*m_screen);
    QVERIFY(program.start({path()}, title()));
    program.moveTo(onTimeline(0.4));
    m_screen->click(Qt::LeftButton); // gives the focus
    m_screen->key(QStringLiteral("Menu"));
    QVERIFY2(program.waitForPopup(), "no menu comes");
    m_screen->key(QStringLiteral("Down"));
    m_screen->key(QStringLiteral("Return"));
    QVERIFY(m_screen->waitForWindow(QStringLiteral("Export image")));
}

void TestRealWindow::dragSelects()
{
    RealProgram program(*m_screen);
    QVERIFY(program.start({path()}, title()));
    program.drag(onTimeline(0.25), onTimeline(0.75));
    const auto range = program.bookmark(QStringLiteral("dragged"));
    QVERIFY(range);
    QVERIFY(isAbout(range->from, timeOn(0.25)));
    QVERIFY(isAbout(range->to, timeOn(0.75)));
}

void TestRealWindow::wheelZoomsAndPans()
{
    RealProgram program(*m_screen);
    QVERIFY(program.start({path()}, title()));
    program.moveTo(onTimeline(0.25));
    m_screen->turnWheel(3, QStringLiteral("ctrl"));
    const auto zoomed = program.bookmark(QStringLiteral("zoomed"));
    QVERIFY(zoomed);
    // Three steps of 0.8 around the pointer.
    const double length = double(twin().state().bounds().length()) * 0.512;
    QVERIFY(isAbout(zoomed->length(), Ns(length)));
    QVERIFY(isAbout(zoomed->from, timeOn(0.25) - Ns(0.25 * length)));

    program.moveTo(onTimeline(0.25));
    m_screen->turnWheel(-1, QStringLiteral("shift"));
    const auto panned = program.bookmark(QStringLiteral("panned"));
    QVERIFY(panned);
    QCOMPARE(panned->length(), zoomed->length());
    QVERIFY(isAbout(panned->from, zoomed->from + Ns(0.1 * length)));
}

// On the label of a row it filters, on the time it zooms: to what is below the pointer.
void TestRealWindow::doubleClickZooms()
{
    RealProgram program(*m_screen);
    QVERIFY(program.start({path()}, title()));
    program.moveTo(onTimeline(0.7));
    m_screen->click(Qt::LeftButton, 2);
    const auto range = program.bookmark(QStringLiteral("zoomed"));
    QVERIFY(range);
    QVERIFY(range->length() <= twin().state().bounds().length() / 2);
    QVERIFY(range->from <= timeOn(0.71) && timeOn(0.69) <= range->to);
}

// All is visible: what is dragged there is the visible range.
void TestRealWindow::overviewIsDragged()
{
    RealProgram program(*m_screen);
    QVERIFY(program.start({path()}, title()));
    program.moveTo(onTimeline(0.5));
    m_screen->turnWheel(4, QStringLiteral("ctrl"));
    const auto before = program.bookmark(QStringLiteral("before"));
    QVERIFY(before);
    const QPoint middle = middleOf(*twin().findChild<OverviewView *>());
    program.drag(middle, middle + QPoint(120, 0));
    const auto after = program.bookmark(QStringLiteral("after"));
    QVERIFY(after);
    QCOMPARE(after->length(), before->length());
    QVERIFY2(after->from > before->from, "the window of the overview did not follow");
}

void TestRealWindow::bookmarkIsKept()
{
    RealProgram program(*m_screen);
    QVERIFY(program.start({path()}, title()));
    const auto range = program.bookmark(QStringLiteral("all of it"));
    QVERIFY(range);
    QCOMPARE(*range, twin().state().bounds());
}

void TestRealWindow::symbolsOfTheCommandLineAreKept()
{
    RealProgram program(*m_screen);
    const QString file = program.filePath(QStringLiteral("kallsyms"));
    QFile symbols(file);
    QVERIFY(symbols.open(QIODevice::WriteOnly));
    symbols.write("ffffffff81000000 T _stext\nffffffffd0000000 R end\n");
    symbols.close();
    QVERIFY(program.start({QStringLiteral("--symbols"), file, path()}, title()));
    const auto isKept = [&] {
        QDirIterator files(program.filePath(QStringLiteral("data")), {QStringLiteral("*.json")}, QDir::Files,
            QDirIterator::Subdirectories);
        while (files.hasNext())
            if (QFile kept(files.next()); kept.open(QIODevice::ReadOnly) && kept.readAll().contains(file.toUtf8()))
                return true;
        return false;
    };
    QTRY_VERIFY_WITH_TIMEOUT(isKept(), RealScreen::kWaitMs);
}

void TestRealWindow::exportDialogWritesTheTypedFile()
{
    RealProgram program(*m_screen);
    QVERIFY(program.start({path()}, title()));
    m_screen->key(QStringLiteral("ctrl+e"));
    QVERIFY(m_screen->waitForWindow(QStringLiteral("Export image")));
    QVERIFY(m_screen->waitUntilStill());
    const QString file = program.filePath(QStringLiteral("typed.svg"));
    m_screen->key(QStringLiteral("ctrl+a")); // the line of the file has the focus
    m_screen->type(file);
    m_screen->key(QStringLiteral("Return"));
    QTRY_VERIFY_WITH_TIMEOUT(QFileInfo::exists(file), RealScreen::kWaitMs);
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    QVERIFY(written.read(200).contains("<svg"));
    QVERIFY(m_screen->waitForNoWindow(QStringLiteral("Export image")));
}

void TestRealWindow::droppedDirectoryOpens()
{
    RealProgram program(*m_screen);
    QVERIFY(program.start({}, QStringLiteral("ExitScope")));
    QProcess source;
    source.setProcessEnvironment(m_screen->environment());
    source.start(QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope_drag_source"),
        {QStringLiteral("1400"), QStringLiteral("400"), path()});
    const QString sourceTitle = QStringLiteral("Drag source");
    QVERIFY(m_screen->waitForWindow(sourceTitle) && m_screen->waitUntilStill());
    const QPoint from = m_screen->placeOf(m_screen->window(sourceTitle)) + QPoint(80, 60);
    m_screen->moveTo(from);
    m_screen->press(Qt::LeftButton);
    m_screen->moveTo(from + QPoint(10, 10)); // a drag begins
    QVERIFY(m_screen->waitUntilStill());
    for (const int x : {900, 600, 500})
        program.moveTo({x, 400});
    QVERIFY(m_screen->waitUntilStill()); // the window says that it takes it
    m_screen->release(Qt::LeftButton);
    QVERIFY2(m_screen->waitForWindow(title()), "what was dropped does not open");
    source.terminate();
    QVERIFY(source.waitForFinished());
}

void TestRealWindow::closesWhileLoading()
{
    QProcessEnvironment hangs;
    hangs.insert(QStringLiteral("EXITSCOPE_READER"), QStringLiteral(EXITSCOPE_BINARY_DIR "/faulty_reader"));
    hangs.insert(QStringLiteral("EXITSCOPE_READER_FAULT"), QStringLiteral("hang:1"));
    RealProgram program(*m_screen);
    QVERIFY(program.start({path()}, QStringLiteral("ExitScope"), hangs));
    QCOMPARE(m_screen->window(title()), 0); // it is loading still
    m_screen->key(QStringLiteral("alt+F4")); // the window manager asks it to close
    QVERIFY2(program.waitForEnd(5'000), "it waits for the reader that hangs");
    QVERIFY(program.endedWell());
}

QTEST_MAIN(TestRealWindow)
#include "tst_real_window.moc"
