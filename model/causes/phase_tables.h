// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/causes/file_tables.h"
#include "model/causes/phases.h"

// Phases as people and files are told them, by the command line and by the window (manual "phases").
namespace exitscope {

// What its guest's clock leaves open is not told.
struct PhaseTold {
    Phase phase;
    std::optional<QString> guest; // path of its trace; none: the marks are the host's
    std::optional<QString> vm; // of the guest, where its clock is sure

    using Count = std::optional<std::int64_t>;
    Count begin() const { return phase.range ? Count(phase.range->from) : Count(); }
    Count end() const { return phase.range ? Count(phase.range->to) : Count(); }
    Count ofHost(std::int64_t number) const { return phase.wasRecorded ? Count(number) : Count(); }
    Count net() const { return phase.isNetKnown ? ofHost(phase.net) : Count(); } // for people; files get upper bounds
    std::optional<QString> environment() const
    {
        return phase.environment.isEmpty() ? std::nullopt : std::optional(phase.environment);
    }
    QString lengthText() const; // "≥ 3.91 s" where its begin or its end was not told
};

// `alignments` are those of the phases.
std::vector<PhaseTold> phasesTold(
    const Recording &recording, std::span<const GuestAlignment> alignments, const std::vector<Phase> &phases);

FileTable fileTable(const std::vector<PhaseTold> &phases); // a row for each

} // namespace exitscope
