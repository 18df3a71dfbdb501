// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/event_teller.h"

#include <algorithm>
#include <cstdio>
#include <new>
#include <stdexcept>

#include "app/reader/ctf/cut_files.h"
#include "app/reader/ctf/fixed_files.h"
#include "app/reader/ctf/message_fields.h"
#include "app/reader/ctf/shared_trace.h"
#include "app/reader/open_trace_file.h"
#include "model/record/event_answer.h"
#include "model/record/far_time.h"

namespace exitscope::reader {

namespace {

// Writes what is asked for of the events that it is given.
class AskedEvents {
public:
    explicit AskedEvents(const EventsAsked &asked) : m_asked(asked) { }

    bool wants(Ns time) const { return time >= m_asked.from && time < m_asked.to && m_count < m_asked.most; }
    // Nothing more of a stream that is at that time, whose times do not step back by more than a second.
    bool isBehind(Ns time) const
    {
        constexpr Ns kMostBack = 1'000'000'000;
        return m_count >= m_asked.most || time >= shifted(m_asked.to, kMostBack);
    }
    void tell(const RawEvent &event)
    {
        constexpr std::size_t kFull = 1u << 16;
        ++m_count;
        wire::appendEvent(m_bytes, event);
        if (m_bytes.size() > kFull)
            flush();
    }
    void end(std::string_view cause)
    {
        wire::appendEnd(m_bytes, cause);
        flush();
        if (std::fflush(stdout) != 0)
            throw std::runtime_error("the events cannot be written; what they go to must be no file");
    }

private:
    void flush()
    {
        if (std::fwrite(m_bytes.data(), 1, m_bytes.size(), stdout) != m_bytes.size())
            throw std::runtime_error("the events cannot be written; what they go to must be no file");
        m_bytes.clear();
    }

    EventsAsked m_asked;
    std::uint64_t m_count = 0;
    std::string m_bytes;
};

void tellFile(const Server::Input &input, AskedEvents &asked)
{
    const auto trace = openTraceFile(input.path);
    const auto &cpus = trace->cpus();
    const auto cpu = std::ranges::find(cpus, input.cpu, &FileCpu::number);
    if (cpu == cpus.end())
        throw ReadError("the file has no events of CPU " + std::to_string(input.cpu));
    const auto stream = trace->read(static_cast<std::size_t>(cpu - cpus.begin()));
    for (FileStep step; stream->next(step);) {
        if (step.kind != FileStep::Kind::Event)
            continue;
        if (asked.isBehind(step.timeNs))
            return;
        if (!asked.wants(step.timeNs))
            continue;
        RawEvent event;
        event.timeNs = step.timeNs;
        event.pcpu = input.cpu;
        event.tid = std::max(step.told.tid, kNoThread);
        stream->tellFields(event);
        asked.tell(event);
    }
}

std::unique_ptr<CtfStream> openStream(const Server::Input &input, SharedTrace &shared)
{
    if (!input.file.empty())
        return shared.take(input.path, input.file);
    noteCuts(input.path);
    noteFixes(input.path);
    const auto trace = std::make_shared<CtfTrace>(input.path);
    if (trace->streams() > 1)
        throw ReadError("the files belong to several streams");
    return std::make_unique<CtfStream>(trace, 0);
}

void tellCtf(const Server::Input &input, AskedEvents &asked)
{
    SharedTrace shared;
    const auto stream = openStream(input, shared);
    EventPlans plans;
    for (const bt_message *message = stream->first; message; message = stream->messages->next()) {
        if (bt_message_get_type(message) != BT_MESSAGE_TYPE_EVENT)
            continue;
        const Ns time = timeOf(bt_message_event_borrow_default_clock_snapshot_const(message));
        if (asked.isBehind(time))
            return;
        if (!asked.wants(time))
            continue;
        RawEvent event = rawEventOf(bt_message_event_borrow_event_const(message), plans);
        event.timeNs = time;
        asked.tell(event);
    }
}

} // namespace

int tellEvents(const Server::Input &input, const EventsAsked &asked)
{
    AskedEvents events(asked);
    try {
        if (input.kind == Server::Input::Kind::File)
            tellFile(input, events);
        else
            tellCtf(input, events);
        events.end({});
    } catch (const ReadError &error) {
        events.end(error.what());
    } catch (const std::bad_alloc &) {
        events.end("the reader's memory limit is too small for this stream");
    }
    return 0;
}

} // namespace exitscope::reader
