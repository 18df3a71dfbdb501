// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cancel_flag.h"
#include "model/session/guest_clocks.h"
#include "views/tables/number_tree.h"

// Phases as rows of a table (manual "Phases"). To be called in any thread; means nothing once it is cancelled.
namespace exitscope {

// What the rows are made of. `shown` may be null while it is not known.
struct PhasesOf {
    std::shared_ptr<const ShownGuests> shown; // of the recording
    QStringList files; // as `exitscope-cli phases --phase` takes them
};

// Columns that say nothing where no phase is repeated, and where no mark tells an environment.
inline constexpr int kPhaseNumberColumn = 1, kPhaseEnvironmentColumn = 7;
// In the order of phasesOf(); below a row for each guest and host, if there are several that have some.
NumberRows phaseRows(const Recording &recording, const Selection &selection, const PhasesOf &of, CancelFlag cancel);
// What a file has of them: all of them.
QString phasesCsv(const Recording &recording, const Selection &selection, const PhasesOf &of, CancelFlag cancel);

} // namespace exitscope
