// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLabel>
#include <QListView>
#include <QWidget>

#include <memory>
#include <optional>

#include "model/session/newest_job.h"
#include "model/session/view_state.h"
#include "views/chart/theme.h"
#include "views/findings/findings_model.h"

namespace exitscope {

class FindingDelegate;

// What costs time in the selected range, or in all of it, and what to try: a list, dearest first. A click on one (or
// Enter or Space) sets the filters to its exits; again drops them.
class FindingsView : public QWidget {
    Q_OBJECT

public:
    explicit FindingsView(ViewState &state, QWidget *parent = nullptr);

    void setRecording(std::shared_ptr<const Recording> recording);
    void setSymbols(std::shared_ptr<const GuestSymbols> symbols); // of the recording's guests; may be null
    void setTheme(const Theme &theme);
    QListView *list() const { return m_list; }
    const FindingsModel &model() const { return m_model; }
    bool isBusy() const { return m_job.isBusy(); }

Q_SIGNALS:
    void found(); // the model holds those of the selected range
    void failed(const exitscope::Diagnostic &cause); // what is there stays

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    void look();
    void take(std::vector<Finding> findings);
    void choose(const QModelIndex &index);

    ViewState &m_state;
    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const GuestSymbols> m_symbols;
    FindingsModel m_model;
    QListView *m_list;
    QLabel *m_none;
    bool m_isDue = false; // it was not on screen when it should have looked
    FindingDelegate *m_delegate;
    NewestJob m_job; // the last member: its end waits for the work under way
};

} // namespace exitscope
