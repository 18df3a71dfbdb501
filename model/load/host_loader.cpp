// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/host_loader.h"

#include <algorithm>
#include <memory>
#include <span>

#include "model/load/stream_begins.h"
#include "model/load/stream_source.h"
#include "model/record/far_time.h"

namespace exitscope {

namespace {

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

std::optional<TimeRange> mergeHost(
    const std::vector<HostTrace> &traces, const std::vector<Gap> &gaps, ReaderPool &pool, RecordSink &sink)
{
    std::vector<std::unique_ptr<StreamSource>> streams;
    std::vector<std::size_t> recordingOf; // by source
    for (std::size_t i = 0; i < traces.size(); ++i) {
        const HostTrace &trace = traces[i];
        for (const auto &stream : trace.work->streams) {
            if (!stream->canOpen())
                continue;
            streams.push_back(
                std::make_unique<StreamSource>(pool, *stream, trace.shiftNs, trace.dropped, lossOf(trace)));
            recordingOf.push_back(i);
        }
    }
    KnownLosses losses = knownLosses(traces, gaps);
    recordingOf.insert(recordingOf.end(), losses.recordingOf.begin(), losses.recordingOf.end());
    std::vector<RecordSource *> sources;
    for (const auto &stream : streams) {
        stream->request(); // all readers work from here on
        sources.push_back(stream.get());
    }
    for (MemorySource &loss : losses.sources)
        sources.push_back(&loss);

    Merge merge(std::move(sources));
    merge.begin([&](std::span<const Merge::First> firsts) { placeBegins(firsts, recordingOf, gaps); });
    if (merge.atEnd() || pool.isCancelled())
        return std::nullopt;
    const bool anyMissing = std::any_of(traces.begin(), traces.end(), [](const HostTrace &trace) {
        return !trace.surveyed && trace.work->unopened > 0;
    }) || std::any_of(streams.begin(), streams.end(), [](const auto &stream) { return stream->isWhollyLost(); });
    if (anyMissing) {
        Record blind = blindRecord(merge.nextTime(), kNoPcpu);
        blind.stream = static_cast<std::uint32_t>(recordingOf.size()); // of none that is merged
        sink.add(blind);
    }
    while (!merge.atEnd() && !pool.isCancelled())
        merge.step(sink);
    return pool.isCancelled() ? std::nullopt : rangeOf(traces);
}

} // namespace exitscope
