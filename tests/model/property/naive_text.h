// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <string>

#include "tests/model/property/naive_timeline.h"
#include "tests/tools/event_streams.h"

// Event lists a line each, and results as short texts, for tests of the naive reading itself.
namespace exitscope::naive {

inline constexpr std::int32_t kT = 100; // the thread of a vCPU

// What states of `prev_state` mean.
inline constexpr std::int64_t kRunnable = 0;
inline constexpr std::int64_t kAsleep = 1;
inline constexpr std::int64_t kDead = 16;

class Channel {
public:
    Channel(std::int32_t pcpu, bool declaresSwitches);

    Channel &entry(Ns time, std::int32_t tid = kT);
    Channel &exit(Ns time, std::uint64_t reason = 30, std::int32_t tid = kT, std::uint8_t isa = 1);
    Channel &halt(Ns time, std::int32_t tid = kT) { return exit(time, 12, tid); }
    Channel &userspaceExit(Ns time, std::int32_t reason = 2, std::int32_t tid = kT);
    Channel &ioctlEntry(Ns time, std::uint64_t cmd = kKvmRun, std::int32_t tid = kT);
    Channel &ioctlExit(Ns time, std::int32_t tid = kT);
    Channel &switched(Ns time, std::int32_t from, std::int32_t to, std::int64_t prevState = kRunnable);
    Channel &wakeup(Ns time, std::int32_t tid = kT);
    Channel &host(Ns time, std::int32_t tid = kNoThread, bool proves = true);
    Channel &threadExit(Ns time, std::int32_t tid = kT);
    Channel &irqBegin(Ns time, std::int32_t tid, IrqSource source = IrqSource::Handler);
    Channel &irqEnd(Ns time, std::int32_t tid, IrqSource source = IrqSource::Handler);

    Channel &packet(bool eventsLost = false); // ends here; the next begins
    Channel &lost() { return packet().packet(true); } // a packet without events tells it
    Channel &packetsLost(); // before the packet that begins here

    testing::EventStream stream;

private:
    Record &add(Ns time, std::int32_t tid, EventKind kind);
};

class HostTrace {
public:
    Channel &channel(std::int32_t pcpu, bool declaresSwitches = true);
    testing::EventStreams streams() const;
    Result read() const { return timelineOf(streams()); }

private:
    std::deque<Channel> m_channels;
};

// "10 Guest@0 20 Kvm@0 30 Unknown 60": states between the times at which they change. "none" without the vCPU.
std::string statesOf(const Result &result, Who who = {kT, kNoPcpu, 0});
// "10>20-30, 40, 50-60": each exit with the entry of its run and its end.
std::string exitsOf(const Result &result, Who who = {kT, kNoPcpu, 0});
std::string contradictionsOf(const Result &result); // "4 4 5": the kinds
std::string irqOf(const Result &result, Who who = {kT, kNoPcpu, 0}); // "40-50"

} // namespace exitscope::naive

#define SAYS(actual, expected) QCOMPARE(QString::fromStdString(actual), QString::fromStdString(expected))
