// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/perf/perf_index.h"

#include <map>
#include <set>
#include <utility>

#include <linux/perf_event.h>

#include "app/reader/perf/perf_losses.h"
#include "app/reader/perf/perf_order.h"
#include "app/reader/perf/perf_record_types.h"
#include "app/reader/perf/perf_records.h"
#include "app/reader/perf/perf_tracing_data.h"
#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

class Indexer {
public:
    Indexer(PerfSource &source, const PerfHead &head, PerfEvents &events, TraceFormats &formats, const Alive &alive)
        : m_alive(alive), m_source(source), m_isPiped(head.isPiped), m_events(events), m_formats(formats),
          m_records(source, head.records.begin, head.records.end)
    {
    }

    PerfIndex run()
    {
        PerfIndex index;
        try {
            std::uint64_t records = 0;
            for (PerfRecord record; m_records.next(record);) {
                add(record);
                if (m_alive && ++records % kBetweenSigns == 0)
                    m_alive();
            }
        } catch (const ReadError &error) {
            if (m_withEvents.empty())
                throw;
            index.broken = error.what();
        }
        m_order.end();
        sortOut(index);
        return index;
    }

private:
    void add(const PerfRecord &record)
    {
        switch (record.type) {
        case PERF_RECORD_SAMPLE:
            addSample(record);
            break;
        case PERF_RECORD_LOST:
            addLost(record);
            break;
        case PERF_RECORD_LOST_SAMPLES:
            addLostSamples(record);
            break;
        case PERF_RECORD_COMM:
        case PERF_RECORD_FORK:
        case PERF_RECORD_EXIT:
            addThread(record);
            break;
        case perf::kFinishedRound:
            m_order.round();
            break;
        case perf::kIdIndex:
            addCpus(record);
            break;
        case perf::kHeaderAttr:
        case perf::kTracingData:
            if (m_isPiped)
                addHead(record);
            break;
        default:
            break;
        }
    }

    void addHead(const PerfRecord &record)
    {
        if (record.type == perf::kHeaderAttr) {
            addPerfEvent(record.bytes, m_events);
            return;
        }
        const std::uint64_t begin = record.offset + record.bytes.size();
        readTracingData(m_source, begin, begin + record.behind, m_formats);
    }

    void addSample(const PerfRecord &record)
    {
        const PerfEvent *event = m_events.ofSample(record.bytes);
        if (!event || !event->isTracepoint)
            return;
        const PerfStamp stamp = m_events.sampleStamp(*event, record.bytes);
        if (stamp.cpu != m_lastCpu || m_withEvents.empty())
            m_withEvents.insert(stamp.cpu);
        m_lastCpu = stamp.cpu;
        m_order.add(stamp.cpu, stamp.timeNs, record.offset, sizeOf(record));
    }

    // It has the time of when it was written, which is after that of the event for whose sake it was written and which
    // follows it. So it stays behind the one before.
    void addLost(const PerfRecord &record)
    {
        constexpr std::size_t kBytes = perf::kHeaderBytes + 8 + 8;
        if (record.bytes.size() < kBytes)
            throw ReadError("a LOST record is too short");
        const std::optional<PerfStamp> stamp = m_events.stamp(record.bytes);
        const std::int32_t cpu = stamp && stamp->cpu != kNoPcpu
            ? stamp->cpu
            : m_losses.cpuOf(loadAt<std::uint64_t>(record.bytes, perf::kHeaderBytes));
        m_losses.addLost(cpu, loadAt<std::uint64_t>(record.bytes, perf::kHeaderBytes + 8));
        m_withEvents.insert(cpu);
        m_order.addBehind(cpu, record.offset, sizeOf(record));
    }

    void addLostSamples(const PerfRecord &record)
    {
        const std::size_t trailer = m_events.trailer(record.bytes);
        if (record.bytes.size() < perf::kHeaderBytes + 8 + trailer)
            throw ReadError("a LOST_SAMPLES record is too short");
        if ((record.misc & perf::kFiltered) != 0)
            return;
        const std::optional<std::uint64_t> id = m_events.id(record.bytes);
        const PerfEvent *event = id ? m_events.find(*id) : nullptr;
        // Those of the processor count what it lost itself, which is in no ring buffer.
        if (event && event->countsSoftware)
            m_losses.addLostSamples(*id, loadAt<std::uint64_t>(record.bytes, perf::kHeaderBytes));
    }

    void addThread(const PerfRecord &record)
    {
        const std::optional<PerfStamp> stamp = m_events.stamp(record.bytes);
        if (stamp && stamp->timeNs != 0)
            m_order.add(stamp->cpu, stamp->timeNs, record.offset, sizeOf(record));
        else
            m_threads.add(record.offset, record.bytes.size());
    }

    static std::uint32_t sizeOf(const PerfRecord &record) { return static_cast<std::uint32_t>(record.bytes.size()); }

    void addCpus(const PerfRecord &record)
    {
        constexpr std::size_t kEntry = 32; // id, index, CPU, thread
        constexpr std::size_t kFirst = perf::kHeaderBytes + 8;
        for (std::size_t at = kFirst; at + kEntry <= record.bytes.size(); at += kEntry) {
            const auto cpu = loadAt<std::int64_t>(record.bytes, at + 16);
            if (cpu >= 0 && cpu <= PerfEvents::kMaxCpu)
                m_losses.setCpu(loadAt<std::uint64_t>(record.bytes, at), static_cast<std::int32_t>(cpu));
        }
    }

    void sortOut(PerfIndex &index)
    {
        index.threads = std::move(m_threads);
        const std::map<std::int32_t, std::uint64_t> untold = m_losses.untold();
        std::map<std::int32_t, PerfExtents> ordered = m_order.take();
        for (const auto &lost : untold) {
            m_withEvents.insert(lost.first);
            ordered.try_emplace(lost.first);
        }
        for (auto &[number, extents] : ordered) {
            if (!m_withEvents.contains(number)) {
                index.threads.add(extents);
                continue;
            }
            const auto lost = untold.find(number);
            index.cpus.push_back({number, std::move(extents), lost != untold.end() ? lost->second : 0});
        }
    }

    static constexpr std::uint64_t kBetweenSigns = 1u << 16; // of life: records

    const Alive &m_alive;
    PerfSource &m_source;
    bool m_isPiped;
    PerfEvents &m_events;
    TraceFormats &m_formats;
    PerfRecords m_records;
    PerfOrder m_order;
    PerfLosses m_losses;
    PerfExtents m_threads; // told by perf, not by a CPU
    std::set<std::int32_t> m_withEvents; // CPUs
    std::int32_t m_lastCpu = kNoPcpu; // of a sample
};

} // namespace

PerfIndex makePerfIndex(
    PerfSource &source, const PerfHead &head, PerfEvents &events, TraceFormats &formats, const Alive &alive)
{
    return Indexer(source, head, events, formats, alive).run();
}

} // namespace exitscope::reader
