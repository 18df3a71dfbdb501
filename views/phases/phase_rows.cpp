// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/phases/phase_rows.h"

#include <QCoreApplication>

#include <algorithm>

#include "model/causes/guest_facts.h"
#include "model/causes/phase_tables.h"
#include "model/number_format.h"
#include "model/session/live_guests.h"
#include "model/statistics/selection_parser.h"
#include "model/visible_text.h"
#include "views/tables/number_cells.h"
#include "views/tables/statistics_table.h"

namespace exitscope {

namespace {

constexpr std::size_t kMostPhaseRows = 5000;

QString phasesTr(const char *text)
{
    return QCoreApplication::translate("PhasesTable", text);
}

std::vector<NumberColumn> phaseColumns()
{
    return {
        {phasesTr("Phase"), QStringLiteral("phase"),
            phasesTr("What marks in a trace begin and end; of repeated ones first which lost most"), true},
        {phasesTr("No."), QStringLiteral("number"), phasesTr("It is the N-th of that name")},
        {phasesTr("Begin"), QStringLiteral("begin_ns"),
            phasesTr("Since the begin of the recording, on the host's clock")},
        {phasesTr("Length"), QStringLiteral("length_ns"),
            phasesTr("≥: its begin or its end was not told; that of the trace stands for it")},
        {phasesTr("Exits"), QStringLiteral("exits"), phasesTr("In it, of those that the filters leave")},
        {phasesTr("Net time"), QStringLiteral("net_ns"),
            phasesTr("What handling them took, without idle and preempted")},
        {phasesTr("Lost"), QStringLiteral("lost_ns"),
            phasesTr("By the guest's threads: Kvm, Userspace, Preempted and Blocked while they stood on a CPU")},
        {phasesTr("Environment"), QStringLiteral("environment"), phasesTr("native or virtualized, where marks tell it"),
            true},
    };
}

NumberCell textCell(const QString &text)
{
    const QString shown = visibleText(text);
    return {shown, shown};
}

QString ownerKey(const Phase &phase)
{
    return QString::number(phase.guest ? std::int64_t(*phase.guest) : -1 - std::int64_t(phase.host));
}

QString ownerOf(const PhaseTold &told, const Recording &recording)
{
    if (told.guest)
        return phasesTr("Guest of %1").arg(visibleText(told.vm.value_or(*told.guest)));
    return recording.hosts.size() == 1 ? phasesTr("Host") : phasesTr("Host %1").arg(told.phase.host + 1);
}

// The part of it that can be selected.
std::optional<TimeRange> selectableOf(const Phase &phase, TimeRange bounds)
{
    if (!phase.range)
        return std::nullopt;
    const TimeRange part{std::max(phase.range->from, bounds.from), std::min(phase.range->to, bounds.to)};
    return part.to > part.from ? std::optional(part) : std::nullopt;
}

NumberCell nameCell(const PhaseTold &told, bool isSelectable)
{
    NumberCell cell = textCell(told.phase.name);
    cell.tip = cell.text % u'\n'
        % (isSelectable            ? phasesTr("Click to select its time; double-click to show it, too.")
                : told.phase.range ? phasesTr("It lies outside of what the host recorded.")
                                   : phasesTr("When it was is not known: the guest's clock is not sure."));
    return cell;
}

NumberCell beginCell(const Phase &phase, Ns origin)
{
    if (!phase.range)
        return {QStringLiteral("–")};
    const Ns offset = phase.range->from - origin;
    const QString text = formatDuration(offset);
    return {offset < 0 ? text : QString(u'+' % text), qlonglong(phase.range->from), formatOffset(offset)};
}

NumberRow phaseRow(const PhaseTold &told, Ns origin, TimeRange bounds)
{
    const Phase &phase = told.phase;
    NumberRow row;
    row.key = ownerKey(phase) % u' ' % QString::number(phase.number) % u' ' % phase.name;
    row.range = selectableOf(phase, bounds);
    const NumberCell length{
        told.lengthText(), qlonglong(phase.length()), formatCount(phase.length()) % QStringLiteral(" ns")};
    row.cells = {nameCell(told, row.range.has_value()), countCell(phase.number), beginCell(phase, origin), length,
        countCell(told.ofHost(phase.exits)), timeCell(told.net()), timeCell(phase.lost), textCell(phase.environment)};
    return row;
}

// Those of one guest or host stand together.
void addRow(std::vector<NumberRow> &owners, const PhaseTold &told, const Recording &recording, NumberRow row)
{
    const QString key = ownerKey(told.phase); // two guests may have one path: parts of one file
    if (owners.empty() || owners.back().key != key) {
        NumberRow &owner = owners.emplace_back();
        owner.key = key;
        owner.cells = {NumberCell{ownerOf(told, recording), ownerOf(told, recording)}};
        owner.cells.resize(phaseColumns().size());
    }
    owners.back().children.push_back(std::move(row));
}

std::vector<PhaseTold> phasesNow(
    const Recording &recording, const Selection &selection, const PhasesOf &of, CancelFlag cancel)
{
    std::vector<GuestAlignment> alignments;
    if (of.shown)
        alignments = allAlignmentsOf(*of.shown);
    else // of their phases the lengths are known all the same
        for (std::size_t guest = 0; guest < recording.guests.size(); ++guest)
            alignments.emplace_back().guest = guest;
    return phasesTold(recording, alignments, phasesOf(recording, alignments, selection, of.files, cancel));
}

QString emptyNote(const Recording &recording, const PhasesOf &of)
{
    const QString how = phasesTr("A program makes them that writes “X begin” and “X end” into its kernel's "
                                 "trace_marker or /proc/lttng-logger: F1 tells all ways.");
    if (recording.guests.empty())
        return phasesTr("No guest was traced, and the host's trace holds no marks of phases. ") % how;
    return (of.files.isEmpty() ? phasesTr("No trace holds marks of phases. ")
                               : phasesTr("No trace holds marks of phases, nor were such files opened. "))
        % how;
}

QString noteOf(const Recording &recording, const PhasesOf &of, const std::vector<PhaseTold> &phases)
{
    QStringList notes;
    if (!of.shown && !recording.guests.empty())
        notes << phasesTr(
            "When the guests' phases were, and what they cost, will come once it is known how their clocks go …");
    else if (phases.empty())
        notes << emptyNote(recording, of);
    if (phases.size() > kMostPhaseRows)
        notes << phasesTr("The first %1 of %2 are listed; saved as CSV the table has all.")
                     .arg(formatCount(std::int64_t(kMostPhaseRows)), formatCount(std::int64_t(phases.size())));
    if (of.shown && std::ranges::any_of(phases, [](const PhaseTold &told) { return !told.phase.range; }))
        notes << phasesTr("Where a guest's clock is not surely on its host's, only the lengths are known: G tells of "
                          "the clocks.");
    const auto lacksFiles = [](const GuestTrace &guest) { return opensTellFiles(guest) == std::optional(false); };
    if (!of.files.isEmpty() && std::ranges::any_of(recording.guests, lacksFiles))
        notes << phasesTr("System calls of ftrace and perf tell no names of files: in such a guest no file begins a "
                          "phase.");
    return notes.join(u'\n');
}

} // namespace

NumberRows phaseRows(const Recording &recording, const Selection &selection, const PhasesOf &of, CancelFlag cancel)
{
    NumberRows made{phaseColumns(), {}, {}};
    const std::vector<PhaseTold> phases = phasesNow(recording, selection, of, cancel);
    const TimeRange bounds = boundsOf(recording);
    const Ns origin = originOf(recording).value_or(bounds.from);
    for (const PhaseTold &told : std::span(phases).first(std::min(phases.size(), kMostPhaseRows)))
        addRow(made.rows, told, recording, phaseRow(told, origin, bounds));
    if (made.rows.size() == 1)
        made.rows = std::vector(made.rows.front().children); // whose else would they be
    made.note = noteOf(recording, of, phases);
    return made;
}

QString phasesCsv(const Recording &recording, const Selection &selection, const PhasesOf &of, CancelFlag cancel)
{
    return toCsv(fileTable(phasesNow(recording, selection, of, cancel)));
}

} // namespace exitscope
