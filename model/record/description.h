// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace exitscope::wire {

// A thread of the host of which a trace says for certain which vCPU it is (trace-cmd record -A).
struct GuestThread {
    std::int32_t tid = 0;
    std::int32_t vcpu = 0; // number
    std::string vm; // name
    bool operator==(const GuestThread &) const = default;
};

// How far a guest's clock was from its host's, as trace-cmd measured it while it recorded both. From `atNs` on, until
// the next one: host = ((guest * multiplier) >> fractionBits) + offsetNs.
struct HostShift {
    std::int64_t atNs = 0; // on the guest's clock
    std::int64_t offsetNs = 0;
    std::uint64_t multiplier = 1;
    std::uint32_t fractionBits = 0; // at most 63
    bool operator==(const HostShift &) const = default;
};

// What the metadata of a trace declares. A declared event need not have been enabled, nor have happened.
struct Description {
    std::string format; // of the file: "trace.dat", "perf.data", …; empty: CTF
    std::string traceUuid; // canonical text, empty if none
    std::string traceName; // `trace_name` of the environment, else empty
    std::string hostname; // empty if the trace has none
    std::string domain; // "kernel", "ust", or empty
    std::string tracer; // "lttng-modules 2.13.9", "perf", …
    std::string clockName;
    std::string clockUuid; // empty if none; LTTng: the boot id
    std::uint64_t clockFrequency = 0; // Hz; 0: the stream has no clock
    std::int64_t clockOffsetSeconds = 0; // origin offset = seconds + cycles / frequency
    std::uint64_t clockOffsetCycles = 0;
    bool hasTid = false; // contexts of every event
    bool hasPid = false;
    bool hasProcname = false;
    bool hasSwitches = false; // sched_switch can occur in this stream; others of the trace aside
    bool pcpusAreInferred = false; // not told: which threads shared one follows from sched_switch
    std::vector<std::string> events; // names as declared, sorted, each once

    std::vector<GuestThread> guestThreads; // of a host
    std::vector<HostShift> hostShifts; // of a guest, in the order of time
    bool shiftsInterpolate = false; // between two of them the offset goes evenly from the one to the other

    bool operator==(const Description &) const = default;
};

// What the environment of a trace says: `value` gives an entry of it as text, none if there is none. LTTng and perf
// call some of them differently.
void describeEnvironment(
    Description &description, const std::function<std::optional<std::string>(const char *name)> &value);

// One "key<TAB>value" per line; control characters and backslashes in values are escaped.
std::string encode(const Description &description);
// Throws std::invalid_argument with the offending line.
Description decodeDescription(const std::string &text);

} // namespace exitscope::wire
