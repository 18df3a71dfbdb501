// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trace/host_loader.h"

#include <algorithm>
#include <memory>

#include "model/trace/stream_source.h"

namespace exitscope {

namespace {

Loss lossOf(const HostTrace &trace)
{
    if (!trace.surveyed)
        return {};
    return {trace.surveyed->from + trace.shiftNs, trace.surveyed->to + trace.shiftNs};
}

// What is known beforehand to be missing. Where the whole of a stream is, all vCPUs are Unknown while its recording
// lasts: nobody knows its pCPU.
std::vector<Record> knownLosses(const std::vector<HostTrace> &traces, const std::vector<Gap> &gaps)
{
    std::vector<Record> records;
    for (const Gap &gap : gaps)
        records.push_back(blindRecord(gap.from, gap.until, kNoPcpu));
    for (const HostTrace &trace : traces)
        if (const Loss loss = lossOf(trace); trace.work->unopened > 0 && loss.from != kNoTime)
            records.push_back(blindRecord(loss.from, loss.until, kNoPcpu));
    std::stable_sort(
        records.begin(), records.end(), [](const Record &a, const Record &b) { return a.timeNs < b.timeNs; });
    return records;
}

std::optional<TimeRange> rangeOf(const std::vector<HostTrace> &traces)
{
    std::optional<TimeRange> range;
    for (const HostTrace &trace : traces) {
        trace.work->collect();
        const TraceInfo &info = trace.work->info;
        if (!info.beginNs)
            continue;
        const TimeRange own{*info.beginNs + trace.shiftNs, *info.endNs + trace.shiftNs};
        range = range ? TimeRange{std::min(range->from, own.from), std::max(range->to, own.to)} : own;
    }
    return range;
}

} // namespace

std::optional<TimeRange> mergeHost(
    const std::vector<HostTrace> &traces, const std::vector<Gap> &gaps, ReaderPool &pool, RecordSink &sink)
{
    std::vector<std::unique_ptr<StreamSource>> streams;
    for (const HostTrace &trace : traces)
        for (const auto &stream : trace.work->streams)
            if (stream->canOpen())
                streams.push_back(std::make_unique<StreamSource>(pool, *stream, trace.shiftNs, lossOf(trace)));
    MemorySource losses(knownLosses(traces, gaps));
    std::vector<RecordSource *> sources;
    for (const auto &stream : streams) {
        stream->request(); // all readers work from here on
        sources.push_back(stream.get());
    }
    sources.push_back(&losses);

    Merge merge(std::move(sources));
    merge.begin();
    if (merge.atEnd() || pool.isCancelled())
        return std::nullopt;
    const bool anyMissing = std::any_of(traces.begin(), traces.end(), [](const HostTrace &trace) {
        return !trace.surveyed && trace.work->unopened > 0;
    }) || std::any_of(streams.begin(), streams.end(), [](const auto &stream) { return stream->isWhollyLost(); });
    if (anyMissing)
        sink.add(blindRecord(merge.nextTime(), kEndOfRecording, kNoPcpu));
    while (!merge.atEnd() && !pool.isCancelled())
        merge.step(sink);
    return pool.isCancelled() ? std::nullopt : rangeOf(traces);
}

} // namespace exitscope
