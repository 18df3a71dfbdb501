// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFormLayout>
#include <QLabel>
#include <QWidget>

#include <memory>
#include <vector>

#include "model/causes/guest_symbols.h"
#include "model/recording.h"
#include "model/session/guest_clocks.h"
#include "model/session/view_state.h"

namespace exitscope {

// One fact of an exit, and what it is.
struct ExitFact {
    QString name;
    QString value;
    QString meaning;
};
// Empty if the recording has no such exit. Times are told from the begin of the bounds. `guests` and `symbols` may be
// null.
std::vector<ExitFact> exitFacts(const Recording &recording, const ExitRef &exit, TimeRange bounds,
    const ShownGuests *guests = nullptr, const GuestSymbols *symbols = nullptr);

// All that is known of the exit under the pointer, or else of the current one.
class DetailsPanel : public QWidget {
    Q_OBJECT

public:
    explicit DetailsPanel(ViewState &state, QWidget *parent = nullptr);
    void setGuests(std::shared_ptr<const ShownGuests> guests); // null: not known (yet)
    void setSymbols(std::shared_ptr<const GuestSymbols> symbols); // null: none are known
    void setRecording(std::shared_ptr<const Recording> recording);

private:
    void showExit();
    QLabel *valueLabel(std::size_t row);

    ViewState &m_state;
    std::shared_ptr<const Recording> m_recording;
    std::shared_ptr<const ShownGuests> m_guests;
    std::shared_ptr<const GuestSymbols> m_symbols;
    QLabel *m_hint;
    QFormLayout *m_form;
    std::vector<std::pair<QLabel *, QLabel *>> m_rows; // name, value
};

} // namespace exitscope
