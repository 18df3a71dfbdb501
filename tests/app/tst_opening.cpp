// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDropEvent>
#include <QLabel>
#include <QMimeData>
#include <QProgressBar>
#include <QSignalSpy>
#include <QTest>

#include <cstdio>

#include "app/window/bookmarks_panel.h"
#include "app/window/load_bar.h"
#include "app/window/problem_panel.h"
#include "app/window/start_page.h"
#include "model/source/path_bytes.h"
#include "tests/app/opened_window.h"
#include "tests/tools/written_recording.h"
#include "views/panels/status_line.h"
#include "views/panels/traces_panel.h"

using namespace exitscope;
using namespace exitscope::test;
using exitscope::testing::WrittenRecording;

class TestOpening : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cleanup() { qunsetenv("EXITSCOPE_READER_FAULT"); }
    void sampleOpens();
    void progressIsReal();
    void cancelKeepsWhatWasOpen();
    void escapeCancels();
    void anotherRecordingReplacesAll();
    void newestLoadWins();
    void closingWhileLoadingEnds();
    void recentIsListedAndOpens();
    void droppedPathsOpen();
    void droppedFilesOpen_data();
    void droppedFilesOpen();
    void retryOfAFile();
    void namesThatAreNoUtf8();
};

void TestOpening::sampleOpens()
{
    OpenedWindow window;
    QVERIFY(window->startPage().isVisible());
    QVERIFY(!window->actions()[CommandId::Fit]->isEnabled());
    QVERIFY(window.openSample());
    QVERIFY(!window->startPage().isVisible());
    QVERIFY(window->workspace().isVisible());
    QVERIFY(!window->loadBar().isVisible());
    QVERIFY(window->actions()[CommandId::Fit]->isEnabled());
    QCOMPARE(window->windowTitle(), QStringLiteral("resources/sample — ExitScope"));
    // A guest beside the host is listed.
    auto *traces = window->workspace().findChild<TracesPanel *>();
    QStringList roles;
    for (int row = 0; row < traces->model().rowCount(); ++row)
        roles.append(traces->model().index(row, TracesModel::RoleColumn).data().toString());
    roles.sort();
    QCOMPARE(roles, (QStringList{QStringLiteral("guest"), QStringLiteral("host")}));
}

