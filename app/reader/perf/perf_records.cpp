// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/perf/perf_records.h"

#include <new>
#include <string>

#include <zstd.h>

#include "app/reader/perf/perf_record_types.h"
#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

std::string atByte(std::uint64_t offset)
{
    if (offset >= PerfSource::kExpanded)
        return "at byte " + std::to_string(offset - PerfSource::kExpanded) + " of what is compressed in it";
    return "at byte " + std::to_string(offset);
}

// Bytes behind the record that it says there are.
std::uint64_t behind(const PerfRecord &record)
{
    constexpr std::size_t place = perf::kHeaderBytes;
    if (record.type == perf::kTracingData && record.bytes.size() >= place + 4)
        return loadAt<std::uint32_t>(record.bytes, place);
    if (record.type == perf::kAuxtrace && record.bytes.size() >= place + 8)
        return loadAt<std::uint64_t>(record.bytes, place);
    return 0;
}

// Of a compressed record; `compressed` is set to its own bytes.
bool isCompressed(const PerfRecord &record, PerfBytes &compressed)
{
    compressed = record.bytes.subspan(perf::kHeaderBytes);
    if (record.type != perf::kCompressed2)
        return record.type == perf::kCompressed;
    if (compressed.size() < 8 || loadAt<std::uint64_t>(compressed, 0) > compressed.size() - 8)
        throw ReadError("the compressed record " + atByte(record.offset) + " is shorter than it says");
    compressed = compressed.subspan(8, loadAt<std::uint64_t>(compressed, 0));
    return true;
}

} // namespace

// One stream of zstd goes through all of them.
class PerfRecords::Expander {
public:
    Expander() : m_stream(ZSTD_createDStream(), &ZSTD_freeDStream)
    {
        if (!m_stream)
            throw std::bad_alloc();
    }

    void expand(PerfBytes compressed, GrowingBytes &to)
    {
        ZSTD_inBuffer in{compressed.data(), compressed.size(), 0};
        bool isFull = true;
        while (in.pos < in.size || isFull) {
            const std::span<std::byte> room = to.room(ZSTD_DStreamOutSize());
            if (room.empty())
                throw ReadError("it is compressed, and expands to more than the reader may keep in memory; record "
                                "without -z, or open the text that `perf script --ns` makes of it");
            ZSTD_outBuffer out{room.data(), room.size(), 0};
            const std::size_t status = ZSTD_decompressStream(m_stream.get(), &out, &in);
            if (ZSTD_isError(status) != 0)
                throw ReadError(std::string("what is compressed in it is damaged: ") + ZSTD_getErrorName(status));
            to.grow(out.pos);
            isFull = out.pos == out.size;
        }
    }

private:
    std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream *)> m_stream;
};

PerfRecords::PerfRecords(PerfSource &source, std::uint64_t begin, std::uint64_t end)
    : m_source(source), m_window(source), m_expandedWindow(source), m_at(begin), m_end(end)
{
}

PerfRecords::~PerfRecords() = default;

bool PerfRecords::next(PerfRecord &record)
{
    for (;;) {
        if (nextExpanded(record))
            return true;
        if (!nextOf(m_window, m_at, m_end, record)) {
            if (m_expandedAt != PerfSource::kExpanded + m_source.expanded().size())
                throw ReadError("the file ends inside the record " + atByte(m_expandedAt));
            return false;
        }
        PerfBytes compressed;
        if (!isCompressed(record, compressed)) {
            record.behind = behind(record);
            if (record.behind > m_end - m_at)
                throw ReadError("the record " + atByte(record.offset) + " tells of more than the file has");
            m_at += record.behind;
            return true;
        }
        if (!m_expander)
            m_expander = std::make_unique<Expander>();
        m_expander->expand(compressed, m_source.expanded());
    }
}

// A record can be cut anywhere between two compressed ones.
bool PerfRecords::nextExpanded(PerfRecord &record)
{
    const std::uint64_t end = PerfSource::kExpanded + m_source.expanded().size();
    if (end - m_expandedAt < perf::kHeaderBytes)
        return false;
    const PerfBytes header = m_expandedWindow.at(m_expandedAt, perf::kHeaderBytes, end);
    if (loadAt<std::uint16_t>(header, 6) > end - m_expandedAt)
        return false;
    return nextOf(m_expandedWindow, m_expandedAt, end, record);
}

bool PerfRecords::nextOf(PerfWindow &window, std::uint64_t &at, std::uint64_t end, PerfRecord &record) const
{
    if (at == end)
        return false;
    if (end - at < perf::kHeaderBytes)
        throw ReadError("the file ends inside the record " + atByte(at));
    const PerfBytes header = window.at(at, perf::kHeaderBytes, end);
    record = {at, loadAt<std::uint32_t>(header, 0), loadAt<std::uint16_t>(header, 4), {}, 0};
    const auto size = loadAt<std::uint16_t>(header, 6);
    if (size < perf::kHeaderBytes)
        throw ReadError("the record " + atByte(at) + " has a size of " + std::to_string(size)
            + " bytes, which no record has: the file is damaged there");
    if (size > end - at)
        throw ReadError("the file ends inside the record " + atByte(at));
    record.bytes = window.at(at, size, end);
    at += size;
    return true;
}

} // namespace exitscope::reader
