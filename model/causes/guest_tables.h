// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>

#include "model/causes/file_tables.h"
#include "model/causes/guest_accounts.h"
#include "model/causes/guest_groups.h"

// Accounts of guests as files have them, from the command line and from the window (manual "threads, syscalls,
// interrupts"). What is not known is nothing. The first column is the VM.
namespace exitscope {

// What is lost means nothing where the guest rests, or where nobody knows whose time it is.
bool hasLost(const GuestTrace &guest, const ThreadAccount &account);
bool hasLost(const GroupAccount &group);

FileTable threadsTable(const Recording &recording, std::span<const GuestAccounts> accounts);
FileTable groupsTable(const Recording &recording, std::span<const GuestAccounts> accounts, ThreadGroup by);
FileTable callsTable(const Recording &recording, std::span<const GuestAccounts> accounts);
FileTable interruptsTable(const Recording &recording, std::span<const GuestAccounts> accounts);

} // namespace exitscope
