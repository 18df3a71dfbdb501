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
// `traceOf`: the trace of each source.
void placeFirstThreads(
    std::span<const Merge::First> firsts, const std::vector<const TraceWork *> &traceOf, const std::vector<Gap> &gaps)
{
    Ns begin = kEndOfRecording;
    std::map<std::int32_t, Merge::First> earliest; // by pCPU
    std::vector<Merge::First> ignorant; // they hold no switch, or none before a loss
    for (const Merge::First &first : firsts) {
        begin = std::min(begin, first.record->timeNs);
        if (first.record->kind != EventKind::CurrentThread)
            continue;
        if (first.record->tid == kNoThread) {
            ignorant.push_back(first);
            first.record->kind = EventKind::ThreadInfo; // tells nothing, and must not undo what another stream tells
            first.record->thread = {kNoThread, kNoName};
            continue;
        }
        Merge::First &known = earliest.try_emplace(first.record->pcpu, first).first->second;
        if (first.record->timeNs < known.record->timeNs)
            known = first;
    }
    for (const auto &[pcpu, first] : earliest) {
        // Another channel of the same trace has no switches; an earlier trace may have some after a loss.
        const bool isDoubtful = std::any_of(ignorant.begin(), ignorant.end(), [&](const Merge::First &other) {
            return other.record->pcpu == first.record->pcpu && traceOf[other.source] != traceOf[first.source]
                && other.record->timeNs < first.record->timeNs;
        });
        if (isDoubtful)
            continue;
        Ns from = begin;
        for (const Gap &gap : gaps)
            if (gap.until <= first.record->timeNs)
                from = std::max(from, gap.until);
        first.record->timeNs = std::min(first.record->timeNs, from);
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
    std::vector<const TraceWork *> traceOf;
    for (const HostTrace &trace : traces) {
        for (const auto &stream : trace.work->streams) {
            if (!stream->canOpen())
                continue;
            streams.push_back(
                std::make_unique<StreamSource>(pool, *stream, trace.shiftNs, trace.dropped, lossOf(trace)));
            traceOf.push_back(trace.work);
        }
    }
    MemorySource losses(knownLosses(traces, gaps));
    traceOf.push_back(nullptr);
    std::vector<RecordSource *> sources;
    for (const auto &stream : streams) {
        stream->request(); // all readers work from here on
        sources.push_back(stream.get());
    }
    sources.push_back(&losses);

    Merge merge(std::move(sources));
    merge.begin([&](std::span<const Merge::First> firsts) { placeFirstThreads(firsts, traceOf, gaps); });
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
