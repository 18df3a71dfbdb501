// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/statistics/selection.h"

namespace exitscope {

// Whether they ask for threads, processes, system calls or contexts of guests.
inline bool asksOfGuests(const ExitFilters &filters)
{
    return !filters.threads.empty() || !filters.processes.empty() || !filters.syscalls.empty()
        || !filters.contexts.empty();
}

} // namespace exitscope
