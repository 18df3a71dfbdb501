// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "model/causes/file_tables.h"
#include "model/causes/guest_accounts.h"

// Accounts of guests as files have them: the columns of the command line's CSV (manual "threads, syscalls,
// interrupts").
namespace exitscope {

// A number of GuestAccount: counts, and integers of ns.
struct GuestField {
    std::string_view name;
    std::int64_t (*value)(const GuestAccount &account);
};
std::span<const GuestField> guestFields();

// What is lost means nothing where the guest rests, or where nobody knows whose time it is.
bool hasLost(const GuestTrace &guest, const ThreadAccount &account);

FileTable threadsTable(const Recording &recording, const std::vector<GuestAccounts> &accounts);
FileTable callsTable(const Recording &recording, const std::vector<GuestAccounts> &accounts);
FileTable interruptsTable(const Recording &recording, const std::vector<GuestAccounts> &accounts);

} // namespace exitscope
