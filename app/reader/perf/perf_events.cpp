// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/perf/perf_events.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

#include <linux/perf_event.h>

#include "app/reader/read_error.h"
#include "model/record/stream_recorder.h"

namespace exitscope::reader {

namespace {

[[noreturn]] void tooShort()
{
    throw ReadError("a record is shorter than what its event asks for");
}

// In the order in which they stand in a sample.
void placeInSample(PerfLayout &layout, std::uint64_t sampleType)
{
    const std::pair<std::uint64_t, std::uint16_t *> fields[]
        = {{PERF_SAMPLE_IDENTIFIER, &layout.id}, {PERF_SAMPLE_IP, nullptr}, {PERF_SAMPLE_TID, &layout.thread},
            {PERF_SAMPLE_TIME, &layout.time}, {PERF_SAMPLE_ADDR, nullptr}, {PERF_SAMPLE_ID, &layout.id},
            {PERF_SAMPLE_STREAM_ID, nullptr}, {PERF_SAMPLE_CPU, &layout.cpu}, {PERF_SAMPLE_PERIOD, nullptr}};
    for (const auto &[bit, place] : fields) {
        if ((sampleType & bit) == 0)
            continue;
        if (place && *place == 0)
            *place = layout.fixed;
        layout.fixed += 8;
    }
}

// In the order in which they stand at the end of other records, from the last on.
void placeInTrailer(PerfLayout &layout, std::uint64_t sampleType)
{
    const std::pair<std::uint64_t, std::uint16_t *> fields[] = {{PERF_SAMPLE_IDENTIFIER, &layout.idBack},
        {PERF_SAMPLE_CPU, &layout.cpuBack}, {PERF_SAMPLE_STREAM_ID, nullptr}, {PERF_SAMPLE_ID, &layout.idBack},
        {PERF_SAMPLE_TIME, &layout.timeBack}, {PERF_SAMPLE_TID, nullptr}};
    for (const auto &[bit, place] : fields) {
        if ((sampleType & bit) == 0)
            continue;
        layout.trailer += 8;
        if (place && *place == 0)
            *place = layout.trailer;
    }
}

PerfEvent eventOf(const perf_event_attr &attr)
{
    PerfEvent event;
    event.config = attr.config;
    event.sampleType = attr.sample_type;
    event.readFormat = attr.read_format;
    event.isTracepoint = attr.type == PERF_TYPE_TRACEPOINT;
    event.countsSoftware = event.isTracepoint || attr.type == PERF_TYPE_SOFTWARE;
    event.isSampled = attr.freq || attr.sample_period > 1;
    if (attr.use_clockid)
        event.clockId = attr.clockid;
    placeInSample(event.layout, attr.sample_type);
    placeInTrailer(event.layout, attr.sample_type);
    return event;
}

std::int32_t cpuOf(std::uint32_t cpu)
{
    if (cpu == std::numeric_limits<std::uint32_t>::max())
        return kNoPcpu;
    if (cpu > static_cast<std::uint32_t>(PerfEvents::kMaxCpu))
        throw ReadError("a record is of CPU " + std::to_string(cpu) + ", which there cannot be");
    return static_cast<std::int32_t>(cpu);
}

std::uint64_t timeOf(std::uint64_t time)
{
    if (time > static_cast<std::uint64_t>(std::numeric_limits<Ns>::max()))
        throw ReadError("a record has a time of 2^63 ns or more, which there cannot be");
    return time;
}

// Walks through the fields of a sample.
class Walk {
public:
    Walk(PerfBytes sample, std::size_t at) : m_sample(sample), m_at(at) { }

