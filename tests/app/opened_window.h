// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTemporaryDir>

#include "app/window/main_window.h"

namespace exitscope::test {

// A window with settings and bookmarks of its own, shown and active.
class OpenedWindow {
public:
    OpenedWindow();

    MainWindow *operator->() { return m_window.get(); }
    MainWindow &operator*() { return *m_window; }
    ViewState &state() { return m_window->workspace().state(); }
    const ViewValues &values() { return state().values(); }

    // Opens and waits until all is shown, in its place and with its numbers; false if that does not come.
    bool open(const QStringList &paths);
    bool openSample() { return open({samplePath()}) && waitForClocks(); }
    // Until the numbers and the exits are those of what is selected now, and all charts show them.
    bool waitForNumbers();
    // Until every widget is where it stays and every chart is drawn for the size that it has there.
    bool waitForLayout();
    // As if the program were ended and started again.
    void restart();
    // As if started with --map; from the next restart() on.
    void setGuestMaps(std::vector<std::pair<QString, ClockLine>> maps) { m_guestMaps = std::move(maps); }
    // So too with --symbols.
    void setSymbols(const QStringList &symbols) { m_symbols = symbols; }
    // Until the maps of the guests are found, what was chosen of them is shown, and it is known what exits interrupted.
    bool waitForClocks();

    QString directory() const { return m_directory.path(); }
    static QString samplePath();

private:
    void start();

    QTemporaryDir m_directory;
    std::vector<std::pair<QString, ClockLine>> m_guestMaps;
    QStringList m_symbols;
    std::unique_ptr<Settings> m_settings;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace exitscope::test
