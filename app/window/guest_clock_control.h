// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QPushButton>

#include <set>
#include <utility>
#include <vector>

#include "app/window/storage/guest_map_store.h"
#include "app/window/workspace.h"

namespace exitscope {

class ClockDialog;

// The guests' clocks of a window: whose map is taken when a recording is opened, the button in the status line that
// tells how sure the maps are, the dialog, and what is accepted there.
class GuestClockControl : public QObject {
    Q_OBJECT

public:
    using GivenMaps = std::vector<std::pair<QString, ClockLine>>; // of --map

    GuestClockControl(Workspace &workspace, const QString &storeDirectory, GivenMaps given, QWidget &window);

    struct MapsOfUser {
        AlignOptions options;
        Diagnostics diagnostics; // of those given that name no guest of the recording
    };
    // The user's maps of a recording: those given overrule those that were accepted earlier.
    MapsOfUser mapsFor(const Recording &recording);
    QPushButton *badge() { return m_badge; }
    void openDialog();
    ClockDialog *dialog() const; // null while it is closed

Q_SIGNALS:
    void failed(const QString &error); // one line

private:
    void showBadge();
    void accept(std::size_t guest, const ClockMap &map);
    void forget(std::size_t guest);

    Workspace &m_workspace;
    GuestMapStore m_store;
    GivenMaps m_given;
    std::set<QString> m_used; // paths in m_given that named a guest of some recording
    QWidget &m_window;
    QPushButton *m_badge;
    QPointer<ClockDialog> m_dialog;
};

} // namespace exitscope
