// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

#include <functional>
#include <vector>

#include "app/window/export/table_saver.h"
#include "app/window/storage/settings.h"
#include "app/window/workspace.h"

namespace exitscope {

class ExportDialog;

// Pictures of what a workspace shows, into files and to the clipboard; and when that is whole, for whoever exports
// more.
class Exports : public QObject {
    Q_OBJECT

public:
    Exports(Workspace &workspace, Settings &settings, QWidget &window);

    void setRecordingName(const QString &name);
    // Of the chart used last. Does not block the window.
    void openDialog();
    void copyImage();
    // Once all is there of what is selected: nothing that is exported may show a selection with the numbers of another,
    // or guests under a map that is being replaced. Now, if it is.
    void whenReady(std::function<void()> act);
    ExportDialog *dialog() const; // null while it is closed
    // All rows of the table that is used; once they are there.
    void copyTable();
    // The table that is used, of the recording and the selection as they are now, whatever is opened before its numbers
    // are there.
    void saveTable(const QString &file);

Q_SIGNALS:
    void done(const QString &what); // one line
    void failed(const QString &problem); // one line

private:
    bool isReady() const;
    void follow();
    void copyNow();
    TableSaver::Csv activeCsv() const;

    Workspace &m_workspace;
    Settings &m_settings;
    QWidget &m_window;
    QString m_recordingName;
    QPointer<ExportDialog> m_dialog;
    std::vector<std::function<void()>> m_waiting;
    TableSaver m_tables;
};

} // namespace exitscope
