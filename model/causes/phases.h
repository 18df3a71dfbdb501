// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>
#include <span>
#include <vector>

#include "model/cancel_flag.h"
#include "model/causes/exit_costs.h"
#include "model/clock/alignment.h"
#include "model/recording.h"
#include "model/statistics/selection.h"

// Stretches of time that marks in the trace of a guest or of a host begin and end (manual "Phases").
namespace exitscope {

// Its exits are those of the guest's VM, or of all VMs of the host.
struct Phase : ExitCosts {
    QString name;
    std::optional<std::size_t> guest; // in Recording::guests; none: the marks are the host's
    std::size_t host = 0; // in Recording::hosts, of those
    TimeRange ownTime; // on the clock of the marks; where its begin or its end was not told, those of the trace
    bool hasBegin = true, hasEnd = true; // told
    std::int64_t number = 1; // it is the N-th of that name in its guest
    QString environment; // "native", "virtualized"; empty if nothing says it

    // Of a guest only where it is aligned with a VM; else nothing of the host is known. Of the part that was recorded
    // and is selected.
    std::optional<TimeRange> range; // on the host's clock, whole
    bool wasRecorded = false; // the host was, in some of it; else nothing is known of exits, nor below
    // By the threads of these guests, as in their accounts: Kvm, Userspace, Preempted and Blocked; none where no guest
    // of theirs is aligned.
    std::optional<Ns> lost;
    bool isLostWhole = true; // who ran is known on each vCPU of the guest; else `lost` is none

    Ns length() const { return range ? range->length() : ownTime.length(); }
};

// Guest by guest, then host by host, phases of one name together, in the order of the first of each; of one name that
// comes first which lost most. `files`: names of files, with * and ?, which a call that opens them begins and the next
// one ends. Those that overlap the selected range. `selection` has guests, of the same alignments. Incomplete if it was
// cancelled.
std::vector<Phase> phasesOf(const Recording &recording, std::span<const GuestAlignment> alignments,
    const Selection &selection, const QStringList &files, CancelFlag cancel = nullptr);

} // namespace exitscope
