// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/benchmarks/window_driver.h"

#include <QElapsedTimer>
#include <QTest>
#include <QTimerEvent>
#include <QWheelEvent>

#include "views/chart/custom_plot.h"
#include "views/chart/screen_work.h"
#include "views/timeline/timeline_view.h"

namespace exitscope::benchmark {

namespace {

constexpr int kPictureMs = 16;
constexpr int kPaintedMs = 60; // so soon everything that was asked for is painted
constexpr int kGiveUpMs = 300'000;
constexpr int kHeight = 1200;
constexpr int kWheelStep = 120;

} // namespace

WindowDriver::WindowDriver(WatchedApplication &application)
{
    application.setDriver(this);
    m_settings = std::make_unique<Settings>(m_directory.filePath(QStringLiteral("settings.ini")));
}

WindowDriver::~WindowDriver() = default;

void WindowDriver::openWindow(int timelineWidth, const std::vector<std::pair<QString, ClockLine>> &guestMaps)
{
    MainWindow::Options options;
    options.load.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    options.bookmarkDirectory = m_directory.filePath(QStringLiteral("bookmarks"));
    options.guestMaps = guestMaps;
    m_window = std::make_unique<MainWindow>(*m_settings, options);
    m_window->resize(timelineWidth, kHeight);
    m_window->show();
    m_window->activateWindow();
    rest(kPaintedMs);
}

void WindowDriver::closeWindow()
{
    m_window->close();
    m_window.reset();
}

void WindowDriver::rest(int ms)
{
    const int timer = startTimer(ms, Qt::PreciseTimer);
    m_loop.exec();
    killTimer(timer);
}

void WindowDriver::timerEvent(QTimerEvent *)
{
    m_loop.exit();
}

bool WindowDriver::until(const std::function<bool()> &condition)
{
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
        if (timer.elapsed() > kGiveUpMs)
            return false;
        rest(2);
    }
    return true;
}

bool WindowDriver::load(const QString &path)
{
    const Recording *old = workspace().recording().get(); // not held: that it is freed is a part of it
    QMetaObject::invokeMethod(
        m_window.get(), [this, path] { m_window->open({path}); }, Qt::QueuedConnection);
    rest(kPictureMs);
    return until([this] { return !m_window->loader().isLoading(); }) && workspace().recording().get() != old;
}

void WindowDriver::settle()
{
    rest(kPictureMs); // what was posted may change the state
    const bool came = until([this] {
        const auto &numbers = workspace().numbers().current();
        return !workspace().numbers().isBusy() && numbers && numbers->recording == workspace().recording()
            && numbers->selection == state().values().selection() && ScreenWork::isAllDone();
    });
    if (!came)
        qFatal("the numbers do not come");
    rest(kPaintedMs);
}

void WindowDriver::post(QWidget *to, QEvent *event)
{
    QCoreApplication::postEvent(to, event);
    rest(kPictureMs);
}

void WindowDriver::wheel(QWidget *at, QPointF pos, int steps, Qt::KeyboardModifiers modifiers)
{
    post(at,
        new QWheelEvent(pos, at->mapToGlobal(pos), {}, QPoint(0, steps * kWheelStep), Qt::NoButton, modifiers,
            Qt::NoScrollPhase, false));
}

void WindowDriver::move(QWidget *at, QPointF pos, Qt::MouseButton held)
{
    post(at, new QMouseEvent(QEvent::MouseMove, pos, at->mapToGlobal(pos), Qt::NoButton, held, {}));
}

void WindowDriver::drag(QWidget *at, Qt::MouseButton button, QPointF from, QPointF to, int moves)
{
    post(at, new QMouseEvent(QEvent::MouseButtonPress, from, at->mapToGlobal(from), button, button, {}));
    for (int i = 1; i <= moves; ++i)
        move(at, from + (to - from) * i / moves, button);
    post(at, new QMouseEvent(QEvent::MouseButtonRelease, to, at->mapToGlobal(to), button, Qt::NoButton, {}));
}

void WindowDriver::click(QWidget *at, QPointF pos, Qt::KeyboardModifiers modifiers)
{
    const QPointF global = at->mapToGlobal(pos);
    post(at, new QMouseEvent(QEvent::MouseButtonPress, pos, global, Qt::LeftButton, Qt::LeftButton, modifiers));
    post(at, new QMouseEvent(QEvent::MouseButtonRelease, pos, global, Qt::LeftButton, Qt::NoButton, modifiers));
}

void WindowDriver::key(QWidget *at, Qt::Key key, Qt::KeyboardModifiers modifiers)
{
    QMetaObject::invokeMethod(
        at, [at, key, modifiers] { QTest::keyClick(at, key, modifiers); }, Qt::QueuedConnection);
    rest(kPictureMs);
}

} // namespace exitscope::benchmark
