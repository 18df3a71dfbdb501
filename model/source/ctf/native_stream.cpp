// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/native_stream.h"

#include <algorithm>
#include <utility>

namespace exitscope::ctf {

namespace {

using Item = StreamCursor::Item;

bool declares(const StreamClass &stream, EventKind kind)
{
    return std::ranges::any_of(
        stream.events, [kind](const auto &event) { return classify(event.second.name).kind == kind; });
}

std::optional<std::string> environment(const TraceClass &trace, const std::string &name)
{
    const auto found = trace.environment.find(name);
    if (found == trace.environment.end())
        return std::nullopt;
    const auto *text = std::get_if<std::string>(&found->second);
    return text ? *text : std::to_string(std::get<std::int64_t>(found->second));
}

void describeContexts(const Trace &trace, const StreamClass &stream, wire::Description &description)
{
    const StreamLayout &layout = trace.stream(stream.id);
    description.hasTid = description.hasPid = description.hasProcname = !stream.events.empty();
    for (const auto &[id, event] : stream.events) {
        const auto &plan = layout.event(id)->plan;
        description.hasTid = description.hasTid && bool(plan.tid);
        description.hasPid = description.hasPid && bool(plan.pid);
        description.hasProcname = description.hasProcname && bool(plan.procname);
    }
}

} // namespace

wire::Description describe(const Trace &trace, const StreamClass &stream)
{
    const TraceClass &traceClass = trace.traceClass();
    wire::Description description;
    description.traceUuid = traceClass.traceUuid;
    wire::describeEnvironment(description, [&](const char *name) { return environment(traceClass, name); });
    const ClockClass &clock = traceClass.clocks.at(*stream.clock);
    description.clockName = clock.name;
    description.clockUuid = clock.uuid;
    description.clockFrequency = clock.frequency;
    description.clockOffsetSeconds = clock.offsetSeconds;
    description.clockOffsetCycles = clock.offsetCycles;
    describeContexts(trace, stream, description);
    description.hasSwitches = declares(stream, EventKind::SchedSwitch);
    auto &names = description.events;
    for (const auto &[id, other] : traceClass.streams)
        for (const auto &[eventId, event] : other.events)
            names.push_back(event.name);
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return description;
}

NativeStream::NativeStream(std::shared_ptr<const StreamData> data, Plain plain, const std::atomic<bool> &stop)
    : m_data(std::move(data)), m_stop(stop), m_cursor(m_data), m_recorder(options(plain))
{
}

bool NativeStream::isElsewhere(EventKind kind) const
{
    const StreamClass *own = m_data->layout().stream;
    return std::ranges::any_of(m_data->trace().traceClass().streams,
        [&](const auto &stream) { return &stream.second != own && declares(stream.second, kind); });
}

StreamRecorder::Options NativeStream::options(Plain plain)
{
    StreamRecorder::Options options;
    options.plain = plain;
    options.hasSwitches = declares(*m_data->layout().stream, EventKind::SchedSwitch);
    options.switchesElsewhere = isElsewhere(EventKind::SchedSwitch);
    options.entriesElsewhere = isElsewhere(EventKind::VmEntry);
    options.nextSwitch = [this](std::uint64_t event) { return nextSwitch(event); };
    return options;
}

bool NativeStream::step()
{
    std::uint32_t kinds = 0;
    if (const std::uint64_t untold = m_cursor.skip(m_recorder.untold(), kinds); untold > 0)
        m_recorder.untoldEvents(untold, m_cursor.timeNs(), kinds);
    switch (m_cursor.next()) {
    case Item::DiscardedEvents:
        m_recorder.discardedEvents(m_cursor.count());
        break;
    case Item::DiscardedPackets:
        m_recorder.discardedPackets(m_cursor.count());
        break;
    case Item::PacketBegin:
        if (m_data->layout().hasPacketContext)
            m_recorder.packetBegin(m_cursor.packet().cpu);
        break;
    case Item::PacketEnd:
        m_recorder.packetEnd();
        break;
    case Item::Event:
        m_recorder.eventAt(m_cursor.timeNs(), m_cursor.event().kinds);
        if (!m_recorder.omitsRecords())
            m_recorder.event(m_cursor.event().plan.what, m_cursor.told());
        break;
    case Item::RepeatedEvent:
        m_recorder.repeatedEvent();
        break;
    case Item::End:
        m_recorder.end();
        return false;
    }
    return true;
}

StreamTeller::NextSwitch NativeStream::nextSwitch(std::uint64_t event)
{
    if (!m_aheadCursor)
        m_aheadCursor.emplace(m_data);
    for (;;) {
        if (const auto answer = m_ahead.behind(event))
            return *answer;
        if (m_stop)
            throw CtfError("it was ended");
        try {
            lookAhead();
        } catch (const CtfError &) {
            m_ahead.end(true); // for what is still told of what came before
            throw;
        }
    }
}

void NativeStream::lookAhead()
{
    switch (m_aheadCursor->next()) {
    case Item::DiscardedEvents:
        m_ahead.discardedEvents();
        break;
    case Item::DiscardedPackets:
        m_ahead.discardedPackets();
        break;
    case Item::PacketEnd:
        m_ahead.packetEnd();
        break;
    case Item::Event:
        m_ahead.event(m_aheadCursor->timeNs());
        if (m_aheadCursor->event().plan.what.kind == EventKind::SchedSwitch)
            m_ahead.switchedOff(m_aheadCursor->told().tidAt(field::PrevTid));
        break;
    case Item::End:
        m_ahead.end();
        break;
    case Item::PacketBegin:
    case Item::RepeatedEvent:
        break;
    }
}

} // namespace exitscope::ctf
