// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/trace_work.h"

#include <QFile>

#include <algorithm>

#include "model/diagnostic_codes.h"
#include "model/source/stream_repair.h"
#include "model/timeline/recording_advice.h"

namespace exitscope {

namespace {

void widen(TraceInfo &info, Ns begin, Ns end)
{
    info.beginNs = std::min(info.beginNs.value_or(begin), begin);
    info.endNs = std::max(info.endNs.value_or(end), end);
}

void makeDir(StreamWork &stream, const QString &traceDir, PrivateDirs &privateDirs, QString &error)
{
    stream.pooled.fileBytes = static_cast<std::uint64_t>(stream.files.bytes);
    const bool anyWhole = std::any_of(stream.files.files.begin(), stream.files.files.end(), [&](const QString &file) {
        const auto cut = stream.cuts.find(file);
        return cut == stream.cuts.end() || cut->second > 0;
    });
    if (anyWhole)
        stream.pooled.dir = privateDirs.add(traceDir, stream.files, stream.cuts, error);
    else
        error = QStringLiteral("it ends inside its first packet");
}

} // namespace

bool losesSilently(const wire::Description &description)
{
    return recordedBy(description) == RecordedBy::Perf;
}

void TraceWork::collect()
{
    info.events = 0;
    info.discardedEvents = 0;
    info.discardedPackets = 0;
    stepsBack = 0;
    repeatedEvents = 0;
    info.discardedAreCounted = true;
    info.lossesAreKnown = !losesSilently(info.description) && unopened == 0;
    for (const auto &stream : streams) {
        StreamChannel &channel = stream->pooled.channel;
        if (channel.summary())
            stream->summary = channel.summary();
        if (const auto &summary = stream->summary) {
            info.events += static_cast<std::int64_t>(summary->events);
            info.discardedEvents += static_cast<std::int64_t>(summary->discardedEvents);
            info.discardedPackets += static_cast<std::int64_t>(summary->discardedPackets);
            stepsBack += summary->stepsBack;
            repeatedEvents += summary->repeatedEvents;
            info.discardedAreCounted = info.discardedAreCounted && summary->uncountedLosses == 0;
            info.richness |= summary->richness;
            if (summary->events > 0)
                widen(info, summary->beginNs, summary->endNs);
            continue;
        }
        info.lossesAreKnown = false; // nobody knows what its end would tell
        if (channel.firstTime() != kNoTime) { // its rest is lost: what came counts
            info.events += channel.eventRecords();
            info.richness |= channel.richness();
            widen(info, channel.firstTime(), channel.lastTime());
        }
    }
}

TraceWork prepareTrace(const QString &dir, PrivateDirs &privateDirs, Diagnostics &diagnostics)
{
    TraceWork work;
    work.info.path = dir;
    work.info.lossesAreKnown = false; // until it is read
    TraceFiles found = findStreams(dir);
    work.unopened = static_cast<int>(found.unreadable.size());
    for (const QString &file : std::as_const(found.passedOver))
        diagnostics.push_back(makeDiagnostic(Code::FilePassedOver,
            QStringLiteral("this file is no stream of the trace, as it holds no packet; it is passed over"), file));
    const bool nothingThere = found.streams.empty() && found.emptyFiles == 0
        && std::all_of(found.unreadable.begin(), found.unreadable.end(), [](const auto &f) { return f.isMissing; });
    if (nothingThere) {
        diagnostics.push_back(makeDiagnostic(
            Code::NoStreams, QStringLiteral("the trace has metadata but no stream file; was it copied whole?"), dir));
        return work;
    }
    if (found.streams.empty() && found.unreadable.empty())
        diagnostics.push_back(
            makeDiagnostic(Code::EmptyTrace, QStringLiteral("all stream files of the trace are empty"), dir));
    for (const UnreadableFile &file : found.unreadable)
        diagnostics.push_back(makeDiagnostic(
            Code::StreamUnreadable, QStringLiteral("the stream cannot be read: %1").arg(file.cause), file.path));
    for (StreamFiles &files : found.streams) {
        StreamWork &stream = *work.streams.emplace_back(std::make_unique<StreamWork>());
        stream.files = std::move(files);
        for (const QString &file : stream.files.files)
            if (const auto whole = wholePacketsByIndex(file, indexPath(file)))
                stream.cuts[file] = *whole;
        tellCut(stream, diagnostics);
        QString error;
        makeDir(stream, dir, privateDirs, error);
        if (stream.canOpen()) {
            work.bytes += stream.files.bytes;
            continue;
        }
        ++work.unopened;
        diagnostics.push_back(makeDiagnostic(Code::StreamUnreadable,
            QStringLiteral("the stream cannot be read: %1").arg(error), stream.files.shownPath()));
    }
    return work;
}

bool repair(StreamWork &stream, const QString &traceDir, PrivateDirs &privateDirs)
{
    if (std::exchange(stream.triedRepair, true) || stream.isCut())
        return false;
    // Of the files of one stream it is the last one that can end too early.
    const QString &file = stream.files.files.back();
    const auto cut = std::max(beginOfLastPacket(file), endOfIndexedPackets(file, indexPath(file)));
    if (!cut)
        return false;
    stream.cuts[file] = *cut;
    const QString before = stream.pooled.dir;
    QString error;
    makeDir(stream, traceDir, privateDirs, error);
    if (stream.pooled.dir != before && stream.canOpen())
        return true;
    stream.cuts.clear();
    stream.pooled.dir = before;
    return false;
}

void tellCut(const StreamWork &stream, Diagnostics &diagnostics)
{
    for (const auto &[file, kept] : stream.cuts) {
        const qint64 leftOut = QFile(file).size() - kept;
        diagnostics.push_back(makeDiagnostic(Code::StreamCut,
            QStringLiteral(
                "the file does not end with a whole packet: its last %1 bytes are left out, %2 bytes are read")
                .arg(leftOut)
                .arg(kept),
            file, leftOut));
    }
}

} // namespace exitscope
