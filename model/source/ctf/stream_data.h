// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/source/ctf/field_reader.h"
#include "model/source/ctf/layout.h"
#include "model/source/ctf/mapped_file.h"

namespace exitscope::ctf {

// A trace whose metadata is understood.
class Trace {
public:
    explicit Trace(std::string_view metadata); // throws CtfError

    const TraceClass &traceClass() const { return *m_layout.trace; }
    const TraceLayout &layout() const { return m_layout; }
    // Compiled when it is first asked for; from any thread. Throws CtfError.
    const StreamLayout &stream(std::uint64_t id) const;

private:
    TraceLayout m_layout;
    mutable std::mutex m_mutex;
    mutable std::map<std::uint64_t, std::unique_ptr<StreamLayout>> m_streams;
};

struct StreamFile {
    std::string path;
    std::uint64_t bytes = 0; // to be read of it
};

struct Packet {
    std::size_t file = 0;
    std::uint64_t offset = 0; // bytes
    std::uint64_t bytes = 0;
    std::uint64_t contentBits = 0;
    std::optional<std::uint64_t> begin; // cycles, as its context tells
    std::optional<std::uint64_t> discardedEvents;
    std::optional<std::uint64_t> number;
    std::optional<std::int64_t> cpu;
};

// What the header and the context of a packet tell; `bits` is behind them then. Throws CtfError.
class PacketHead {
public:
    PacketHead(const Trace &trace, std::span<const std::uint8_t> rest);

    std::uint64_t streamClass = 0;
    std::uint64_t streamId = 0;
    Packet packet; // but for its place
    std::uint64_t at = 0; // bits: where the events begin

private:
    void sizes(const FieldReader &context, std::uint64_t rest);
    static void checkTimes(const FieldReader &context, const ClockClass &clock);
};

// The packets of one stream, in the order of their times, and the files that hold them. Never changes.
class StreamData {
public:
    // Throws CtfError: also where the packets are not as tracers write them, which another reader may know better.
    // Once `stop` is set it throws.
    StreamData(std::shared_ptr<const Trace> trace, const std::vector<StreamFile> &files, const std::atomic<bool> &stop);

    const Trace &trace() const { return *m_trace; }
    const StreamLayout &layout() const { return *m_layout; }
    const std::vector<Packet> &packets() const { return m_packets; }
    const std::uint8_t *bytesOf(const Packet &packet) const
    {
        return m_files[packet.file]->bytes().data() + packet.offset;
    }
    // What lies before that byte of the packet was read. By one thread at a time.
    void letGo(const Packet &packet, std::uint64_t byte) const
    {
        m_files[packet.file]->letGo(static_cast<std::size_t>(packet.offset + byte));
    }
    bool shrank(const Packet &packet) const { return m_files[packet.file]->shrank(); }

private:
    std::vector<Packet> scan(std::size_t file, const std::atomic<bool> &stop);
    void order(std::vector<std::vector<Packet>> packets);

    std::shared_ptr<const Trace> m_trace;
    const StreamLayout *m_layout = nullptr;
    std::uint64_t m_streamId = 0;
    std::vector<std::unique_ptr<MappedFile>> m_files;
    std::vector<Packet> m_packets;
};

} // namespace exitscope::ctf