void TestOpening::progressIsReal()
{
    LoadOptions options;
    options.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    LoadController controller(options);
    QSignalSpy loaded(&controller, &LoadController::loaded);
    std::vector<LoadProgress> all;
    QObject::connect(&controller, &LoadController::progressed, this, [&](const LoadProgress &p) { all.push_back(p); });
    controller.load({OpenedWindow::samplePath()});
    QVERIFY(controller.isLoading());
    QVERIFY(loaded.wait(60'000));
    QVERIFY(!controller.isLoading());
    QVERIFY(!all.empty());
    for (std::size_t i = 1; i < all.size(); ++i)
        QVERIFY(all[i - 1].bytesDone <= all[i].bytesDone);
    QVERIFY(all.back().bytesTotal > 100'000);
    QCOMPARE(all.back().bytesDone, all.back().bytesTotal);
}

void TestOpening::cancelKeepsWhatWasOpen()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    const auto before = window->workspace().recording();
    const QString title = window->windowTitle();
    qputenv("EXITSCOPE_READER_FAULT", "hang:1");
    QSignalSpy cancelled(&window->loader(), &LoadController::cancelled);
    QTest::keyClick(&*window, Qt::Key_F5);
    QVERIFY(window->loadBar().isVisible());
    QVERIFY(window->workspace().isVisible()); // usable meanwhile
    QTest::mouseClick(window->loadBar().cancelButton(), Qt::LeftButton);
    QCOMPARE(cancelled.count(), 1);
    QVERIFY(!window->loadBar().isVisible());
    QCOMPARE(window->workspace().recording(), before);
    QCOMPARE(window->windowTitle(), title);
}

void TestOpening::escapeCancels()
{
    OpenedWindow window;
    qputenv("EXITSCOPE_READER_FAULT", "hang:1");
    QSignalSpy cancelled(&window->loader(), &LoadController::cancelled);
    window->open({OpenedWindow::samplePath()});
    QTest::keyClick(&*window, Qt::Key_Escape);
    QCOMPARE(cancelled.count(), 1); // at once, whatever the readers do
    QVERIFY(!window->loadBar().isVisible());
    QVERIFY(window->startPage().isVisible());
    QTest::keyClick(&*window, Qt::Key_Escape);
    QCOMPARE(cancelled.count(), 1);
}

// Views meet the new recording while the numbers at hand are still those of the old one.
void TestOpening::anotherRecordingReplacesAll()
{
    WrittenRecording other; // one exit, of a reason that the sample has not
    other.add("10 p0 kvm_entry tid=31\n20 p0 kvm_exit reason=48 isa=1 tid=31\n30 p0 kvm_entry tid=31\n");
    OpenedWindow window;
    QVERIFY(window.openSample());
    window.state().setReasons({{2, 114}});
    window.state().setCurrent(ExitRef{VcpuKey{{0, 0}, 1}, 5000});
    QVERIFY(window.waitForNumbers());
    QVERIFY(window.open({other.path()}));
    QVERIFY(window.values().reasons.empty());
    QVERIFY(!window.values().current);
    QCOMPARE(window->workspace().numbers().current()->selected->totals.exits, 1);
    QCOMPARE(window->workspace().statusLine().exitsLabel()->text(), QStringLiteral("1 exit"));
    QVERIFY(window.openSample());
    QVERIFY(window->workspace().numbers().current()->selected->totals.exits > 8000);
}

void TestOpening::newestLoadWins()
{
    OpenedWindow window;
    QSignalSpy loaded(&window->loader(), &LoadController::loaded);
    window->open({OpenedWindow::samplePath()});
    QVERIFY(window.open({QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/storms/host-min")}));
    QVERIFY(!loaded.wait(500));
    QCOMPARE(loaded.size(), 1);
    QCOMPARE(window->windowTitle(), QStringLiteral("host-min — ExitScope"));
}

void TestOpening::closingWhileLoadingEnds()
{
    qputenv("EXITSCOPE_READER_FAULT", "hang:1");
    QElapsedTimer timer;
    {
        OpenedWindow window;
        const QSignalSpy progressed(&window->loader(), &LoadController::progressed);
        window->open({OpenedWindow::samplePath()});
        QTRY_VERIFY_WITH_TIMEOUT(!progressed.isEmpty(), 60'000); // readers are at work, or hang already
        timer.start();
        window->close();
    }
    QVERIFY2(timer.elapsed() < 6'000, "the hanging reader was waited for");
}

void TestOpening::recentIsListedAndOpens()
{
    OpenedWindow window;
    QVERIFY(window.openSample());
    window.restart();
    const QList<QAction *> recent = window->recentMenu()->actions();
    QVERIFY(recent.front()->text().endsWith(QStringLiteral("resources/sample")));
    QSignalSpy loaded(&window->loader(), &LoadController::loaded);
    QPushButton *onPage = nullptr;
    for (QPushButton *button : window->startPage().findChildren<QPushButton *>())
        if (button->text() == QStringLiteral("resources/sample"))
            onPage = button;
    QVERIFY(onPage);
    QTest::mouseClick(onPage, Qt::LeftButton);
    QVERIFY(loaded.wait(60'000));
    recent.front()->trigger();
    QVERIFY(loaded.wait(60'000));
    window->recentMenu()->actions().back()->trigger(); // clear
    QTRY_COMPARE(window->recentMenu()->actions().size(), 2); // the separator and itself
}

void TestOpening::droppedPathsOpen()
{
    OpenedWindow window;
    QMimeData data;
    data.setUrls({QUrl(QStringLiteral("https://example.org/x")), QUrl::fromLocalFile(OpenedWindow::samplePath())});
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&*window, &enter);
    QVERIFY(enter.isAccepted());
    QSignalSpy loaded(&window->loader(), &LoadController::loaded);
    QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&*window, &drop);
    QVERIFY(loaded.wait(60'000));
    QCOMPARE(window->loader().paths(), QStringList{OpenedWindow::samplePath()});

    QMimeData text;
    text.setText(QStringLiteral("no path"));
    QDragEnterEvent other({10, 10}, Qt::CopyAction, &text, Qt::LeftButton, Qt::NoModifier);
    other.ignore();
    QCoreApplication::sendEvent(&*window, &other);
    QVERIFY(!other.isAccepted());
}

namespace {

const QString kDat = QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/trace-cmd/host.dat");
const QString kPerf = QStringLiteral(EXITSCOPE_SOURCE_DIR "/tests/data/perf/lost.perf.data");

void drop(MainWindow &window, const QStringList &paths)
{
    QMimeData data;
    QList<QUrl> urls;
    for (const QString &path : paths)
        urls << QUrl::fromLocalFile(path);
    data.setUrls(urls);
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &enter);
    QVERIFY(enter.isAccepted());
    QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&window, &drop);
}

} // namespace

void TestOpening::droppedFilesOpen_data()
{
    QTest::addColumn<QStringList>("paths");
    QTest::addColumn<int>("traces");
    QTest::newRow("trace.dat") << QStringList{kDat} << 1;
    QTest::newRow("perf.data") << QStringList{kPerf} << 1;
    QTest::newRow("several") << QStringList{kDat, kPerf} << 2;
    QTest::newRow("a directory with files") << QStringList{QFileInfo(kDat).path()} << 1;
    QTest::newRow("a file beside CTF") << QStringList{kDat, OpenedWindow::samplePath()} << 3;
}

// And they are listed as opened before, and open from there.
void TestOpening::droppedFilesOpen()
{
    QFETCH(QStringList, paths);
    QFETCH(int, traces);
    OpenedWindow window;
    QSignalSpy loaded(&window->loader(), &LoadController::loaded);
    drop(*window, paths);
    QVERIFY(loaded.wait(60'000));
    QCOMPARE(window->loader().paths(), paths);
    QCOMPARE(window->workspace().findChild<TracesPanel *>()->model().rowCount(), traces);
    QVERIFY(!window->workspace().recording()->hosts.empty());
    QVERIFY(window.openSample());
    QAction *recent = window->recentMenu()->actions().at(1);
    recent->trigger();
    QVERIFY(loaded.count() > 1 || loaded.wait(60'000));
    QTRY_COMPARE(window->loader().paths(), paths);
    QTRY_COMPARE(window->workspace().findChild<TracesPanel *>()->model().rowCount(), traces);
}

// What could not be opened is opened by Retry once it is whole.
void TestOpening::retryOfAFile()
{
    OpenedWindow window;
    QFile file(kDat);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray whole = file.readAll();
    const QString path = QDir(window.directory()).filePath(QStringLiteral("trace.dat"));
    const auto write = [&](const QByteArray &bytes) {
        QFile copy(path);
        QVERIFY(copy.open(QIODevice::WriteOnly));
        QCOMPARE(copy.write(bytes), qint64(bytes.size()));
    };
    write(whole.left(2000));
    QSignalSpy failed(&window->loader(), &LoadController::failed);
    window->open({path});
    QVERIFY(failed.wait(60'000));
    QVERIFY2(window->problem().text().contains(path), qPrintable(window->problem().text()));
    write(whole);
    QSignalSpy loaded(&window->loader(), &LoadController::loaded);
    QTest::mouseClick(window->problem().retryButton(), Qt::LeftButton);
    QVERIFY(loaded.wait(60'000));
    QVERIFY(!window->problem().isVisible());
}

// A directory whose name is Latin-1: dropped, listed as opened before, with bookmarks of its own.
void TestOpening::namesThatAreNoUtf8()
{
    WrittenRecording written;
    const char *script = "10 p0 kvm_entry tid=31\n20 p0 kvm_exit reason=48 isa=1 tid=31\n30 p0 kvm_entry tid=31\n";
    written.add(script, "a").add(script, "b");
    const QByteArray cafe = QFile::encodeName(written.path()) + "/caf\xe9";
    const QByteArray cafa = QFile::encodeName(written.path()) + "/caf\xe0"; // the same, where both bytes become "?"
    QCOMPARE(::rename(QFile::encodeName(written.path("a")).constData(), cafe.constData()), 0);
    QCOMPARE(::rename(QFile::encodeName(written.path("b")).constData(), cafa.constData()), 0);
    OpenedWindow window;
    QSignalSpy loaded(&window->loader(), &LoadController::loaded);
    QMimeData data;
    data.setUrls({QUrl::fromEncoded(QByteArray("file://" + cafe.toPercentEncoding("/")))});
    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&*window, &enter);
    QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QCoreApplication::sendEvent(&*window, &drop);
    QCOMPARE(window->loader().paths(), QStringList{pathText(cafe)});
    QVERIFY2(loaded.wait(60'000), qPrintable(window->problem().text()));
    QCOMPARE(window->windowTitle(), QStringLiteral("caf\\xe9 — ExitScope"));
    auto *traces = window->workspace().findChild<TracesPanel *>();
    QVERIFY(traces->model().index(0, TracesModel::PathColumn).data().toString().endsWith(QStringLiteral("/caf\\xe9")));
    window->workspace().bookmarks().add(QStringLiteral("mine"), {10, 20});

    window.restart();
    QAction *recent = window->recentMenu()->actions().front();
    QVERIFY(recent->text().endsWith(QStringLiteral("/caf\\xe9")));
    QSignalSpy again(&window->loader(), &LoadController::loaded);
    recent->trigger();
    QVERIFY(again.wait(60'000));
    QCOMPARE(window->loader().paths(), QStringList{pathText(cafe)});
    QCOMPARE(window->workspace().bookmarks().model().rowCount(), 1);
    QVERIFY(window.open({pathText(cafa)}));
    QCOMPARE(window->workspace().bookmarks().model().rowCount(), 0);
    for (const QByteArray &name : {cafe, cafa}) { // QTemporaryDir could not remove them
        const QByteArray ascii = QFile::encodeName(written.path()) + '/' + name.toHex();
        QCOMPARE(::rename(name.constData(), ascii.constData()), 0);
    }
}

QTEST_MAIN(TestOpening)
#include "tst_opening.moc"
