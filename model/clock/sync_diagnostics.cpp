// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/sync_diagnostics.h"

#include "model/diagnostic_codes.h"
#include "model/number_format.h"

namespace exitscope {

namespace {

QString fit(const Recording &recording, const GuestAlignment &alignment)
{
    if (!alignment.vm)
        return QStringLiteral("no VM is there to try it on");
    const Vm &vm = recording.hosts[alignment.vm->host].vms[alignment.vm->vm];
    const Containment &c = alignment.containment;
    return QStringLiteral(
        "at the best, on %1, %2 of the %3 of its events of which the host knows something are in guest "
        "mode (%4)")
        .arg(vm.name, formatCount(c.contained), formatCount(c.known),
            formatPercent(c.known > 0 ? std::optional(100 * c.share()) : std::nullopt));
}

} // namespace

void tellAlignment(const Recording &recording, const GuestAlignment &alignment, Diagnostics &diagnostics)
{
    const QString &path = recording.guests[alignment.guest].path;
    if (alignment.verdict == SyncVerdict::Unknown) {
        diagnostics.push_back(makeDiagnostic(Code::GuestSearchEnded,
            QStringLiteral("whether the guest fits a VM is not known: the search for its clock took too long and was "
                           "ended. Record shorter, open fewer traces at once, or give a map with --map"),
            path));
        return;
    }
    if (alignment.takenBy) {
        diagnostics.push_back(makeDiagnostic(Code::GuestFitsNoVm,
            QStringLiteral(
                "the guest fits no VM that is left: %1, which the guest at %2 is aligned with. Another may be "
                "given with --map")
                .arg(fit(recording, alignment), recording.guests[*alignment.takenBy].path),
            path));
        return;
    }
    if (alignment.method == SyncMethod::User && alignment.containment.known == 0)
        diagnostics.push_back(makeDiagnostic(Code::GuestMapUnused,
            QStringLiteral("the map that was given leads none of the guest's events to where the host was recorded"),
            path));
    if (alignment.verdict == SyncVerdict::None) {
        diagnostics.push_back(makeDiagnostic(Code::GuestFitsNoVm,
            QStringLiteral("the guest fits no VM: %1. Was it recorded at the same time, in a VM of this host? "
                           "A map can be given with --map")
                .arg(fit(recording, alignment)),
            path));
        return;
    }
    if (alignment.verdict == SyncVerdict::Ambiguous) {
        diagnostics.push_back(makeDiagnostic(Code::GuestAmbiguous,
            QStringLiteral("the guest's clock is not sure: %1, but others fit nearly as well, or too little is known; "
                           "record longer, "
                           "and with more going on in the guest")
                .arg(fit(recording, alignment)),
            path));
        return;
    }
    const auto pieces = std::int64_t(alignment.map.pieces().size());
    if (pieces > 1)
        diagnostics.push_back(makeDiagnostic(Code::GuestClockChanges,
            QStringLiteral("the clocks of guest and host did not keep one rate: the map between them has %1 pieces")
                .arg(pieces),
            path, pieces - 1));
    if (alignment.containment.misfits() > 0)
        diagnostics.push_back(makeDiagnostic(Code::GuestMisfits,
            QStringLiteral("%1 of %2 events of the guest fall where the host shows its vCPU out of guest mode")
                .arg(formatCount(alignment.containment.misfits()), formatCount(alignment.containment.known)),
            path, alignment.containment.misfits()));
}

} // namespace exitscope
