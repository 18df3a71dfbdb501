// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/events/event_list.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <queue>
#include <tuple>

#include "model/diagnostic_codes.h"
#include "model/events/native_feed.h"
#include "model/events/reader_feed.h"
#include "model/load/event_places.h"
#include "model/record/far_time.h"

namespace exitscope {

namespace {

// A trace whose events are listed, and how its times become those of the host.
struct ListedTrace {
    std::size_t trace = 0; // in Recording::traces
    Ns shiftNs = 0;
    const ClockMap *map = nullptr; // of a guest

    Ns onHost(Ns own) const
    {
        const Ns time = shifted(own, shiftNs);
        return map ? map->toHost(time) : time;
    }
    TimeRange ownRange(TimeRange host) const
    {
        const TimeRange range = map ? guestTimesOf(*map, host) : host;
        return {shifted(range.from, -shiftNs), shifted(range.to, -shiftNs)};
    }
};

std::vector<ListedTrace> listedTraces(const Recording &recording, std::span<const ClockMap> guests)
{
    std::vector<ListedTrace> traces;
    for (std::size_t t = 0; t < recording.traces.size(); ++t)
        if (recording.traces[t].used)
            traces.push_back({t, recording.traces[t].shiftNs, nullptr});
    for (std::size_t g = 0; g < std::min(guests.size(), recording.guests.size()); ++g)
        for (const std::size_t t : recording.guests[g].traces)
            if (!guests[g].isEmpty())
                traces.push_back({t, recording.traces[t].shiftNs, &guests[g]});
    return traces;
}

// Merges the streams' events up to the limit.
class Listing {
public:
    Listing(TimeRange range, std::size_t most, CancelFlag cancel) : m_range(range), m_most(most), m_cancel(cancel) { }

    void add(const ListedTrace &trace, std::unique_ptr<EventFeed> feed)
    {
        m_streams.push_back({trace, std::move(feed), {}, 0});
        advance(m_streams.size() - 1);
    }

    void run(EventList &list)
    {
        constexpr std::size_t kMostBytes = std::size_t{256}
            << 20; // of fields: damaged packets can make them of any size
        std::size_t bytes = 0;
        while (!m_heads.empty() && !isCancelled(m_cancel)) {
            const Head head = m_heads.top();
            if (list.events.size() == m_most || bytes > kMostBytes) {
                list.areMore = true;
                return;
            }
            m_heads.pop();
            Stream &stream = m_streams[head.stream];
            bytes += stream.next->fields.bytes().size();
            list.events.push_back({head.time, stream.trace.trace, std::move(*stream.next)});
            advance(head.stream);
        }
        // A guest's clock that was set back makes two times of one.
        std::ranges::stable_sort(list.events, {}, &ListedEvent::timeNs);
    }

private:
    struct Stream {
        ListedTrace trace;
        std::unique_ptr<EventFeed> feed;
        std::optional<RawEvent> next;
        Ns nextNs; // on the host's clock
    };
    struct Head {
        Ns time;
        bool isGuest;
        std::int32_t pcpu;
        std::size_t stream;
        bool operator>(const Head &other) const
        {
            return std::tie(time, isGuest, pcpu, stream)
                > std::tie(other.time, other.isGuest, other.pcpu, other.stream);
        }
    };

    void advance(std::size_t at)
    {
        Stream &stream = m_streams[at];
        do {
            stream.next = stream.feed->next();
            if (!stream.next)
                return;
            stream.nextNs = stream.trace.onHost(stream.next->timeNs);
        } while (!m_range.contains(stream.nextNs));
        m_heads.push({stream.nextNs, stream.trace.map != nullptr, stream.next->pcpu, at});
    }

