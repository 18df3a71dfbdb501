// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/events/exit_anatomy.h"

#include <algorithm>
#include <optional>

#include "model/events/event_text.h"
#include "model/events/raw_record.h"
#include "model/guest/interrupt_text.h"
#include "model/load/event_places.h"

namespace exitscope {

namespace {

QString callText(const EventClass &what, const Record &record)
{
    if (what.kind == EventKind::IoctlEntry)
        return record.ioctlEntry.cmd == kKvmRun ? QStringLiteral("ioctl (KVM_RUN)") : QStringLiteral("ioctl");
    if (what.kind == EventKind::IoctlExit)
        return QStringLiteral("ioctl");
    const QString name = shownText(what.call.text());
    return name.isEmpty() ? QStringLiteral("system call") : name;
}

// Spans of one lane that begin and end by events; those of which only one end was told go on to the border.
class LaneBuilder {
public:
    LaneBuilder(std::vector<AnatomySpan> &spans, TimeRange range) : m_spans(spans), m_range(range) { }

    void open(Ns t, QString text)
    {
        m_open.push_back(m_spans.size());
        m_spans.push_back({{t, m_range.to}, std::move(text), int(m_open.size()) - 1, false, true});
    }
    // The innermost with that text, and what is open on top of it; without one it was so since the range began.
    void close(Ns t, const QString &text)
    {
        const auto found = std::find_if(
            m_open.rbegin(), m_open.rend(), [&](std::size_t span) { return isOf(m_spans[span].text, text); });
        if (found == m_open.rend()) {
            endAll(t);
            for (AnatomySpan &span : m_spans) // that one was below
                ++span.depth;
            m_spans.insert(m_spans.begin(), {{m_range.from, t}, text, 0, true, false});
            return;
        }
        for (auto span = m_open.rbegin(); span != found + 1; ++span)
            end(*span, t);
        m_open.erase(found.base() - 1, m_open.end());
    }
    void endAll(Ns t)
    {
        for (const std::size_t span : m_open)
            end(span, t);
        m_open.clear();
    }
    bool isEmpty() const { return m_spans.empty(); }

private:
    // "ioctl (KVM_RUN)" ends as "ioctl", "irq:4" as "irq": ends tell less.
    static bool isOf(const QString &begun, const QString &ended)
    {
        return begun == ended || begun.startsWith(ended % u' ') || begun.startsWith(ended % u':');
    }
    void end(std::size_t span, Ns t)
    {
        m_spans[span].range.to = t;
        m_spans[span].endsBehind = false;
    }

    std::vector<AnatomySpan> &m_spans;
    TimeRange m_range;
    std::vector<std::size_t> m_open; // in m_spans, the innermost last
};

class AnatomyBuilder {
public:
    AnatomyBuilder(const VcpuAt &vcpu, std::size_t exit, TimeRange range)
        : m_vcpu(*vcpu.vcpu), m_exit(exit), m_calls(m_anatomy.calls, range), m_interrupts(m_anatomy.interrupts, range),
          m_others(m_anatomy.others, range)
    {
        m_anatomy.range = range;
        m_anatomy.exitNs = m_vcpu.exits.time(exit);
        addStates();
    }

    void add(std::size_t position, const ListedEvent &listed);
    ExitAnatomy take() { return std::move(m_anatomy); }

private:
    void addStates();
    void addSwitch(const MeantEvent &event, Ns t);
    void addCall(const MeantEvent &event, Ns t);
    std::int32_t placeAt(Ns t) const;
    bool isOwn(const Record &record, Ns t) const;

