// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>

#include <functional>
#include <memory>

#include "app/window/main_window.h"
#include "tests/benchmarks/turn_watch.h"

namespace exitscope::benchmark {

// Uses a window as a hand does: an event, a pause as short as a screen's picture, the next event.
class WindowDriver : public QObject {
    Q_OBJECT

public:
    explicit WindowDriver(WatchedApplication &application);
    ~WindowDriver() override;

    MainWindow &window() { return *m_window; }
    Workspace &workspace() { return m_window->workspace(); }
    ViewState &state() { return workspace().state(); }

    void openWindow(int timelineWidth, const std::vector<std::pair<QString, ClockLine>> &guestMaps = {});
    void closeWindow();

    void rest(int ms); // the event loop runs
    bool until(const std::function<bool()> &condition); // false if it does not come within minutes
    bool load(const QString &path); // until all numbers are shown
    void settle(); // until numbers and pictures are those of the state

    void wheel(QWidget *at, QPointF pos, int steps, Qt::KeyboardModifiers modifiers);
    void move(QWidget *at, QPointF pos, Qt::MouseButton held = Qt::NoButton);
    void drag(QWidget *at, Qt::MouseButton button, QPointF from, QPointF to, int moves);
    void click(QWidget *at, QPointF pos, Qt::KeyboardModifiers modifiers = {});
    void key(QWidget *at, Qt::Key key, Qt::KeyboardModifiers modifiers = {});

private:
    void post(QWidget *to, QEvent *event);
    void timerEvent(QTimerEvent *event) override;

    QTemporaryDir m_directory;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<MainWindow> m_window;
    QEventLoop m_loop;
};

} // namespace exitscope::benchmark
