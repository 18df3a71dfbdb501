// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/trace_work.h"

#include <QFileInfo>

#include <algorithm>
#include <limits>
#include <set>
#include <thread>

#include "model/diagnostic_codes.h"
#include "model/source/file_access.h"
#include "model/source/path_bytes.h"
#include "model/source/stream_repair.h"
#include "model/timeline/recording_advice.h"

namespace exitscope {

namespace {

void widen(TraceInfo &info, Ns begin, Ns end)
{
    info.beginNs = std::min(info.beginNs.value_or(begin), begin);
    info.endNs = std::max(info.endNs.value_or(end), end);
}

// What the native decoder reads of it; null where a number in a packet cannot be right, which only the reader mends.
std::shared_ptr<NativePlace> nativePlace(const StreamWork &stream)
{
    const StreamFiles &files = stream.files;
    if (!stream.nativeTrace || !files.fixes.empty())
        return nullptr;
    auto place = std::make_shared<NativePlace>();
    place->trace = stream.nativeTrace;
    for (const QString &file : files.files) {
        const auto cut = files.cuts.find(file);
        place->files.push_back({pathBytes(file).toStdString(),
            cut != files.cuts.end() ? static_cast<std::uint64_t>(cut->second)
                                    : std::numeric_limits<std::uint64_t>::max()});
    }
    return place;
}

// A directory for the stream alone, or its file; none, with the cause in `error`, if it cannot be read there.
StreamPlace ownPlace(const StreamWork &stream, PrivateDirs &privateDirs, QString &error)
{
    const StreamFiles &files = stream.files;
    StreamPlace place = stream.channel.place();
    if (place.cpu) {
        place.file.clear();
        return place;
    }
    const bool anyWhole = std::any_of(files.files.begin(), files.files.end(), [&](const QString &file) {
        const auto cut = files.cuts.find(file);
        return cut == files.cuts.end() || cut->second > 0;
    });
    if (!anyWhole) {
        error = QStringLiteral("it ends inside its first packet");
        return {};
    }
    return {privateDirs.add(stream.traceDir, files, error), {}, static_cast<std::uint64_t>(files.bytes),
        nativePlace(stream)};
}

constexpr qint64 kBytesPerReader = 2 << 20; // of streams that one is started for
constexpr qint64 kStreamsPerReader = 16; // large ones: libbabeltrace2 maps 16 MB of each into the reader's memory

bool isSmall(const StreamWork &stream)
{
    return stream.files.bytes < kBytesPerReader;
}

// Where several streams are, nobody tells how much was read of a large one without an index.
bool canShare(const StreamWork &stream)
{
    const QStringList &files = stream.files.files;
    if (files.size() != 1 || stream.files.isCut() || !stream.files.fixes.empty())
        return false;
    return isSmall(stream) || (stream.files.isIndexTrue(files.front()) && isRegularFile(indexPath(files.front())));
}

// As many as can work at one time, as long as there is enough for each of them.
qint64 readersFor(const std::vector<StreamWork *> &streams)
{
    qint64 bytes = 0;
    for (const StreamWork *stream : streams)
        bytes += stream->files.bytes;
    const qint64 large = std::ranges::count_if(streams, [](const StreamWork *stream) { return !isSmall(*stream); });
    const qint64 cores = std::max(2u, std::thread::hardware_concurrency());
    const qint64 wanted = std::clamp<qint64>((bytes + kBytesPerReader - 1) / kBytesPerReader, 1, cores);
    return std::max(wanted, (large + kStreamsPerReader - 1) / kStreamsPerReader);
}

using Group = std::vector<StreamWork *>;

// So that all have the same to read, about: the largest streams first, each to the group that has the least.
std::vector<Group> dealt(std::vector<StreamWork *> streams)
{
    std::ranges::stable_sort(streams, std::ranges::greater(), [](const StreamWork *s) { return s->files.bytes; });
    std::vector<Group> groups(static_cast<std::size_t>(readersFor(streams)));
    std::vector<qint64> bytes(groups.size());
    for (StreamWork *stream : streams) {
        const auto least = std::ranges::min_element(bytes) - bytes.begin();
        groups[static_cast<std::size_t>(least)].push_back(stream);
        bytes[static_cast<std::size_t>(least)] += stream->files.bytes;
    }
    return groups;
}

// Streams of a trace share readers, which parse its metadata once for all of them: with the start of a process it takes
// longer than a small stream. What cannot be opened with others is opened alone.
void openTogether(TraceWork &work, bool isClean, PrivateDirs &privateDirs)
{
    std::vector<StreamWork *> sharing;
    for (const auto &stream : work.streams)
        if (canShare(*stream))
            sharing.push_back(stream.get());
    if (sharing.size() < 2)
        return;
    const std::vector<Group> groups = dealt(sharing);
    const bool isWhole = isClean && groups.size() == 1 && sharing.size() == work.streams.size()
        && std::ranges::all_of(sharing, [](const StreamWork *stream) { return stream->files.falseIndexes.isEmpty(); });
    for (const Group &group : groups) {
        if (group.size() < 2)
            continue; // it needs no other name
        StreamFiles files;
        for (const StreamWork *stream : group) {
            files.files += stream->files.files;
            files.falseIndexes += isSmall(*stream) ? QStringList{indexPath(stream->files.shownPath())} // it needs none
                                                   : QStringList();
        }
        QString error;
        const QString dir = isWhole ? work.info.path : privateDirs.add(work.info.path, files, error);
        for (StreamWork *stream : group)
            if (!dir.isEmpty())
                stream->channel.setPlace({dir, PrivateDirs::nameIn(stream->files.shownPath()),
                    static_cast<std::uint64_t>(stream->files.bytes), nativePlace(*stream)});
    }
}

void tellFixes(const StreamFiles &files, Diagnostics &diagnostics)
{
    for (const auto &[file, fixes] : files.fixes)
        diagnostics.push_back(makeDiagnostic(Code::PacketRepaired,
            QStringLiteral(
                "what its packets say of their content or times cannot be right in %1 places; what its index "
                "says is taken there")
                .arg(fixes.size()),
            file, static_cast<std::int64_t>(fixes.size())));
}

// One line for many: a directory can hold anything.
void tellPassedOver(const TraceFiles &found, Diagnostics &diagnostics)
{
    const auto count = found.passedOver.size();
    if (count > 0)
        diagnostics.push_back(makeDiagnostic(Code::FilePassedOver,
            count == 1 ? QStringLiteral("this file is no stream of the trace, as it holds no packet; it is passed over")
                       : QStringLiteral("%1 files are no streams of the trace, as they hold no packet, this one first; "
                                        "they are passed over")
                             .arg(count),
            found.passedOver.front(), count));
    for (const auto &[copy, original] : found.repeated)
        diagnostics.push_back(makeDiagnostic(Code::FilePassedOver,
            QStringLiteral("this file repeats %1 byte by byte; it is passed over").arg(QFileInfo(original).fileName()),
            copy));
}

} // namespace

bool losesSilently(const wire::Description &description)
{
    return recordedBy(description) == RecordedBy::Perf && description.format != "perf.data";
}

std::uint64_t StreamWork::packets() const
{
    const auto &told = channel.summary() ? channel.summary() : channel.partial();
    return told ? told->packets : 0;
}

std::size_t TraceWork::readers() const
{
    std::set<QString> directories;
    for (const auto &stream : streams)
        if (stream->canOpen())
            directories.insert(stream->channel.place().dir);
    return directories.size();
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
        StreamChannel &channel = stream->channel;
        if (channel.summary())
            stream->summary = channel.summary();
        if (const auto begin = channel.surveyedBegin())
            stream->begin = begin;
        if (stream->summary) {
            add(*stream->summary);
            continue;
        }
        info.lossesAreKnown = false; // nobody knows what its end would tell
        if (auto partial = channel.partial()) { // its rest is lost: what was read counts
            if (stream->resumesNs) // what is later was made of damage
                partial->endNs = std::max(partial->beginNs, std::min(partial->endNs, *stream->resumesNs));
            add(*partial);
        } else if (channel.firstTime() != kNoTime) { // and so is its reader: what came counts
            info.events += channel.eventRecords();
            info.richness |= channel.richness();
            widen(info, channel.firstTime(), channel.lastTime());
        }
    }
}

