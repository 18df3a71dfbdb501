// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <array>
#include <set>
#include <utility>
#include <vector>

#include "tests/tools/event_streams.h"

// Seeded hosts that do only what a kernel would, written down whole and once more as a tracer that loses events does.
namespace exitscope::testing {

enum class LossKind : std::uint8_t {
    OneChannel,
    TwoChannels, // of which each can lose
    NoSwitches, // sched_switch is not recorded
    NoContexts, // no event tells its thread
    SmallEvents, // that slip in after the first that did not fit
    LostPackets,
    Borders, // the recording begins and ends with a loss
    Untold, // events are gone without a word, as perf's CTF has it
    CutStreams, // of which a rest cannot be read, or nothing
};
inline constexpr int kLossKinds = 9;
inline constexpr std::array<const char *, kLossKinds> kLossKindNames{"one channel", "two channels",
    "without sched_switch", "without contexts", "small events slip in", "lost packets", "begin and end", "untold gaps",
    "cut streams"};

struct WrittenEvent {
    Record record;
    bool lost = false;
};
struct WrittenPacket {
    std::vector<WrittenEvent> events; // those that were lost stand where they would be, or nearby
    bool eventsLost = false; // the trace tells so
    bool packetsLost = false;
    bool unread = false; // it cannot be read, nor can what follows it in its stream
};
struct WrittenStream {
    std::int32_t pcpu = 0;
    bool declaresSwitches = true;
    std::vector<WrittenPacket> packets;
};

struct LossyHost {
    LossKind kind = LossKind::OneChannel;
    std::vector<WrittenStream> streams;

    EventStreams whole() const;
    EventStreams lossy() const;
};

// Streams of which nothing is lost but what their packets tell.
LossyHost asWritten(const EventStreams &streams);

LossyHost lossyHost(LossKind kind, std::uint32_t seed);

// Whether each lost event lies where manual "Definitions" has the pCPU blind. Not of the kind Untold.
bool lossesAreTold(const LossyHost &host);

// Time and pCPU of the events behind which a stretch begins.
std::set<std::pair<Ns, std::int32_t>> blindBegins(const LossyHost &host);

// All events in their order, the lost ones marked, and which packets tell of a loss.
QStringList listing(const LossyHost &host);

} // namespace exitscope::testing
