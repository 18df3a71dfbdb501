// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <vector>

#include "model/causes/accounts.h"

// Exits grouped by keys, row by row; shares nothing with model/ but the types of the data.
namespace exitscope::naive {

// What the accounts have otherwise than plain sums over the recording's rows, and where their sums are not the totals;
// empty if all is equal.
QStringList differences(const Accounts &accounts, const Recording &recording, const Selection &selection);

} // namespace exitscope::naive
