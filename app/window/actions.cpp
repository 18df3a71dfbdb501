// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/actions.h"

#include <QActionGroup>
#include <QMenuBar>
#include <QShortcut>
#include <QToolBar>

namespace exitscope {

namespace {

bool isSubMenu(MenuId menu)
{
    return menu == MenuId::Measure || menu == MenuId::Theme;
}

} // namespace

Actions::Actions(QMainWindow &window) : QObject(&window), m_toolBar(window.addToolBar(QStringLiteral("Tools")))
{
    m_toolBar->setObjectName(QStringLiteral("toolBar"));
    m_toolBar->setMovable(false);
    for (const MenuId id : {MenuId::File, MenuId::Edit, MenuId::View, MenuId::Go, MenuId::Help})
        m_menus[id] = window.menuBar()->addMenu(menuTitle(id));
    for (const CommandInfo &command : commandTable()) {
        QAction *action = newAction(command);
        m_actions[command.id] = action;
        QMenu *menu = menuFor(command);
        if (command.beginsGroup)
            menu->addSeparator();
        menu->addAction(action);
        if (command.inToolBar)
            m_toolBar->addAction(action);
    }
    groupChoices(MenuId::Measure);
    groupChoices(MenuId::Theme);
    setHasRecording(false);
}

QAction *Actions::newAction(const CommandInfo &command)
{
    auto *action = new QAction(QString::fromUtf8(command.text), this);
    action->setShortcuts(keysOf(command));
    action->setStatusTip(QString::fromUtf8(command.meaning));
    const QString keys = keysText(command);
    const QString hint = keys.isEmpty() ? QString() : QString(QStringLiteral(" (") % keys % QLatin1Char(')'));
    action->setToolTip(QString(QString::fromUtf8(command.meaning) % hint));
    connect(action, &QAction::triggered, this, [this, id = command.id] { Q_EMIT triggered(id); });
    return action;
}

QMenu *Actions::menuFor(const CommandInfo &command)
{
    if (isSubMenu(command.menu) && !m_menus.contains(command.menu)) {
        QMenu *view = m_menus.at(MenuId::View);
        m_menus[command.menu] = view->addMenu(menuTitle(command.menu));
    }
    return m_menus.at(command.menu);
}

// One of the menu is chosen at any time.
void Actions::groupChoices(MenuId menu)
{
    auto *group = new QActionGroup(this);
    for (QAction *action : m_menus.at(menu)->actions()) {
        action->setCheckable(true);
        group->addAction(action);
    }
}

void Actions::setHasRecording(bool has)
{
    for (const CommandInfo &command : commandTable())
        if (command.needsRecording)
            m_actions.at(command.id)->setEnabled(has);
}

void Actions::addChartKeys(QWidget *chart)
{
    for (const CommandInfo &command : commandTable()) {
        for (const QKeySequence &key : chartKeysOf(command)) {
            auto *shortcut = new QShortcut(key, chart);
            shortcut->setContext(Qt::WidgetWithChildrenShortcut);
            connect(shortcut, &QShortcut::activated, m_actions.at(command.id), &QAction::trigger);
        }
    }
}

} // namespace exitscope
