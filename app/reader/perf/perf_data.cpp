// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/perf/perf_data.h"

#include <algorithm>
#include <ctime>

#include <linux/perf_event.h>

#include "app/reader/perf/perf_head.h"
#include "app/reader/perf/perf_stream.h"
#include "app/reader/perf/perf_tracing_data.h"
#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

constexpr const char *kAdvice = "; record with: perf record -a -k CLOCK_MONOTONIC -e 'kvm:*' -e sched:sched_switch";

std::string nameOf(const TraceFormats &formats, const PerfEvent &event)
{
    const TraceFormat *format = event.isTracepoint ? formats.find(event.config) : nullptr;
    return format ? format->name : std::string();
}

// Without these its samples say nothing that could be shown.
void check(const PerfEvent &event, const std::string &name)
{
    if (event.isSampled)
        throw ReadError("of " + name + " not every event was recorded" + kAdvice + ", without -c and -F");
    if ((event.sampleType & PERF_SAMPLE_TIME) == 0)
        throw ReadError("the events " + name + " have no times" + kAdvice);
    if ((event.sampleType & PERF_SAMPLE_RAW) == 0)
        throw ReadError("the events " + name + " have none of their fields" + kAdvice);
}

void checkAll(const PerfEvents &events, const TraceFormats &formats)
{
    const auto &all = events.all();
    if (std::none_of(all.begin(), all.end(), [](const PerfEvent &event) { return event.isTracepoint; }))
        throw ReadError(std::string("it holds no tracepoints") + kAdvice);
    bool hasFormats = false;
    for (const PerfEvent &event : all) {
        const std::string name = nameOf(formats, event);
        if (!name.empty())
            check(event, name);
        hasFormats = hasFormats || !name.empty();
    }
    if (!hasFormats)
        throw ReadError(std::string("it does not tell what its tracepoints hold") + kAdvice);
}

std::string clockName(std::optional<std::int32_t> clock)
{
    if (!clock)
        return "perf";
    switch (*clock) {
    case CLOCK_REALTIME:
        return "realtime";
    case CLOCK_MONOTONIC:
        return "monotonic";
    case CLOCK_MONOTONIC_RAW:
        return "monotonic_raw";
    case CLOCK_BOOTTIME:
        return "boottime";
    case CLOCK_TAI:
        return "tai";
    default:
        return "clock " + std::to_string(*clock);
    }
}

} // namespace

PerfData::PerfData(const std::string &path, const Alive &alive) : m_source(path)
{
    const PerfHead head = readPerfHead(m_source, m_events);
    if (head.tracingData)
        readTracingData(m_source, head.tracingData->begin, head.tracingData->end, m_formats);
    if (!head.isPiped)
        checkAll(m_events, m_formats);
    m_index = makePerfIndex(m_source, head, m_events, m_formats, alive);
    if (head.isPiped)
        checkAll(m_events, m_formats);
    m_events.findFormats(m_formats);
    for (const PerfCpu &cpu : m_index.cpus)
        m_cpus.push_back({cpu.number, cpu.extents.bytes()});
}

wire::Description PerfData::describe() const
{
    wire::Description description;
    description.format = "perf.data";
    description.domain = "kernel";
    description.tracer = "perf";
    description.clockFrequency = 1'000'000'000;
    description.hasTid = true;
    description.hasPid = true;
    for (const PerfEvent &event : m_events.all()) {
        if (!event.plan)
            continue;
        description.events.push_back(nameOf(m_formats, event));
        description.clockName = clockName(event.clockId);
        description.hasSwitches |= event.plan->what.kind == EventKind::SchedSwitch;
    }
    auto &names = description.events;
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return description;
}

std::unique_ptr<FileStream> PerfData::read(std::size_t cpu)
{
    return std::make_unique<PerfStream>(m_source, m_events, m_index, cpu, cpu == 0);
}

} // namespace exitscope::reader
