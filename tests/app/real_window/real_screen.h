// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPoint>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

namespace exitscope::test {

// An X server without a screen, with a window manager, and a hand on its pointer and keys: what is pressed goes the
// way that it goes on a desk, through the server and the window manager.
class RealScreen {
public:
    static constexpr int kWaitMs = 20'000; // for whatever should happen soon; machines are busy at times

    static QString missing(); // the first program that is needed and not there; empty if all are

    ~RealScreen();
    bool start();

    // For a program that is to be shown here.
    QProcessEnvironment environment() const;

    // Of a shown window with exactly that title, also of one that comes; 0: there is none.
    qint64 window(const QString &title) const;
    bool waitForWindow(const QString &title) const;
    bool waitForNoWindow(const QString &title) const;
    int shownWindows(const QString &className) const; // menus and hints are windows too
    QPoint placeOf(qint64 window) const; // of its upper left corner, on the screen
    // Until nothing on it changes any more.
    bool waitUntilStill() const;

    void moveTo(QPoint at) const { hand({QStringLiteral("mousemove"), number(at.x()), number(at.y())}); }
    void press(Qt::MouseButton button) const { hand({QStringLiteral("mousedown"), number(numberOf(button))}); }
    void release(Qt::MouseButton button) const { hand({QStringLiteral("mouseup"), number(numberOf(button))}); }
    void click(Qt::MouseButton button, int times = 1) const;
    void turnWheel(int steps, const QString &heldKey) const; // up is positive
    void key(const QString &name) const { hand({QStringLiteral("key"), name}); }
    void type(const QString &text) const { hand({QStringLiteral("type"), text}); }

private:
    static QString number(qint64 n) { return QString::number(n); }
    static int numberOf(Qt::MouseButton button);
    QString hand(const QStringList &does) const;
    QByteArray picture() const;

    QTemporaryDir m_directory;
    QString m_display;
    QProcess m_server;
    QProcess m_windowManager;
};

} // namespace exitscope::test
