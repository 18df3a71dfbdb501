// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/timeline/exit_columns.h"

namespace exitscope::testing {

// Columns are only appended to: those of the same exits, of which `amend(ExitRow &)` changes one.
void amendExit(ExitColumns &exits, std::size_t which, const auto &amend)
{
    ExitColumns changed;
    for (std::size_t i = 0; i < exits.size(); ++i) {
        ExitRow row = exits.row(i);
        if (i == which)
            amend(row);
        changed.append(row);
    }
    exits = changed;
}

} // namespace exitscope::testing
