// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <functional>
#include <span>
#include <vector>

#include "app/cli/json_writer.h"
#include "app/cli/options.h"
#include "app/cli/output.h"
#include "model/causes/file_tables.h"
#include "model/causes/guest_accounts.h"

namespace exitscope {

// A row of the text.
struct GuestRow {
    QStringList texts; // before the times
    QString last; // of its last column, if the listing has one
    const GuestAccount *account = nullptr;
    bool hasLost = true; // else what is lost means nothing: the guest rests, or nobody knows whose time it is
};

// A list of accounts of guests: what it is called, and what its rows are known by.
struct GuestListing {
    const char *schema = nullptr; // of the JSON
    const char *rows = nullptr; // the member of the JSON that has them
    QString title; // of the text; %1 is the VM
    QStringList left; // columns of GuestRow::texts: those with words,
    QStringList right; // then those with numbers
    QString last; // empty: none
    std::function<std::vector<GuestRow>(const GuestAccounts &accounts)> rowsOf;
    std::function<FileTable(std::span<const GuestAccounts> accounts)> table; // of CSV and JSON; the VM first
    std::size_t mostRows = 40; // of a text: what people look through
};

// Rows of one VM as a text, and as the array of a member.
QString listingText(const Recording &recording, const GuestAccounts &accounts, const GuestListing &listing);
void addListing(JsonWriter &json, const GuestAccounts &accounts, const GuestListing &listing);

void writeGuestListing(Output &output, ReportFormat format, const Recording &recording,
    const std::vector<GuestAccounts> &accounts, const GuestListing &listing);

} // namespace exitscope
