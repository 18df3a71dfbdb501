// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/cancel_flag.h"
#include "model/clock/alignment.h"
#include "model/recording.h"
#include "model/statistics/selection.h"

namespace exitscope {

// What the traces of a guest tell of it, and what they lack.
struct GuestFacts {
    std::size_t guest = 0; // in Recording::guests
    std::int64_t events = 0;
    bool hasSwitches = false; // sched_switch
    bool hasCalls = false; // of system calls
    std::optional<bool> hasFiles; // the names of files that calls open; none if no call opened any
    bool hasInterrupts = false; // hard ones
    bool hasSoftirqs = false;
    std::int64_t threads = 0; // lives of thread ids; without idle threads
    std::optional<std::int64_t> processes; // none if no thread tells its own

    // Of the selected exits of its VM, if it is aligned with one: how sure it is what they interrupted.
    std::int64_t certain = 0; // the thread and the context
    std::int64_t certainThread = 0; // the thread only
    std::int64_t uncertain = 0; // neither
    std::int64_t unknown = 0; // nothing is known of them: beside its trace, or on a vCPU that was not traced
    std::vector<VcpuKey> untraced; // vCPUs of its VM, if it is aligned with one, on which no traced CPU runs

    std::int64_t exits() const { return certain + certainThread + uncertain + unknown; }
};

// Whether calls that open files tell their names; none if no call opened any.
std::optional<bool> opensTellFiles(const GuestTrace &guest);

// In the order of the alignments. `selection` has guests, of the same alignments.
std::vector<GuestFacts> guestFactsOf(const Recording &recording, std::span<const GuestAlignment> alignments,
    const Selection &selection, CancelFlag cancel = nullptr);

// One for each guest whose traces lack events without which less is known, and how to record them.
Diagnostics whatGuestsLack(const Recording &recording, std::span<const GuestFacts> facts);
// So too, without which phases that files begin and end are not known.
Diagnostics whatPhasesLack(const Recording &recording, std::span<const GuestFacts> facts);

} // namespace exitscope
