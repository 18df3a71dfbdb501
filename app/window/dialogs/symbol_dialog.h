// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <vector>

#include "app/common/symbol_files.h"
#include "model/session/session_symbols.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace exitscope {

// "Guest symbols": which file names the functions of each VM's kernel, and how many addresses that explains.
class SymbolDialog : public QDialog {
    Q_OBJECT

public:
    SymbolDialog(const Recording &recording, SessionSymbols &symbols, QWidget *parent = nullptr);

    // To be used for the VM that is chosen, once the user says so.
    void propose(const QString &path);
    void say(const QString &problem);

    QComboBox *vmChoice() { return m_vm; }
    QLineEdit *file() { return m_file; }
    QLineEdit *offset() { return m_offset; }
    QPushButton *useButton() { return m_use; }
    QPushButton *forgetButton() { return m_forget; }
    QString state() const; // as shown
    QString problem() const; // so too; empty if there is none

Q_SIGNALS:
    void chosen(const exitscope::VmKey &vm, const exitscope::SymbolFile &file);
    void forgotten(const exitscope::VmKey &vm);

private:
    void build();
    void refresh();
    void browse();
    void use();
    std::optional<VmKey> vm() const;

    SessionSymbols &m_symbols;
    std::vector<VmKey> m_vms; // in the order of m_vm
    QComboBox *m_vm;
    QLineEdit *m_file, *m_offset;
    QLabel *m_state, *m_problem;
    QPushButton *m_use, *m_forget;
};

} // namespace exitscope
