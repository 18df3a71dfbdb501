// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/record/stream_teller.h"

#include <algorithm>
#include <utility>

namespace exitscope {

void StreamTeller::discardedEvents()
{
    m_switchedTo = kNoThread;
    m_losses.discardedEvents();
}

void StreamTeller::discardedPackets()
{
    m_switchedTo = kNoThread;
    m_losses.discardedPackets();
}

void StreamTeller::packetEnd()
{
    m_losses.packetEnd();
    if (m_losses.isBlind())
        m_switchedTo = kNoThread;
    settle();
}

void StreamTeller::beginEvent(Ns timeNs, std::int32_t pcpu)
{
    m_pcpu = pcpu;
    const Place place{timeNs, m_dropped + m_records.size()};
    m_losses.event();
    m_isQuiet = m_isCalm && m_losses.isQuiet();
    if (m_isQuiet)
        m_places.front() = place;
    else
        m_places.push_back(place);
}

void StreamTeller::thread(std::int32_t tid, const ThreadData &data)
{
    Record record = make(EventKind::ThreadInfo, tid, m_places.back().timeNs);
    record.thread = data;
    m_records.push_back(record);
}

void StreamTeller::endEvent(Record record)
{
    record.timeNs = m_places.back().timeNs;
    record.pcpu = m_pcpu;
    // A proof only ends a run, so the first one after a VM entry is enough. Beside that an event tells where its thread
    // is, which is news if no sched_switch of the stream told it before. A mark has a text beside.
    const bool isMark = record.kind == EventKind::HostProof && (record.plain.facts & IsMark) != 0;
    if (record.kind != EventKind::HostProof || isMark || tellsProof(record.provesHost, record.tid))
        m_records.push_back(record);
    note(record);
    settleEvent();
}

void StreamTeller::end(std::int32_t pcpu)
{
    m_losses.packetEnd();
    settle();
    if (m_places.empty() && m_losses.isBlind()) {
        m_pcpu = pcpu;
        m_records.push_back(blind(0, true)); // at the begin of the recording, whenever that is
    }
    m_settled = m_records.size();
}

std::vector<Record> StreamTeller::takeSettled()
{
    const auto behind = m_records.begin() + static_cast<std::ptrdiff_t>(m_settled);
    std::vector<Record> rest(behind, m_records.end());
    m_records.erase(behind, m_records.end());
    m_dropped += m_settled;
    m_settled = 0;
    return std::exchange(m_records, std::move(rest));
}

StreamTeller::Place StreamTeller::place(std::uint64_t event) const
{
    if (event > m_losses.events())
        return {m_places.back().timeNs, m_dropped + m_records.size()};
    return m_places[event - firstPlace()];
}

void StreamTeller::note(const Record &record)
{
    const bool isSwitch = record.kind == EventKind::SchedSwitch;
    m_entryUnproven = record.kind == EventKind::VmEntry || (m_entryUnproven && !record.provesHost);
    if (isSwitch)
        m_switchedTo = record.switched.nextTid;
    if (isSwitch && m_options.hasSwitches && m_options.everySwitch) {
        m_switches.push_back(m_losses.events());
        m_isCalm = m_isQuiet = false;
    }
}

Record StreamTeller::make(EventKind kind, std::int32_t tid, Ns timeNs) const
{
    Record record;
    record.timeNs = timeNs;
    record.pcpu = m_pcpu;
    record.tid = tid;
    record.kind = kind;
    record.provesHost = false;
    return record;
}

Record StreamTeller::blind(Ns timeNs, bool fromBegin)
{
    Record record = make(EventKind::Blind, kNoThread, timeNs);
    record.blind = {static_cast<std::uint8_t>(m_options.hasSwitches), static_cast<std::uint8_t>(fromBegin)};
    m_blindPcpu = m_pcpu;
    return record;
}

void StreamTeller::insert(std::uint64_t event, Record record)
{
    const std::size_t at = place(event).at;
    m_records.insert(m_records.begin() + static_cast<std::ptrdiff_t>(at - m_dropped), record);
    for (std::uint64_t moved = std::max(event, firstPlace()); moved <= m_losses.events(); ++moved)
        ++m_places[moved - firstPlace()].at;
}

// Before the event: which thread the first sched_switch from there on takes off.
void StreamTeller::tellNextSwitch(std::uint64_t before, Ns timeNs)
{
    if (!m_options.hasSwitches)
        return;
    const NextSwitch next = m_options.nextSwitch(before - 1);
    m_askedSwitch = before - 1;
    Record record = make(EventKind::NextSwitch, next.tid, timeNs);
    record.nextSwitch = {next.atNs};
    insert(before, record);
}

void StreamTeller::tellMarks()
{
    for (const LossTracker::Mark &mark : m_losses.takeMarks()) {
        const Ns timeNs = place(std::max<std::uint64_t>(mark.event, 1)).timeNs;
        if (mark.begins) {
            insert(mark.event + 1, blind(timeNs, mark.event == 0));
        } else {
            tellNextSwitch(mark.event, timeNs);
            Record sighted = make(EventKind::Sighted, kNoThread, timeNs);
            sighted.pcpu = m_blindPcpu;
            insert(mark.event, sighted);
        }
        m_begun = true;
    }
}

// At the time of the switch itself: a stretch can still turn out to begin behind it.
void StreamTeller::tellSwitches()
{
    for (; !m_switches.empty() && m_switches.front() <= m_losses.settled(); m_switches.pop_front())
        if (m_switches.front() > m_askedSwitch) // else a stretch ended behind it
            tellNextSwitch(m_switches.front() + 1, place(m_switches.front()).timeNs);
}

void StreamTeller::settleEvent()
{
    if (m_isQuiet)
        m_settled = m_records.size();
    else
        settle();
}

void StreamTeller::settle()
{
    if (m_places.empty())
        return; // where a loss before the first event is told, that event says
    tellMarks();
    if (m_losses.settled() == 1 && !std::exchange(m_begun, true))
        tellNextSwitch(1, m_places.front().timeNs);
    tellSwitches();
    m_settled = place(m_losses.settled() + 1).at - m_dropped;
    while (m_places.size() > 1 && firstPlace() < m_losses.settled())
        m_places.pop_front();
    m_isCalm = m_begun && m_places.size() == 1 && m_switches.empty();
}

} // namespace exitscope
