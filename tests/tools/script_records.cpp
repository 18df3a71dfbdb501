// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "tests/tools/event_script.h"
#include "tests/tools/told_streams.h"

namespace exitscope::testing {

namespace {

// What KVM itself can record between kvm_entry and the real VM entry; on purpose not the model's list.
bool provesHost(const std::string &name)
{
    static const std::set<std::string> exempt{"kvm_wait_lapic_expire", "read_msr", "write_msr", "rdpmc"};
    return !exempt.contains(name) && !name.starts_with("x86_fpu_") && !name.starts_with("rcu_");
}

Record irqRecord(Record record, EventKind kind, IrqSource source)
{
    record.kind = kind;
    record.irq = {source, kNoIrq};
    return record;
}

void fillExit(Record &record, const Event &event)
{
    record.kind = EventKind::VmExit;
    record.hasIntrInfo = event.intrInfo != kAbsent;
    record.isa = event.isa == kAbsent ? 0 : std::uint8_t(event.isa);
    record.exit = {std::uint64_t(event.rip), std::uint64_t(event.reason),
        event.vcpuId == kAbsent ? std::int32_t(kNoVcpuId) : std::int32_t(event.vcpuId),
        record.hasIntrInfo ? std::uint32_t(event.intrInfo) : 0, {}};
    record.exit.target = targetOf({.isa = record.isa,
        .reason = record.exit.reason,
        .info1 = std::uint64_t(event.info1),
        .info2 = std::uint64_t(event.info2),
        .intrInfo = record.hasIntrInfo ? std::optional(record.exit.intrInfo) : std::nullopt});
}

Record vmsyncRecord(Record record, const Event &event, VmsyncPoint point)
{
    record.kind = EventKind::Vmsync;
    record.vmsync = {std::uint64_t(event.vmUid), std::uint32_t(event.number), point};
    return record;
}

Record touchRecord(Record record, const Event &event)
{
    static const std::map<std::string, TargetKind> kinds{{"kvm_pio", TargetKind::Port}, {"kvm_mmio", TargetKind::Page},
        {"kvm_fast_mmio", TargetKind::Page}, {"kvm_page_fault", TargetKind::Page}, {"kvm_msr", TargetKind::Msr},
        {"kvm_cpuid", TargetKind::CpuidLeaf}, {"kvm_hypercall", TargetKind::KvmHypercall},
        {"kvm_hv_hypercall", TargetKind::HypervHypercall}, {"kvm_xen_hypercall", TargetKind::XenHypercall},
        {"kvm_apic", TargetKind::ApicRegister}, {"kvm_inj_virq", TargetKind::Vector}};
    const Target target = Target::of(kinds.at(event.otherName), std::uint64_t(event.number));
    if (event.otherName == "kvm_msr" && event.write != 0 && event.number == 0x6e0) {
        record.kind = EventKind::DeadlineWrite;
    } else if (target.isKnown()) { // LTTng's kvm_page_fault tells what is none
        record.kind = EventKind::Touch;
        record.touch = {target, std::uint8_t(event.otherName.ends_with("mmio"))};
    }
    return record;
}

Record eventRecord(const ScriptLine &line)
{
    const Event &event = line.event;
    Record record;
    record.timeNs = line.timeNs;
    record.pcpu = line.pcpu;
    record.tid = event.tid == kAbsent ? kNoThread : std::int32_t(event.tid);
    switch (event.type) {
    case EventType::VmEntry:
        record.kind = EventKind::VmEntry;
        record.entry = {event.vcpuId == kAbsent ? kNoVcpuId : event.vcpuId};
        return record;
    case EventType::VmExit:
        fillExit(record, event);
        return record;
    case EventType::UserspaceExit:
        record.kind = EventKind::UserspaceExit;
        record.userspaceExit = {std::int32_t(event.reason), std::int32_t(event.error)};
        return record;
    case EventType::IoctlEntry:
        record.kind = EventKind::IoctlEntry;
        record.ioctlEntry = {std::uint64_t(event.cmd)};
        return record;
    case EventType::IoctlExit:
        record.kind = EventKind::IoctlExit;
        return record;
    case EventType::SchedSwitch:
        record.kind = EventKind::SchedSwitch;
        record.switched = {event.prevState, std::int32_t(event.prevTid), std::int32_t(event.nextTid)};
        return record;
    case EventType::SchedWakeup:
    case EventType::SchedWakeupNew:
        record.kind = EventKind::SchedWakeup;
        record.wakeup = {std::int32_t(event.subjectTid), std::int32_t(event.targetPcpu)};
        return record;
    case EventType::IrqHandlerEntry:
        return irqRecord(record, EventKind::IrqBegin, IrqSource::Handler);
    case EventType::IrqHandlerExit:
        return irqRecord(record, EventKind::IrqEnd, IrqSource::Handler);
    case EventType::SoftirqEntry:
        return irqRecord(record, EventKind::IrqBegin, IrqSource::Softirq);
    case EventType::SoftirqExit:
        return irqRecord(record, EventKind::IrqEnd, IrqSource::Softirq);
    case EventType::HrtimerEntry:
        return irqRecord(record, EventKind::IrqBegin, IrqSource::Hrtimer);
    case EventType::HrtimerExit:
        return irqRecord(record, EventKind::IrqEnd, IrqSource::Hrtimer);
    case EventType::VectorEntry:
        return irqRecord(record, EventKind::IrqBegin, IrqSource::Vector);
    case EventType::VectorExit:
        return irqRecord(record, EventKind::IrqEnd, IrqSource::Vector);
    case EventType::VmsyncGuestCalls:
        return vmsyncRecord(record, event, VmsyncPoint::GuestCalls);
    case EventType::VmsyncHostReceives:
        return vmsyncRecord(record, event, VmsyncPoint::HostReceives);
    case EventType::VmsyncHostAnswers:
        return vmsyncRecord(record, event, VmsyncPoint::HostAnswers);
    case EventType::VmsyncGuestResumes:
        return vmsyncRecord(record, event, VmsyncPoint::GuestResumes);
    case EventType::TscOffset:
        record.kind = EventKind::TscOffset;
        record.tscOffset = {event.nextOffset, event.previousOffset, std::int32_t(event.vcpuId)};
        return record;
    case EventType::MigrateTask:
        record.kind = EventKind::Migration;
        record.migration
            = {std::int32_t(event.subjectTid), std::int32_t(event.fromPcpu), std::int32_t(event.targetPcpu)};
        return record;
    case EventType::HaltWakeup:
        record.kind = EventKind::HaltWakeup;
        record.haltWakeup = {event.ns, std::uint8_t(event.waited), 1};
        return record;
    case EventType::HaltPolling:
        record.kind = EventKind::HaltPolling;
        record.haltPolling = {
            event.ns, event.previousNs, event.vcpuId == kAbsent ? std::int32_t(kNoVcpuId) : std::int32_t(event.vcpuId)};
        return record;
    case EventType::ProcessExit:
        record.kind = EventKind::ThreadExit;
        record.tid = std::int32_t(event.subjectTid);
        return record;
    case EventType::Touch:
        return touchRecord(record, event);
    case EventType::SchedWaking:
    case EventType::ProcessState:
    case EventType::Fork:
    case EventType::Other:
        record.kind = EventKind::HostProof;
        record.provesHost = provesHost(event.otherName);
        return record;
    }
    throw std::logic_error("an event type without a record");
}

// Goes through the script once.
class RecordMaker {
public:
    explicit RecordMaker(const std::vector<ScriptLine> &lines) : m_lines(lines) { }

