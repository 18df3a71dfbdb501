// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/timeline_builder.h"

#include <QHash>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "model/diagnostic_codes.h"
#include "model/number_format.h"
#include "model/parallel.h"
#include "model/reference/target_names.h"
#include "model/timeline/host_machine.h"
#include "model/timeline/host_threads.h"
#include "model/timeline/page_touches.h"
#include "model/timeline/vcpu_naming.h"

namespace exitscope {

class TimelineBuilder::Private {
public:
    Private(ReasonTable &reasonTable, SwitchesRecorded ofSwitches, Recorded ofRecording)
        : reasons(reasonTable), switches(ofSwitches), recorded(ofRecording), machine(reasonTable, ofSwitches)
    {
    }

    void add(std::span<const Record> records);
    Timeline finish(TimeRange range);
    bool lacksSwitchesIn();

    std::uint32_t intern(const QString &name);
    const Diagnostics &told() const { return diagnostics; }

private:
    struct ThreadFacts {
        std::optional<std::int32_t> pid;
        std::uint32_t name = kNoName;
    };
    struct Ended {
        Ns atNs;
        ThreadFacts facts;
    };

    void note(const Record &record);
    void learn(const Record &record);
    void threadEnds(std::int32_t tid, Ns t);
    const ThreadFacts *factsOf(std::int32_t tid, Ns diedNs) const;
    std::vector<NamedVcpu> vcpus(std::vector<VcpuTrack *> &tracks);
    void fillColumns(Timeline &timeline, const std::vector<VcpuTrack *> &drafts) const;
    void fillThreads(Timeline &timeline, const std::map<std::int32_t, std::size_t> &vmOfVcpu);
    void endVm(const NamedVm &vm, const std::vector<VcpuTrack *> &tracks);
    QString processName(std::int32_t pid) const;
    void tell(const NamedVm &vm);
    QString whyThreadsAreUnknown() const;
    void tellSwitchesAwayOnly();
    void tellWaitsElsewhere();
    void tellContradictions();
    void tellTargetsDiffer(const std::vector<VcpuTrack *> &drafts);

