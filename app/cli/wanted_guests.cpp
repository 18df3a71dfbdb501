// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/wanted_guests.h"

#include <algorithm>
#include <map>

#include "app/common/wanted_guest_filters.h"
#include "model/clock/guests_of_exits.h"
#include "model/statistics/guest_filters.h"

namespace exitscope {

namespace {

bool dependsOnGuests(const Options &options, const Recording &recording)
{
    if (asksOfGuests(options.guests))
        return true;
    switch (options.command) {
    case Command::Guests:
    case Command::Threads:
    case Command::Syscalls:
    case Command::Interrupts:
    case Command::Phases:
        return true;
    case Command::Report: // of which the CSV has no section on guests
        return !recording.guests.empty() && options.format != ReportFormat::Csv;
    case Command::Exits:
        return !recording.guests.empty();
    default:
        break;
    }
    return std::ranges::any_of(options.keys, [](AccountKey key) { return info(key).isOfGuest; });
}

// By maps of the user several can be on one VM: rebooted, or one of them wrongly. Exits are of the first one.
void keepOneForEachVm(const Recording &recording, Alignments &found)
{
    std::map<VmKey, std::size_t> taken;
    for (GuestAlignment &guest : found.guests) {
        if (!guest.isAligned() || !guest.vm)
            continue;
        const auto [first, isNew] = taken.try_emplace(*guest.vm, guest.guest);
        if (isNew)
            continue;
        guest.verdict = SyncVerdict::None;
        found.diagnostics.push_back(makeDiagnostic(Code::GuestFitsNoVm,
            QStringLiteral("its map puts it on the VM of another guest, %1: what exits interrupted is told of that one "
                           "only; give --map for one guest of a VM at a time")
                .arg(recording.guests[first->second].path),
            recording.guests[guest.guest].path));
    }
}

} // namespace

std::optional<Alignments> selectGuests(
    const Options &options, const AlignOptions &maps, const Recording &recording, Selection &selection, QString &error)
{
    if (!dependsOnGuests(options, recording))
        return Alignments{};
    Alignments found = alignGuests(recording, maps);
    keepOneForEachVm(recording, found);
    const auto guests = std::make_shared<const ExitGuests>(guestsOfExits(recording, found.guests));
    selection.guests = guests;
    if (!addGuestFilters(options.guests, *guests, selection, error))
        return std::nullopt;
    return found;
}

} // namespace exitscope