    const Vcpu &m_vcpu;
    std::size_t m_exit;
    ExitAnatomy m_anatomy;
    LaneBuilder m_calls;
    LaneBuilder m_interrupts;
    LaneBuilder m_others;
};

void AnatomyBuilder::addStates()
{
    const StateColumns &states = m_vcpu.states;
    const TimeRange &range = m_anatomy.range;
    std::size_t i = states.at(range.from);
    if (i == states.size() && i > 0 && range.from < states.begin(0))
        i = 0;
    for (; i < states.size() && states.begin(i) < range.to; ++i)
        m_anatomy.states.push_back(
            {{std::max(states.begin(i), range.from), std::min(states.end(i), range.to)}, states.state(i)});
}

// The pCPU where the vCPU is, or was last.
std::int32_t AnatomyBuilder::placeAt(Ns t) const
{
    const StateColumns &states = m_vcpu.states;
    for (std::size_t i = states.at(t); i < states.size(); --i) {
        if (states.pcpu(i) != kNoPcpu)
            return states.pcpu(i);
        if (i == 0 || states.end(i) < m_anatomy.range.from)
            break;
    }
    return m_vcpu.exits.pcpu(m_exit);
}

// By its thread, where events tell theirs; else by where it was.
bool AnatomyBuilder::isOwn(const Record &record, Ns t) const
{
    if (m_vcpu.tid && record.tid != kNoThread)
        return record.tid == *m_vcpu.tid;
    const std::size_t state = m_vcpu.states.at(t);
    return state < m_vcpu.states.size() && m_vcpu.states.pcpu(state) == record.pcpu && record.pcpu != kNoPcpu;
}

void AnatomyBuilder::addCall(const MeantEvent &event, Ns t)
{
    const bool enters = event.record.kind == EventKind::IoctlEntry || event.what.entersKernel;
    const bool leaves = event.record.kind == EventKind::IoctlExit || event.what.leavesKernel;
    if (enters)
        m_calls.endAll(t); // a thread is in one at a time
    if (enters)
        m_calls.open(t, callText(event.what, event.record));
    else if (leaves)
        m_calls.close(t, callText(event.what, event.record));
}

void AnatomyBuilder::addSwitch(const MeantEvent &event, Ns t)
{
    const auto text = [](std::int32_t tid, const std::string &comm) {
        return tid == 0 ? QStringLiteral("nobody")
                        : QString(shownText(comm) % QStringLiteral(" (") % QString::number(tid) % u')');
    };
    const SwitchData &switched = event.record.switched;
    const auto isVcpu = [this](std::int32_t tid) { return m_vcpu.tid && tid == *m_vcpu.tid; };
    if (m_others.isEmpty() && !isVcpu(switched.prevTid)) {
        m_others.close(t, text(switched.prevTid, event.prevComm));
        m_anatomy.others.front().isNobody = switched.prevTid == 0;
    }
    m_others.endAll(t);
    if (!isVcpu(switched.nextTid)) {
        m_others.open(t, text(switched.nextTid, event.nextComm));
        m_anatomy.others.back().isNobody = switched.nextTid == 0;
    }
}

void AnatomyBuilder::add(std::size_t position, const ListedEvent &listed)
{
    const Ns t = listed.timeNs;
    const MeantEvent event = meaningOf(listed.event);
    const Record &record = event.record;
    const bool isThere = record.pcpu == placeAt(t);
    const bool isOfSwitch = record.kind == EventKind::SchedSwitch;
    const bool isWakeup = record.kind == EventKind::SchedWakeup && m_vcpu.tid && record.wakeup.tid == *m_vcpu.tid;
    const bool isMoved = record.kind == EventKind::Migration && m_vcpu.tid && record.migration.tid == *m_vcpu.tid;
    const bool isOwnEvent = isOwn(record, t);
    const bool isSwitchIn = isOfSwitch && m_vcpu.tid && record.switched.nextTid == *m_vcpu.tid;
    if (isOwnEvent || isWakeup || isMoved || isSwitchIn)
        m_anatomy.marks.push_back(position);
    if (isOwnEvent)
        addCall(event, t);
    if (isOfSwitch && (isThere || isOwnEvent || isSwitchIn))
        addSwitch(event, t);
    if (isThere && record.kind == EventKind::IrqBegin)
        m_interrupts.open(t, interruptText(record.irq.source, record.irq.number));
    else if (isThere && record.kind == EventKind::IrqEnd)
        m_interrupts.close(t, interruptText(record.irq.source, record.irq.number));
}

// Threads and pCPUs of two hosts have the same numbers.
bool isOfHost(const Recording &recording, std::size_t trace, std::size_t host)
{
    return recording.places && recording.places->traces[trace].host == host;
}

} // namespace

ExitAnatomy anatomyOf(const Recording &recording, const VcpuAt &vcpu, std::size_t exit, const EventList &list,
    TimeRange range, CancelFlag cancel)
{
    constexpr std::size_t kEventsPerLook = 256;
    if (list.areMore) // what comes behind the last one is not known
        range.to = std::clamp(list.events.back().timeNs, range.from, range.to);
    AnatomyBuilder builder(vcpu, exit, range);
    for (std::size_t i = 0; i < list.events.size(); ++i) {
        if (i % kEventsPerLook == 0 && isCancelled(cancel))
            break;
        const ListedEvent &listed = list.events[i];
        if (isOfHost(recording, listed.trace, vcpu.key.vm.host) && listed.timeNs >= range.from
            && listed.timeNs < range.to)
            builder.add(i, listed);
    }
    return builder.take();
}

} // namespace exitscope
