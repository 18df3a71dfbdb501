// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "model/session/guest_clocks.h"
#include "model/session/view_state.h"
#include "views/chart/gesture_run.h"
#include "views/panels/guest_clock_text.h"

class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QPushButton;

namespace exitscope {

// "Guest clocks": how each guest's clock was put on its host's, how sure that is; another map, a shift by hand whose
// effect is seen at once (and can be undone), and what is accepted is found again the next time.
class ClockDialog : public QDialog {
    Q_OBJECT

public:
    ClockDialog(ViewState &state, GuestClocks &clocks, QWidget *parent = nullptr);

    QComboBox *guestChoice() { return m_guest; }
    QComboBox *sourceChoice() { return m_source; }
    QDoubleSpinBox *shift() { return m_shift; }
    QPushButton *acceptButton() { return m_accept; }
    QPushButton *forgetButton() { return m_forget; }
    QString fact(const QString &name) const; // as shown; empty if it is not
    void say(const QString &problem);

Q_SIGNALS:
    void accepted(std::size_t guest, const exitscope::ClockMap &map);
    void forgotten(std::size_t guest);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void build();
    void refresh();
    void showFacts(const std::vector<ClockFact> &facts);
    void choose();
    const ShownGuest *shown() const;

    ViewState &m_state;
    GuestClocks &m_clocks;
    GestureRun m_run;
    QComboBox *m_guest, *m_source;
    QDoubleSpinBox *m_shift;
    QFormLayout *m_facts;
    std::vector<std::pair<QString, QLabel *>> m_labels;
    QLabel *m_problem;
    QPushButton *m_accept, *m_forget, *m_reset;
};

} // namespace exitscope
