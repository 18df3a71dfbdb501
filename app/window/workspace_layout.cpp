// SPDX-License-Identifier: GPL-3.0-or-later
#include <QResizeEvent>
#include <QTimer>

#include <algorithm>

#include "app/window/workspace.h"
#include "views/overview/overview_view.h"

namespace exitscope {

namespace {

// The overview has its part of the height, within what it can be read at and what it needs.
constexpr double kOverviewOfHeight = 0.125;
constexpr int kLeastOverview = 80;
constexpr double kDocksOfHeight = 0.42;
// How the docks share the width.
constexpr int kPieShare = 320;
constexpr int kHistogramShare = 420;
constexpr int kTableShare = 540;

} // namespace

QByteArray Workspace::layoutState() const
{
    return m_isSettled ? saveState(kLayoutVersion) : m_wantedLayout;
}

void Workspace::restoreLayout(const QByteArray &state)
{
    m_wantedLayout = state;
    if (m_isSettled && !state.isEmpty() && !restoreState(state, kLayoutVersion))
        resetLayout(); // of an older version
}

void Workspace::resetLayout()
{
    restoreState(m_firstLayout, kLayoutVersion);
    shareRoom();
}

void Workspace::showEvent(QShowEvent *event)
{
    QMainWindow::showEvent(event);
    if (!m_isSettled)
        QTimer::singleShot(0, this, &Workspace::settleLayout); // once it has its size
}

void Workspace::settleLayout()
{
    if (m_isSettled)
        return;
    m_isSettled = true;
    m_firstLayout = saveState(kLayoutVersion); // before it was shown, all docks count as hidden
    shareRoom();
    restoreLayout(m_wantedLayout);
}

void Workspace::shareRoom()
{
    resizeDocks({m_docks[0], m_docks[1], m_docks[2]}, {kPieShare, kHistogramShare, kTableShare}, Qt::Horizontal);
    setDockHeight(int(height() * kDocksOfHeight));
}

// The docks keep their share of the height.
void Workspace::resizeEvent(QResizeEvent *event)
{
    const QList<QDockWidget *> docks = lowerDocks();
    const int before = docks.isEmpty() ? 0 : docks.front()->height();
    m_overview->setFixedHeight(
        std::clamp(int(event->size().height() * kOverviewOfHeight), kLeastOverview, kMostOverviewHeight));
    QMainWindow::resizeEvent(event);
    if (m_isSettled && event->oldSize().height() > 0 && before > 0)
        setDockHeight(int(double(before) * event->size().height() / event->oldSize().height() + 0.5));
}

QList<QDockWidget *> Workspace::lowerDocks() const
{
    QList<QDockWidget *> docks;
    for (QDockWidget *dock : m_docks)
        if (dock->isVisible() && !dock->isFloating() && dockWidgetArea(dock) == Qt::BottomDockWidgetArea)
            docks.append(dock);
    return docks;
}

void Workspace::setDockHeight(int height)
{
    const QList<QDockWidget *> docks = lowerDocks();
    resizeDocks(docks, QList<int>(docks.size(), height), Qt::Vertical);
}

} // namespace exitscope
