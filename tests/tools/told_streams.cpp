// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/told_streams.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "model/load/stream_begins.h"
#include "model/load/stream_source.h"
#include "model/record/stream_teller.h"
#include "model/record/switches_ahead.h"

namespace exitscope::testing {

namespace {

// What a source finds when it looks ahead: it reads on as far as the answer lies.
class Ahead {
public:
    explicit Ahead(const EventStream &stream) : m_stream(stream) { }

    StreamTeller::NextSwitch behind(std::uint64_t event)
    {
        while (true) {
            if (const auto answer = m_switches.behind(event))
                return *answer;
            readOn();
        }
    }

private:
    void readOn() // one packet
    {
        if (m_packet == m_stream.packets.size())
            return m_switches.end(m_stream.restLost);
        const EventPacket &packet = m_stream.packets[m_packet++];
        if (packet.packetsLost)
            m_switches.discardedPackets();
        if (packet.eventsLost)
            m_switches.discardedEvents();
        for (const Record &event : packet.events) {
            m_switches.event(event.timeNs);
            if (event.kind == EventKind::SchedSwitch)
                m_switches.switchedOff(event.switched.prevTid);
        }
        m_switches.packetEnd();
    }

    const EventStream &m_stream;
    std::size_t m_packet = 0;
    SwitchesAhead m_switches;
};

std::optional<Ns> lastTime(const EventStream &stream)
{
    std::optional<Ns> last;
    for (const EventPacket &packet : stream.packets)
        if (!packet.events.empty())
            last = packet.events.back().timeNs;
    return last;
}

std::vector<Record> told(const EventStream &stream, const EventStreams &all)
{
    const auto declarations = std::ranges::count_if(
        all.streams, [&](const EventStream &other) { return other.declaresSwitches && other.pcpu == stream.pcpu; });
    StreamTeller::Options options;
    options.plain = Plain::AllProofs;
    options.hasSwitches = stream.declaresSwitches;
    options.everySwitch = declarations > 1;
    Ahead ahead(stream);
    options.nextSwitch = [&ahead](std::uint64_t event) { return ahead.behind(event); };
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
    const std::optional<Ns> last = lastTime(stream);
    if (stream.restLost && !last)
        return {blindFromBegin(all.from)}; // nobody knows its pCPU
    for (std::size_t i = 1; i < teller.records().size(); ++i)
        if (teller.records()[i].timeNs < teller.records()[i - 1].timeNs)
            throw std::logic_error("records out of order");
    std::vector<Record> records = teller.records();
    if (stream.restLost)
        records.push_back(blindRecord(*last, stream.pcpu, stream.declaresSwitches));
    return records;
}

class Collector : public RecordSink {
public:
    std::uint32_t intern(const QString &) override { return kNoName; }
    void add(std::span<const Record> more) override { records.insert(records.end(), more.begin(), more.end()); }
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
    Collector collector;
    Merge merge(sources, collector);
    merge.begin([&](std::span<const Merge::First> firsts) { placeBegins(firsts, oneRecording, {}); });
    while (!merge.atEnd())
        merge.step();
    return std::move(collector.records);
}

} // namespace exitscope::testing
