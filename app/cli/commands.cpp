// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "app/cli/accounts_output.h"
#include "app/cli/events_output.h"
#include "app/cli/guest_output.h"
#include "app/cli/guests_output.h"
#include "app/cli/halts_output.h"
#include "app/cli/info.h"
#include "app/cli/listings.h"
#include "app/cli/output.h"
#include "app/cli/phases_output.h"
#include "app/cli/report_csv.h"
#include "app/cli/report_json.h"
#include "app/cli/report_text.h"
#include "app/cli/sync_json.h"
#include "app/cli/takers_output.h"
#include "app/cli/wanted_guests.h"
#include "app/common/console.h"
#include "app/common/guest_maps.h"
#include "app/common/interrupt_guard.h"
#include "app/common/standard_input.h"
#include "app/common/wanted_symbols.h"
#include "model/causes/symbol_ranges.h"
#include "model/diagnostic_codes.h"
#include "model/statistics/statistics.h"

namespace exitscope {

namespace {

// A trace that gave no event counts as read only if that is all that there is to say about it.
bool wasRead(const TraceInfo &trace, const Diagnostics &diagnostics)
{
    if (trace.events > 0)
        return true;
    return std::ranges::none_of(diagnostics, [&](const Diagnostic &diagnostic) {
        return diagnostic.severity == Severity::Error
            && (diagnostic.path == trace.path || diagnostic.path.startsWith(trace.path % QLatin1Char('/')));
    });
}

bool nothingReadable(const Recording &recording)
{
    return std::ranges::none_of(
        recording.traces, [&](const TraceInfo &trace) { return wasRead(trace, recording.diagnostics); });
}

void writeReport(Output &output, ReportFormat format, const Recording &recording, const Selection &selection,
    const GuestSymbols &symbols, std::span<const GuestAlignment> alignments)
{
    GuestsOfReport guests{alignments, {}, {}};
    if (selection.guests) {
        guests.facts = guestFactsOf(recording, alignments, selection);
        guests.accounts = guestAccountsOf(recording, alignments, selection);
    }
    const Statistics statistics = statisticsOf(recording, selection);
    const std::vector<Finding> findings
        = format == ReportFormat::Csv ? std::vector<Finding>() : findingsOf(recording, selection, nullptr, &symbols);
    switch (format) {
    case ReportFormat::Text:
        output.write(reportText(recording, statistics, findings, guests).toStdString());
        break;
    case ReportFormat::Json:
        output.write(reportJson(recording, statistics, findings, guests).toStdString());
        break;
    case ReportFormat::Csv:
        writeReportCsv(output, recording, statistics);
        break;
    }
}

void writeResult(Output &output, const Options &options, const Recording &recording, const Selection &selection,
    const GuestSymbols &symbols, std::span<const GuestAlignment> alignments)
{
    switch (options.command) {
    case Command::Report:
        writeReport(output, options.format, recording, selection, symbols, alignments);
        break;
    case Command::Accounts:
        writeAccounts(output, options, recording, selection, symbols);
        break;
    case Command::Takers:
        writeTakers(output, options.format, recording, selection);
        break;
    case Command::Halts:
        writeHalts(output, options.format, recording, selection);
        break;
    case Command::Guests:
        writeGuests(output, options.format, recording, alignments, guestFactsOf(recording, alignments, selection));
        break;
    case Command::Threads:
        if (options.group)
            writeGroups(
                output, options.format, recording, guestAccountsOf(recording, alignments, selection), *options.group);
        else
            writeThreads(output, options.format, recording, guestAccountsOf(recording, alignments, selection));
        break;
    case Command::Phases:
        writePhases(output, options.format, recording, alignments,
            phasesOf(recording, alignments, selection, options.phaseFiles));
        break;
    case Command::Syscalls:
        writeSyscalls(output, options.format, recording, guestAccountsOf(recording, alignments, selection));
        break;
    case Command::Interrupts:
        writeInterrupts(output, options.format, recording, guestAccountsOf(recording, alignments, selection));
        break;
    case Command::Intervals:
        writeIntervals(output, recording, selection);
        break;
    case Command::Exits:
        writeExits(output, recording, selection, options.symbols.isEmpty() ? nullptr : &symbols);
        break;
    case Command::Info:
        output.write(infoText(recording).toStdString());
        break;
    case Command::Events:
    case Command::Sync:
        break; // they have maps of clocks
    }
}

// What the traces of guests lack for what the command tells.
Diagnostics lacksOfGuests(const Options &options, const Recording &recording,
    std::span<const GuestAlignment> alignments, const Selection &selection)
{
    if (!selection.guests)
        return {};
    const std::vector<GuestFacts> facts = guestFactsOf(recording, alignments, selection);
    return options.command == Command::Phases ? whatPhasesLack(recording, facts) : whatGuestsLack(recording, facts);
}

ExitStatus finish(const Options &options, const Diagnostics &diagnostics, Output &output, std::FILE *err)
{
    QString error;
    if (!output.finish(error)) {
        say(err, QStringLiteral("exitscope-cli: the result could not be written: ") % error);
        return ExitStatus::NotWritten;
    }
    const bool lost = std::ranges::any_of(diagnostics, meansDataLost);
    return options.strict && lost ? ExitStatus::DataLost : ExitStatus::Success;
}

// What needs the guests on their hosts' clocks.
ExitStatus presentClocks(const Options &options, const Recording &recording, const AlignOptions &maps,
    const Selection &range, Output &output, std::FILE *err)
{
    const Alignments alignments = alignGuests(recording, maps, &InterruptGuard::flag());
    sayDiagnostics(err, alignments.diagnostics);
    Diagnostics told = recording.diagnostics;
    if (options.command == Command::Sync) {
        output.write(syncJson(recording, alignments).toStdString());
        return finish(options, told, output, err);
    }
    const EventList list = listedEvents(options, recording, alignments, range, &InterruptGuard::flag());
    sayDiagnostics(err, list.diagnostics);
    told.insert(told.end(), list.diagnostics.begin(), list.diagnostics.end());
    writeEvents(output, options.format, recording, list);
    if (list.areMore)
        say(err,
            QStringLiteral("exitscope-cli: these are the first %1 events of the range; --from and --to choose others, "
                           "--top how many")
                .arg(list.events.size()));
    return finish(options, told, output, err);
}

} // namespace

ExitStatus present(const Options &options, const Recording &recording, std::FILE *out, std::FILE *err)
{
    sayDiagnostics(err, recording.diagnostics);
    Output output(out);
    if (nothingReadable(recording)) {
        // Whoever asked for JSON can read the diagnostics there.
        if (options.command == Command::Report && options.format == ReportFormat::Json)
            writeReport(output, options.format, recording, {}, {}, {});
        return ExitStatus::NothingReadable;
    }
    QString error;
    const std::optional<AlignOptions> maps = userMaps(options.maps, recording, error);
    if (!maps) {
        say(err, QStringLiteral("exitscope-cli: ") % error);
        return ExitStatus::Usage;
    }
    if (options.command == Command::Sync || options.command == Command::Events) {
        const std::optional<Selection> range = parseSelection(options.selection, recording, error);
        if (!range) {
            say(err, QStringLiteral("exitscope-cli: ") % error);
            return ExitStatus::Usage;
        }
        return presentClocks(options, recording, *maps, *range, output, err);
    }
    Diagnostics told;
    const bool isBySymbol = std::ranges::find(options.keys, AccountKey::Symbol) != options.keys.end();
    std::optional<Selection> selection = parseSelection(options.selection, recording, error);
    const std::optional<GuestSymbols> symbols
        = selection ? wantedSymbols(options, isBySymbol, recording, *maps, told, error) : std::nullopt;
    const std::optional<Alignments> guests
        = symbols ? selectGuests(options, *maps, recording, *selection, error) : std::nullopt;
    if (guests) {
        told.insert(told.end(), guests->diagnostics.begin(), guests->diagnostics.end());
        const Diagnostics lacks = lacksOfGuests(options, recording, guests->guests, *selection);
        told.insert(told.end(), lacks.begin(), lacks.end());
    }
    sayDiagnostics(err, told);
    if (!guests || !selectSymbols(options.symbolNames, recording, &*symbols, *selection, error)) {
        say(err, QStringLiteral("exitscope-cli: ") % error);
        return ExitStatus::Usage;
    }
    writeResult(output, options, recording, *selection, *symbols, guests->guests);
    return finish(options, recording.diagnostics, output, err);
}

ExitStatus run(const Options &options, std::FILE *out, std::FILE *err)
{
    InterruptGuard guard;
    std::optional<StandardInput> input(std::in_place);
    const Recording recording = input->loadRecording(options.paths, options.load, &InterruptGuard::flag());
    if (options.command != Command::Events) { // which reads the traces again
        input.reset(); // what it kept goes before a signal may end us
        guard.release();
    }
    try {
        return present(options, recording, out, err);
    } catch (const std::exception &error) {
        sayDiagnostics(err, {diagnosticOf(error)});
        return ExitStatus::NothingReadable;
    }
}

} // namespace exitscope
