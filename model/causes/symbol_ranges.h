// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

#include "model/causes/guest_symbols.h"
#include "model/recording.h"
#include "model/statistics/selection.h"

// Symbols as filters: which addresses of which VMs have a name.
namespace exitscope {

// What is no function: "user code", "kernel (no function)", "kernel (no symbols)". No function has a name like these.
QString codeName(CodeKind kind);
// That of the key `symbol`; `symbols` may be null unless the code is a function.
QString codeName(const GuestCode &code, const GuestSymbols *symbols);

// Where the code of that name is, over all VMs of the recording; empty: nowhere.
std::vector<CodeRange> codeNamed(const QString &name, const Recording &recording, const GuestSymbols *symbols);

// Puts the names into the selection. False, and `error` one line, if one names no code.
bool selectSymbols(const QStringList &names, const Recording &recording, const GuestSymbols *symbols,
    Selection &selection, QString &error);

} // namespace exitscope
