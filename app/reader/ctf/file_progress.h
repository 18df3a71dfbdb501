// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace exitscope::reader {

// How much of a stream's files was read. libbabeltrace2 does not tell packet sizes; LTTng's
// index files do. Inside a packet the times tell.
class FileProgress {
public:
    // `file`: the only one of the stream there; empty: all are.
    explicit FileProgress(const std::string &directory, const std::string &file = {});

    bool empty() const { return m_files == 0; } // no file at all
    std::uint64_t totalBytes() const { return m_totalBytes; }
    bool hasIndex() const { return !m_packets.empty(); }
    // So many whole packets, and the next one up to this time (in cycles of the trace clock); needs the index.
    std::uint64_t bytesRead(std::size_t packets, std::uint64_t cycles) const;

private:
    struct Packet {
        std::uint64_t begin; // cycles
        std::uint64_t end;
        std::uint64_t bytes;
        std::uint64_t bytesBefore; // of the packets before
    };

    static bool readIndex(const std::string &path, std::vector<Packet> &packets);

    std::size_t m_files = 0;
    std::uint64_t m_totalBytes = 0;
    std::vector<Packet> m_packets; // in the order of their times
};

} // namespace exitscope::reader
