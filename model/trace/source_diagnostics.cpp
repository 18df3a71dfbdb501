// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trace/source_diagnostics.h"

#include <QFileInfo>
#include <QStringList>

#include <algorithm>
#include <array>

#include "model/diagnostic_codes.h"
#include "model/trace/wire/frame.h"

namespace exitscope {

namespace {

struct Missing {
    Code code;
    std::uint32_t anyOf; // Richness bits
    const char *what;
    const char *lttng; // behind `lttng enable-event -k -c CHANNEL`
    const char *perf; // behind `perf record -a -e`
};

constexpr std::array kMissing{
    Missing{
        Code::EntriesMissing, wire::HasEntry, "there are VM exits but no VM entries", "kvm_x86_entry", "kvm:kvm_entry"},
    Missing{
        Code::EntriesMissing, wire::HasExit, "there are VM entries but no VM exits", "kvm_x86_exit", "kvm:kvm_exit"},
    Missing{Code::SwitchesMissing, wire::HasSwitch,
        "without sched_switch nobody knows when a vCPU was preempted, idle or blocked", "sched_switch",
        "sched:sched_switch"},
    Missing{Code::WakeupsMissing, wire::HasWakeup,
        "without sched_wakeup waiting for a physical CPU after a wake-up counts as Idle or Blocked",
        "sched_wakeup,sched_wakeup_new", "sched:sched_wakeup,sched:sched_wakeup_new"},
    Missing{Code::UserspaceExitsMissing, wire::HasUserspaceExit | wire::HasIoctl,
        "without kvm_userspace_exit and ioctl nobody knows when a vCPU was in QEMU", "kvm_userspace_exit",
        "kvm:kvm_userspace_exit"},
    Missing{Code::InterruptsMissing, wire::kInterruptKinds,
        "without interrupt events the time in interrupts is not known",
        "irq_handler_entry,irq_handler_exit,irq_softirq_entry,irq_softirq_exit",
        "irq:irq_handler_entry,irq:irq_handler_exit,irq:softirq_entry,irq:softirq_exit"},
};

QString streamNames(const TraceWork &trace, std::uint64_t wire::Summary::*field)
{
    QStringList names;
    for (const auto &stream : trace.streams)
        if (stream->summary && (*stream->summary).*field > 0)
            names.append(QFileInfo(stream->files.shownPath()).fileName());
    return names.join(QStringLiteral(", "));
}

QString lostEventsText(const TraceWork &trace)
{
    const TraceInfo &info = trace.info;
    const double all = static_cast<double>(info.events) + static_cast<double>(info.discardedEvents);
    const QString share = info.discardedAreCounted
        ? QStringLiteral(" (%1 % of all)").arg(100 * static_cast<double>(info.discardedEvents) / all, 0, 'f', 1)
        : QStringLiteral(" (of some losses the trace tells no number)");
    return QStringLiteral("the tracer discarded %1 event(s)%2 in %3; record with larger or more buffers: "
                          "lttng enable-channel -k --subbuf-size 8M --num-subbuf 8 CHANNEL")
        .arg((info.discardedAreCounted ? QString() : QStringLiteral("at least "))
                + QString::number(info.discardedEvents),
            share, streamNames(trace, &wire::Summary::discardedEvents));
}

void tellLoss(const TraceWork &trace, Diagnostics &diagnostics)
{
    const TraceInfo &info = trace.info;
    if (info.discardedEvents > 0)
        diagnostics.push_back(makeDiagnostic(Code::LostEvents, lostEventsText(trace), info.path, info.discardedEvents));
    if (info.discardedPackets > 0)
        diagnostics.push_back(makeDiagnostic(Code::LostPackets,
            QStringLiteral("the tracer discarded %1 packet(s) in %2; record with larger buffers, or in discard mode")
                .arg(QString::number(info.discardedPackets), streamNames(trace, &wire::Summary::discardedPackets)),
            info.path, info.discardedPackets));
    if (trace.isDescribed && !info.lossesAreKnown)
        diagnostics.push_back(makeDiagnostic(Code::LossesUnknown,
            QStringLiteral("perf data convert leaves out what perf tells of lost events, so nobody knows whether any "
                           "were: times across a loss look like undisturbed ones. To see the losses of a perf.data: "
                           "perf report -D -i perf.data | grep -c PERF_RECORD_LOST; to avoid them: perf record -m 8M"),
            info.path));
    if (trace.repeatedEvents > 0)
        diagnostics.push_back(makeDiagnostic(Code::RepeatedEvents,
            QStringLiteral("%1 event(s) in %2 repeat the one before them in time, thread and all fields: asked for "
                           "twice (perf record -e 'kvm:*' -e kvm:kvm_exit), recorded twice; each is taken once")
                .arg(QString::number(trace.repeatedEvents), streamNames(trace, &wire::Summary::repeatedEvents)),
            info.path, static_cast<std::int64_t>(trace.repeatedEvents)));
}

} // namespace

void tellTrace(const TraceWork &trace, Diagnostics &diagnostics)
{
    tellLoss(trace, diagnostics);
    if (trace.stepsBack > 0)
        diagnostics.push_back(makeDiagnostic(Code::TimeStepsBack,
            QStringLiteral("%1 events in %2 have a time before that of the event ahead of them, and take that one's")
                .arg(QString::number(trace.stepsBack), streamNames(trace, &wire::Summary::stepsBack)),
            trace.info.path, static_cast<std::int64_t>(trace.stepsBack)));
    const bool readToTheEnd = trace.unopened == 0
        && std::all_of(
            trace.streams.begin(), trace.streams.end(), [](const auto &s) { return s->summary.has_value(); });
    if (trace.isDescribed && readToTheEnd && trace.info.events == 0)
        diagnostics.push_back(
            makeDiagnostic(Code::EmptyTrace, QStringLiteral("the trace holds no event"), trace.info.path));
}

void tellMissing(const TraceInfo &trace, std::uint32_t richness, Diagnostics &diagnostics)
{
    const bool isPerf = trace.description.tracer.starts_with("perf");
    for (const Missing &missing : kMissing) {
        if ((richness & missing.anyOf) != 0)
            continue;
        const QString command = isPerf
            ? QStringLiteral("perf record -a -e ") + QString::fromLatin1(missing.perf)
            : QStringLiteral("lttng enable-event -k -c CHANNEL ") + QString::fromLatin1(missing.lttng);
        diagnostics.push_back(makeDiagnostic(missing.code,
            QStringLiteral("%1; record it with: %2").arg(QString::fromLatin1(missing.what), command), trace.path));
    }
}

void tellNoKvm(const std::vector<TraceInfo> &traces, Diagnostics &diagnostics)
{
    const auto kernel
        = std::find_if(traces.begin(), traces.end(), [](const TraceInfo &t) { return t.role != TraceRole::User; });
    diagnostics.push_back(makeDiagnostic(Code::NoKvmEvents,
        QStringLiteral("no trace holds VM entries or exits; record the host with: lttng enable-event -k -c CHANNEL "
                       "kvm_x86_entry,kvm_x86_exit. If `lttng list -k | grep kvm_x86` shows nothing, lttng-modules "
                       "lacks the x86 KVM probes, as the stock dkms packages do: build it against the full kernel "
                       "source, or record with: perf record -a -e 'kvm:*' (the README says more)"),
        kernel == traces.end() ? QString() : kernel->path));
}

} // namespace exitscope