    ScriptRecords make()
    {
        for (const ScriptLine &line : m_lines)
            add(line);
        for (Stream &stream : m_streams) {
            stream.told.declaresSwitches = m_switchChannels.contains(stream.channel);
            m_all.streams.push_back(std::move(stream.told));
        }
        m_all.from = m_result.beginNs;
        m_all.to = m_result.endNs;
        m_result.declareSwitches = m_all.declareSwitches();
        std::ranges::stable_sort(m_threads, {}, &Record::timeNs);
        m_result.records = toldRecords(m_all, m_threads);
        return std::move(m_result);
    }

private:
    struct Stream {
        std::int32_t pcpu;
        std::string channel;
        EventStream told;
    };

    EventStream &streamOf(const ScriptLine &line)
    {
        for (Stream &stream : m_streams)
            if (stream.pcpu == line.pcpu && stream.channel == line.channel)
                return stream.told;
        Stream &stream = m_streams.emplace_back();
        stream.pcpu = stream.told.pcpu = line.pcpu;
        stream.channel = line.channel;
        stream.told.packets.emplace_back();
        return stream.told;
    }

    void add(const ScriptLine &line)
    {
        EventStream &stream = streamOf(line);
        switch (line.kind) {
        case ScriptLine::Kind::Packet:
            stream.packets.emplace_back();
            return;
        case ScriptLine::Kind::Lose:
            stream.packets.back().eventsLost = true;
            return;
        case ScriptLine::Kind::LosePackets:
            stream.packets.back().packetsLost = true;
            return;
        case ScriptLine::Kind::Event:
            break;
        }
        checkOrder(line, stream);
        addContext(line);
        stream.packets.back().events.push_back(eventRecord(line));
        if (line.event.type == EventType::SchedSwitch)
            m_switchChannels.insert(line.channel);
        if (line.event.type == EventType::ProcessState || line.event.type == EventType::Fork)
            addThread(line, line.event.subjectTid, line.event.subjectPid, line.event.subjectName);
        if (m_result.beginNs == kNoTime || line.timeNs < m_result.beginNs)
            m_result.beginNs = line.timeNs;
        m_result.endNs = std::max(m_result.endNs, line.timeNs);
    }

