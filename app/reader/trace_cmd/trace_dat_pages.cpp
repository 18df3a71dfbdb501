// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/trace_cmd/trace_dat_pages.h"

#include <algorithm>
#include <string>

#include "app/reader/file/byte_cursor.h"
#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

constexpr std::uint32_t kPlainChunk = 256u << 10; // bytes, about
constexpr std::uint32_t kMostChunk = 64u << 20; // trace-cmd packs ten pages at once
constexpr const char *kIsCut = "the file was cut: it ends before this CPU's last events";

DatChunks plainChunks(const FileBytes &file, const DatHead &head, const DatCpu &cpu)
{
    DatChunks result;
    const std::uint64_t there = std::min(cpu.bytes, file.size() - std::min(file.size(), cpu.offset));
    result.bytes = there - there % head.pageBytes;
    if (result.bytes < cpu.bytes)
        result.fault = kIsCut;
    const std::uint64_t most = std::max(head.pageBytes, kPlainChunk - kPlainChunk % head.pageBytes);
    for (std::uint64_t at = 0; at < result.bytes; at += most)
        result.chunks.push_back({cpu.offset + at, 0, static_cast<std::uint32_t>(std::min(most, result.bytes - at))});
    return result;
}

// Their heads stand before each: what the file has of them can be found, though it was cut.
DatChunks packedChunks(const FileBytes &file, const DatHead &head, const DatCpu &cpu)
{
    constexpr std::uint64_t headBytes = 8;
    DatChunks result;
    result.fault = kIsCut;
    if (cpu.offset > file.size() || file.size() - cpu.offset < 4)
        return result;
    ByteCursor cursor(file, cpu.offset, head.isBigEndian);
    for (std::uint32_t left = cursor.u32(); left > 0; --left) {
        if (file.size() - cursor.at() < headBytes)
            return result;
        const std::uint32_t packedBytes = cursor.u32();
        const std::uint32_t bytes = cursor.u32();
        if (packedBytes == 0 || packedBytes > kMostChunk || bytes > kMostChunk || bytes % head.pageBytes != 0) {
            result.fault = "the file is damaged: from here on the data of CPU " + std::to_string(cpu.number)
                + " is not packed as trace-cmd does";
            return result;
        }
        if (file.size() - cursor.at() < packedBytes)
            return result;
        result.chunks.push_back({cursor.at(), packedBytes, bytes});
        result.bytes += bytes;
        cursor.skip(packedBytes);
    }
    result.fault.clear();
    return result;
}

} // namespace

DatChunks findChunks(const FileBytes &file, const DatHead &head, const DatCpu &cpu)
{
    return head.packing != Packing::None ? packedChunks(file, head, cpu) : plainChunks(file, head, cpu);
}

std::span<const std::byte> DatPages::next()
{
    while (m_at == m_chunk.size()) {
        if (m_nextChunk == m_chunks.chunks.size()) {
            if (!m_chunks.fault.empty())
                throw ReadError(m_chunks.fault);
            return {};
        }
        load(m_chunks.chunks[m_nextChunk++]);
    }
    const auto page = std::span(m_chunk).subspan(m_at, m_pageBytes);
    m_at += m_pageBytes;
    m_bytesRead += m_pageBytes;
    return page;
}

void DatPages::load(const DatChunks::Chunk &chunk)
{
    m_at = 0;
    m_chunk.clear(); // nothing of it, should the reading fail
    std::vector<std::byte> bytes(chunk.bytes);
    if (chunk.packedBytes == 0) {
        m_file.read(chunk.offset, bytes);
    } else {
        m_packed.resize(chunk.packedBytes);
        m_file.read(chunk.offset, m_packed);
        unpack(m_packing, m_packed, bytes);
    }
    m_chunk = std::move(bytes);
}

} // namespace exitscope::reader
