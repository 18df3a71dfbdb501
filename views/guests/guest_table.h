// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTabBar>

#include "model/session/filter_sets.h"
#include "views/guests/guest_rows.h"
#include "views/tables/number_table.h"

namespace exitscope {

// What guests' processes, threads, system calls and interrupts got of their vCPUs and what they lost, over the selected
// range and vCPUs (manual "Accounts of guests"). A click on a row filters by it.
class GuestTable : public NumberTable {
    Q_OBJECT

public:
    explicit GuestTable(ViewState &state, QWidget *parent = nullptr);

    void setGuests(std::shared_ptr<const KnownGuests> known); // of the recording; null: none is known
    GuestTopic topic() const { return GuestTopic(m_tabs->currentIndex()); }
    void setTopic(GuestTopic topic) { m_tabs->setCurrentIndex(int(topic)); }
    QTabBar *tabs() const { return m_tabs; }
    std::function<QString(CancelFlag cancel)> csv() const override;

protected:
    Selection askedOf(const Selection &selection) const override;
    void choose(const QModelIndex &index, const NumberRow &row, bool add) override;

private:
    Compute computeNow() const;
    void showTopic();
    bool areSeveralVms() const;
    FilterSetMask labelSets() const; // that rows are filtered by

    std::shared_ptr<const KnownGuests> m_known;
    QTabBar *m_tabs;
};

} // namespace exitscope
