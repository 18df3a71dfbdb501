// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/told_streams.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "model/load/stream_begins.h"
#include "model/record/stream_teller.h"

namespace exitscope::testing {

namespace {

struct Seen { // an event or the begin of a blind stretch, as they come in a stream
    std::uint64_t event;
    Ns timeNs;
    std::optional<std::int32_t> switchedOff; // none: a stretch begins behind the event
};

// What a source finds when it looks ahead: switches and stretches in their order.
std::vector<Seen> lookAhead(const EventStream &stream)
{
    std::vector<Seen> seen;
    std::vector<Ns> times{kNoTime};
    LossTracker losses;
    for (const EventPacket &packet : stream.packets) {
        if (packet.packetsLost)
            losses.discardedPackets();
        if (packet.eventsLost)
            losses.discardedEvents();
        for (const Record &event : packet.events) {
            losses.event();
            times.push_back(event.timeNs);
            if (event.kind == EventKind::SchedSwitch)
                seen.push_back({losses.events(), event.timeNs, event.switched.prevTid});
        }
        losses.packetEnd();
    }
    for (const LossTracker::Mark &mark : losses.takeMarks()) {
        if (mark.begins)
            seen.push_back({mark.event, times[mark.event], {}});
    }
    // A stretch begins behind the event of its number.
    std::ranges::stable_sort(seen, {}, [](const Seen &s) { return std::pair(s.event, !s.switchedOff); });
    return seen;
}

std::vector<Record> told(const EventStream &stream, const EventStreams &all)
{
    const auto declarations = std::ranges::count_if(
        all.streams, [&](const EventStream &other) { return other.declaresSwitches && other.pcpu == stream.pcpu; });
    const std::vector<Seen> ahead = lookAhead(stream);
    StreamTeller::Options options;
    options.plain = Plain::AllProofs;
    options.hasSwitches = stream.declaresSwitches;
    options.everySwitch = declarations > 1;
    options.nextSwitch = [&ahead](std::uint64_t event) -> StreamTeller::NextSwitch {
        for (const Seen &seen : ahead) {
            if (seen.switchedOff && seen.event > event)
                return {*seen.switchedOff, seen.timeNs};
            if (!seen.switchedOff && seen.event > event)
                return {kNoThread, seen.timeNs};
        }
        return {};
    };
    StreamTeller teller(options);
    for (const EventPacket &packet : stream.packets) {
        if (packet.packetsLost)
            teller.discardedPackets();
        if (packet.eventsLost)
            teller.discardedEvents();
        for (const Record &event : packet.events) {
            teller.beginEvent(event.timeNs, stream.pcpu);
            teller.endEvent(event);
        }
        teller.packetEnd();
    }
    teller.end(stream.pcpu);
    for (std::size_t i = 1; i < teller.records().size(); ++i)
        if (teller.records()[i].timeNs < teller.records()[i - 1].timeNs)
            throw std::logic_error("records out of order");
    return teller.records();
}

class Collector : public RecordSink {
public:
    std::uint32_t intern(const QString &) override { return kNoName; }
    void add(const Record &record) override { records.push_back(record); }
    std::vector<Record> records;
};

} // namespace

std::vector<Record> toldRecords(const EventStreams &streams, const std::vector<Record> &threadInfos)
{
    std::vector<MemorySource> memory;
    memory.emplace_back(threadInfos);
    for (const EventStream &stream : streams.streams)
        memory.emplace_back(told(stream, streams));
    std::vector<RecordSource *> sources;
    for (MemorySource &source : memory)
        sources.push_back(&source);
    const std::vector<std::size_t> oneRecording(sources.size(), 0);
    Merge merge(sources);
    merge.begin([&](std::span<const Merge::First> firsts) { placeBegins(firsts, oneRecording, {}); });
    Collector collector;
    while (!merge.atEnd())
        merge.step(collector);
    return std::move(collector.records);
}

} // namespace exitscope::testing
