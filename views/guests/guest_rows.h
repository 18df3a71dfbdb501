// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/cancel_flag.h"
#include "model/session/live_guests.h"
#include "views/tables/number_tree.h"

// Accounts of guests as rows of a table (manual "Accounts of guests"). To be called in any thread; means nothing once
// it is cancelled.
namespace exitscope {

enum class GuestTopic : std::uint8_t { Threads, Calls, Interrupts };
int lostColumn(GuestTopic topic);

// `known` may be null: then a note tells that nothing is known.
NumberRows guestRows(const Recording &recording, const Selection &selection, const KnownGuests *known, GuestTopic topic,
    CancelFlag cancel);
// What a file has of them: all rows.
QString guestCsv(const Recording &recording, const Selection &selection, const KnownGuests *known, GuestTopic topic,
    CancelFlag cancel);

// What lets through the exits that a row counts, beside other filters. Of a VM among others, only its vCPUs.
ExitFilters filtersOfGuestRow(const NumberRow &row, const Recording &recording, bool isOneOfSeveralVms);

} // namespace exitscope
