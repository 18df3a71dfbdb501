// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/tools/ctf_layout.h"

// Writes CTF 1.8 traces byte by byte, as LTTng and perf do, with all that can go wrong in one.
//
//     CtfTrace trace(dir);
//     trace.options.byteOrder = ByteOrder::Big;
//     CtfStream &s = trace.stream(0);
//     s.event(100, "kvm_entry tid=31 vcpu_id=0");
//     s.packet();
//     s.lose(5);
//     s.event(200, "kvm_exit reason=32 isa=1 tid=31");
//     trace.write();
namespace exitscope::testing {

enum class ByteOrder : std::uint8_t { Little, Big };
enum class EventHeader : std::uint8_t { Large, Compact }; // LTTng's; perf has one of its own

struct CtfOptions {
    Tracer tracer = Tracer::Lttng;
    ByteOrder byteOrder = ByteOrder::Little;
    EventHeader header = EventHeader::Large;
    RecordedFields recorded{.entryVcpuId = false, .exitVcpuId = false, .intrInfo = false};
    std::string hostname = "testhost"; // empty: none
    std::string domain = "kernel"; // "ust"; empty: none
    std::string traceName = "test";
    std::string traceUuid = "c0ffee00-0000-4000-8000-000000000001"; // empty: none, neither in the packets
    std::string clockUuid = "b007b007-0000-4000-8000-000000000001"; // LTTng: the boot id; empty: none
    std::uint64_t clockFrequency = 1'000'000'000; // times are given in its cycles
    std::int64_t clockOffsetSeconds = 0;
    std::uint64_t clockOffsetCycles = 0;
    bool cpuId = true; // packets say their pCPU
    bool index = false; // LTTng index files
    std::size_t maxPacketBytes = 1u << 20; // a packet that has grown so big ends by itself
    std::size_t packetAlignment = 512; // bytes; what a packet is padded to
    std::vector<std::string> declared; // names of events that metadata declares although none is written
    std::vector<Field> declaredFields; // of each of these
};

class CtfTrace;

// One file of one pCPU.
class CtfStream {
public:
    CtfStream(
        CtfTrace &trace, std::int32_t pcpu, std::uint32_t classId, const std::string &file, std::uint64_t instance);
    ~CtfStream();

    // `time` in clock cycles; it may be before the last event's.
    void event(std::int64_t time, const Event &event);
    void event(std::int64_t time, std::string_view text) { event(time, parseEvent(text)); }
    void packet(); // the packet ends here; what follows goes into the next
    void lose(std::uint64_t events); // the packet that is being written discarded so many
    void losePackets(std::uint64_t packets); // so many are missing before it

private:
    friend class CtfTrace;
    class Private;
    std::unique_ptr<Private> d;
};

class CtfTrace {
public:
    // Makes the directory. Throws std::runtime_error if anything cannot be written, here and later.
    explicit CtfTrace(const std::string &directory);
    ~CtfTrace();

    CtfOptions options; // must not change once an event was written

    // The stream of this pCPU; a second channel is a second file of it, and declares its own events, as LTTng's do.
    CtfStream &stream(std::int32_t pcpu, const std::string &channel = "ch");
    // Ends all packets and files; writes metadata and indexes. Nothing can follow.
    void write();

private:
    friend class CtfStream;
    struct EventLayout {
        std::uint32_t id = 0;
        std::string name;
        std::vector<Field> payload;
        std::set<std::uint32_t> classes; // ids of the stream classes that declare it
    };
    EventLayout &layoutOf(const Event &event);
    std::string metadata() const;

    std::string m_directory;
    std::map<std::string, std::uint32_t> m_classes; // ids of stream classes, by channel
    std::map<std::string, std::unique_ptr<CtfStream>> m_streams; // by file name
    std::map<std::string, EventLayout> m_otherLayouts; // by name
    std::vector<std::unique_ptr<EventLayout>> m_layouts; // by type
    std::uint32_t m_nextId = 0;
};

} // namespace exitscope::testing
