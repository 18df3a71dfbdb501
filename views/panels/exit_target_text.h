// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "model/causes/guest_symbols.h"
#include "model/timeline/exit_columns.h"

// What an exit touched and where, as tables call it (manual "Targets", "Symbols"). Plain text.
namespace exitscope {

// "port 0x3f8 (serial port 1)", "page 0x7f1000, first touch"; "none" where nothing tells it, or there is nothing.
QString exitTargetText(const ExitColumns &exits, std::size_t i);
// "0xffffffff8107e912 native_write_msr+0x2". `symbols` may be null.
QString exitAddressText(const ExitColumns &exits, std::size_t i, const VmKey &vm, const GuestSymbols *symbols);
// What a line has room for: the target, why it went to user space, and the address; of the first two what there is.
QString exitPlaceText(const ExitColumns &exits, std::size_t i, const VmKey &vm, const GuestSymbols *symbols);

} // namespace exitscope
