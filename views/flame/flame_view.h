// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include <functional>
#include <memory>

#include "views/chart/screen_work.h"
#include "views/flame/flame_layout.h"

class QLabel;
class QLineEdit;

namespace exitscope {

class FlameCanvas;
class KeyChooser;

// The exits of the selection as a flame graph by any keys, as wide as they weigh by the state's measure. A click on a
// frame filters by all that its exits share (again: drops that), a double-click or the wheel zooms to it; what is
// searched for stands out. Nothing is computed while it is not on screen.
class FlameView : public QWidget {
    Q_OBJECT

public:
    explicit FlameView(ViewState &state, QWidget *parent = nullptr);

    void setRecording(std::shared_ptr<const Recording> recording);
    void setSymbols(std::shared_ptr<const GuestSymbols> symbols); // of the recording's guests; may be null
    void setTheme(const Theme &theme);
    void setKeys(std::vector<AccountKey> keys); // those that the user chose; empty: what is told best
    const std::vector<AccountKey> &chosenKeys() const { return m_chosenKeys; }
    FlameCanvas &canvas() const { return *m_canvas; }
    KeyChooser &chooser() const { return *m_chooser; }
    QLineEdit &search() const { return *m_search; }
    QString found() const;
    FlameOptions options() const; // how it is looked at now, for pictures
    bool isSettled() const; // all that is on screen is there, of what is selected now
    // What is selected now as folded stacks; to be called in any thread. Means nothing once it is cancelled.
    std::function<QString(CancelFlag cancel)> folded() const;

Q_SIGNALS:
    void failed(const exitscope::Diagnostic &cause); // what is there stays

protected:
    void showEvent(QShowEvent *event) override;

private:
    AccountsOf accountsNow() const;
    void ask();
    void takeTree();
    void layOut();
    void choose(AccountTree::Node node, bool add);
    void zoomTo(AccountTree::Node node);

    ViewState &m_state;
    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const GuestSymbols> m_symbols;
    Theme m_theme = Theme::light();
    std::vector<AccountKey> m_chosenKeys;
    std::vector<KeyValue> m_zoom;
    std::shared_ptr<const FlameStacks> m_stacks; // null: nothing is there yet
    KeyChooser *m_chooser;
    QLineEdit *m_search;
    QLabel *m_found;
    FlameCanvas *m_canvas;
    ScreenWork m_show;
    LiveAccounts m_accounts; // the last member: its end waits for the computation under way
};

} // namespace exitscope
