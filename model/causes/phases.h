// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>
#include <span>
#include <vector>

#include "model/cancel_flag.h"
#include "model/clock/alignment.h"
#include "model/recording.h"
#include "model/statistics/selection.h"

// Stretches of time that marks in a guest's trace begin and end (manual "Phases").
namespace exitscope {

struct Phase {
    QString name;
    std::size_t guest = 0; // in Recording::guests
    TimeRange guestTime; // on the guest's clock; where its begin or its end was not told, those of its trace
    bool hasBegin = true, hasEnd = true; // told
    std::int64_t number = 1; // it is the N-th of that name in its guest
    QString environment; // "native", "virtualized"; empty if nothing says it

    // Only where the guest is aligned with a VM; else nothing of the host is known. Of the part that was recorded and
    // is selected.
    std::optional<TimeRange> range; // on the host's clock, whole
    std::int64_t exits = 0; // of the VM
    std::int64_t timed = 0; // of these
    Ns gross = 0, net = 0; // of timed ones
    Ns lost = 0; // by the guest's threads, as in their accounts: Kvm, Userspace, Preempted and Blocked

    Ns length() const { return range ? range->length() : guestTime.length(); }
};

// Guest by guest, phases of one name together, in the order of the first of each; of one name that comes first which
// lost most. `files`: names of files, with * and ?, which a call that opens them begins and the next one ends. Those
// that overlap the selected range. `selection` has guests, of the same alignments. Incomplete if it was cancelled.
std::vector<Phase> phasesOf(const Recording &recording, std::span<const GuestAlignment> alignments,
    const Selection &selection, const QStringList &files, CancelFlag cancel = nullptr);

} // namespace exitscope
