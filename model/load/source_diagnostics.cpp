// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/source_diagnostics.h"

#include <QFileInfo>
#include <QStringList>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>

#include "model/diagnostic_codes.h"
#include "model/record/frame.h"
#include "model/timeline/recording_advice.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

struct Missing {
    Code code;
    std::uint32_t anyOf; // Richness bits
    const char *what;
    const char *lttng; // events, as howToRecord() takes them
    const char *perf;
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

QString nameOf(const StreamWork &stream)
{
    const std::optional<std::int32_t> cpu = stream.channel.place().cpu;
    return cpu ? QStringLiteral("CPU %1").arg(*cpu) : QFileInfo(stream.files.shownPath()).fileName();
}

QString streamNames(const TraceWork &trace, std::uint64_t wire::Summary::*field)
{
    QStringList names;
    for (const auto &stream : trace.streams)
        if (stream->summary && (*stream->summary).*field > 0)
            names.append(nameOf(*stream));
    return names.join(QStringLiteral(", "));
}

QString lostEventsText(const TraceWork &trace)
{
    const TraceInfo &info = trace.info;
    const double all = static_cast<double>(info.events) + static_cast<double>(info.discardedEvents);
    const QString share = info.discardedAreCounted
        ? QStringLiteral(" (%1 % of all)").arg(100 * static_cast<double>(info.discardedEvents) / all, 0, 'f', 1)
        : QStringLiteral(" (of some losses the trace tells no number)");
    return QStringLiteral("the tracer discarded %1 event(s)%2 in %3; record with larger or more buffers: %4")
        .arg((info.discardedAreCounted ? QString() : QStringLiteral("at least "))
                + QString::number(info.discardedEvents),
            share, streamNames(trace, &wire::Summary::discardedEvents),
            howToEnlargeBuffers(recordedBy(info.description)));
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
    if (trace.isDescribed && losesSilently(info.description))
        diagnostics.push_back(makeDiagnostic(Code::LossesUnknown,
            QStringLiteral(
                "%1 leaves out what perf tells of lost events, so nobody knows whether any were: times across "
                "a loss look like undisturbed ones. Open the perf.data itself, or count its losses "
                "with: perf report -D -i perf.data | grep -c PERF_RECORD_LOST; to avoid them: %2")
                .arg(info.description.format.empty() ? QStringLiteral("perf data convert")
                                                     : QStringLiteral("perf script without --show-lost-events"),
                    howToEnlargeBuffers(RecordedBy::Perf)),
            info.path));
    if (trace.isDescribed && info.description.pcpusAreInferred)
        diagnostics.push_back(makeDiagnostic(Code::PcpusInferred,
            QStringLiteral(
                "lines do not say on which CPU their events were: by sched_switch it is known which threads "
                "shared one, and only names of idle threads tell its number: else numbers of pCPUs mean "
                "nothing. A thread that no sched_switch tells of has one of its own, so that a run ends by its "
                "own events only. Print them with the CPU: perf script -F +cpu"),
            info.path));
    if (trace.repeatedEvents > 0)
        diagnostics.push_back(makeDiagnostic(Code::RepeatedEvents,
            QStringLiteral("%1 event(s) in %2 repeat the one before them in time, thread and all fields: asked for "
                           "twice%3, recorded twice; each is taken once")
                .arg(QString::number(trace.repeatedEvents), streamNames(trace, &wire::Summary::repeatedEvents),
                    recordedBy(info.description) == RecordedBy::Perf
                        ? QStringLiteral(" (perf record -e 'kvm:*' -e kvm:kvm_exit)")
                        : QString()),
            info.path, static_cast<std::int64_t>(trace.repeatedEvents)));
}

// Of what the library could not read to its end either that is told, and no more.
void tellReadByLibrary(const TraceWork &trace, Diagnostics &diagnostics)
{
    QString cause;
    int streams = 0;
    for (const auto &stream : trace.streams) {
        const auto &native = stream->channel.place().native;
        if (!native || native->refusal.isEmpty() || !stream->summary)
            continue;
        cause = streams++ == 0 ? native->refusal : cause;
    }
    if (streams > 0)
        diagnostics.push_back(makeDiagnostic(Code::ReadByLibrary,
            QStringLiteral("libbabeltrace2 reads %1 of its streams, which takes longer; the native decoder says: %2")
                .arg(streams)
                .arg(cause),
            trace.info.path, streams));
}

} // namespace

