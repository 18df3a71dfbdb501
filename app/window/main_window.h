// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QMainWindow>
#include <QPushButton>
#include <QStackedWidget>

#include "app/window/actions.h"
#include "app/window/load_controller.h"
#include "app/window/storage/settings.h"
#include "app/window/theme_control.h"
#include "app/window/workspace.h"

namespace exitscope {

class Exports;
class GuestClockControl;
class LoadBar;
class ManualControl;
class ProblemPanel;
class StartPage;
class SymbolControl;

// The window: opens recordings, shows one in its workspace, and carries out the commands.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    struct Options {
        LoadOptions load;
        std::optional<ThemeChoice> theme; // for this time only; else that of the settings
        QString bookmarkDirectory;
        QString guestMapDirectory; // of maps accepted earlier
        std::vector<std::pair<QString, ClockLine>> guestMaps; // given on the command line
        QString symbolDirectory; // of what was given earlier
        QStringList symbols; // given on the command line: "VM=FILE"
    };

    MainWindow(Settings &settings, const Options &options, QWidget *parent = nullptr);
    ~MainWindow() override;

    void open(const QStringList &paths);
    void run(CommandId command);

    LoadController &loader() { return m_loader; }
    Workspace &workspace() { return *m_workspace; }
    Actions &actions() { return *m_actions; }
    Exports &exports() { return *m_exports; }
    GuestClockControl &guestClocks() { return *m_guestClocks; }
    SymbolControl &symbols() { return *m_symbols; }
    ManualControl &manual() { return *m_manual; }
    ThemeControl &theme() { return m_theme; }
    ProblemPanel &problem() { return *m_problem; }
    LoadBar &loadBar() { return *m_loadBar; }
    StartPage &startPage() { return *m_startPage; }
    QPushButton *badge() { return m_badge; }
    QMenu *recentMenu() { return m_recentMenu; }

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void buildCentre();
    void buildMenus();
    void connectAll();
    void showRecording(const std::shared_ptr<const Recording> &recording);
    void showFailure(const std::shared_ptr<const Recording> &recording);
    void showBadge(const Diagnostics &diagnostics);
    void followState();
    void chooseTheme(ThemeChoice choice);
    void refreshRecent();
    void openDirectory();
    void openFiles();
    void addBookmark();
    void clearSelection();
    void sortTable();
    void saveTable();
    bool runOnView(CommandId command);

    Settings &m_settings;
    ThemeControl m_theme;
    LoadController m_loader;
    QStringList m_shownPaths; // of the recording that is shown
    Actions *m_actions;
    Workspace *m_workspace;
    Exports *m_exports;
    GuestClockControl *m_guestClocks;
    SymbolControl *m_symbols;
    ManualControl *m_manual;
    StartPage *m_startPage;
    ProblemPanel *m_problem;
    LoadBar *m_loadBar;
    QStackedWidget *m_stack;
    QPushButton *m_badge;
    QMenu *m_recentMenu;
};

} // namespace exitscope
