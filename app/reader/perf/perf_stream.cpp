// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/perf/perf_stream.h"

#include <algorithm>
#include <bit>
#include <string_view>

#include <linux/perf_event.h>

#include "app/reader/file/shown_fields.h"
#include "app/reader/perf/perf_record_types.h"
#include "app/reader/read_error.h"

namespace exitscope::reader {

PerfStream::PerfStream(
    const PerfSource &source, const PerfEvents &events, const PerfIndex &index, std::size_t cpu, bool tellsThreads)
    : m_events(events), m_cpu(index.cpus[cpu]), m_broken(index.broken), m_window(source),
      m_reading(std::endian::native == std::endian::big), m_threads(index.threads), m_extents(m_cpu.extents),
      m_tellsThreads(tellsThreads)
{
}

bool PerfStream::next(FileStep &step)
{
    for (PerfBytes record; nextRecord(record);) {
        step = {};
        if (read(record, step))
            return true;
    }
    if (m_cpu.lostAtEnd > 0 && !m_isLostTold) {
        m_isLostTold = true;
        step = {};
        step.kind = FileStep::Kind::Lost;
        step.lost = m_cpu.lostAtEnd;
        return true;
    }
    if (!m_broken.empty())
        throw ReadError(m_broken);
    return false;
}

bool PerfStream::nextRecord(PerfBytes &record)
{
    while (m_extent.bytes == 0) {
        if (m_tellsThreads && m_threads.next(m_extent))
            continue;
        m_tellsThreads = false;
        if (!m_extents.next(m_extent))
            return false;
    }
    const std::uint64_t end = m_extent.offset + m_extent.bytes;
    const auto size = loadAt<std::uint16_t>(m_window.at(m_extent.offset, perf::kHeaderBytes, end), 6);
    if (size < perf::kHeaderBytes || size > m_extent.bytes)
        throw ReadError("the file changed while it was read");
    record = m_window.at(m_extent.offset, size, end);
    m_extent.offset += size;
    m_extent.bytes -= size;
    m_bytesRead += m_tellsThreads ? 0 : size;
    return true;
}

bool PerfStream::read(PerfBytes record, FileStep &step)
{
    switch (loadAt<std::uint32_t>(record, 0)) {
    case PERF_RECORD_SAMPLE:
        return readSample(record, step);
    case PERF_RECORD_LOST:
        step.kind = FileStep::Kind::Lost;
        step.lost = loadAt<std::uint64_t>(record, perf::kHeaderBytes + 8);
        return true;
    default:
        return readThread(record, step);
    }
}

bool PerfStream::readSample(PerfBytes sample, FileStep &step)
{
    const PerfEvent *event = m_events.ofSample(sample);
    if (!event || !event->plan)
        return false;
    const PerfBytes raw = rawOf(*event, sample);
    m_format = event->format;
    m_raw = raw;
    step.timeNs = static_cast<Ns>(m_events.sampleStamp(*event, sample).timeNs);
    step.what = event->plan->what;
    step.kinds = event->kinds;
    step.told = m_reading.read(*event->plan, raw);
    if (event->layout.thread != 0) {
        const auto tid = loadAt<std::int32_t>(sample, event->layout.thread + 4);
        if (tid >= 0) // else it is about to end, and only the raw event tells it still
            step.told.tid = tid;
        step.told.pid = std::max(loadAt<std::int32_t>(sample, event->layout.thread), kNoThread);
    }
    step.isRepeated = isRepeated(step, event->config, raw);
    return true;
}

void PerfStream::tellFields(RawEvent &event) const
{
    addTraceFields(*m_format, m_raw, std::endian::native == std::endian::big, event);
}

// `perf record -e 'kvm:*' -e kvm:kvm_exit` writes each VM exit once for each time that it was asked for.
bool PerfStream::isRepeated(const FileStep &event, std::uint64_t config, PerfBytes raw)
{
    if (m_last.timeNs == event.timeNs && m_last.config == config && m_last.tid == event.told.tid
        && std::equal(m_last.raw.begin(), m_last.raw.end(), raw.begin(), raw.end()))
        return true;
    m_last.config = config;
    m_last.timeNs = event.timeNs;
    m_last.tid = event.told.tid;
    m_last.raw.assign(raw.begin(), raw.end());
    return false;
}

bool PerfStream::readThread(PerfBytes record, FileStep &step) const
{
    constexpr std::size_t kIds = perf::kHeaderBytes;
    const bool isName = loadAt<std::uint32_t>(record, 0) == PERF_RECORD_COMM;
    const std::size_t tidPlace = kIds + (isName ? 4 : 8); // of the others the parent's process comes between
    const std::size_t namePlace = kIds + 8;
    const std::size_t least = isName ? namePlace : kIds + 16 + 8;
    const std::size_t trailer = m_events.trailer(record);
    if (record.size() < least + trailer)
        throw ReadError("a record that tells of a thread is too short");
    step.kind = FileStep::Kind::Thread;
    step.told.pid = std::max(loadAt<std::int32_t>(record, kIds), kNoThread);
    step.told.tid = loadAt<std::int32_t>(record, tidPlace);
    if (isName) {
        const PerfBytes bytes = record.subspan(namePlace, record.size() - trailer - namePlace);
        const std::string_view name(reinterpret_cast<const char *>(bytes.data()), bytes.size());
        step.told.procname = name.substr(0, name.find('\0'));
    }
    return step.told.tid >= 0;
}

} // namespace exitscope::reader
