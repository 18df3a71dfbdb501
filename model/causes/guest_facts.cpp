// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/guest_facts.h"

#include <QStringList>

#include <algorithm>
#include <set>

#include "model/diagnostic_codes.h"
#include "model/record/richness.h"
#include "model/statistics/exit_filter.h"
#include "model/timeline/recording_advice.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

// Whether it happened or not, what a trace declares was recorded.
void noteKinds(const Recording &recording, GuestFacts &facts)
{
    for (const std::size_t i : recording.guests[facts.guest].traces) {
        const TraceInfo &trace = recording.traces[i];
        const std::uint32_t kinds = trace.richness | declaredKinds(trace.description);
        facts.events += trace.events;
        facts.hasSwitches = facts.hasSwitches || (kinds & wire::HasSwitch) != 0;
        facts.hasSoftirqs = facts.hasSoftirqs || (kinds & wire::HasSoftirq) != 0;
        facts.hasInterrupts = facts.hasInterrupts || (kinds & (wire::HasIrq | wire::HasVector | wire::HasHrtimer)) != 0;
    }
}

bool isOpening(const QString &call)
{
    return call == QLatin1String("open") || call == QLatin1String("openat") || call == QLatin1String("openat2")
        || call == QLatin1String("creat");
}

void noteThreads(const GuestTrace &guest, GuestFacts &facts)
{
    std::set<std::int32_t> processes;
    for (std::size_t i = 0; i < guest.threads.size(); ++i) {
        if (guest.threads.isIdle(i))
            continue;
        ++facts.threads;
        if (guest.threads.pid[i] != kNoThread)
            processes.insert(guest.threads.pid[i]);
    }
    if (!processes.empty())
        facts.processes = std::int64_t(processes.size());
}

void noteExits(const VcpuAt &vcpu, const Selection &selection, const ExitFilter &filter, GuestFacts &facts)
{
    const ExitGuests::OfVcpu *own = selection.guests->of(vcpu.number);
    const auto [first, last] = filter.within(vcpu.vcpu->exits.times());
    for (std::size_t i = first; i < last; ++i) {
        if (!filter.passes(vcpu, i))
            continue;
        if (!own || own->rows[i].thread == kNobody)
            ++facts.unknown;
        else if (own->rows[i].certainty == GuestCertainty::Yes)
            ++facts.certain;
        else if (own->rows[i].certainty == GuestCertainty::Thread)
            ++facts.certainThread;
        else
            ++facts.uncertain;
    }
}

RecordedBy tracerOf(const Recording &recording, const GuestFacts &facts)
{
    return recordedBy(recording.traces[recording.guests[facts.guest].traces.front()].description);
}

QString howToRecordCalls(RecordedBy by)
{
    return by == RecordedBy::Lttng ? QStringLiteral("lttng enable-event -k -c CHANNEL --syscall --all")
                                   : howToRecord(by, {}, QStringLiteral("raw_syscalls:*"));
}

} // namespace

std::optional<bool> opensTellFiles(const GuestTrace &guest)
{
    const GuestCalls &calls = guest.calls;
    std::vector<char> opening;
    for (const QString &name : guest.names)
        opening.push_back(isOpening(name) ? 1 : 0);
    std::optional<bool> tells;
    for (std::size_t i = 0; i < calls.size() && !tells.value_or(false); ++i)
        if (calls.name[i] != kNoName && opening[calls.name[i]] != 0 && calls.has(i, GuestCalls::Entered))
            tells = calls.file[i] != kNoName;
    return tells;
}

std::vector<GuestFacts> guestFactsOf(const Recording &recording, std::span<const GuestAlignment> alignments,
    const Selection &selection, CancelFlag cancel)
{
    const ExitFilter filter(selection, recording.reasons);
    std::vector<GuestFacts> all;
    for (const GuestAlignment &alignment : alignments) {
        const GuestTrace &guest = recording.guests[alignment.guest];
        GuestFacts &facts = all.emplace_back();
        facts.guest = alignment.guest;
        noteKinds(recording, facts);
        facts.hasCalls = guest.calls.size() > 0;
        facts.hasFiles = opensTellFiles(guest);
        noteThreads(guest, facts);
        if (!alignment.isAligned() || !alignment.vm)
            continue;
        for (const VcpuAt &vcpu : vcpusOf(recording)) {
            if (vcpu.key.vm != *alignment.vm || isCancelled(cancel))
                continue;
            const auto &traced = alignment.vcpuOf;
            if (std::ranges::find(traced, std::optional(vcpu.key.vcpu)) == traced.end())
                facts.untraced.push_back(vcpu.key);
            if (filter.passesVcpu(vcpu.key))
                noteExits(vcpu, selection, filter, facts);
        }
    }
    return all;
}

namespace {

// Why nothing is known of exits on vCPUs whose CPUs were not traced; empty if all were.
QString untracedText(const Recording &recording, const GuestFacts &of)
{
    if (of.untraced.empty())
        return {};
    QStringList names;
    for (const VcpuKey &key : of.untraced) {
        const Vm &vm = recording.hosts[key.vm.host].vms[key.vm.vm];
        names << vm.vcpuId(vm.vcpus[key.vcpu]);
    }
    return QStringLiteral("the guest's trace holds no events of %1: what exits there interrupted is not known. Record "
                          "all CPUs of the guest, and keep the files of all")
        .arg(names.join(QStringLiteral(", ")));
}

} // namespace

Diagnostics whatGuestsLack(const Recording &recording, std::span<const GuestFacts> facts)
{
    Diagnostics diagnostics;
    for (const GuestFacts &of : facts) {
        if (const QString untraced = untracedText(recording, of); !untraced.isEmpty())
            diagnostics.push_back(makeDiagnostic(Code::GuestEventsMissing, untraced, recording.guests[of.guest].path));
        const RecordedBy by = tracerOf(recording, of);
        QStringList lacks, without, record;
        const auto lack = [&](bool has, const char *what, const char *unknown, const QString &how) {
            if (has)
                return;
            lacks << QString::fromUtf8(what);
            without << QString::fromUtf8(unknown);
            record << how;
        };
        lack(of.hasSwitches, "sched_switch", "which thread had a CPU", howToRecordSwitches(by));
        lack(of.hasCalls, "system calls", "which of them exits came out of", howToRecordCalls(by));
        lack(of.hasInterrupts || of.hasSoftirqs, "interrupts", "which of them exits came out of",
            howToRecord(by, QStringLiteral("'irq_*'"), QStringLiteral("irq:*")));
        if (lacks.isEmpty())
            continue;
        without.removeDuplicates();
        diagnostics.push_back(makeDiagnostic(Code::GuestEventsMissing,
            QStringLiteral("the guest's trace holds no %1: it is not known %2. To record it, in the guest: %3")
                .arg(lacks.join(QStringLiteral(", no ")), without.join(QStringLiteral(", nor ")),
                    record.join(QStringLiteral("; "))),
            recording.guests[of.guest].path));
    }
    return diagnostics;
}

Diagnostics whatPhasesLack(const Recording &recording, std::span<const GuestFacts> facts)
{
    Diagnostics diagnostics;
    for (const GuestFacts &of : facts) {
        if (of.hasFiles == std::optional(false))
            diagnostics.push_back(makeDiagnostic(Code::GuestFilesMissing,
                QStringLiteral("the system calls of the guest's trace tell no names of files, as those of ftrace and "
                               "perf do not: phases that the opening of files begins and ends are not known. Write "
                               "marks into /sys/kernel/tracing/trace_marker, or record with LTTng"),
                recording.guests[of.guest].path));
    }
    return diagnostics;
}

} // namespace exitscope
