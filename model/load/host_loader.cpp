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

// What is known beforehand to be missing, a source each. Where the whole of a stream is, all vCPUs are Unknown while
// its recording lasts: nobody knows its pCPU.
std::vector<MemorySource> knownLosses(const std::vector<HostTrace> &traces, const std::vector<Gap> &gaps)
{
    std::vector<MemorySource> sources;
    const auto add = [&sources](Ns from, Ns until) {
        std::vector<Record> records{blindRecord(from, kNoPcpu)};
        if (until != kEndOfRecording)
            records.push_back(sightedRecord(until, kNoPcpu));
        sources.emplace_back(std::move(records));
    };
    for (const Gap &gap : gaps)
        add(gap.from, gap.until);
    for (const HostTrace &trace : traces)
        if (const Loss loss = lossOf(trace); trace.work->unopened > 0 && loss.from != kNoTime)
            add(loss.from, loss.until);
    return sources;
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
    std::vector<MemorySource> losses = knownLosses(traces, gaps);
    recordingOf.resize(streams.size() + losses.size(), traces.size()); // those are of none
    std::vector<RecordSource *> sources;
    for (const auto &stream : streams) {
        stream->request(); // all readers work from here on
        sources.push_back(stream.get());
    }
    for (MemorySource &loss : losses)
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
