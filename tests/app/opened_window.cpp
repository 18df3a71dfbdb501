// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/opened_window.h"

#include <QSignalSpy>
#include <QTest>

#include "views/chart/screen_work.h"
#include "views/timeline/timeline_view.h"

namespace exitscope::test {

namespace {

constexpr int kLoadMs = 60'000;

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

} // namespace

OpenedWindow::OpenedWindow()
{
    start();
}

void OpenedWindow::start()
{
    m_settings = std::make_unique<Settings>(m_directory.filePath(text("settings.ini")));
    MainWindow::Options options;
    options.load.source = SourceChoice::Reader; // which can be told to fail
    options.load.readerProgram = text(EXITSCOPE_BINARY_DIR "/faulty_reader"); // good until asked
    options.bookmarkDirectory = m_directory.filePath(text("bookmarks"));
    options.guestMapDirectory = m_directory.filePath(text("guest-maps"));
    options.symbolDirectory = m_directory.filePath(text("symbols"));
    options.guestMaps = m_guestMaps;
    options.symbols = m_symbols;
    m_window = std::make_unique<MainWindow>(*m_settings, options);
    if (m_settings->windowGeometry().isEmpty())
        m_window->resize(1280, 860); // the offscreen platform's screen is small
    m_window->show();
    m_window->activateWindow();
    if (!QTest::qWaitForWindowActive(m_window.get()))
        qFatal("the window does not become active");
}

void OpenedWindow::restart()
{
    m_window->close();
    m_window.reset();
    start();
}

bool OpenedWindow::open(const QStringList &paths)
{
    QSignalSpy loaded(&m_window->loader(), &LoadController::loaded);
    m_window->open(paths);
    return (!loaded.isEmpty() || loaded.wait(kLoadMs)) && waitForNumbers() && waitForLayout();
}

bool OpenedWindow::waitForNumbers()
{
    Workspace &workspace = m_window->workspace();
    return QTest::qWaitFor(
        [&] {
            const auto &numbers = workspace.numbers().current();
            const Selection selection = workspace.state().values().selection();
            const ExitIndexCache *exits = workspace.numbers().exitsOf(workspace.recording().get());
            return numbers && numbers->recording == workspace.recording() && numbers->selection == selection && exits
                && exits->isOf(workspace.recording().get(), selection) && ScreenWork::isAllDone();
        },
        kLoadMs);
}

bool OpenedWindow::waitForLayout()
{
    Workspace &workspace = m_window->workspace();
    QList<QRect> before;
    return QTest::qWaitFor(
        [&] {
            QList<QRect> places;
            const bool isBuilt = workspace.isSettled() && ScreenWork::isAllDone();
            for (const QWidget *widget : workspace.findChildren<QWidget *>()) {
                if (!widget->isVisible())
                    continue;
                places.append(QRect(widget->mapTo(&workspace, QPoint()), widget->size()));
            }
            const bool isStill = places == before;
            before = std::move(places);
            const auto &timeline = workspace.timeline().shown();
            return isBuilt && isStill && timeline && timeline->recording == workspace.recording();
        },
        kLoadMs);
}

bool OpenedWindow::waitForClocks()
{
    Workspace &workspace = m_window->workspace();
    const GuestClocks &clocks = workspace.clocks();
    const auto isShown = [&] {
        const auto &timeline = workspace.timeline().shown();
        return clocks.current() && !clocks.isBusy() && !workspace.guests().isBusy() && ScreenWork::isAllDone()
            && timeline && timeline->shownGuests == clocks.current();
    };
    return workspace.recording()->guests.empty() || QTest::qWaitFor(isShown, kLoadMs);
}

QString OpenedWindow::samplePath()
{
    return text(EXITSCOPE_SOURCE_DIR "/resources/sample");
}

} // namespace exitscope::test
