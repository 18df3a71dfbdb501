// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/manual_control.h"

#include <QApplication>
#include <QCursor>

#include "app/window/workspace.h"
#include "views/panels/status_line.h"
#include "views/timeline/timeline_view.h"

namespace exitscope {

namespace {

struct DockPlace {
    const char *dock;
    const char *place;
};

constexpr DockPlace kDocks[] = {
    {"reasons", "definitions#costs"},
    {"durations", "definitions#costs"},
    {"statistics", "definitions#selections-and-statistics"},
    {"findings", "findings"},
    {"causes", "command-line#accounts"},
    {"takers", "definitions#who-took-the-cpu"},
    {"halts", "definitions#halts"},
    {"matrix", "window"},
    {"guest", "definitions#accounts-of-guests"},
    {"phases", "definitions#phases"},
    {"flame", "window"},
    {"events", "command-line#events"},
    {"details", "definitions#runs-and-exits"},
    {"diagnostics", "diagnostics"},
    {"traces", "definitions#sources"},
    {"bookmarks", "window"},
};

} // namespace

ManualControl::ManualControl(Workspace &workspace, QWidget &window) : QObject(&window), m_window(window)
{
    for (const DockPlace &row : kDocks)
        if (auto *dock = workspace.findChild<QDockWidget *>(QString::fromUtf8(row.dock)))
            setManualPlace(dock, QString::fromUtf8(row.place));
    setManualPlace(&workspace.timeline(), QStringLiteral("definitions#states-of-a-vcpu"));
    setManualPlace(&workspace.statusLine(), QStringLiteral("definitions#costs"));
}

void ManualControl::show()
{
    const QWidget *at = QApplication::widgetAt(QCursor::pos());
    if (!at || at->window() != &m_window)
        at = QApplication::focusWidget();
    if (!m_shown) {
        m_shown = new ManualWindow(&m_window);
        m_shown->setAttribute(Qt::WA_DeleteOnClose);
    }
    m_shown->show(manualPlaceOf(at));
}

} // namespace exitscope
