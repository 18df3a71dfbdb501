// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/timeline/columns.h"
#include "tests/app/real_window/real_screen.h"

namespace exitscope::test {

// The program exitscope on a RealScreen, with settings of its own, watched by what everybody sees of it: the titles of
// its windows and the files that it writes.
class RealProgram {
public:
    explicit RealProgram(RealScreen &screen) : m_screen(screen) { }
    ~RealProgram();

    // Until its window is there and has that title.
    bool start(const QStringList &paths, const QString &title, const QProcessEnvironment &more = {});
    QString filePath(const QString &name) const { return m_directory.filePath(name); } // of an empty directory

    // A place in the window, from its upper left corner.
    void moveTo(QPoint at) const { m_screen.moveTo(m_screen.placeOf(m_window) + at); }
    void drag(QPoint from, QPoint to) const;
    // Whether a further window of the program comes: a menu.
    bool waitForPopup() const;

    // The range that is selected, else the visible one: what a bookmark that is added now keeps.
    std::optional<TimeRange> bookmark(const QString &name) const;
    bool isRunning() const { return m_process.state() != QProcess::NotRunning; }
    bool waitForEnd(int ms) { return !isRunning() || m_process.waitForFinished(ms); }
    bool endedWell() const { return m_process.exitStatus() == QProcess::NormalExit && m_process.exitCode() == 0; }

private:
    RealScreen &m_screen;
    QTemporaryDir m_directory;
    QProcess m_process;
    qint64 m_window = 0;
};

} // namespace exitscope::test
