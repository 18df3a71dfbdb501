// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/trace_opener.h"

#include <QRegularExpression>

#include <algorithm>

#include "model/diagnostic_codes.h"
#include "model/load/stream_split.h"
#include "model/source/metadata_text.h"

namespace exitscope {

namespace {

using State = StreamChannel::State;

std::vector<StreamChannel *> channelsOf(const std::vector<StreamWork *> &streams)
{
    std::vector<StreamChannel *> channels;
    for (StreamWork *stream : streams)
        channels.push_back(&stream->channel);
    return channels;
}

} // namespace

TraceOpener::TraceOpener(ReaderPool &pool, PrivateDirs &privateDirs, Diagnostics &diagnostics)
    : m_pool(pool), m_privateDirs(privateDirs), m_diagnostics(diagnostics)
{
}

TraceOpener::Streams TraceOpener::streamsOf(const std::vector<TraceWork *> &traces)
{
    Streams streams;
    for (TraceWork *trace : traces)
        for (const auto &stream : trace->streams)
            if (stream->canOpen())
                streams.push_back(stream.get());
    return streams;
}

void TraceOpener::open(const std::vector<TraceWork *> &traces, ReadMode mode)
{
    const Streams streams = streamsOf(traces);
    const std::vector<StreamChannel *> channels = channelsOf(streams);
    m_pool.open(channels, mode);
    if (separateFailed(streams, true) || separateFailed(streams, false))
        m_pool.open(channels, mode);
    const Streams repaired = repairFailed(streams);
    if (!repaired.empty())
        m_pool.open(channels, mode);
    for (const StreamWork *stream : repaired)
        if (stream->channel.state() == State::Open)
            tellCut(*stream, m_diagnostics);
    tellFailures(traces);
    for (TraceWork *trace : traces)
        giveUp(*trace);
}

void TraceOpener::prepare(TraceWork &trace, ReadMode mode)
{
    m_pool.prepare(channelsOf(streamsOf({&trace})), mode);
}

// For the fault of one stream all that are opened together fail.
bool TraceOpener::separateFailed(const Streams &streams, bool isOpening)
{
    bool any = false;
    for (StreamWork *stream : streams) {
        const StreamChannel &channel = stream->channel;
        const bool isUnopened = channel.state() == State::Failed && !channel.description();
        if (isOpening ? isUnopened : channel.state() == State::Lost)
            any = separate(*stream, m_privateDirs) || any;
    }
    if (any)
        m_pool.takeFailures(channelsOf(streams)); // what fails again is told then
    return any && !m_pool.isCancelled();
}

bool TraceOpener::separateLost(const std::vector<TraceWork *> &traces)
{
    return separateFailed(streamsOf(traces), false);
}

// The description went with the decoder that gave it: whoever opens the trace tells it anew. That is no native one: it
// would open what it gave up.
bool TraceOpener::dropUnopened(const std::vector<TraceWork *> &traces)
{
    std::vector<TraceWork *> found;
    for (TraceWork *trace : traces)
        for (const auto &stream : trace->streams) {
            const StreamChannel &channel = stream->channel;
            const bool isGone = channel.state() == State::Failed || channel.state() == State::Lost;
            if (!stream->canOpen() || !isGone || channel.description())
                continue;
            stream->nativeTrace.reset();
            trace->isDescribed = false;
            found.push_back(trace);
        }
    if (!found.empty())
        m_pool.takeFailures(channelsOf(streamsOf(found))); // what fails again is told then
    return !found.empty() && !m_pool.isCancelled();
}

TraceOpener::Streams TraceOpener::repairFailed(const Streams &streams)
{
    Streams repaired;
    for (StreamWork *stream : streams)
        if (stream->channel.state() == State::Failed && repair(*stream, m_privateDirs, m_pool.cancelFlag()))
            repaired.push_back(stream);
    return repaired;
}

// Without what would differ each time: private paths, and the addresses that libbabeltrace2 tells.
QString TraceOpener::causeOf(const StreamWork &stream)
{
    static const QRegularExpression address(QStringLiteral("(, )?[a-z-]*addr=0x[0-9a-f]+"));
    QString cause = PrivateDirs::shown(stream.channel.cause(), stream.channel.place().dir, stream.traceDir);
    return cause.remove(address).replace(QStringLiteral(": , "), QStringLiteral(": "));
}

// Takes the description of what was opened; what was not is not tried again.
void TraceOpener::giveUp(TraceWork &trace)
{
    std::vector<StreamWork *> failed; // the reader said why
    std::vector<StreamWork *> closed;
    for (const auto &stream : trace.streams) {
        const StreamChannel &channel = stream->channel;
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
    const auto sameCause = [&](const StreamWork *stream) { return causeOf(*stream) == causeOf(*failed.front()); };
    const QString fault
        = wholly && !trace.isFile ? metadataFault(trace.info.path + QStringLiteral("/metadata")) : QString();
    if (!fault.isEmpty())
        m_diagnostics.push_back(makeDiagnostic(Code::TraceUnreadable,
            QStringLiteral("the trace cannot be read: its metadata %1").arg(fault), trace.info.path));
    else if (wholly && std::all_of(failed.begin(), failed.end(), sameCause))
        m_diagnostics.push_back(makeDiagnostic(Code::TraceUnreadable,
            QStringLiteral("the trace cannot be read: %1").arg(causeOf(*failed.front())), trace.info.path));
    else
        for (const StreamWork *stream : failed)
            m_diagnostics.push_back(makeDiagnostic(Code::StreamUnreadable,
                QStringLiteral("the stream cannot be read: %1").arg(causeOf(*stream)), stream->files.shownPath()));
    for (StreamWork *stream : closed) {
        stream->channel.setPlace({});
        trace.bytes -= stream->files.bytes;
        ++trace.unopened;
    }
}

void TraceOpener::survey(const std::vector<TraceWork *> &traces)
{
    open(traces);
    const Streams streams = streamsOf(traces);
    const std::vector<StreamChannel *> channels = channelsOf(streams);
    m_pool.survey(channels);
    if (separateLost(traces)) {
        m_pool.open(channels);
        m_pool.survey(channels);
    }
    if (dropUnopened(traces)) {
        open(traces);
        m_pool.survey(channels);
    }
    readBroken(streams);
    tellFailures(traces);
    splitFailed(traces);
    for (TraceWork *trace : traces)
        trace->collect();
}

bool TraceOpener::splitFailed(const std::vector<TraceWork *> &traces)
{
    bool any = false;
    for (TraceWork *trace : traces)
        for (std::size_t at = 0; at < trace->streams.size() && !m_pool.isCancelled(); ++at) // it gets more of them
            any = split(*trace, at) || any;
    return any && !m_pool.isCancelled();
}

bool TraceOpener::split(TraceWork &trace, std::size_t at)
{
    StreamWork &damaged = *trace.streams[at];
    if (damaged.channel.state() != State::Failed || !damaged.channel.description() || !damaged.canOpen())
        return false;
    const CancelFlag cancel = m_pool.cancelFlag();
    auto parts = splitBehind(damaged.files, damaged.traceDir, damaged.packets(), cancel);
    QString error;
    for (; parts; parts = splitBehind(parts->behind, damaged.traceDir, 0, cancel)) {
        if (damaged.files.files.contains(parts->behind.files.front()))
            damaged.files = parts->upToDamaged;
        else
            m_diagnostics.push_back(makeDiagnostic(Code::StreamUnreadable,
                QStringLiteral("nothing of this file of a stream can be read"), parts->upToDamaged.files.front()));
        auto rest = std::make_unique<StreamWork>(StreamWork{trace.info.path, parts->behind});
        rest->nativeTrace = damaged.nativeTrace;
        if (!placeAlone(*rest, m_privateDirs, error) || !probe(*rest)) {
            m_pool.release(rest->channel);
            continue;
        }
        const auto &told = rest->channel.summary() ? rest->channel.summary() : rest->channel.partial();
        damaged.resumesNs = told->beginNs;
        trace.streams.push_back(std::move(rest));
        return placeAlone(damaged, m_privateDirs, error);
    }
    return false;
}

// Whether it can be read, and from when on.
bool TraceOpener::probe(StreamWork &stream)
{
    m_pool.open({&stream.channel});
    if (stream.channel.state() == State::Failed && repair(stream, m_privateDirs, m_pool.cancelFlag()))
        m_pool.open({&stream.channel});
    m_pool.survey({&stream.channel});
    m_pool.takeFailures({&stream.channel}); // what fails again is told then
    const auto &told = stream.channel.summary() ? stream.channel.summary() : stream.channel.partial();
    return told && told->events > 0;
}

// A reader that is gone tells nothing. What can be read of its streams is read for what it holds, or they would count
// as empty, and their trace as nothing to use.
void TraceOpener::readBroken(const Streams &streams)
{
    std::vector<StreamChannel *> broken;
    for (StreamWork *stream : streams)
        if (stream->channel.state() == State::Lost)
            broken.push_back(&stream->channel);
    if (broken.empty() || m_pool.isCancelled())
        return;
    m_pool.takeFailures(broken); // what fails again is told then
    m_pool.open(broken);
    for (StreamChannel *channel : broken)
        m_pool.request(*channel);
    for (StreamChannel *channel : broken)
        while (!m_pool.next(*channel).empty()) { }
}

void TraceOpener::tellFailures(const std::vector<TraceWork *> &traces)
{
    const Streams streams = streamsOf(traces);
    for (const PoolFailure &failure : m_pool.takeFailures(channelsOf(streams))) {
        const auto first = std::find_if(streams.begin(), streams.end(),
            [&](const StreamWork *stream) { return &stream->channel == failure.lost.front(); });
        const auto count = static_cast<std::int64_t>(failure.lost.size());
        QString message = failure.failure.cause;
        if (failure.failure.code == Code::ReaderMissing)
            message += QStringLiteral("; it is installed beside the program");
        else if (std::all_of(failure.lost.begin(), failure.lost.end(),
                     [](const StreamChannel *lost) { return !lost->description(); }))
            message += QStringLiteral("; nothing of %1 can be read: it is damaged")
                           .arg(count > 1 ? QStringLiteral("these %1 streams").arg(count) : QStringLiteral("it"));
        else if (count > 1)
            message += QStringLiteral("; the rest of this stream and of %1 more is lost").arg(count - 1);
        else
            message += QStringLiteral("; the rest of this stream is lost");
        const bool isStream = first != streams.end() && failure.failure.code != Code::ReaderMissing;
        m_diagnostics.push_back(
            makeDiagnostic(failure.failure.code, message, isStream ? (*first)->files.shownPath() : QString(), count));
    }
    for (const StreamWork *stream : streams) {
        const StreamChannel &channel = stream->channel;
        if (channel.state() == State::Failed && channel.description())
            m_diagnostics.push_back(makeDiagnostic(Code::StreamUnreadable,
                QStringLiteral("the rest of the stream cannot be read: %1").arg(causeOf(*stream)),
                fileBehind(stream->files, stream->traceDir, stream->packets(), m_pool.cancelFlag())));
    }
}

} // namespace exitscope
