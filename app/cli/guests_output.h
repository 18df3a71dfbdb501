// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/json_writer.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "model/causes/guest_accounts.h"
#include "model/causes/guest_facts.h"

namespace exitscope {

// What was found of each guest.
void writeGuests(Output &output, ReportFormat format, const Recording &recording,
    std::span<const GuestAlignment> alignments, const std::vector<GuestFacts> &facts);

// The report's section on guests: so too, and what their programs lost.
struct GuestsOfReport {
    std::span<const GuestAlignment> alignments;
    std::vector<GuestFacts> facts;
    std::vector<GuestAccounts> accounts;
};
QString guestsText(const Recording &recording, const GuestsOfReport &guests);
void addGuests(JsonWriter &json, const Recording &recording, const GuestsOfReport &guests); // the member "guests"

} // namespace exitscope
