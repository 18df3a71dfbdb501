// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/live_guests.h"

#include <utility>

#include "model/clock/guests_of_exits.h"
#include "model/freed_elsewhere.h"

namespace exitscope {

std::vector<GuestAlignment> alignmentsOf(const ShownGuests &shown)
{
    std::vector<GuestAlignment> alignments = allAlignmentsOf(shown);
    std::erase_if(alignments, [](const GuestAlignment &of) { return !of.isAligned(); });
    return alignments;
}

std::vector<GuestAlignment> allAlignmentsOf(const ShownGuests &shown)
{
    std::vector<GuestAlignment> alignments;
    for (const ShownGuest &guest : shown.guests) {
        GuestAlignment &of = alignments.emplace_back(guest.alignment);
        if (guest.isShown() && shown.of(*of.vm) == &guest)
            of.verdict = SyncVerdict::Aligned;
        else if (of.isAligned())
            of.verdict = SyncVerdict::None; // another one is shown in its VM
    }
    return alignments;
}

LiveGuests::LiveGuests(QObject *parent)
    : QObject(parent), m_job(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); })
{
}

void LiveGuests::set(std::shared_ptr<const ShownGuests> shown)
{
    m_asked = std::move(shown);
    const bool isAny = m_asked && !alignmentsOf(*m_asked).empty();
    if (!isAny || (m_current && m_current->shown->recording != m_asked->recording))
        show(nullptr);
    if (!isAny) {
        m_job.cancel();
        return;
    }
    m_job.start([this, of = m_asked](const std::atomic<bool> &cancel) -> NewestJob::Finish {
        KnownGuests known{of, alignmentsOf(*of), nullptr};
        known.exits = freedElsewhere(guestsOfExits(*of->recording, known.alignments, &cancel));
        return [this, now = std::make_shared<const KnownGuests>(std::move(known))] {
            if (now->shown == m_asked)
                show(now);
        };
    });
}

void LiveGuests::show(std::shared_ptr<const KnownGuests> now)
{
    if (now == m_current)
        return;
    m_current = std::move(now);
    Q_EMIT changed();
}

} // namespace exitscope
