// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QMainWindow>
#include <QMenu>

#include <map>

#include "app/window/command_table.h"

namespace exitscope {

// The command table as actions in the menus and the tool bar of a window.
class Actions : public QObject {
    Q_OBJECT

public:
    explicit Actions(QMainWindow &window);

    QAction *operator[](CommandId id) const { return m_actions.at(id); }
    QMenu *menu(MenuId id) const { return m_menus.at(id); }
    QToolBar *toolBar() const { return m_toolBar; }

    void setHasRecording(bool has);
    // While this widget or one in it has the focus, the further keys of charts work.
    void addChartKeys(QWidget *chart);

Q_SIGNALS:
    void triggered(exitscope::CommandId id);

private:
    QAction *newAction(const CommandInfo &command);
    QMenu *menuFor(const CommandInfo &command);
    void groupChoices(MenuId menu);

    std::map<CommandId, QAction *> m_actions;
    std::map<MenuId, QMenu *> m_menus;
    QToolBar *m_toolBar;
};

} // namespace exitscope