    TimeRange m_range;
    std::size_t m_most;
    CancelFlag m_cancel;
    std::vector<Stream> m_streams;
    std::priority_queue<Head, std::vector<Head>, std::greater<>> m_heads;
};

// The file that is not as it was loaded; null if all are.
const FileStamp *changedFile(const TraceAgain &trace)
{
    for (const StreamAgain &stream : trace.streams)
        for (const FileStamp &file : stream.files)
            if (!file.isUnchanged())
                return &file;
    return nullptr;
}

Diagnostic unreadable(const QString &path, const QString &cause)
{
    return makeDiagnostic(Code::EventsUnreadable, QStringLiteral("its events cannot be read again: ") % cause, path);
}

QString causeOfChange(const FileStamp &file)
{
    return fileInfo(file.path).kind == FileKind::Missing
        ? QStringLiteral("it is gone; put it back, or open the recording anew")
        : QStringLiteral("it changed since it was opened; open the recording anew");
}

using Feeds = std::vector<std::pair<QString, std::unique_ptr<EventFeed>>>; // with the path of each

// What exitscope-reader reads of a trace, for as long as this lives.
class ReaderPlaces {
public:
    ReaderPlaces(const QString &path, const TraceAgain &trace, CancelFlag cancel)
    {
        const bool isCtf = std::ranges::any_of(
            trace.streams, [](const StreamAgain &stream) { return !stream.native && !stream.cpu; });
        if (isCtf)
            m_work = prepareTrace(path, m_dirs, m_told, cancel);
    }

    // Empty: it cannot be read there.
    QStringList inputOf(const StreamAgain &stream) const
    {
        const QString &path = stream.files.front().path;
        if (stream.cpu)
            return {QStringLiteral("--file"), path, QString::number(*stream.cpu)};
        for (const auto &work : m_work.streams) {
            const StreamPlace &place = work->channel.place();
            if (work->files.shownPath() == path && place.isShared())
                return {QStringLiteral("--of"), place.dir, place.file};
            if (work->files.shownPath() == path && !place.dir.isEmpty())
                return {place.dir};
        }
        return {};
    }

private:
    PrivateDirs m_dirs;
    Diagnostics m_told; // when it was loaded already
    TraceWork m_work;
};

Feeds feedsOf(const QString &path, const TraceAgain &trace, const ReaderQuestion &question, CancelFlag cancel)
{
    Feeds feeds;
    const ReaderPlaces places(path, trace, cancel);
    for (const StreamAgain &stream : trace.streams) {
        std::unique_ptr<EventFeed> feed;
        if (stream.native)
            feed = std::make_unique<NativeFeed>(*stream.native, question.range, cancel);
        else
            feed = std::make_unique<ReaderFeed>(places.inputOf(stream), question, cancel);
        feeds.emplace_back(stream.files.front().path, std::move(feed));
    }
    return feeds;
}

} // namespace

TimeRange guestTimesOf(const ClockMap &map, TimeRange host)
{
    constexpr Ns kRounding = 2; // of a line, both ways
    TimeRange times{kEndOfRecording, kNoTime};
    for (std::size_t i = 0; i < map.pieces().size(); ++i) {
        const ClockPiece &piece = map.pieces()[i];
        const Ns end = i + 1 < map.pieces().size() ? map.pieces()[i + 1].guestFrom : kEndOfRecording;
        const Ns from = std::max(piece.guestFrom, piece.line.toGuest(host.from) - kRounding);
        const Ns to = std::min(end, piece.line.toGuest(host.to) + kRounding);
        if (from < to)
            times = {std::min(times.from, from), std::max(times.to, to)};
    }
    return times.from < times.to ? times : TimeRange{};
}

EventList readEvents(
    const Recording &recording, std::span<const ClockMap> guests, TimeRange range, std::size_t most, CancelFlag cancel)
{
    EventList list;
    if (!recording.places)
        return list;
    Listing listing(range, most, cancel);
    std::vector<std::pair<QString, const EventFeed *>> feeds;
    for (const ListedTrace &trace : listedTraces(recording, guests)) {
        const TraceAgain &again = recording.places->traces[trace.trace];
        if (const FileStamp *changed = changedFile(again)) {
            list.diagnostics.push_back(unreadable(changed->path, causeOfChange(*changed)));
            continue;
        }
        const ReaderQuestion question{recording.places->options, trace.ownRange(range), most};
        for (auto &[path, feed] : feedsOf(recording.traces[trace.trace].path, again, question, cancel)) {
            feeds.emplace_back(path, feed.get());
            listing.add(trace, std::move(feed));
        }
    }
    listing.run(list);
    for (const auto &[path, feed] : feeds)
        if (!feed->fault().isEmpty())
            list.diagnostics.push_back(unreadable(path, feed->fault()));
    return list;
}

} // namespace exitscope
