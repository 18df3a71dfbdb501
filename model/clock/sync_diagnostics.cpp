// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/sync_diagnostics.h"

#include <algorithm>

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

const QString kWhatDecides = QStringLiteral("What decides: timer_hrtimer_start on both sides with kvm_msr of the host, "
                                            "or guest events near VM entry and before "
                                            "HLT (sched_switch, interrupts, system calls)");

class Teller {
public:
    Teller(const Recording &recording, const GuestAlignment &alignment, Diagnostics &diagnostics)
        : m_recording(recording), m_alignment(alignment), m_diagnostics(diagnostics)
    {
    }
    void tell();

private:
    void add(Code code, const QString &message, std::int64_t count = 1)
    {
        m_diagnostics.push_back(makeDiagnostic(code, message, m_recording.guests[m_alignment.guest].path, count));
    }
    void tellUnknown();
    void tellNone();
    void tellAmbiguous();
    void tellAligned();
    QString regular() const;

    const Recording &m_recording;
    const GuestAlignment &m_alignment;
    Diagnostics &m_diagnostics;
};

void Teller::tell()
{
    if (m_alignment.toolIsWrong)
        add(Code::GuestShiftWrong,
            QStringLiteral(
                "the time shift that trace-cmd measured and wrote into the file puts the guest's events where no "
                "VM of these hosts ran; its clock is sought as if there were none"));
    if (m_alignment.verdict == SyncVerdict::Unknown)
        return tellUnknown();
    if (m_alignment.takenBy) {
        return add(Code::GuestFitsNoVm,
            QStringLiteral(
                "the guest fits no VM that is left: %1, which the guest at %2 is aligned with. Another may be "
                "given with --map")
                .arg(fit(m_recording, m_alignment), m_recording.guests[*m_alignment.takenBy].path));
    }
    if (m_alignment.method == SyncMethod::User && m_alignment.containment.known == 0)
        add(Code::GuestMapUnused,
            QStringLiteral("the map that was given leads none of the guest's events to where the host was recorded"));
    if (m_alignment.verdict == SyncVerdict::None)
        return tellNone();
    if (m_alignment.verdict == SyncVerdict::Ambiguous)
        return tellAmbiguous();
    tellAligned();
}

QString Teller::regular() const
{
    return QStringLiteral("its VM leaves guest mode every %1 or so and never rests, so that its events fit nearly "
                          "everywhere")
        .arg(formatDuration(m_alignment.period));
}

void Teller::tellUnknown()
{
    if (m_alignment.neverRests)
        return add(Code::GuestTooRegular,
            QStringLiteral("whether the guest fits a VM is not known: %1. %2").arg(regular(), kWhatDecides));
    add(Code::GuestSearchEnded,
        QStringLiteral("whether the guest fits a VM is not known: the search for its clock took too long and was "
                       "ended. Record shorter, open fewer traces at once, or give a map with --map"));
}

void Teller::tellNone()
{
    add(Code::GuestFitsNoVm,
        QStringLiteral("the guest fits no VM: %1. Was it recorded at the same time, in a VM of this host? "
                       "A map can be given with --map")
            .arg(fit(m_recording, m_alignment)));
}

void Teller::tellAmbiguous()
{
    if (m_alignment.neverRests && !m_alignment.isByDeadlines)
        return add(Code::GuestTooRegular,
            QStringLiteral("the guest's clock is not sure: %1. %2").arg(regular(), kWhatDecides));
    const auto uncertainty = m_alignment.uncertainty();
    if (m_alignment.hasSeveralRegions() && uncertainty)
        return add(Code::GuestAmbiguous,
            QStringLiteral("the guest's clock is not sure: %1, but so are under other maps, up to %2 away. %3")
                .arg(fit(m_recording, m_alignment), formatDuration(*uncertainty), kWhatDecides));
    add(Code::GuestAmbiguous,
        QStringLiteral("the guest's clock is not sure: %1, but others fit nearly as well, or too little is known; "
                       "record longer, "
                       "and with more going on in the guest")
            .arg(fit(m_recording, m_alignment)));
}

void Teller::tellAligned()
{
    const auto pieces = std::int64_t(m_alignment.map.pieces().size());
    if (pieces > 1 && m_alignment.method != SyncMethod::Tool) // which measured again and again
        add(Code::GuestClockChanges,
            QStringLiteral("the clocks of guest and host did not keep one rate: the map between them has %1 pieces")
                .arg(pieces),
            pieces - 1);
    const auto uncertainty = m_alignment.uncertainty();
    if (m_alignment.hasSeveralRegions() && uncertainty)
        add(Code::GuestRegions,
            QStringLiteral("several maps of the guest's clock fit as well, all within ± %1, which is the uncertainty "
                           "told: of its events near an exit it is not certain on which side they fall. %2")
                .arg(formatDuration(*uncertainty), m_alignment.isByDeadlines ? QString() : kWhatDecides)
                .trimmed());
    if (m_alignment.containment.misfits() > 0)
        add(Code::GuestMisfits,
            QStringLiteral("%1 of %2 events of the guest fall where the host shows its vCPU out of guest mode")
                .arg(formatCount(m_alignment.containment.misfits()), formatCount(m_alignment.containment.known)),
            m_alignment.containment.misfits());
    const auto &vcpuOf = m_alignment.vcpuOf;
    if (!vcpuOf.empty() && std::ranges::none_of(vcpuOf, &std::optional<std::size_t>::has_value))
        add(Code::GuestWithoutThreads,
            QStringLiteral("the guest is aligned, but has no rows: the host's events do not tell which thread, and so "
                           "which vCPU, ran on a CPU. Record sched_switch or the contexts pid, tid and procname"));
}

} // namespace

void tellAlignment(const Recording &recording, const GuestAlignment &alignment, Diagnostics &diagnostics)
{
    Teller(recording, alignment, diagnostics).tell();
}

} // namespace exitscope