    static void checkOrder(const ScriptLine &line, const EventStream &stream)
    {
        for (const EventPacket &packet : stream.packets)
            if (!packet.events.empty() && packet.events.back().timeNs > line.timeNs)
                throw std::invalid_argument("line " + std::to_string(line.number) + ": goes back in its stream");
    }

    // A source tells of a thread's process and name when they are new or changed.
    void addContext(const ScriptLine &line)
    {
        const Event &event = line.event;
        if (event.recordedTid() == kAbsent || (event.pid == kAbsent && event.procname.empty()))
            return;
        auto &known = m_known[event.recordedTid()];
        if (known == std::pair(event.pid, event.procname))
            return;
        known = {event.pid, event.procname};
        addThread(line, event.recordedTid(), event.pid, event.procname);
    }

    void addThread(const ScriptLine &line, std::int64_t tid, std::int64_t pid, const std::string &name)
    {
        Record record;
        record.kind = EventKind::ThreadInfo;
        record.provesHost = false;
        record.timeNs = line.timeNs;
        record.pcpu = line.pcpu;
        record.tid = std::int32_t(tid);
        record.thread = {pid == kAbsent ? kNoThread : std::int32_t(pid), nameIndex(name)};
        m_threads.push_back(record);
    }

    std::uint32_t nameIndex(const std::string &name)
    {
        if (name.empty())
            return kNoName;
        auto &names = m_result.names;
        const auto found = std::find(names.begin(), names.end(), name);
        if (found != names.end())
            return std::uint32_t(found - names.begin());
        names.push_back(name);
        return std::uint32_t(names.size() - 1);
    }

    const std::vector<ScriptLine> &m_lines;
    ScriptRecords m_result;
    EventStreams m_all;
    std::vector<Stream> m_streams; // in the order in which they first occur
    std::set<std::string> m_switchChannels; // that declare sched_switch
    std::vector<Record> m_threads;
    std::map<std::int64_t, std::pair<std::int64_t, std::string>> m_known;
};

} // namespace

ScriptRecords EventScript::records() const
{
    return RecordMaker(m_lines).make();
}

} // namespace exitscope::testing