void tellUnknownIsa(const Recording &recording, Diagnostics &diagnostics)
{
    constexpr std::array<std::uint32_t, 5> kKnown{0, 1, 2, kIsaArm64, kIsaRiscv}; // 0: it was not recorded
    std::map<std::uint32_t, std::int64_t> exits;
    std::vector<bool> isUnknown;
    for (std::size_t i = 0; i < recording.reasons.size(); ++i)
        isUnknown.push_back(std::ranges::find(kKnown, recording.reasons[i].key.isa) == kKnown.end());
    if (std::ranges::find(isUnknown, true) == isUnknown.end())
        return;
    for (const VcpuAt &at : vcpusOf(recording))
        for (std::size_t i = 0; i < at.vcpu->exits.size(); ++i)
            if (const std::uint16_t reason = at.vcpu->exits.reason(i); isUnknown[reason])
                ++exits[recording.reasons[reason].key.isa];
    for (const auto &[isa, count] : exits)
        diagnostics.push_back(makeDiagnostic(Code::IsaUnknown,
            QStringLiteral("%1 exit(s) are of isa %2, whose reasons no table names: they are counted and timed, and "
                           "shown by their numbers")
                .arg(count)
                .arg(isa),
            {}, count));
}

void tellTrace(const TraceWork &trace, Diagnostics &diagnostics)
{
    tellReadByLibrary(trace, diagnostics);
    tellLoss(trace, diagnostics);
    if (trace.stepsBack > 0)
        diagnostics.push_back(makeDiagnostic(Code::TimeStepsBack,
            QStringLiteral(
                "%1 events or packets in %2 come before what is ahead of them, by their times or numbers; such "
                "events take the time ahead of them")
                .arg(QString::number(trace.stepsBack), streamNames(trace, &wire::Summary::stepsBack)),
            trace.info.path, static_cast<std::int64_t>(trace.stepsBack)));
    const bool readToTheEnd = trace.unopened == 0
        && std::all_of(
            trace.streams.begin(), trace.streams.end(), [](const auto &s) { return s->summary.has_value(); });
    if (trace.isDescribed && readToTheEnd && trace.info.events == 0)
        diagnostics.push_back(
            makeDiagnostic(Code::EmptyTrace, QStringLiteral("the trace holds no event"), trace.info.path));
}

void tellMissing(const TraceInfo &trace, std::uint32_t occurred, std::uint32_t declared, Diagnostics &diagnostics)
{
    for (const Missing &missing : kMissing) {
        if ((occurred & missing.anyOf) != 0)
            continue;
        const bool isRecorded = (declared & missing.anyOf) != 0;
        if (isRecorded && missing.code != Code::EntriesMissing)
            continue; // none happened, and that is known
        const QString what = QString::fromLatin1(missing.what);
        const QString command = howToRecord(
            recordedBy(trace.description), QString::fromLatin1(missing.lttng), QString::fromLatin1(missing.perf));
        diagnostics.push_back(makeDiagnostic(missing.code,
            isRecorded ? QString(what % QStringLiteral(", although they were recorded"))
                       : QString(what % QStringLiteral("; record it with: ") % command),
            trace.path));
    }
}

void tellNoKvm(const std::vector<TraceInfo> &traces, Diagnostics &diagnostics)
{
    constexpr std::uint32_t kKvm = wire::HasEntry | wire::HasExit;
    const TraceInfo *kernel = nullptr; // of several, one that recorded them
    for (const TraceInfo &trace : traces) {
        const bool recordsThem = (declaredKinds(trace.description) & kKvm) == kKvm;
        if (isOfKernel(trace.role) && (!kernel || recordsThem))
            kernel = &trace;
    }
    const wire::Description description = kernel ? kernel->description : wire::Description{};
    const std::uint32_t declared = declaredKinds(description) & kKvm;
    const auto record = [&](const char *lttng, const char *perf) {
        return howToRecord(recordedBy(description), QString::fromLatin1(lttng), QString::fromLatin1(perf));
    };
    QString advice;
    if (declared == kKvm)
        advice
            = QStringLiteral("although they were recorded: no virtual machine ran on this kernel meanwhile. If it is a "
                             "guest's, open the trace of its host with it");
    else if (declared != 0)
        advice = QStringLiteral("record the host with: ")
            % (declared == wire::HasEntry ? record("kvm_x86_exit", "kvm:kvm_exit")
                                          : record("kvm_x86_entry", "kvm:kvm_entry"));
    else
        advice = QStringLiteral("record the host with: ")
            % record("kvm_x86_entry,kvm_x86_exit", "kvm:kvm_entry,kvm:kvm_exit");
    if (declared == 0 && recordedBy(description) == RecordedBy::Lttng)
        advice += QStringLiteral(". If `lttng list -k | grep kvm_x86` shows nothing, lttng-modules lacks the x86 KVM "
                                 "probes, as the stock dkms packages do: build it against the full kernel source, or "
                                 "record with: perf record -a -e 'kvm:*' ('exitscope-cli help recording' says more)");
    diagnostics.push_back(makeDiagnostic(Code::NoKvmEvents,
        QStringLiteral("no trace holds VM entries or exits") % (declared == kKvm ? u", " : u"; ") % advice,
        kernel ? kernel->path : QString()));
}

} // namespace exitscope
