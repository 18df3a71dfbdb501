// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/guest_clock_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

#include "model/number_format.h"

namespace exitscope {

namespace {

constexpr Ns kSecond = 1'000'000'000;

QString tr(const char *text)
{
    return QCoreApplication::translate("GuestClock", text);
}

// "+36,954.377072596 s"
QString exactSeconds(Ns ns)
{
    const Ns whole = std::abs(ns / kSecond);
    return QString((ns < 0 ? QStringLiteral("\u2212") : QStringLiteral("+")) % formatCount(whole) % QLatin1Char('.')
        % QStringLiteral("%1 s").arg(std::abs(ns % kSecond), 9, 10, QLatin1Char('0')));
}

QString verdictText(const ShownGuest &guest)
{
    if (guest.found.verdict == SyncVerdict::Unknown && !guest.isChosen && guest.choice.source != MapSource::User) {
        return guest.found.neverRests ? tr("not known: its VM leaves guest mode at one interval and never rests")
                                      : tr("not known: the search took too long and was ended");
    }
    if (!guest.alignment.vm)
        return tr("fits no VM");
    if (guest.isChosen || guest.choice.source == MapSource::User)
        return tr("as you chose");
    switch (guest.found.verdict) {
    case SyncVerdict::Aligned:
        return guest.found.hasSeveralRegions()
            ? tr("aligned, with several maps that fit as well within the uncertainty")
            : tr("aligned");
    case SyncVerdict::Ambiguous:
        if (guest.found.hasSeveralRegions() && guest.found.uncertainty())
            return tr("ambiguous: other maps within the uncertainty fit as well; its threads are not shown");
        return tr("ambiguous: other maps fit nearly as well, or too few events are known; its threads are not shown");
    case SyncVerdict::None:
    case SyncVerdict::Unknown:
        break;
    }
    return tr("fits no VM; the best one is told here, its threads are not shown");
}

QString methodText(const ShownGuest &guest)
{
    QString text;
    if (guest.choice.source == MapSource::Estimate && guest.hasEstimate)
        text = tr("timer deadlines (%1 pairs), an estimate within the proven bounds")
                   .arg(formatCount(guest.found.estimateAnchors));
    else if (guest.choice.source == MapSource::User && guest.hasUser)
        text = tr("a map given or accepted by you");
    else if (guest.found.method == SyncMethod::Tool)
        text = tr("the time shift that trace-cmd measured, checked by containment");
    else if (guest.found.method == SyncMethod::Vmsync)
        text = tr("vmsync events and containment");
    else if (guest.found.method == SyncMethod::Containment)
        text = tr("containment: guest code runs only in guest mode");
    else
        text = tr("none");
    if (guest.choice.shift != 0)
        text += tr(", shifted by hand by %1").arg(formatDuration(guest.choice.shift));
    return text;
}

QString containedText(const Containment &containment)
{
    return QString(formatPercent(containment.known > 0 ? std::optional(100 * containment.share()) : std::nullopt)
        % tr(" (%1 of %2)").arg(formatCount(containment.contained), formatCount(containment.known)));
}

} // namespace

std::vector<ClockFact> clockFacts(const ShownGuest &guest, const Recording &recording)
{
    std::vector<ClockFact> facts;
    const GuestAlignment &alignment = guest.alignment;
    QString vm = tr("none");
    if (alignment.vm)
        vm = recording.hosts[alignment.vm->host].vms[alignment.vm->vm].name;
    facts.push_back({tr("VM"), vm, tr("The virtual machine of the host that the guest's events fit best")});
    facts.push_back({tr("Verdict"), verdictText(guest),
        tr("Aligned: at least 95 % of at least 100 events contained, far likelier than by chance, and no different map "
           "comes near")});
    facts.push_back({tr("Method"), methodText(guest), tr("The evidence that the map rests on")});
    if (alignment.map.isEmpty())
        return facts;
    const Ns middle = alignment.reference();
    const double ppm = alignment.map.pieces().front().line.ppm();
    facts.push_back({tr("Offset"), exactSeconds(alignment.map.toHost(middle) - middle),
        tr("The host's clock minus the guest's, in the middle of their overlap")});
    facts.push_back({tr("Drift"), QStringLiteral("%1 ppm").arg(ppm, 0, 'f', 3),
        tr("How much faster the host's clock runs, in parts per million")});
    facts.push_back({tr("Uncertainty"),
        guest.uncertainty ? QString(QStringLiteral("± ") % formatDuration(*guest.uncertainty)) : tr("not proven"),
        tr("How far the true time can be from the map at most, as far as the events prove it. It spans all maps that "
           "fit as well: of a guest event nearer to an exit it is not sure on which side it was")});
    facts.push_back({tr("Events in guest mode"), containedText(alignment.containment),
        tr("Guest events that fall where the host shows their vCPU in guest mode, of those where the host knows")});
    facts.push_back({tr("Anchors"), formatCount(guest.found.anchors), tr("Events that bound the map on their own")});
    return facts;
}

bool anyUnaligned(const ShownGuests &guests)
{
    return std::ranges::any_of(
        guests.guests, [](const ShownGuest &guest) { return !guest.isShown(); });
}

QString clockSummary(const ShownGuests &guests)
{
    if (guests.guests.empty())
        return {};
    std::optional<Ns> worst;
    int shown = 0;
    bool isProven = true;
    for (const ShownGuest &guest : guests.guests) {
        if (!guest.isShown())
            continue;
        ++shown;
        isProven = isProven && guest.uncertainty;
        worst = std::max(worst.value_or(0), guest.uncertainty.value_or(0));
    }
    if (shown == 0)
        return guests.guests.size() == 1 ? tr("guest clock not aligned") : tr("no guest clock aligned");
    const QString sure = isProven ? QString(QStringLiteral("± ") % formatDuration(*worst)) : tr("not proven");
    if (guests.guests.size() == 1)
        return tr("guest clock %1").arg(sure);
    return tr("%1 of %2 guest clocks %3").arg(shown).arg(guests.guests.size()).arg(sure);
}

QString guestThreadText(const GuestCpuOnHost &cpu, std::int32_t tid, Ns host)
{
    if (tid == kNoThread)
        return tr("not known");
    const QString name = cpu.nameOf(tid, host);
    const QString number = QStringLiteral("tid ") % QString::number(tid);
    return name.isEmpty() ? number : QString(name % QStringLiteral(" (") % number % QLatin1Char(')'));
}

QString guestThreadAt(const ShownGuests &guests, const VcpuKey &vcpu, Ns host)
{
    const auto cpu = guests.on(vcpu);
    if (!cpu)
        return {};
    const std::optional<Ns> uncertainty = guests.of(vcpu.vm)->uncertainty;
    const std::int32_t tid = cpu->threadAt(host);
    const QString text = guestThreadText(*cpu, tid, host);
    if (!uncertainty)
        return tr("%1, by a clock map that is not proven").arg(text);
    const TimeRange possible{host - *uncertainty, host + *uncertainty};
    if (const std::int32_t near = cpu->otherThreadWithin(possible, tid); near != tid)
        return tr("%1 or %2: the clocks are sure to \u00b1 %3")
            .arg(text, guestThreadText(*cpu, near, host), formatDuration(*uncertainty));
    return text;
}

QString mapSourceText(MapSource source)
{
    switch (source) {
    case MapSource::Estimate:
        return tr("Timer deadlines (an estimate)");
    case MapSource::User:
        return tr("Given or accepted");
    case MapSource::Found:
        break;
    }
    return tr("Found, with proven bounds");
}

} // namespace exitscope
