// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <map>
#include <vector>

#include "model/causes/accounts.h"

// Exits grouped by keys, row by row; shares nothing with model/ but the types of the data.
namespace exitscope::naive {

// Of the kernel of every VM: where its functions begin, and where their code ends. Empty: no symbols are known.
struct Code {
    std::map<std::uint64_t, QString> functions;
    std::uint64_t end = 0;
};

// What the accounts have otherwise than plain sums over the recording's rows, and where their sums are not the totals;
// empty if all is equal.
// `symbols` are what the accounts were made with, and `code` says the same.
QStringList differences(const Accounts &accounts, const Recording &recording, const Selection &selection,
    const GuestSymbols *symbols, const Code &code);

} // namespace exitscope::naive