void TraceWork::add(const wire::Summary &summary)
{
    info.events += static_cast<std::int64_t>(summary.events);
    info.discardedEvents += static_cast<std::int64_t>(summary.discardedEvents);
    info.discardedPackets += static_cast<std::int64_t>(summary.discardedPackets);
    stepsBack += summary.stepsBack;
    repeatedEvents += summary.repeatedEvents;
    info.discardedAreCounted = info.discardedAreCounted && summary.uncountedLosses == 0;
    info.richness |= summary.richness;
    if (summary.events > 0)
        widen(info, summary.beginNs, summary.endNs);
}

TraceWork prepareTrace(const QString &dir, PrivateDirs &privateDirs, Diagnostics &diagnostics, CancelFlag cancel)
{
    TraceWork work;
    work.info.path = dir;
    work.info.lossesAreKnown = false; // until it is read
    TraceFiles found = findStreams(dir, cancel);
    const auto native = std::make_shared<NativeTrace>(dir);
    if (isCancelled(cancel))
        return work;
    work.unopened = static_cast<int>(found.unreadable.size());
    tellPassedOver(found, diagnostics);
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
        if (isCancelled(cancel))
            return work;
        StreamWork &stream
            = *work.streams.emplace_back(std::make_unique<StreamWork>(StreamWork{dir, std::move(files)}));
        stream.nativeTrace = native;
        for (const QString &file : stream.files.files)
            if (const auto whole
                = stream.files.isIndexTrue(file) ? wholePacketsByIndex(file, indexPath(file), cancel) : std::nullopt)
                stream.files.cuts[file] = *whole;
        tellCut(stream, diagnostics);
        tellFixes(stream.files, diagnostics);
    }
    if (QString error; !found.metadata.isEmpty() && !privateDirs.replaceMetadata(dir, found.metadata, error))
        diagnostics.push_back(makeDiagnostic(Code::TraceUnreadable,
            QStringLiteral("its metadata lacks the frequency of a clock, and cannot be completed: %1").arg(error),
            dir));
    openTogether(work, found.isClean(), privateDirs);
    for (const auto &stream : work.streams) {
        if (isCancelled(cancel))
            return work;
        QString error;
        if (!stream->canOpen())
            stream->channel.setPlace(ownPlace(*stream, privateDirs, error));
        if (stream->canOpen()) {
            work.bytes += stream->files.bytes;
            continue;
        }
        ++work.unopened;
        diagnostics.push_back(makeDiagnostic(Code::StreamUnreadable,
            QStringLiteral("the stream cannot be read: %1").arg(error), stream->files.shownPath()));
    }
    return work;
}

