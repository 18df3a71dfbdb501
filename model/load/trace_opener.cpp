// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/trace_opener.h"

#include <QRegularExpression>

#include <algorithm>

#include "model/diagnostic_codes.h"
#include "model/source/metadata_text.h"

namespace exitscope {

namespace {

using State = StreamChannel::State;

} // namespace

TraceOpener::TraceOpener(ReaderPool &pool, PrivateDirs &privateDirs, Diagnostics &diagnostics)
    : m_pool(pool), m_privateDirs(privateDirs), m_diagnostics(diagnostics)
{
}

std::vector<TraceOpener::Stream> TraceOpener::streamsOf(const std::vector<TraceWork *> &traces)
{
    std::vector<Stream> streams;
    for (TraceWork *trace : traces)
        for (const auto &stream : trace->streams)
            if (stream->canOpen())
                streams.push_back({trace, stream.get()});
    return streams;
}

void TraceOpener::open(const std::vector<TraceWork *> &traces, ReadMode mode)
{
    const std::vector<Stream> streams = streamsOf(traces);
    std::vector<PooledStream *> pooled;
    for (const Stream &stream : streams)
        pooled.push_back(&stream.stream->pooled);
    m_pool.open(pooled, mode);
    if (separateFailed(streams, true) || separateFailed(streams, false))
        m_pool.open(pooled, mode);
    const std::vector<Stream> repaired = repairFailed(streams);
    if (!repaired.empty())
        m_pool.open(pooled, mode);
    for (const Stream &stream : repaired)
        if (stream.stream->pooled.channel.state() == State::Open)
            tellCut(*stream.stream, m_diagnostics);
    tellFailures(traces);
    for (TraceWork *trace : traces)
        giveUp(*trace);
}

// For the fault of one stream all that are opened together fail.
bool TraceOpener::separateFailed(const std::vector<Stream> &streams, bool isOpening)
{
    bool any = false;
    for (const Stream &stream : streams) {
        const StreamChannel &channel = stream.stream->pooled.channel;
        const bool isUnopened = channel.state() == State::Failed && !channel.description();
        if (isOpening ? isUnopened : channel.state() == State::Lost)
            any = separate(*stream.stream, stream.trace->info.path, m_privateDirs) || any;
    }
    if (any)
        m_pool.takeFailures(); // what fails again is told then
    return any && !m_pool.isCancelled();
}

bool TraceOpener::separateLost(const std::vector<TraceWork *> &traces)
{
    return separateFailed(streamsOf(traces), false);
}

std::vector<TraceOpener::Stream> TraceOpener::repairFailed(const std::vector<Stream> &streams)
{
    std::vector<Stream> repaired;
    for (const Stream &stream : streams)
        if (stream.stream->pooled.channel.state() == State::Failed
            && repair(*stream.stream, stream.trace->info.path, m_privateDirs))
            repaired.push_back(stream);
    return repaired;
}

// Without what would differ each time: private paths, and the addresses that libbabeltrace2 tells.
QString TraceOpener::causeOf(const TraceWork &trace, const StreamWork &stream)
{
    static const QRegularExpression address(QStringLiteral("(, )?[a-z-]*addr=0x[0-9a-f]+"));
    QString cause = PrivateDirs::shown(stream.pooled.channel.cause(), stream.pooled.dir, trace.info.path);
    return cause.remove(address).replace(QStringLiteral(": , "), QStringLiteral(": "));
}

// Takes the description of what was opened; what was not is not tried again.
void TraceOpener::giveUp(TraceWork &trace)
{
    std::vector<StreamWork *> failed; // the reader said why
    std::vector<StreamWork *> closed;
    for (const auto &stream : trace.streams) {
        const StreamChannel &channel = stream->pooled.channel;
        if (channel.description() && !trace.isDescribed) {
            trace.info.description = *channel.description();
            trace.isDescribed = true;
        }
        if (!stream->canOpen() || (channel.state() != State::Failed && channel.state() != State::Lost))
            continue;
        closed.push_back(stream.get());
        if (channel.state() == State::Failed)
            failed.push_back(stream.get());
    }
    const bool wholly = !failed.empty() && !trace.isDescribed && failed.size() == trace.streams.size();
    const auto sameCause
        = [&](const StreamWork *stream) { return causeOf(trace, *stream) == causeOf(trace, *failed.front()); };
    const QString fault = wholly ? metadataFault(trace.info.path + QStringLiteral("/metadata")) : QString();
    if (!fault.isEmpty())
        m_diagnostics.push_back(makeDiagnostic(Code::TraceUnreadable,
            QStringLiteral("the trace cannot be read: its metadata %1").arg(fault), trace.info.path));
    else if (wholly && std::all_of(failed.begin(), failed.end(), sameCause))
        m_diagnostics.push_back(makeDiagnostic(Code::TraceUnreadable,
            QStringLiteral("the trace cannot be read: %1").arg(causeOf(trace, *failed.front())), trace.info.path));
    else
        for (const StreamWork *stream : failed)
            m_diagnostics.push_back(makeDiagnostic(Code::StreamUnreadable,
                QStringLiteral("the stream cannot be read: %1").arg(causeOf(trace, *stream)),
                stream->files.shownPath()));
    for (StreamWork *stream : closed) {
        stream->pooled.dir.clear();
        trace.bytes -= stream->files.bytes;
        ++trace.unopened;
    }
}

void TraceOpener::survey(const std::vector<TraceWork *> &traces)
{
    open(traces);
    const std::vector<Stream> streams = streamsOf(traces);
    std::vector<PooledStream *> pooled;
    for (const Stream &stream : streams)
        pooled.push_back(&stream.stream->pooled);
    m_pool.survey(pooled);
    if (separateLost(traces)) {
        m_pool.open(pooled);
        m_pool.survey(pooled);
    }
    readBroken(streams);
    tellFailures(traces);
    for (TraceWork *trace : traces)
        trace->collect();
}

// A reader that is gone tells nothing. What can be read of its streams is read for what it holds, or they would count
// as empty, and their trace as nothing to use.
void TraceOpener::readBroken(const std::vector<Stream> &streams)
{
    std::vector<PooledStream *> broken;
    for (const Stream &stream : streams)
        if (stream.stream->pooled.channel.state() == State::Lost)
            broken.push_back(&stream.stream->pooled);
    if (broken.empty() || m_pool.isCancelled())
        return;
    m_pool.takeFailures(); // what fails again is told then
    m_pool.open(broken);
    for (PooledStream *stream : broken)
        m_pool.request(stream->channel);
    for (PooledStream *stream : broken)
        while (m_pool.waitFor(stream->channel) && stream->channel.hasRecords()) {
            stream->channel.takeRecords();
            m_pool.request(stream->channel);
        }
}

void TraceOpener::tellFailures(const std::vector<TraceWork *> &traces)
{
    const std::vector<Stream> streams = streamsOf(traces);
    for (const PoolFailure &failure : m_pool.takeFailures()) {
        const auto first = std::find_if(streams.begin(), streams.end(), [&](const Stream &s) {
            return !failure.lost.empty() && &s.stream->pooled.channel == failure.lost.front();
        });
        const auto count = static_cast<std::int64_t>(failure.lost.size());
        QString message = failure.failure.cause;
        if (failure.failure.code == Code::ReaderMissing)
            message += QStringLiteral("; it is installed beside the program");
        else if (std::all_of(failure.lost.begin(), failure.lost.end(),
                     [](const StreamChannel *lost) { return !lost->description(); }))
            message += QStringLiteral("; nothing of %1 can be read: damaged, or not as CTF 1.8 has it")
                           .arg(count > 1 ? QStringLiteral("these %1 streams").arg(count) : QStringLiteral("it"));
        else if (count > 1)
            message += QStringLiteral("; the rest of this stream and of %1 more is lost").arg(count - 1);
        else
            message += QStringLiteral("; the rest of this stream is lost");
        const bool isStream = first != streams.end() && failure.failure.code != Code::ReaderMissing;
        m_diagnostics.push_back(makeDiagnostic(
            failure.failure.code, message, isStream ? first->stream->files.shownPath() : QString(), count));
    }
    for (const Stream &s : streams) {
        const StreamChannel &channel = s.stream->pooled.channel;
        if (channel.state() == State::Failed && channel.description())
            m_diagnostics.push_back(makeDiagnostic(Code::StreamUnreadable,
                QStringLiteral("the rest of the stream cannot be read: %1").arg(causeOf(*s.trace, *s.stream)),
                s.stream->files.shownPath()));
    }
}

} // namespace exitscope
