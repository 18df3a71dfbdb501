// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/wanted_guests.h"

#include <algorithm>
#include <array>
#include <map>

#include "model/clock/guests_of_exits.h"

namespace exitscope {

namespace {

struct GuestSet {
    const char *option;
    std::set<QString> ExitFilters::*texts;
};
constexpr std::array kGuestSets{GuestSet{"thread", &ExitFilters::threads}, GuestSet{"process", &ExitFilters::processes},
    GuestSet{"syscall", &ExitFilters::syscalls}, GuestSet{"context", &ExitFilters::contexts}};

bool dependsOnGuests(const Options &options, const Recording &recording)
{
    if (std::ranges::any_of(kGuestSets, [&](const GuestSet &set) { return !(options.guests.*set.texts).empty(); }))
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
    for (const GuestSet &set : kGuestSets) {
        for (const QString &text : options.guests.*set.texts) {
            if (!guests->labelNamed(text)) {
                const QString name = QString::fromLatin1(set.option);
                error = guests->isEmpty()
                    ? QStringLiteral("there is no %1 '%2': no guest's trace is aligned with its host; see 'sync'")
                          .arg(name, text)
                    : QStringLiteral("there is no %1 '%2'; 'accounts --by %1' prints those that exits have")
                          .arg(name, text);
                return std::nullopt;
            }
        }
        selection.*set.texts = options.guests.*set.texts;
    }
    return found;
}

} // namespace exitscope
