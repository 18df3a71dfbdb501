// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/guests/guest_table.h"

#include <QVBoxLayout>

#include <utility>

#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

bool isChosenGuestRow(const NumberRow &row, int, const ViewValues &values)
{
    if (row.guestKey == AccountKey::Process)
        return values.processes.contains(row.guestLabel);
    if (row.guestKey == AccountKey::Thread)
        return values.threads.contains(row.guestLabel);
    return values.contexts.contains(row.guestLabel);
}

} // namespace

GuestTable::GuestTable(ViewState &state, QWidget *parent)
    : NumberTable(state, tr("What the guest's threads got"), nullptr, {isChosenGuestRow}, parent),
      m_tabs(new QTabBar(this))
{
    m_tabs->addTab(tr("Threads"));
    m_tabs->addTab(tr("System calls"));
    m_tabs->addTab(tr("Interrupts"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    m_tabs->setAccessibleName(tr("What of the guest"));
    static_cast<QVBoxLayout *>(layout())->insertWidget(0, m_tabs);
    connect(m_tabs, &QTabBar::currentChanged, this, &GuestTable::showTopic);
    showTopic();
}

NumberTable::Compute GuestTable::computeNow() const
{
    return
        [known = m_known, topic = topic()](const Recording &recording, const Selection &selection, CancelFlag cancel) {
            // What was known of another recording means nothing here.
            const bool isOfThis = known && known->shown->recording.get() == &recording;
            return guestRows(recording, selection, isOfThis ? known.get() : nullptr, topic, cancel);
        };
}

void GuestTable::showTopic()
{
    setTable(computeNow());
    sortFirstBy(lostColumn(topic()), Qt::DescendingOrder);
}

// The label of a thread may be another's there.
bool GuestTable::areSeveralVms() const
{
    return m_recording && vmsOf(*m_recording).size() > 1;
}

void GuestTable::setGuests(std::shared_ptr<const KnownGuests> known)
{
    if (known == m_known)
        return;
    m_known = std::move(known);
    setCompute(computeNow());
}

FilterSetMask GuestTable::labelSets() const
{
    ExitFilters all;
    if (topic() == GuestTopic::Threads) {
        all.threads.insert(QString());
        all.processes.insert(QString());
    } else {
        all.contexts.insert(QString());
    }
    return setsIn(all);
}

// What is chosen stands beside the rest.
Selection GuestTable::askedOf(const Selection &selection) const
{
    Selection asked = selection;
    clearSets(asked, labelSets());
    asked.guests = m_state.values().guests;
    return asked;
}

std::function<QString(CancelFlag cancel)> GuestTable::csv() const
{
    return [recording = m_recording, selection = m_state.values().selection(), known = m_known, topic = topic()](
               CancelFlag cancel) { return guestCsv(*recording, selection, known.get(), topic, cancel); };
}

void GuestTable::choose(const QModelIndex &, const NumberRow &row, bool add)
{
    const ExitFilters own = filtersOfGuestRow(row, *m_recording, areSeveralVms());
    m_state.setFilters(afterChoice(m_state.values(), own, labelSets() | setsIn(own), add));
}

} // namespace exitscope
