// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/causes/guest_accounts.h"

namespace exitscope {

// What threads of a guest are put together by. Process: the one that they are of; Program: what their names have in
// common, see programName().
enum class ThreadGroup : std::uint8_t { Process, Program };

struct GroupAccount : GuestAccount {
    QString name; // of the process or the program; empty if not known
    std::int32_t pid = kNoThread; // of a process; kNoThread if not known
    std::int64_t threads = 0; // that it had on a CPU or exits of, idle ones too
    bool isIdle = false; // of idle threads only
    bool isKnown = true; // false: of nobody, or of threads of which that is not known
};

// Their sum is that of the threads. Most lost first, then the idle one, then what is not known.
std::vector<GroupAccount> groupsOf(const GuestTrace &guest, const GuestAccounts &accounts, ThreadGroup by);

} // namespace exitscope
