// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/options.h"
#include "app/cli/output.h"
#include "model/causes/guest_accounts.h"

namespace exitscope {

// What the threads of guests, or their system calls, got and lost.
void writeThreads(
    Output &output, ReportFormat format, const Recording &recording, const std::vector<GuestAccounts> &accounts);
void writeSyscalls(
    Output &output, ReportFormat format, const Recording &recording, const std::vector<GuestAccounts> &accounts);

} // namespace exitscope
