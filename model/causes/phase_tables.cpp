// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/phase_tables.h"

#include <algorithm>

#include "model/number_format.h"

namespace exitscope {

namespace {

FileCell phaseCell(PhaseTold::Count value)
{
    return value ? FileCell(*value) : FileCell();
}

FileCell yesOrNo(bool isSo)
{
    return isSo ? QStringLiteral("yes") : QStringLiteral("no");
}

} // namespace

QString PhaseTold::lengthText() const
{
    const QString length = formatDuration(phase.length());
    return phase.hasBegin && phase.hasEnd ? length : QString(QStringLiteral("≥ ") % length);
}

std::vector<PhaseTold> phasesTold(
    const Recording &recording, std::span<const GuestAlignment> alignments, const std::vector<Phase> &phases)
{
    std::vector<PhaseTold> all;
    for (const Phase &phase : phases) {
        PhaseTold told{phase, std::nullopt, std::nullopt};
        if (phase.guest) {
            told.guest = recording.guests[*phase.guest].path;
            const auto alignment = std::ranges::find(alignments, *phase.guest, &GuestAlignment::guest);
            if (phase.range)
                told.vm = recording.hosts[alignment->vm->host].vms[alignment->vm->vm].name;
        }
        all.push_back(std::move(told));
    }
    return all;
}

FileTable fileTable(const std::vector<PhaseTold> &phases)
{
    FileTable table;
    for (const char *column : {"guest", "vm", "phase", "number", "begin_ns", "end_ns", "length_ns", "has_begin",
             "has_end", "environment", "exits", "timed", "gross_ns", "net_ns", "lost_ns"})
        table.columns << QString::fromLatin1(column);
    for (const PhaseTold &told : phases) {
        const Phase &phase = told.phase;
        std::vector<FileCell> row{told.guest.value_or(QString()), told.vm.value_or(QString()), phase.name, phase.number,
            phaseCell(told.begin()), phaseCell(told.end()), phase.length(), yesOrNo(phase.hasBegin),
            yesOrNo(phase.hasEnd), phase.environment};
        for (const std::int64_t number : {phase.exits, phase.timed, phase.gross, phase.net})
            row.push_back(phaseCell(told.ofHost(number)));
        row.push_back(phaseCell(phase.lost));
        table.rows.push_back(std::move(row));
    }
    return table;
}

} // namespace exitscope
