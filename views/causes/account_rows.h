// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "model/cancel_flag.h"
#include "model/causes/accounts.h"
#include "model/session/live_accounts.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// What shares of accounts are of, for the columns of statistics.
Totals totalsOf(const GroupSum &sums);

// All accounts as CSV: a column for each key, then those of statistics; dearest first. Means nothing once it is
// cancelled.
QString accountsCsv(const AccountsOf &of, CancelFlag cancel);

} // namespace exitscope