    ReasonTable &reasons;
    SwitchesRecorded switches;
    Recorded recorded;
    HostMachine machine;
    HostClockCollector clockEvents;
    std::unordered_map<std::int32_t, ThreadFacts> threads; // by tid: of the one that lives
    std::unordered_map<std::int32_t, std::vector<Ended>> ended; // by tid: those that died
    bool lacksTids = false; // of some entries or exits the trace tells no thread
    QHash<QString, std::uint32_t> nameIndex;
    std::vector<QString> names;
    Diagnostics diagnostics;
};

void TimelineBuilder::Private::add(std::span<const Record> records)
{
    for (const Record &record : records)
        note(record);
    machine.add(records);
}

void TimelineBuilder::Private::note(const Record &record)
{
    if (record.kind == EventKind::ThreadInfo) {
        learn(record);
        return;
    }
    if (record.kind == EventKind::VmEntry || record.kind == EventKind::VmExit)
        lacksTids = lacksTids || record.tid == kNoThread;
    if (record.kind == EventKind::ThreadExit)
        threadEnds(record.tid, record.timeNs);
    else if (record.kind == EventKind::SchedSwitch && leavesDead(record.switched.prevState))
        threadEnds(record.switched.prevTid, record.timeNs);
    clockEvents.add(record);
}

void TimelineBuilder::Private::learn(const Record &record)
{
    ThreadFacts &facts = threads[record.tid];
    if (record.thread.pid != kNoThread)
        facts.pid = record.thread.pid;
    if (record.thread.name != kNoName)
        facts.name = record.thread.name;
}

// Its tid may come back as another thread's.
void TimelineBuilder::Private::threadEnds(std::int32_t tid, Ns t)
{
    const auto facts = threads.find(tid);
    ended[tid].push_back({t, facts == threads.end() ? ThreadFacts{} : facts->second});
}

const TimelineBuilder::Private::ThreadFacts *TimelineBuilder::Private::factsOf(std::int32_t tid, Ns diedNs) const
{
    if (diedNs != kNoTime) {
        for (const Ended &life : ended.at(tid))
            if (life.atNs == diedNs)
                return &life.facts;
    }
    const auto facts = threads.find(tid);
    return facts == threads.end() ? nullptr : &facts->second;
}

// NamedVcpu::source is the position in `tracks`.
std::vector<NamedVcpu> TimelineBuilder::Private::vcpus(std::vector<VcpuTrack *> &tracks)
{
    std::vector<NamedVcpu> named;
    const auto add = [&](VcpuTrack &track) -> NamedVcpu & {
        NamedVcpu &entry = named.emplace_back();
        entry.source = tracks.size();
        entry.entryIds = track.entryIds();
        entry.exitIds = track.exitIds();
        entry.firstEvent = track.firstKvmEvent();
        entry.lastEvent = track.lastKvmEvent();
        tracks.push_back(&track);
        return entry;
    };
    for (const HostMachine::Life &life : machine.lives()) {
        if (!life.track->isVcpu())
            continue;
        NamedVcpu &entry = add(*life.track);
        entry.tid = life.tid;
        const auto known = std::ranges::find(recorded.guestThreads, life.tid, &wire::GuestThread::tid);
        if (known != recorded.guestThreads.end()) {
            entry.vmName = QString::fromStdString(known->vm);
            entry.number = known->vcpu;
        }
        if (const ThreadFacts *facts = factsOf(life.tid, life.diedNs)) {
            entry.pid = facts->pid;
            if (facts->name != kNoName)
                entry.threadName = names[facts->name];
        }
    }
    for (auto &[pcpu, track] : machine.pseudoTracks())
        if (track.isVcpu())
            add(track).pcpu = pcpu;
    return named;
}

Timeline TimelineBuilder::Private::finish(TimeRange range)
{
    machine.finish(range.to);
    std::vector<VcpuTrack *> tracks;
    const std::vector<NamedVcpu> threadsOfVms = vcpus(tracks);
    Timeline timeline;
    timeline.range = range;
    timeline.switchesRecorded = switches != SwitchesRecorded::None;
    timeline.clockEvents = clockEvents.take();
    std::vector<VcpuTrack *> drafts; // of the vCPUs, VM by VM
    std::map<std::int32_t, std::size_t> vmOfVcpu; // by tid, also of those whose place another one took
    for (const NamedVm &from : nameVms(threadsOfVms, [this](std::int32_t pid) { return processName(pid); })) {
        endVm(from, tracks);
        Vm &vm = timeline.vms.emplace_back();
        vm.name = from.name;
        vm.pid = from.pid;
        for (const NamedRow &row : from.rows) {
            VcpuTrack &track = *tracks[row.sources.front()];
            for (std::size_t i = 1; i < row.sources.size(); ++i)
                track.append(std::move(*tracks[row.sources[i]]));
            drafts.push_back(&track);
            for (const std::size_t source : row.sources)
                vmOfVcpu[threadsOfVms[source].tid] = timeline.vms.size() - 1;
            Vcpu &vcpu = vm.vcpus.emplace_back();
            vcpu.number = row.number;
            if (row.tid != kNoThread)
                vcpu.tid = row.tid;
        }
        tell(from);
    }
    fillColumns(timeline, drafts);
    fillThreads(timeline, vmOfVcpu);
    tellSwitchesAwayOnly();
    tellTargetsDiffer(drafts);
    tellWaitsElsewhere();
    tellContradictions();
    return timeline;
}

// Of one vCPU on each core at a time: nothing in them depends on another one.
void TimelineBuilder::Private::fillColumns(Timeline &timeline, const std::vector<VcpuTrack *> &drafts) const
{
    std::vector<Vcpu *> vcpus;
    for (Vm &vm : timeline.vms)
        for (Vcpu &vcpu : vm.vcpus)
            vcpus.push_back(&vcpu);
    inParallel(
        vcpus.size(), [&](std::size_t i) { drafts[i]->takeColumns(*vcpus[i], timeline.range, reasons); });
    inParallel(timeline.vms.size(), [&](std::size_t i) { markFirstTouches(timeline.vms[i]); });
}

// Who ran on the pCPUs.
void TimelineBuilder::Private::fillThreads(Timeline &timeline, const std::map<std::int32_t, std::size_t> &vmOfVcpu)
{
    NumberMap<std::uint32_t> indexes;
    timeline.pcpus = machine.occupancy().take([&](std::int32_t tid) {
        if (const std::uint32_t *known = indexes.find(tid))
            return *known;
        HostThread &thread = timeline.threads.emplace_back();
        thread.tid = tid;
        if (const ThreadFacts *facts = factsOf(tid, kNoTime); facts && tid != 0) { // there is one on every pCPU
            thread.pid = facts->pid;
            if (facts->name != kNoName)
                thread.name = names[facts->name];
        }
        if (const auto vcpu = vmOfVcpu.find(tid); vcpu != vmOfVcpu.end()) {
            thread.isVcpu = true;
            thread.vm = vcpu->second;
        }
        return indexes[tid] = std::uint32_t(timeline.threads.size() - 1);
    });
    assignToVms(timeline.threads, timeline.vms);
}

// A VM whose process is gone is Unknown from then on: its first thread has died and nothing of it came since; or, where
// no sched_switch tells what its threads do, one of its vCPUs has shut down and none went into KVM_RUN since.
void TimelineBuilder::Private::endVm(const NamedVm &vm, const std::vector<VcpuTrack *> &tracks)
{
    Ns inside = kNoTime, last = kNoTime, shutdown = kNoTime;
    for (const NamedRow &row : vm.rows) {
        for (const std::size_t source : row.sources) {
            inside = std::max(inside, tracks[source]->lastInside());
            last = std::max(last, tracks[source]->lastKvmEvent());
            shutdown = std::max(shutdown, tracks[source]->shutdownNs());
        }
    }
    Ns end = kEndOfRecording;
    if (const auto leader = vm.pid ? ended.find(*vm.pid) : ended.end();
        leader != ended.end() && leader->second.back().atNs >= last)
        end = leader->second.back().atNs;
    if (switches == SwitchesRecorded::None && shutdown != kNoTime && shutdown >= inside)
        end = std::min(end, shutdown);
    if (end == kEndOfRecording)
        return;
    for (const NamedRow &row : vm.rows) {
        for (const std::size_t source : row.sources)
            if (tracks[source]->state() != MachineState::Dead) // else it was told when
                tracks[source]->endAt(std::max(end, tracks[source]->lastKvmEvent()));
    }
}

// None leads to a vCPU from a thread of another process, and some vCPU was taken off again and again.
bool TimelineBuilder::Private::lacksSwitchesIn()
{
    constexpr std::int64_t kMany = 2;
    machine.catchUp();
    if (switches != SwitchesRecorded::All || machine.repeatedSwitchesAway() < kMany)
        return false;
    std::set<std::int32_t> vms;
    for (const HostMachine::Life &life : machine.lives())
        if (const ThreadFacts *facts = factsOf(life.tid, life.diedNs); life.track->isVcpu() && facts && facts->pid)
            vms.insert(*facts->pid);
    return std::ranges::all_of(machine.switchedFrom(), [&](std::int32_t tid) {
        const ThreadFacts *facts = factsOf(tid, kNoTime);
        return tid != 0 && facts && facts->pid && vms.contains(*facts->pid);
    });
}

// A process is called like its first thread.
QString TimelineBuilder::Private::processName(std::int32_t pid) const
{
    const auto past = ended.find(pid);
    const ThreadFacts *facts = past != ended.end() ? &past->second.front().facts : factsOf(pid, kNoTime);
    return !facts || facts->name == kNoName ? QString() : names[facts->name];
}

void TimelineBuilder::Private::tell(const NamedVm &vm)
{
    const std::int64_t onPcpus = std::ranges::count(vm.rows, kNoThread, &NamedRow::tid);
    const std::int64_t onThreads = std::int64_t(vm.rows.size()) - onPcpus;
    if (onPcpus > 0)
        diagnostics.push_back(makeDiagnostic(Code::ThreadsUnknown,
            QStringLiteral(
                "the thread of VM entries and exits is not known on %1 pCPU(s), so they are told per pCPU; %2")
                .arg(QString::number(onPcpus), whyThreadsAreUnknown()),
            {}, onPcpus));
    if (!vm.pid && onThreads > 0 && recorded.guestThreads.empty()) {
        const QString add = recorded.hasPids ? QString() : howToAddContexts(recorded.by, QStringLiteral("-t pid"));
        diagnostics.push_back(makeDiagnostic(Code::ProcessesUnknown,
            QStringLiteral("the process of %1 vCPU thread(s) is not known, so they count as one VM%2")
                .arg(QString::number(onThreads),
                    add.isEmpty() ? QString() : QString(QStringLiteral("; add the pid context with: ") % add)),
            {}, onThreads));
    }
    if (!vm.distrusted.empty())
        diagnostics.push_back(
            makeDiagnostic(Code::VcpuIdsDistrusted, distrustedIdsText(vm), {}, std::int64_t(vm.distrusted.size())));
}

// With what would tell them: nothing that was recorded.
QString TimelineBuilder::Private::whyThreadsAreUnknown() const
{
    if (!lacksTids)
        return QStringLiteral("the trace tells the idle thread, which makes none");
    const QString contexts = howToAddContexts(recorded.by, QStringLiteral("-t tid -t pid -t procname"));
    const QString add
        = contexts.isEmpty() ? QString() : QString(QStringLiteral("add the tid context with: ") % contexts);
    if (switches == SwitchesRecorded::None) {
        const QString record = QStringLiteral("record sched_switch with: ") % howToRecordSwitches(recorded.by);
        return add.isEmpty() ? record : QString(add % QStringLiteral("; or ") % record);
    }
    const QString why = QStringLiteral("sched_switch does not tell it where events were lost or it contradicts them");
    return add.isEmpty() ? why : QString(why % QStringLiteral("; ") % add);
}

void TimelineBuilder::Private::tellSwitchesAwayOnly()
{
    if (switches != SwitchesRecorded::OnlyAway)
        return;
    static const std::map<RecordedBy, std::pair<const char *, const char *>> kWays{
        {RecordedBy::Lttng, {"lttng track --pid", "lttng untrack -k --pid --all"}},
        {RecordedBy::Perf, {"perf record -p", "perf record -a"}},
        {RecordedBy::TraceCmd, {"trace-cmd record -P", "trace-cmd record without -P"}}};
    const auto &[narrow, whole] = kWays.at(recorded.by);
    diagnostics.push_back(makeDiagnostic(Code::SwitchesInMissing,
        QStringLiteral(
            "only the switches away from the recorded threads are there, as %1 records them: when a vCPU got a "
            "pCPU again is not known before its next own event; record all threads with: %2")
            .arg(QString::fromLatin1(narrow), QString::fromLatin1(whole))));
}

void TimelineBuilder::Private::tellTargetsDiffer(const std::vector<VcpuTrack *> &drafts)
{
    TargetsDiffer sum;
    for (const VcpuTrack *draft : drafts) {
        const TargetsDiffer &one = draft->targetsDiffer();
        const std::int64_t count = sum.count + one.count;
        if (one.count > 0 && (sum.count == 0 || one.firstNs < sum.firstNs))
            sum = one;
        sum.count = count;
    }
    if (sum.count > 0)
        diagnostics.push_back(makeDiagnostic(Code::TargetsDiffer,
            QStringLiteral("the fields of %1 exit(s) tell another target than the events inside, and hold; the first, "
                           "at %2 ns: %3, and not %4")
                .arg(
                    QString::number(sum.count), QString::number(sum.firstNs), codeText(sum.field), codeText(sum.event)),
            {}, sum.count));
}

void TimelineBuilder::Private::tellWaitsElsewhere()
{
    const WaitTrack::Elsewhere waited = machine.waitedElsewhere();
    if (waited.times == 0)
        return;
    const QString record
        = howToRecord(recorded.by, QStringLiteral("sched_migrate_task"), QStringLiteral("sched:sched_migrate_task"));
    diagnostics.push_back(makeDiagnostic(Code::WaitsElsewhere,
        QStringLiteral("%1 time(s) a preempted vCPU got another pCPU than the one where it waited, after %2 in all: "
                       "who took the CPU is not sure then%3")
            .arg(QString::number(waited.times), formatDuration(waited.ns),
                recorded.hasMigrations || machine.migrationsCame()
                    ? QString()
                    : QString(QStringLiteral("; record migrations with: ") % record)),
        {}, waited.times));
}

void TimelineBuilder::Private::tellContradictions()
{
    const HostContradictions sum = machine.contradictions();
    const auto told = [this](Code code, std::int64_t count) {
        if (count > 0)
            diagnostics.push_back(makeDiagnostic(code,
                QStringLiteral("%1 time(s): %2; the time around each is Unknown")
                    .arg(count)
                    .arg(QString::fromUtf8(info(code).meaning)),
                {}, count));
    };
    told(Code::EntryInEntry, sum.entryInEntry);
    told(Code::ExitWithoutEntry, sum.exitWithoutEntry);
    told(Code::WrongPcpu, sum.wrongPcpu);
    told(Code::SwitchFromOther, sum.switchFromOther);
    told(Code::SwitchToElsewhere, sum.switchToElsewhere);
    told(Code::UserspaceInEntry, sum.userspaceInEntry);
}

TimelineBuilder::TimelineBuilder(ReasonTable &reasons, SwitchesRecorded switches, Recorded recorded)
    : d(std::make_unique<Private>(reasons, switches, recorded))
{
}

TimelineBuilder::~TimelineBuilder() = default;

std::uint32_t TimelineBuilder::Private::intern(const QString &name)
{
    const auto found = nameIndex.constFind(name);
    if (found != nameIndex.constEnd())
        return *found;
    names.push_back(name);
    return *nameIndex.insert(name, std::uint32_t(names.size() - 1));
}

std::uint32_t TimelineBuilder::intern(const QString &name)
{
    return d->intern(name);
}

void TimelineBuilder::add(std::span<const Record> records)
{
    d->add(records);
}

Timeline TimelineBuilder::finish(TimeRange range)
{
    return d->finish(range);
}

bool TimelineBuilder::lacksSwitchesIn()
{
    return d->lacksSwitchesIn();
}

const Diagnostics &TimelineBuilder::diagnostics() const
{
    return d->told();
}

} // namespace exitscope
