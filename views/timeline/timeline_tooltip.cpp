// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timeline/timeline_tooltip.h"

#include "model/causes/takers.h"
#include "model/number_format.h"
#include "model/statistics/known_net.h"
#include "views/chart/failed_entry.h"
#include "views/panels/exit_target_text.h"
#include "views/panels/guest_clock_text.h"

namespace exitscope {

namespace {

QString latin(std::string_view text)
{
    return QString::fromLatin1(text.data(), qsizetype(text.size()));
}

QString tableRow(const QString &name, const QString &value, const QString &meaning)
{
    return QStringLiteral("<tr><td>") % name % QStringLiteral("&nbsp;</td><td align='right'><b>") % value
        % QStringLiteral("</b></td><td>&nbsp;") % meaning % QStringLiteral("</td></tr>");
}

QString partsText(const ExitParts &parts)
{
    const std::pair<const char *, Ns> all[] = {{"Kvm", parts.kvm}, {"Userspace", parts.userspace},
        {"Preempted", parts.preempted}, {"Idle", parts.idle}, {"Blocked", parts.blocked}};
    QStringList texts;
    for (const auto &[name, ns] : all)
        if (ns > 0)
            texts << QString(QString::fromLatin1(name) % QLatin1Char(' ') % formatDuration(ns));
    return texts.join(QStringLiteral(" + "));
}

QString runRow(const ExitColumns &exits, std::size_t i)
{
    const QString name = QStringLiteral("run");
    if (exits.failedToEnter(i))
        return tableRow(name, QStringLiteral("none"), failedEntryText());
    if (!exits.hasRun(i))
        return tableRow(name, QStringLiteral("-"), QStringLiteral("the VM entry before it was not seen"));
    return tableRow(name, formatDuration(exits.run(i)), QStringLiteral("the guest ran before it"));
}

QString exitText(const TimelineLayout &layout, const VcpuAt &of, std::size_t i, const GuestSymbols *symbols)
{
    const ExitColumns &exits = of.vcpu->exits;
    const ExitReason &reason = layout.recording->reasons[exits.reason(i)];
    QString text = QStringLiteral("<p>Exit: <b>") % reason.name.toHtmlEscaped() % QStringLiteral("</b>");
    if (!reason.meaning.isEmpty())
        text += QStringLiteral(" – ") % reason.meaning.toHtmlEscaped();
    text += QStringLiteral("<br>") % exitPlaceText(exits, i, of.key.vm, symbols).toHtmlEscaped();
    text += QStringLiteral("<br>at ") % formatInstant(exits.time(i) - layout.begin) % QStringLiteral(", scenario ")
        % latin(name(exits.scenario(i))) % QStringLiteral("</p><table>");
    if (exits.timed(i)) {
        const ExitParts parts = exits.parts(i);
        text += tableRow(QStringLiteral("gross"), formatDuration(parts.gross()),
            QStringLiteral("from the exit to the next VM entry: ") % partsText(parts));
        text += netIsKnown(*layout.recording, of, i) ? tableRow(QStringLiteral("net"), formatDuration(parts.net()),
                    QStringLiteral("without Idle and Preempted: the handling itself"))
                                                     : tableRow(QStringLiteral("net"), notKnownText(),
                                                         QStringLiteral("not known of a halt without sched_switch"));
        if (parts.irq > 0)
            text += tableRow(QStringLiteral("irq"), formatDuration(parts.irq),
                QStringLiteral("of it in interrupt handlers of the host"));
    } else {
        text += tableRow(QStringLiteral("gross"), QStringLiteral("-"),
            QStringLiteral("not timed: its end was not seen, or events were lost"));
    }
    return text % runRow(exits, i) % QStringLiteral("</table>");
}

QString guestText(const TimelineLayout &layout, const TimelineRow &row, Ns t, const QString &what)
{
    if (!layout.shownGuests)
        return {};
    const QString thread = guestThreadAt(*layout.shownGuests, row.shows.front().key, t);
    return thread.isEmpty() ? QString()
                            : QString(QStringLiteral("<br>") % what % QStringLiteral(": <b>") % thread.toHtmlEscaped()
                                % QStringLiteral("</b>"));
}

QString contextLine(const TimelineLayout &layout, const TimelineRow &row, Ns t)
{
    const auto cpu = layout.shownGuests ? layout.shownGuests->on(row.shows.front().key) : std::nullopt;
    if (!cpu)
        return {};
    const QString text = contextText(cpu->guest(), kindOf(cpu->guest(), cpu->contextAt(t)));
    return QStringLiteral("<br>context: <b>") % (text.isEmpty() ? QStringLiteral("not known") : text.toHtmlEscaped())
        % QStringLiteral("</b>");
}

// Several exits can share one pixel.
QString pixelText(const TimelineLayout &layout, const VcpuExitIndex &exits, const QPointF &pos)
{
    const int column = int(pos.x() - layout.scale.left);
    const TimeRange range{layout.scale.columnBegin(column), layout.scale.columnBegin(column + 1)};
    const auto [first, last] = exits.within(range);
    if (last - first < 2)
        return {};
    return QStringLiteral("<br>") % formatCount(std::int64_t(last - first)) % QStringLiteral(" exits in this pixel of ")
        % formatDuration(range.length());
}

QString collapsedText(const TimelineLayout &layout, const TimelineRow &row, Ns t)
{
    QString text = QStringLiteral("<b>") % row.label.toHtmlEscaped() % QStringLiteral("</b> at ")
        % formatInstant(t - layout.begin);
    for (const VcpuAt &shown : row.shows) {
        const StateColumns &states = shown.vcpu->states;
        if (const std::size_t i = states.at(t); i < states.size())
            text += QStringLiteral("<br>") % shown.id().toHtmlEscaped() % QStringLiteral(": ")
                % latin(info(states.state(i)).name);
    }
    return text;
}

QString occupantText(const TimelineLayout &layout, const TimelineRow &row, Ns t)
{
    const Timeline &host = layout.recording->hosts[row.pcpu->host];
    QString text = QStringLiteral("<b>") % row.label.toHtmlEscaped() % QStringLiteral("</b> at ")
        % formatInstant(t - layout.begin) % QStringLiteral("<br>");
    const std::optional<OccupantAt> at = occupantAt(layout, row, t);
    if (!at || at->thread == kUnknownHostThread)
        return text % QStringLiteral("it is not known who ran");
    const HostThread &thread = host.threads[at->thread];
    text += QStringLiteral("<b>") % takerText(&thread).toHtmlEscaped() % QStringLiteral("</b> for ")
        % formatDuration(at->range.length()) % QStringLiteral(" from ") % formatInstant(at->range.from - layout.begin);
    if (thread.vm)
        text += QStringLiteral("<br>") % (thread.isVcpu ? QStringLiteral("a vCPU of ") : QStringLiteral("a thread of "))
            % host.vms[*thread.vm].name.toHtmlEscaped();
    else if (thread.tid != 0)
        text += QStringLiteral("<br>of no VM");
    return text;
}

// What each state means is in the manual; here what it is of.
QString threadStateText(const TimelineLayout &layout, const ListedGuest &guest, const ThreadInterval &interval)
{
    QString text = QStringLiteral("<br><b>") % latin(name(interval.state)) % QStringLiteral("</b> for ")
        % formatDuration(interval.range.length()) % QStringLiteral(" from ")
        % formatInstant(interval.range.from - layout.begin);
    if (interval.reason) {
        const ExitReason &reason = layout.recording->reasons[*interval.reason];
        text += QStringLiteral("<br>exit: <b>") % reason.name.toHtmlEscaped() % QStringLiteral("</b>");
        if (!reason.meaning.isEmpty())
            text += QStringLiteral(" – ") % reason.meaning.toHtmlEscaped();
    }
    if (interval.call != kNoCall) {
        const GuestTrace &trace = guest.hosted->guest();
        const std::uint32_t call = trace.calls.name[interval.call];
        text += QStringLiteral("<br>system call: <b>")
            % (call == kNoName ? QStringLiteral("unknown") : trace.names[call].toHtmlEscaped())
            % QStringLiteral("</b>");
    }
    if (interval.cpu != kNoPcpu) {
        const std::optional<VcpuAt> vcpu = guest.vcpuOf(interval.cpu);
        text += QStringLiteral("<br>on CPU ") % QString::number(interval.cpu) % QStringLiteral(" of the guest, ")
            % (vcpu ? vcpu->id().toHtmlEscaped() : QStringLiteral("whose vCPU is not known"));
    }
    return text;
}

QString threadText(const TimelineLayout &layout, const TimelineRow &row, Ns t)
{
    const ListedGuest *guest = guestOf(layout, row);
    const ListedThread *thread = threadOf(layout, row);
    if (!thread)
        return {};
    QString text = QStringLiteral("<b>") % thread->label.toHtmlEscaped() % QStringLiteral("</b> of ")
        % guest->processes[*row.threads->process].label.toHtmlEscaped() % QStringLiteral(" at ")
        % formatInstant(t - layout.begin);
    if (const std::optional<ThreadInterval> interval = threadAt(layout, row, t))
        text += threadStateText(layout, *guest, *interval);
    return text % QStringLiteral("<br>lost on the whole: ") % formatDuration(thread->lost);
}

} // namespace

QString timelineToolTip(
    const TimelineLayout &layout, const QPointF &pos, const ExitIndex &passing, const GuestSymbols *symbols)
{
    const TimelineRow *row = layout.rowAt(pos);
    if (!row || pos.x() < layout.plot.left() || pos.x() >= layout.plot.right())
        return {};
    const Ns t = layout.scale.pxToTime(pos.x());
    if (row->threads)
        return threadText(layout, *row, t);
    if (row->shows.empty() && !row->pcpu)
        return {};
    if (row->pcpu)
        return occupantText(layout, *row, t);
    if (row->shows.size() > 1 || row->isVm())
        return collapsedText(layout, *row, t);
    const VcpuAt &shown = row->shows.front();
    const StateColumns &states = shown.vcpu->states;
    QString text = QStringLiteral("<b>") % shown.id().toHtmlEscaped() % QStringLiteral("</b> at ")
        % formatInstant(t - layout.begin);
    if (const std::size_t i = states.at(t); i < states.size()) {
        text += QStringLiteral("<br><b>") % latin(info(states.state(i)).name) % QStringLiteral("</b> for ")
            % formatDuration(states.end(i) - states.begin(i));
        if (states.pcpu(i) != kNoPcpu)
            text += QStringLiteral(" on pCPU ") % QString::number(states.pcpu(i));
    }
    if (const std::size_t i = states.at(t); i < states.size() && states.state(i) == VcpuState::Guest)
        text += guestText(layout, *row, t, QStringLiteral("guest thread")) % contextLine(layout, *row, t);
    text += pixelText(layout, passing[shown.number], pos);
    if (const std::optional<ExitRef> exit = layout.exitAt(pos, passing)) {
        text += exitText(layout, shown, exit->index, symbols);
        text += guestText(layout, *row, shown.vcpu->exits.time(exit->index) - 1, QStringLiteral("interrupted"));
    }
    return text;
}

} // namespace exitscope
