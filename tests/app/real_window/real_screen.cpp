// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/app/real_window/real_screen.h"

#include <QElapsedTimer>
#include <QFile>
#include <QStandardPaths>
#include <QTest>

namespace exitscope::test {

namespace {

constexpr int kStillMs = 300;
constexpr int kLookMs = 50; // between two looks

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

void end(QProcess &process)
{
    process.terminate();
    if (process.state() != QProcess::NotRunning && !process.waitForFinished(RealScreen::kWaitMs))
        process.kill();
    process.waitForFinished();
}

} // namespace

QString RealScreen::missing()
{
    for (const char *program : {"Xvfb", "openbox", "xdotool"})
        if (QStandardPaths::findExecutable(text(program)).isEmpty())
            return text(program);
    return {};
}

RealScreen::~RealScreen()
{
    end(m_windowManager);
    end(m_server);
}

bool RealScreen::start()
{
    m_server.setStandardErrorFile(QProcess::nullDevice());
    m_server.start(text("Xvfb"),
        {text("-displayfd"), text("1"), text("-screen"), text("0"), text("1600x1000x24"), text("-nolisten"),
            text("tcp"), text("-fbdir"), m_directory.path()});
    QByteArray display; // the server tells which number was free once it listens
    while (!display.endsWith('\n'))
        if (!m_server.waitForReadyRead(kWaitMs))
            return false;
        else
            display += m_server.readAllStandardOutput();
    m_display = QStringLiteral(":%1").arg(QString::fromLatin1(display.trimmed()));
    m_windowManager.setStandardErrorFile(QProcess::nullDevice());
    m_windowManager.setStandardOutputFile(QProcess::nullDevice());
    m_windowManager.setProcessEnvironment(environment());
    // Of nobody's own settings.
    m_windowManager.start(text("openbox"), {text("--config-file"), text("/etc/xdg/openbox/rc.xml")});
    return m_windowManager.waitForStarted(kWaitMs) && waitUntilStill();
}

QProcessEnvironment RealScreen::environment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(text("DISPLAY"), m_display);
    environment.insert(text("QT_QPA_PLATFORM"), text("xcb"));
    environment.insert(text("HOME"), m_directory.path());
    for (const char *desk : {"WAYLAND_DISPLAY", "QT_SCALE_FACTOR", "QT_STYLE_OVERRIDE", "QT_QPA_PLATFORMTHEME",
             "XDG_CURRENT_DESKTOP", "SESSION_MANAGER"})
        environment.remove(text(desk));
    return environment;
}

QString RealScreen::hand(const QStringList &does) const
{
    QProcess process;
    process.setProcessEnvironment(environment());
    process.setStandardErrorFile(QProcess::nullDevice());
    process.start(text("xdotool"), does);
    process.waitForFinished(kWaitMs);
    return QString::fromUtf8(process.readAllStandardOutput());
}

qint64 RealScreen::window(const QString &title) const
{
    const QString pattern = QStringLiteral("^%1$").arg(QRegularExpression::escape(title));
    return hand({text("search"), text("--onlyvisible"), text("--name"), pattern})
        .section(QLatin1Char('\n'), 0, 0)
        .toLongLong();
}

bool RealScreen::waitForWindow(const QString &title) const
{
    return QTest::qWaitFor([&] { return window(title) != 0; }, kWaitMs);
}

bool RealScreen::waitForNoWindow(const QString &title) const
{
    return QTest::qWaitFor([&] { return window(title) == 0; }, kWaitMs);
}

int RealScreen::shownWindows(const QString &className) const
{
    return int(hand({text("search"), text("--onlyvisible"), text("--class"), className}).count(QLatin1Char('\n')));
}

QPoint RealScreen::placeOf(qint64 window) const
{
    QPoint place;
    for (const QString &line :
        hand({text("getwindowgeometry"), text("--shell"), number(window)}).split(QLatin1Char('\n')))
        if (line.startsWith(text("X=")))
            place.setX(line.mid(2).toInt());
        else if (line.startsWith(text("Y=")))
            place.setY(line.mid(2).toInt());
    return place;
}

// The server keeps what it shows in a file.
QByteArray RealScreen::picture() const
{
    QFile file(m_directory.filePath(text("Xvfb_screen0")));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool RealScreen::waitUntilStill() const
{
    QElapsedTimer all;
    QElapsedTimer still;
    all.start();
    QByteArray before;
    while (all.elapsed() < kWaitMs) {
        QByteArray now = picture();
        if (now.isEmpty() || now != before)
            still.start();
        else if (still.elapsed() >= kStillMs)
            return true;
        before = std::move(now);
        QTest::qWait(kLookMs);
    }
    return false;
}

int RealScreen::numberOf(Qt::MouseButton button)
{
    return button == Qt::LeftButton ? 1 : button == Qt::MiddleButton ? 2 : 3;
}

void RealScreen::click(Qt::MouseButton button, int times) const
{
    hand({text("click"), text("--repeat"), number(times), text("--delay"), text("60"), number(numberOf(button))});
}

void RealScreen::turnWheel(int steps, const QString &heldKey) const
{
    hand({text("keydown"), heldKey, text("click"), text("--repeat"), number(std::abs(steps)), text("--delay"),
        text("30"), number(steps > 0 ? 4 : 5), text("keyup"), heldKey});
}

} // namespace exitscope::test
