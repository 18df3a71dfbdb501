// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/trace/host_loader.h"

#include <algorithm>
#include <map>
#include <memory>
#include <span>

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

// A stream begins with the thread that was on its pCPU, as its first sched_switch tells. That thread was there from
// the begin of all that was recorded of the pCPU, be it in another stream, or from the end of the gap before.
void placeFirstThreads(std::span<Record *const> firstRecords, const std::vector<Gap> &gaps)
{
    std::map<std::int32_t, Record *> earliest; // by pCPU; null: an earlier stream does not know
    Ns begin = kEndOfRecording;
    for (Record *record : firstRecords) {
        begin = std::min(begin, record->timeNs);
        if (record->kind != EventKind::CurrentThread)
            continue;
        const auto [at, isNew] = earliest.try_emplace(record->pcpu, record);
        if (record->tid == kNoThread) {
            at->second = nullptr;
            record->kind = EventKind::HostProof; // tells nothing, and must not undo what another stream tells
            record->provesHost = false;
        } else if (at->second && record->timeNs < at->second->timeNs) {
            at->second = record;
        }
    }
    for (const auto &[pcpu, record] : earliest) {
        if (!record)
            continue;
        Ns from = begin;
        for (const Gap &gap : gaps)
            if (gap.until <= record->timeNs)
                from = std::max(from, gap.until);
        record->timeNs = std::min(record->timeNs, from);
    }
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
                streams.push_back(
                    std::make_unique<StreamSource>(pool, *stream, trace.shiftNs, trace.dropped, lossOf(trace)));
    MemorySource losses(knownLosses(traces, gaps));
    std::vector<RecordSource *> sources;
    for (const auto &stream : streams) {
        stream->request(); // all readers work from here on
        sources.push_back(stream.get());
    }
    sources.push_back(&losses);

    Merge merge(std::move(sources));
    merge.begin([&](std::span<Record *const> firstRecords) { placeFirstThreads(firstRecords, gaps); });
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
