// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "model/record/richness.h"

// What exitscope-reader and the model say to each other over the reader's stdin and stdout.
// One reader process serves one or more streams; both ends run on one machine, so integers are native.
//
// The reader opens each stream that it was given, in order, and sends its Description (or Failed); then it waits.
// It works on a stream only while it has credits for it: one credit lets it send one Records frame of that stream.
// A stream ends with exactly one Summary or Failed frame; one that was surveyed to its end can be begun again. Names
// come before the records that use them.
namespace exitscope::wire {

inline constexpr std::uint32_t kFrameMark = 0x31465358; // "XSF1"
inline constexpr std::uint32_t kEndMark = 0x444e4558; // "XEND"
inline constexpr std::uint32_t kMaxPayload = 8u << 20; // bytes
inline constexpr int kRecordsPerFrame = 1024; // at the most
inline constexpr std::size_t kMaxCause = 2000; // bytes of the text of a Failed frame
inline constexpr std::size_t kMaxName = 255; // bytes; the kernel's names have at most 15
inline constexpr int kHeartbeatMs = 500;

enum class FrameKind : std::uint16_t {
    Description = 1, // text, see description.h
    Names, // repeated: u32 index, u32 bytes, UTF-8 bytes
    Records, // u64 bytes of the stream consumed so far, then Record[]
    Heartbeat, // u64, how many steps of work the reader has done: it is alive and busy, and gets on
    Summary, // struct Summary: the stream was read to its end
    Failed, // UTF-8: the first cause why the stream could not be opened, or its rest could not be read
    Partial, // struct Summary: what was read of a stream whose rest cannot be; Failed follows
    SameDescription, // u16, an earlier stream of the reader: what its Description says is true of this one, too
};

struct FrameHeader {
    std::uint32_t mark = kFrameMark;
    FrameKind kind{};
    std::uint16_t stream = 0; // position in the reader's command line, from 0
    std::uint32_t payloadBytes = 0;
};
// payload, then std::uint32_t kEndMark
static_assert(sizeof(FrameHeader) == 12);

enum class CommandKind : std::uint16_t {
    Read = 1, // `value` more credits for Records frames; the first one starts the stream
    Survey, // read the whole stream but send no records, only the Summary
    Quit,
    Again, // of a stream that was surveyed, or of which nothing was read: from its begin, `value` is what Plain to tell
};
struct Command {
    CommandKind kind{};
    std::uint16_t stream = 0;
    std::uint32_t value = 0;
};
static_assert(sizeof(Command) == 8);

struct Summary {
    std::uint64_t events = 0; // all that the stream holds, wanted or not
    std::uint64_t discardedEvents = 0; // as the tracer counted them
    std::uint64_t discardedPackets = 0;
    std::uint64_t uncountedLosses = 0; // of which the tracer told no number: each counts as one above
    std::uint64_t repeatedEvents = 0; // dropped as recorded twice; not among `events`
    std::uint64_t packets = 0; // read to their ends
    std::uint64_t stepsBack = 0; // times clamped because they were before the event ahead of them
    std::int64_t beginNs = 0; // first and last event; meaningless without events
    std::int64_t endNs = 0;
    std::uint32_t richness = 0; // Richness bits
    std::int32_t pcpu = -1; // of the last packet; -1 if the stream does not say
    // The NextSwitch that a stream says first of all, at beginNs, for those who merge it later. Of a survey only.
    std::uint32_t beginsWithSwitch = 0; // 1: it says one
    std::int32_t switchTid = -1;
    std::int32_t switchPcpu = -1;
    std::int64_t switchNs = 0; // NextSwitchData::atNs
};
static_assert(std::is_trivially_copyable_v<Summary>);

} // namespace exitscope::wire