bool placeAlone(StreamWork &stream, PrivateDirs &privateDirs, QString &error)
{
    StreamPlace place = ownPlace(stream, privateDirs, error);
    if (place.dir.isEmpty())
        return false;
    stream.channel.setPlace(std::move(place));
    return true;
}

bool separate(StreamWork &stream, PrivateDirs &privateDirs)
{
    QString error;
    return stream.channel.place().isShared() && placeAlone(stream, privateDirs, error);
}

bool repair(StreamWork &stream, PrivateDirs &privateDirs, CancelFlag cancel)
{
    StreamFiles &files = stream.files;
    if (std::exchange(stream.triedRepair, true) || files.isCut())
        return false;
    // Of the files of one stream it is the last one that can end too early.
    const QString &file = files.files.back();
    const auto indexed = files.isIndexTrue(file) ? endOfIndexedPackets(file, indexPath(file), cancel) : std::nullopt;
    const auto cut = std::max(beginOfLastPacket(file, cancel), indexed);
    if (!cut)
        return false;
    files.cuts[file] = *cut;
    QString error;
    if (placeAlone(stream, privateDirs, error))
        return true;
    files.cuts.clear();
    return false;
}

void tellCut(const StreamWork &stream, Diagnostics &diagnostics)
{
    for (const auto &[file, kept] : stream.files.cuts) {
        const qint64 leftOut = fileInfo(file).size - kept;
        diagnostics.push_back(makeDiagnostic(Code::StreamCut,
            QStringLiteral(
                "the file does not end with a whole packet: its last %1 bytes are left out, %2 bytes are read")
                .arg(leftOut)
                .arg(kept),
            file, leftOut));
    }
}

} // namespace exitscope
