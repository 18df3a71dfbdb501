// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/json_writer.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "model/causes/guest_accounts.h"
#include "model/causes/guest_groups.h"

namespace exitscope {

// What the threads of guests, their system calls, or their interrupts got and lost.
void writeThreads(
    Output &output, ReportFormat format, const Recording &recording, const std::vector<GuestAccounts> &accounts);
void writeGroups(Output &output, ReportFormat format, const Recording &recording,
    const std::vector<GuestAccounts> &accounts, ThreadGroup by);
void writeSyscalls(
    Output &output, ReportFormat format, const Recording &recording, const std::vector<GuestAccounts> &accounts);
void writeInterrupts(
    Output &output, ReportFormat format, const Recording &recording, const std::vector<GuestAccounts> &accounts);

// What the programs of one guest lost, for the report.
QString programsText(const Recording &recording, const GuestAccounts &accounts);
void addPrograms(JsonWriter &json, const Recording &recording, const GuestAccounts &accounts); // a member "programs"

} // namespace exitscope
