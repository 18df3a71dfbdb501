// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "app/reader/file/file_bytes.h"
#include "app/reader/trace_cmd/trace_dat_head.h"

namespace exitscope::reader {

// Where the pages of one CPU lie in a trace.dat: in chunks that are read at once.
struct DatChunks {
    struct Chunk {
        std::uint64_t offset; // in the file
        std::uint32_t packedBytes; // there; 0: it is not compressed
        std::uint32_t bytes;
    };
    std::vector<Chunk> chunks;
    std::uint64_t bytes = 0; // of all, unpacked
    std::string fault; // why what follows them cannot be read; empty if nothing does
};
DatChunks findChunks(const FileBytes &file, const DatHead &head, const DatCpu &cpu);

// The pages of one CPU, in order. Holds one chunk in memory.
class DatPages {
public:
    DatPages(const FileBytes &file, const DatChunks &chunks, const DatHead &head)
        : m_file(file), m_chunks(chunks), m_packing(head.packing), m_pageBytes(head.pageBytes)
    {
    }

    // Empty at the end; valid until the next call. Throws ReadError.
    std::span<const std::byte> next();
    std::uint64_t bytesRead() const { return m_bytesRead; } // of DatChunks::bytes

private:
    void load(const DatChunks::Chunk &chunk);

    const FileBytes &m_file;
    const DatChunks &m_chunks;
    Packing m_packing;
    std::size_t m_pageBytes;
    std::size_t m_nextChunk = 0;
    std::vector<std::byte> m_packed;
    std::vector<std::byte> m_chunk;
    std::size_t m_at = 0; // of the next page in it
    std::uint64_t m_bytesRead = 0;
};

} // namespace exitscope::reader
