// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/host_loader.h"

#include <algorithm>
#include <memory>
#include <set>
#include <span>
#include <thread>

#include "model/load/stream_begins.h"
#include "model/record/far_time.h"

namespace exitscope {

namespace {

constexpr std::size_t kReadAhead = 2; // recordings: as far as the frames go that a stream may be ahead

Loss lossOf(const HostTrace &trace)
{
    if (!trace.surveyed)
        return {};
    return {shifted(trace.surveyed->from, trace.shiftNs), shifted(trace.surveyed->to, trace.shiftNs)};
}

// What is known beforehand to be missing, a source each.
struct KnownLosses {
    std::vector<MemorySource> sources;
    std::vector<std::size_t> recordingOf; // by source
};

// Where the whole of a stream is missing, all vCPUs are Unknown while its recording lasts, from before its first event
// on: nobody knows its pCPU. A gap is of no recording.
KnownLosses knownLosses(const std::vector<HostTrace> &traces, const std::vector<Gap> &gaps)
{
    KnownLosses losses;
    const auto add = [&losses](Record blind, Ns until, std::size_t recording) {
        std::vector<Record> records{blind};
        if (until != kEndOfRecording)
            records.push_back(sightedRecord(until, kNoPcpu));
        losses.sources.emplace_back(std::move(records));
        losses.recordingOf.push_back(recording);
    };
    for (const Gap &gap : gaps)
        add(blindRecord(gap.from, kNoPcpu), gap.until, traces.size());
    for (std::size_t i = 0; i < traces.size(); ++i) {
        const Loss loss = lossOf(traces[i]);
        if (traces[i].work->unopened > 0 && loss.from != kNoTime)
            add(blindFromBegin(loss.from), loss.until, i);
    }
    return losses;
}

std::optional<TimeRange> rangeOf(const std::vector<HostTrace> &traces)
{
    std::optional<TimeRange> range;
    for (const HostTrace &trace : traces) {
        trace.work->collect();
        const TraceInfo &info = trace.work->info;
        if (!info.beginNs)
            continue;
        const TimeRange own{shifted(*info.beginNs, trace.shiftNs), shifted(*info.endNs, trace.shiftNs)};
        range = range ? TimeRange{std::min(range->from, own.from), std::max(range->to, own.to)} : own;
    }
    return range;
}

} // namespace

// What of the first traces is kept is opened here; the others rest until their time comes.
void HostMerge::openOrRest(const std::vector<HostTrace> &traces)
{
    std::vector<TraceWork *> now;
    for (std::size_t i = 0; i < traces.size(); ++i)
        if (traces[i].surveyed)
            m_later.push_back({i, lossOf(traces[i]).from});
        else
            now.push_back(traces[i].work);
    std::ranges::stable_sort(m_later, {}, &Later::from);
    if (!now.empty())
        m_opener.open(now, m_mode);
    for (std::size_t i = 0; i < traces.size(); ++i) {
        const HostTrace &trace = traces[i];
        for (const auto &stream : trace.work->streams) {
            if (!stream->canOpen())
                continue;
            Loss loss = lossOf(trace);
            if (stream->resumesNs)
                loss.until = shifted(*stream->resumesNs, trace.shiftNs);
            auto &source = *m_streams.emplace_back(
                std::make_unique<StreamSource>(m_pool, *stream, trace.shiftNs, trace.dropped, loss));
            m_recordingOf.push_back(i);
            if (!trace.surveyed)
                continue;
            stream->channel.forget(); // what the survey left
            source.restUntil(lossOf(trace).from, [this, i, &traces] { openUpTo(i, traces); });
        }
        if (!trace.surveyed)
            request(i); // all readers work from here on
    }
}

void HostMerge::openUpTo(std::size_t recording, const std::vector<HostTrace> &traces)
{
    const auto isOpen = [&] {
        return std::any_of(m_later.begin(), m_later.begin() + static_cast<std::ptrdiff_t>(m_opened),
            [recording](const Later &later) { return later.recording == recording; });
    };
    while (!isOpen()) {
        const std::size_t next = m_later[m_opened++].recording;
        if (!m_ahead.contains(next))
            m_opener.open({traces[next].work}, m_mode);
        request(next);
    }
    const std::size_t ahead = std::max(2u, std::thread::hardware_concurrency());
    for (std::size_t i = m_opened; i < std::min(m_opened + ahead, m_later.size()); ++i)
        if (!m_ahead.contains(m_later[i].recording))
            m_opener.prepare(*traces[m_later[i].recording].work, m_mode);
    for (std::size_t i = m_opened; i < std::min(m_opened + kReadAhead, m_later.size()); ++i)
        readAhead(m_later[i].recording, *traces[m_later[i].recording].work);
}

// Where its readers were kept from the survey nothing can go wrong in opening it.
void HostMerge::readAhead(std::size_t recording, TraceWork &trace)
{
    const bool isOpen = std::ranges::all_of(trace.streams,
        [](const auto &stream) { return !stream->canOpen() || stream->channel.state() == StreamChannel::State::Open; });
    if (isOpen && m_ahead.insert(recording).second)
        request(recording);
}

void HostMerge::request(std::size_t recording)
{
    for (std::size_t i = 0; i < m_streams.size(); ++i)
        if (m_recordingOf[i] == recording)
            m_streams[i]->request();
}

std::optional<TimeRange> HostMerge::run(
    const std::vector<HostTrace> &traces, const std::vector<Gap> &gaps, RecordSink &sink)
{
    openOrRest(traces);
    KnownLosses losses = knownLosses(traces, gaps);
    m_recordingOf.insert(m_recordingOf.end(), losses.recordingOf.begin(), losses.recordingOf.end());
    std::vector<RecordSource *> sources;
    for (const auto &stream : m_streams)
        sources.push_back(stream.get());
    for (MemorySource &loss : losses.sources)
        sources.push_back(&loss);

    Merge merge(std::move(sources), sink);
    const Ns begin = m_later.empty() ? kEndOfRecording : m_later.front().from;
    merge.begin([&](std::span<const Merge::First> firsts) { placeBegins(firsts, m_recordingOf, gaps, begin); });
    if (merge.atEnd() || m_pool.isCancelled())
        return std::nullopt;
    std::set<std::int32_t> missing; // pCPUs; kNoPcpu: nobody knows which
    for (const HostTrace &trace : traces)
        if (!trace.surveyed && trace.work->unopened > 0)
            missing.insert(kNoPcpu);
    for (const auto &stream : m_streams)
        if (stream->isWhollyLost())
            missing.insert(stream->knownPcpu());
    for (const std::int32_t pcpu : missing) {
        Record blind = blindRecord(merge.nextTime(), pcpu);
        blind.stream = static_cast<std::uint32_t>(m_recordingOf.size()); // of none that is merged
        sink.add({&blind, 1});
    }
    while (!merge.atEnd() && !m_pool.isCancelled())
        merge.step();
    return m_pool.isCancelled() ? std::nullopt : rangeOf(traces);
}

} // namespace exitscope
