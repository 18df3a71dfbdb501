// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/record/stream_recorder.h"

#include <limits>
#include <utility>

namespace exitscope {

namespace {

StreamTeller::Options tellerOptions(StreamRecorder::Options options)
{
    StreamTeller::Options teller;
    // The runs that end here may begin in another channel of the trace.
    const bool needsAll = options.plain == Plain::FirstProofs && options.entriesElsewhere;
    teller.plain = needsAll ? Plain::AllProofs : options.plain;
    teller.hasSwitches = options.hasSwitches;
    teller.everySwitch = options.hasSwitches && options.switchesElsewhere;
    teller.nextSwitch = std::move(options.nextSwitch);
    return teller;
}

} // namespace

StreamRecorder::StreamRecorder(Options options)
    : m_tellsCalls(options.plain == Plain::All), m_teller(tellerOptions(std::move(options)))
{
}

// Before the first packet the tracer's counter has nothing to be compared with: at least one. A counter that steps back
// tells no number.
std::uint64_t StreamRecorder::lost(std::optional<std::uint64_t> count)
{
    m_summary.uncountedLosses += count ? 0 : 1;
    if (count.value_or(1) <= std::numeric_limits<std::uint64_t>::max() / 2)
        return count.value_or(1);
    ++m_summary.stepsBack;
    return 0;
}

void StreamRecorder::discardedEvents(std::optional<std::uint64_t> count)
{
    m_summary.discardedEvents += lost(count);
    if (!m_omit)
        m_teller.discardedEvents();
    settled();
}

void StreamRecorder::discardedPackets(std::optional<std::uint64_t> count)
{
    m_summary.discardedPackets += lost(count);
    if (!m_omit)
        m_teller.discardedPackets();
    settled();
}

void StreamRecorder::lostEvents(std::optional<std::uint64_t> count)
{
    m_summary.discardedEvents += lost(count);
    if (!m_omit)
        m_teller.discardedPackets();
    settled();
}

void StreamRecorder::thread(std::int32_t tid, std::int32_t pid, std::string_view name)
{
    if (!m_omit)
        m_pending.push_back({tid, pid, name.data() ? std::optional(std::string(name)) : std::nullopt});
}

void StreamRecorder::packetBegin(std::optional<std::int64_t> cpu)
{
    const bool isNumber = cpu && *cpu >= 0 && *cpu <= kMaxPcpu;
    m_summary.pcpu = isNumber ? static_cast<std::int32_t>(*cpu) : kNoPcpu;
    settled();
}

void StreamRecorder::packetEnd()
{
    ++m_summary.packets;
    if (!m_omit)
        m_teller.packetEnd();
    settled();
}

void StreamRecorder::eventAt(Ns timeNs, std::uint32_t kinds)
{
    if (m_summary.events++ == 0) {
        m_summary.beginNs = timeNs;
    } else if (timeNs < m_summary.endNs) {
        ++m_summary.stepsBack;
        timeNs = m_summary.endNs;
    }
    m_summary.endNs = timeNs;
    m_summary.richness |= kinds;
}

void StreamRecorder::event(const EventClass &what, const EventTold &told)
{
    m_teller.beginEvent(m_summary.endNs, m_summary.pcpu);
    if (!m_pending.empty())
        tellPending();
    if (what.kind == EventKind::HostProof && !what.isMark && !m_teller.tellsProof(what.provesHost, told.tid)) {
        tellContexts(told, told.tid);
        m_teller.endUntold();
    } else {
        Record record = recordOf(what, told);
        if (told.tid != kNoThread)
            record.tid = told.tid;
        tellContexts(told, record.tid);
        tellFields(what, told);
        if (m_tellsCalls && (what.entersKernel || what.leavesKernel))
            tellCall(what, told, record.plain);
        else if (what.isMark)
            tellMark(told, record.plain);
        m_teller.endEvent(record);
    }
    m_tid = told.tid;
    m_isContextKnown = what.kind != EventKind::SchedSwitch && what.kind != EventKind::ThreadInfo
        && what.kind != EventKind::ThreadExit; // which tell of threads beside
    settled();
}

StreamRecorder::Untold StreamRecorder::untold() const
{
    if (m_omit)
        return {.all = true};
    if (!m_isContextKnown || !m_pending.empty() || !m_teller.isCalm())
        return {};
    return {.proofs = !m_teller.tellsProof(true, m_tid), .others = !m_teller.tellsProof(false, m_tid)};
}

void StreamRecorder::untoldEvents(std::uint64_t count, Ns lastNs, std::uint32_t kinds)
{
    m_summary.events += count;
    m_summary.endNs = lastNs;
    m_summary.richness |= kinds;
    if (!m_omit)
        m_teller.untold(count, lastNs, m_summary.pcpu);
}

void StreamRecorder::end()
{
    if (m_omit)
        return;
    m_teller.end(m_summary.pcpu);
    settled();
}

// The first record of a survey is final: the others are not wanted.
void StreamRecorder::noteBegin()
{
    const Record &first = m_teller.records().front();
    if (first.kind == EventKind::NextSwitch) {
        m_summary.beginsWithSwitch = 1;
        m_summary.switchTid = first.tid;
        m_summary.switchPcpu = first.pcpu;
        m_summary.switchNs = first.nextSwitch.atNs;
    }
    m_omit = true;
    m_teller = {};
}

void StreamRecorder::tellPending()
{
    for (const Pending &thread : m_pending)
        tellThread(thread.tid, thread.pid, thread.name ? std::string_view(*thread.name) : std::string_view());
    m_pending.clear();
}

void StreamRecorder::tellContexts(const EventTold &told, std::int32_t tid)
{
    if (told.pid != kNoThread || told.procname.data())
        tellThread(tid, told.pid, told.procname);
}

void StreamRecorder::tellFields(const EventClass &what, const EventTold &told)
{
    if (what.kind == EventKind::SchedSwitch) {
        tellThread(told.tidAt(field::PrevTid), kNoThread, told.text(field::PrevComm));
        tellThread(told.tidAt(field::NextTid), kNoThread, told.text(field::NextComm));
    } else if (what.kind == EventKind::ThreadInfo) {
        tellThread(told.tidAt(field::ThreadTid), told.tidAt(field::ThreadPid), told.text(field::ThreadName));
    }
}

void StreamRecorder::tellCall(const EventClass &what, const EventTold &told, PlainData &call)
{
    if (!what.call.text().empty())
        call.call = 1 + m_threads.intern(what.call.text());
    if (what.entersKernel && !told.text(field::CallFile).empty())
        call.file = 1 + m_threads.intern(told.text(field::CallFile));
}

void StreamRecorder::tellMark(const EventTold &told, PlainData &mark)
{
    std::string_view text = told.text(field::MarkText);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\0'))
        text.remove_suffix(1);
    if (text.empty())
        return;
    mark.facts |= IsMark;
    mark.file = 1 + m_threads.intern(text);
}

void StreamRecorder::tellThread(std::int32_t tid, std::int32_t pid, std::string_view name)
{
    if (const auto news = m_threads.tell(tid, pid, name))
        m_teller.thread(tid, *news);
}

} // namespace exitscope
