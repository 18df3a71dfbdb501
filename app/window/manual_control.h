// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>

#include "app/window/dialogs/manual_window.h"

namespace exitscope {

class Workspace;

// The manual of a window: each part of the workspace has its place in it.
class ManualControl : public QObject {
public:
    ManualControl(Workspace &workspace, QWidget &window);
    // At the place of what the pointer is on, or else of what has the focus.
    void show();
    ManualWindow *shown() const { return m_shown; }

private:
    QWidget &m_window;
    QPointer<ManualWindow> m_shown;
};

} // namespace exitscope
