// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <set>
#include <stdexcept>

#include "tests/tools/event_script.h"

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
    record.irq = {source};
    return record;
}

void fillExit(Record &record, const Event &event)
{
    record.kind = EventKind::VmExit;
    record.hasIntrInfo = event.intrInfo != kAbsent;
    record.exit
        = {std::uint64_t(event.rip), std::uint32_t(event.reason), event.isa == kAbsent ? 0 : std::uint32_t(event.isa),
            event.vcpuId == kAbsent ? std::int32_t(kNoVcpuId) : std::int32_t(event.vcpuId),
            record.hasIntrInfo ? std::uint32_t(event.intrInfo) : 0};
}

Record vmsyncRecord(Record record, const Event &event, VmsyncPoint point)
{
    record.kind = EventKind::Vmsync;
    record.vmsync = {std::uint64_t(event.vmUid), std::uint32_t(event.number), point};
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
        record.wakeup = {std::int32_t(event.subjectTid)};
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

// Goes through the script once, with a look ahead for the threads that sched_switch shows.
class RecordMaker {
public:
    explicit RecordMaker(const std::vector<ScriptLine> &lines) : m_lines(lines)
    {
        for (const ScriptLine &line : lines) {
            if (line.kind == ScriptLine::Kind::Event && line.event.type == EventType::SchedSwitch)
                m_pending.insert(line.pcpu);
        }
        m_switched = m_pending;
    }

    ScriptRecords make()
    {
        for (std::size_t i = 0; i < m_lines.size(); ++i) {
            const ScriptLine &line = m_lines[i];
            if (line.kind == ScriptLine::Kind::Packet)
                continue;
            if (line.kind != ScriptLine::Kind::Event && line.kind != ScriptLine::Kind::Lost)
                fail(line, "lose is for written traces; use lost");
            checkOrder(line);
            if (line.kind == ScriptLine::Kind::Lost)
                addLoss(line);
            else
                addEvent(i);
        }
        return std::move(m_result);
    }

private:
    [[noreturn]] static void fail(const ScriptLine &line, const std::string &cause)
    {
        throw std::invalid_argument("line " + std::to_string(line.number) + ": " + cause);
    }

    void checkOrder(const ScriptLine &line)
    {
        if (std::pair(line.timeNs, line.pcpu) < m_last)
            fail(line, "not ordered by time, then physical CPU");
        m_last = {line.timeNs, line.pcpu};
    }

    void addLoss(const ScriptLine &line)
    {
        Record record;
        record.kind = EventKind::Blind;
        record.timeNs = line.timeNs;
        record.pcpu = line.pcpu;
        record.blind = line.blind;
        m_result.records.push_back(record);
        m_blindUntil[line.pcpu] = line.blind.untilNs;
        if (m_switched.contains(line.pcpu))
            m_pending.insert(line.pcpu);
    }

    void addEvent(std::size_t index)
    {
        const ScriptLine &line = m_lines[index];
        const auto blind = m_blindUntil.find(line.pcpu);
        if (blind != m_blindUntil.end() && line.timeNs < blind->second)
            fail(line, "an event within a stretch whose events were lost");
        if (m_pending.erase(line.pcpu) > 0)
            addCurrentThread(index);
        addContext(line);
        m_result.records.push_back(eventRecord(line));
        if (line.event.type == EventType::ProcessState || line.event.type == EventType::Fork)
            addThread(line, line.event.subjectTid, line.event.subjectPid, line.event.subjectName);
        if (m_result.beginNs == kNoTime)
            m_result.beginNs = line.timeNs;
        m_result.endNs = line.timeNs;
    }

    void addCurrentThread(std::size_t index)
    {
        Record record;
        record.kind = EventKind::CurrentThread;
        record.provesHost = false;
        record.timeNs = m_lines[index].timeNs;
        record.pcpu = m_lines[index].pcpu;
        for (std::size_t i = index; i < m_lines.size(); ++i) {
            const ScriptLine &line = m_lines[i];
            if (line.pcpu != record.pcpu)
                continue;
            if (line.kind == ScriptLine::Kind::Lost)
                break;
            if (line.kind == ScriptLine::Kind::Event && line.event.type == EventType::SchedSwitch) {
                record.tid = std::int32_t(line.event.prevTid);
                break;
            }
        }
        m_result.records.push_back(record);
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
        m_result.records.push_back(record);
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
    std::pair<Ns, std::int32_t> m_last{kNoTime, kNoPcpu};
    std::set<std::int32_t> m_switched; // pCPUs with sched_switch
    std::set<std::int32_t> m_pending; // pCPUs whose current thread must be told with their next event
    std::map<std::int32_t, Ns> m_blindUntil;
    std::map<std::int64_t, std::pair<std::int64_t, std::string>> m_known;
};

} // namespace

ScriptRecords EventScript::records() const
{
    return RecordMaker(m_lines).make();
}

} // namespace exitscope::testing