    void skip(std::uint64_t numbers)
    {
        if (m_at > m_sample.size() || numbers > (m_sample.size() - m_at) / 8)
            tooShort();
        m_at += 8 * numbers;
    }
    std::uint64_t number()
    {
        skip(1);
        return loadAt<std::uint64_t>(m_sample, m_at - 8);
    }
    PerfBytes raw()
    {
        constexpr std::size_t kHead = 4;
        if (m_at > m_sample.size() || m_sample.size() - m_at < kHead)
            tooShort();
        const auto size = loadAt<std::uint32_t>(m_sample, m_at);
        if (size > m_sample.size() - m_at - kHead)
            tooShort();
        return m_sample.subspan(m_at + kHead, size);
    }

private:
    PerfBytes m_sample;
    std::size_t m_at;
};

void skipCounts(Walk &walk, std::uint64_t readFormat)
{
    constexpr std::uint64_t times = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    constexpr std::uint64_t lost = 1u << 4; // PERF_FORMAT_LOST, since Linux 6.0
    const auto ofEach = 1 + static_cast<std::uint64_t>(std::popcount(readFormat & (PERF_FORMAT_ID | lost)));
    const auto ofAll = static_cast<std::uint64_t>(std::popcount(readFormat & times));
    if ((readFormat & PERF_FORMAT_GROUP) == 0) {
        walk.skip(ofAll + ofEach);
        return;
    }
    const std::uint64_t events = walk.number();
    walk.skip(ofAll);
    if (events > std::numeric_limits<std::uint16_t>::max())
        tooShort();
    walk.skip(events * ofEach);
}

} // namespace

PerfBytes rawOf(const PerfEvent &event, PerfBytes sample)
{
    Walk walk(sample, event.layout.fixed);
    if ((event.sampleType & PERF_SAMPLE_READ) != 0)
        skipCounts(walk, event.readFormat);
    if ((event.sampleType & PERF_SAMPLE_CALLCHAIN) != 0)
        walk.skip(walk.number());
    return walk.raw();
}

void PerfEvents::add(PerfBytes bytes, const std::vector<std::uint64_t> &ids)
{
    perf_event_attr attr{};
    std::memcpy(&attr, bytes.data(), std::min(bytes.size(), sizeof attr));
    const PerfEvent event = eventOf(attr);
    if (!m_events.empty()) {
        // Which event a record is of is read before it is known how its event wants it.
        const PerfLayout &first = m_events.front().layout;
        if (event.layout.id == 0 || event.layout.id != first.id || event.layout.idBack != first.idBack)
            throw ReadError("its records do not tell which of its events they are of; record them with one `perf "
                            "record`, which numbers them");
    }
    m_areAllStamped = m_areAllStamped && attr.sample_id_all;
    const auto place = static_cast<std::uint32_t>(m_events.size());
    m_events.push_back(event);
    for (const std::uint64_t id : ids)
        m_places.emplace(id, place);
}

void PerfEvents::findFormats(TraceFormats &formats)
{
    for (PerfEvent &event : m_events) {
        event.plan = event.isTracepoint ? formats.plan(event.config) : nullptr;
        event.format = event.plan ? formats.find(event.config) : nullptr;
        event.kinds = event.plan ? kindsOf(*event.plan) | wire::HasPid : 0;
    }
}

const PerfEvent *PerfEvents::find(std::uint64_t id) const
{
    const auto found = m_places.find(id);
    if (found != m_places.end())
        return &m_events[found->second];
    return id == 0 && !m_events.empty() ? &m_events.front() : nullptr; // 0: made up by perf
}

const PerfEvent *PerfEvents::ofSample(PerfBytes record) const
{
    if (m_events.empty())
        return nullptr;
    const PerfEvent *event = &m_events.front();
    if (m_events.size() > 1) {
        if (record.size() < std::size_t{event->layout.id} + 8)
            tooShort();
        event = find(loadAt<std::uint64_t>(record, event->layout.id));
    }
    if (event && record.size() < event->layout.fixed)
        tooShort();
    return event;
}

PerfStamp PerfEvents::sampleStamp(const PerfEvent &event, PerfBytes sample) const
{
    const PerfLayout &layout = event.layout;
    PerfStamp stamp;
    if (layout.time != 0)
        stamp.timeNs = timeOf(loadAt<std::uint64_t>(sample, layout.time));
    if (layout.cpu != 0)
        stamp.cpu = cpuOf(loadAt<std::uint32_t>(sample, layout.cpu));
    return stamp;
}

const PerfEvent *PerfEvents::ofOther(PerfBytes record) const
{
    if (m_events.empty() || !m_areAllStamped)
        return nullptr;
    const PerfEvent *event = &m_events.front();
    if (m_events.size() > 1) {
        if (record.size() < std::size_t{8} + event->layout.idBack)
            tooShort();
        event = find(loadAt<std::uint64_t>(record, record.size() - event->layout.idBack));
    }
    if (event && record.size() < std::size_t{8} + event->layout.trailer)
        tooShort();
    return event;
}

std::optional<PerfStamp> PerfEvents::stamp(PerfBytes record) const
{
    const PerfEvent *event = ofOther(record);
    if (!event)
        return std::nullopt;
    const PerfLayout &layout = event->layout;
    PerfStamp stamp;
    if (layout.timeBack != 0)
        stamp.timeNs = timeOf(loadAt<std::uint64_t>(record, record.size() - layout.timeBack));
    if (layout.cpuBack != 0)
        stamp.cpu = cpuOf(loadAt<std::uint32_t>(record, record.size() - layout.cpuBack));
    return stamp;
}

std::optional<std::uint64_t> PerfEvents::id(PerfBytes record) const
{
    const PerfEvent *event = ofOther(record);
    if (!event || event->layout.idBack == 0)
        return std::nullopt;
    return loadAt<std::uint64_t>(record, record.size() - event->layout.idBack);
}

std::size_t PerfEvents::trailer(PerfBytes record) const
{
    const PerfEvent *event = ofOther(record);
    return event ? event->layout.trailer : 0;
}

} // namespace exitscope::reader
