// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/timeline_builder.h"

#include <QHash>

#include <algorithm>
#include <unordered_map>

#include "model/diagnostic_codes.h"
#include "model/timeline/host_machine.h"
#include "model/timeline/vcpu_naming.h"

namespace exitscope {

namespace {

struct ThreadFacts {
    std::optional<std::int32_t> pid;
    std::uint32_t name = kNoName;
};

} // namespace

class TimelineBuilder::Private {
public:
    explicit Private(ReasonTable &reasonTable) : reasons(reasonTable), machine(reasonTable) { }

    void learn(const Record &record);
    Timeline finish(TimeRange range);
    std::vector<NamedVcpu> vcpus(std::vector<const VcpuTrack *> &tracks) const;
    QString processName(std::int32_t pid) const;
    void tell(const NamedVm &vm);
    void tellContradictions();

    ReasonTable &reasons;
    HostMachine machine;
    HostClockCollector clockEvents;
    std::unordered_map<std::int32_t, ThreadFacts> threads; // by tid
    QHash<QString, std::uint32_t> nameIndex;
    std::vector<QString> names;
    Diagnostics diagnostics;
};

void TimelineBuilder::Private::learn(const Record &record)
{
    ThreadFacts &facts = threads[record.tid];
    if (record.thread.pid != kNoThread)
        facts.pid = record.thread.pid;
    if (record.thread.name != kNoName)
        facts.name = record.thread.name;
}

// `tracks`: what NamedVcpu::source is the place in.
std::vector<NamedVcpu> TimelineBuilder::Private::vcpus(std::vector<const VcpuTrack *> &tracks) const
{
    std::vector<NamedVcpu> named;
    const auto add = [&](const VcpuTrack &track) -> NamedVcpu & {
        NamedVcpu &entry = named.emplace_back();
        entry.source = tracks.size();
        entry.entryIds = track.entryIds();
        entry.exitIds = track.exitIds();
        entry.firstEvent = track.firstKvmEvent();
        entry.lastEvent = track.lastKvmEvent();
        tracks.push_back(&track);
        return entry;
    };
    for (const auto &[tid, vcpu] : machine.tracks()) {
        if (!vcpu.isVcpu())
            continue;
        NamedVcpu &entry = add(vcpu);
        entry.tid = tid;
        const auto facts = threads.find(tid);
        if (facts == threads.end())
            continue;
        entry.pid = facts->second.pid;
        if (facts->second.name != kNoName)
            entry.threadName = names[facts->second.name];
    }
    for (const auto &[pcpu, vcpu] : machine.pseudoTracks()) {
        if (!vcpu.isVcpu())
            continue;
        NamedVcpu &entry = add(vcpu);
        entry.pcpu = pcpu;
    }
    return named;
}

Timeline TimelineBuilder::Private::finish(TimeRange range)
{
    machine.finish(range.to);
    std::vector<const VcpuTrack *> tracks;
    const std::vector<NamedVm> named = nameVms(vcpus(tracks), [this](std::int32_t pid) { return processName(pid); });
    Timeline timeline;
    timeline.range = range;
    timeline.clockEvents = clockEvents.take();
    for (const NamedVm &from : named) {
        Vm &vm = timeline.vms.emplace_back();
        vm.name = from.name;
        vm.pid = from.pid;
        for (const NamedRow &row : from.rows) {
            for (const std::size_t source : row.sources) { // not yet one vCPU
                Vcpu &to = vm.vcpus.emplace_back(tracks[source]->columns(range, reasons));
                to.number = row.number;
                if (row.tid != kNoThread)
                    to.tid = row.tid;
            }
        }
        tell(from);
    }
    tellContradictions();
    return timeline;
}

// A process is called like its first thread.
QString TimelineBuilder::Private::processName(std::int32_t pid) const
{
    const auto facts = threads.find(pid);
    return facts == threads.end() || facts->second.name == kNoName ? QString() : names[facts->second.name];
}

void TimelineBuilder::Private::tell(const NamedVm &vm)
{
    const std::int64_t onPcpus = std::ranges::count(vm.rows, kNoThread, &NamedRow::tid);
    const std::int64_t onThreads = std::int64_t(vm.rows.size()) - onPcpus;
    if (onPcpus > 0)
        diagnostics.push_back(makeDiagnostic(Code::ThreadsUnknown,
            QStringLiteral(
                "the thread of VM entries and exits is not known on %1 pCPU(s), so they are told per pCPU; record "
                "sched_switch or add the tid context (lttng add-context -k -t tid -t pid -t procname)")
                .arg(onPcpus),
            {}, onPcpus));
    if (!vm.pid && onThreads > 0)
        diagnostics.push_back(makeDiagnostic(Code::ProcessesUnknown,
            QStringLiteral("the process of %1 vCPU thread(s) is not known, so they count as one VM; "
                           "add the pid context (lttng add-context -k -t pid)")
                .arg(onThreads),
            {}, onThreads));
    if (!vm.distrusted.empty())
        diagnostics.push_back(
            makeDiagnostic(Code::VcpuIdsDistrusted, distrustedIdsText(vm), {}, std::int64_t(vm.distrusted.size())));
}

void TimelineBuilder::Private::tellContradictions()
{
    const HostContradictions sum = machine.contradictions();
    const auto told = [this](Code code, std::int64_t count) {
        if (count > 0)
            diagnostics.push_back(makeDiagnostic(code,
                QStringLiteral("%1 time(s): %2; the time around each is Unknown")
                    .arg(count)
                    .arg(QString::fromUtf8(info(code).meaning.data(), qsizetype(info(code).meaning.size()))),
                {}, count));
    };
    told(Code::EntryInEntry, sum.entryInEntry);
    told(Code::ExitWithoutEntry, sum.exitWithoutEntry);
    told(Code::WrongPcpu, sum.wrongPcpu);
    told(Code::SwitchFromOther, sum.switchFromOther);
    told(Code::SwitchToElsewhere, sum.switchToElsewhere);
    told(Code::UserspaceInEntry, sum.userspaceInEntry);
}

TimelineBuilder::TimelineBuilder(ReasonTable &reasons) : d(std::make_unique<Private>(reasons)) { }

TimelineBuilder::~TimelineBuilder() = default;

std::uint32_t TimelineBuilder::intern(const QString &name)
{
    const auto found = d->nameIndex.constFind(name);
    if (found != d->nameIndex.constEnd())
        return *found;
    d->names.push_back(name);
    return *d->nameIndex.insert(name, std::uint32_t(d->names.size() - 1));
}

void TimelineBuilder::add(const Record &record)
{
    if (record.kind == EventKind::ThreadInfo) {
        d->learn(record);
        return;
    }
    d->clockEvents.add(record);
    d->machine.add(record);
}

Timeline TimelineBuilder::finish(TimeRange range)
{
    return d->finish(range);
}

const Diagnostics &TimelineBuilder::diagnostics() const
{
    return d->diagnostics;
}

} // namespace exitscope
