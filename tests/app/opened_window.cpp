// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/opened_window.h"

#include <QSignalSpy>
#include <QTest>

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
    options.load.readerProgram = text(EXITSCOPE_BINARY_DIR "/faulty_reader"); // good until asked
    options.bookmarkDirectory = m_directory.filePath(text("bookmarks"));
    options.guestMapDirectory = m_directory.filePath(text("guest-maps"));
    options.guestMaps = m_guestMaps;
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
    return (!loaded.isEmpty() || loaded.wait(kLoadMs)) && waitForNumbers();
}

bool OpenedWindow::waitForNumbers()
{
    Workspace &workspace = m_window->workspace();
    return QTest::qWaitFor(
        [&] {
            const auto &numbers = workspace.numbers().current();
            return numbers && numbers->recording == workspace.recording()
                && numbers->selection == workspace.state().values().selection();
        },
        kLoadMs);
}

bool OpenedWindow::waitForClocks()
{
    GuestClocks &clocks = m_window->workspace().clocks();
    const bool hasGuests = !m_window->workspace().recording()->guests.empty();
    return !hasGuests || QTest::qWaitFor([&] { return clocks.current() && !clocks.isBusy(); }, kLoadMs);
}

QString OpenedWindow::samplePath()
{
    return text(EXITSCOPE_SOURCE_DIR "/resources/sample");
}

} // namespace exitscope::test
