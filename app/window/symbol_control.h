// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>

#include <map>

#include "app/window/storage/symbol_store.h"
#include "app/window/workspace.h"
#include "model/source/process/reader_options.h"

namespace exitscope {

class SymbolDialog;

// The symbols of guests in a window: those that were given earlier when a recording is opened, those in the guests'
// traces, the dialog, and files that are dropped.
class SymbolControl : public QObject {
    Q_OBJECT

public:
    // `given`: on the command line, see givenSymbols().
    SymbolControl(Workspace &workspace, const QString &storeDirectory, const QStringList &given,
        const ReaderOptions &reader, QWidget &window);

    // Those that the user gave for a recording earlier.
    SessionSymbols::Sources sourcesFor(const Recording &recording);
    // Of what the command line gave, for the recording that is shown first: as if it were chosen in the dialog.
    void useGiven();
    void openDialog();
    // A file with symbols was dropped: used at once where there is one VM, else the user is asked. False if it has
    // none, or there is no recording: it is for others.
    bool take(const QStringList &dropped);
    SymbolDialog *dialog() const; // null while it is closed

Q_SIGNALS:
    void failed(const QString &error); // one line

private:
    void offerThoseOfTraces();
    void use(const VmKey &vm, const SymbolFile &file);
    void keep(const VmKey &vm, const QString &fault);
    void forget(const VmKey &vm);
    void tell(const QString &problem);

    Workspace &m_workspace;
    SymbolStore m_store;
    QStringList m_given; // not used yet
    ReaderOptions m_reader;
    QWidget &m_window;
    std::map<VmKey, SymbolFile> m_asked; // given, and not yet read
    QPointer<SymbolDialog> m_dialog;
};

} // namespace exitscope
