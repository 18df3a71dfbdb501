// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <memory>
#include <vector>

#include "model/guest/exit_guests.h"
#include "model/session/guest_clocks.h"
#include "model/session/newest_job.h"

namespace exitscope {

// The guests that are shown, and what exits interrupted in them. Immutable.
struct KnownGuests {
    std::shared_ptr<const ShownGuests> shown;
    std::vector<GuestAlignment> alignments; // of those that are shown: one for a VM; what the user chose is aligned
    std::shared_ptr<const ExitGuests> exits;
};

std::vector<GuestAlignment> alignmentsOf(const ShownGuests &shown);
// With those of all others, which are not aligned: of them nothing is known that needs the host's clock.
std::vector<GuestAlignment> allAlignmentsOf(const ShownGuests &shown);

// Keeps what exits interrupted in their guests up to date with the maps that are shown, off the calling thread: the
// newest maps win. While it is computed, what was of older maps of the same recording stands.
class LiveGuests : public QObject {
    Q_OBJECT

public:
    explicit LiveGuests(QObject *parent = nullptr);

    void set(std::shared_ptr<const ShownGuests> shown); // null: of no guest is anything known, from now on
    // Null where no guest is shown, or it is not yet computed.
    const std::shared_ptr<const KnownGuests> &current() const { return m_current; }
    bool isBusy() const { return m_job.isBusy(); }

Q_SIGNALS:
    void changed(); // current() is new
    void failed(const exitscope::Diagnostic &cause); // what is there stays

private:
    void show(std::shared_ptr<const KnownGuests> now);

    std::shared_ptr<const ShownGuests> m_asked;
    std::shared_ptr<const KnownGuests> m_current;
    NewestJob m_job; // the last member: its end waits for the work under way
};

} // namespace exitscope
