// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/phases/phase_rows.h"
#include "views/tables/number_table.h"

class QLineEdit;

namespace exitscope {

// The phases of the whole recording, whatever range of it is selected (manual "Phases"). A click selects a phase's
// range, again drops it; a double-click or Shift+Enter shows it, too.
class PhasesTable : public NumberTable {
    Q_OBJECT

public:
    explicit PhasesTable(ViewState &state, QWidget *parent = nullptr);

    void setGuests(std::shared_ptr<const ShownGuests> shown); // of the recording; null: not known (yet)
    // Names of files, with * and ?, that begin and end phases; what is not known is left out.
    QStringList files() const { return m_of.files; }
    void setFiles(const QStringList &files);
    QLineEdit *fileField() const { return m_files; }
    std::function<QString(CancelFlag cancel)> csv() const override;

protected:
    Selection askedOf(const Selection &selection) const override;
    void choose(const QModelIndex &index, const NumberRow &row, bool add) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void computeAnew();
    void fitTo(const NumberRows *rows); // without columns that say nothing
    void readFiles(const QString &text);
    void showPhase(const QModelIndex &index);

    PhasesOf m_of;
    QLineEdit *m_files;
    GestureId m_click = kNoGesture; // the last one
    bool m_isDoubleClick = false; // the press under way, or the last one
};

} // namespace exitscope
