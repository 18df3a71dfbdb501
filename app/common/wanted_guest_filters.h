// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "model/guest/exit_guests.h"
#include "model/statistics/selection.h"

namespace exitscope {

// Puts those that are wanted into the filters. False, and `error` one line, if exits have none of that name.
bool addGuestFilters(const ExitFilters &wanted, const ExitGuests &guests, ExitFilters &filters, QString &error);

} // namespace exitscope
