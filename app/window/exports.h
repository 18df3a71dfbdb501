// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

#include "app/window/settings.h"
#include "app/window/workspace.h"

namespace exitscope {

class ExportDialog;

// Pictures of what a workspace shows: into files and to the clipboard.
class Exports : public QObject {
    Q_OBJECT

public:
    Exports(Workspace &workspace, Settings &settings, QWidget &window);

    void setRecordingName(const QString &name) { m_recordingName = name; }
    // Of the chart used last. Does not block the window.
    void openDialog();
    void copyImage();
    ExportDialog *dialog() const; // null while it is closed

Q_SIGNALS:
    void done(const QString &what); // one line

private:
    bool numbersAreCurrent() const;
    void followNumbers();
    void copyNow();

    Workspace &m_workspace;
    Settings &m_settings;
    QWidget &m_window;
    QString m_recordingName;
    QPointer<ExportDialog> m_dialog;
    bool m_copies = false; // as soon as the numbers are there
};

} // namespace exitscope
