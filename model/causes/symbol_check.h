// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>

#include "model/causes/guest_symbols.h"
#include "model/diagnostic.h"
#include "model/recording.h"

namespace exitscope {

// How many of the kernel's addresses at which a VM's exits left the guest lie in a function: each address once.
struct SymbolShare {
    std::int64_t addresses = 0;
    std::int64_t inFunctions = 0;

    // Below 90 % they are hardly those of the kernel that ran.
    bool isLow() const { return inFunctions * 10 < addresses * 9; }
};

// Of each VM of which symbols are known. Goes through all its exits: not for the GUI thread.
using SymbolShares = std::map<VmKey, SymbolShare>;
SymbolShares symbolShares(const Recording &recording, const GuestSymbols &symbols);

Diagnostics tellShares(const Recording &recording, const SymbolShares &shares);

} // namespace exitscope
