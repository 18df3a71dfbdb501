// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <chrono>
#include <map>

#include "model/cancel_flag.h"
#include "model/clock/containment.h"
#include "model/clock/line_regions.h"
#include "model/recording.h"
#include "model/vcpu_key.h"

// Which VM a guest's trace is of, and the map from its clock to the host's, with how sure that is.
namespace exitscope {

// By what a map was found; the first that can be had wins.
// Tool: what trace-cmd measured between host and guest while it recorded them.
enum class SyncMethod : std::uint8_t { None, User, Tool, Vmsync, Containment };
QString methodName(SyncMethod method); // "none", "user", "trace-cmd", "vmsync", "containment"

// Aligned: sure. Ambiguous: it fits, but other maps fit nearly as well, or too little is known. None: it fits no VM.
// Unknown: the search was ended before it could tell, or cannot tell (GuestAlignment::neverRests).
enum class SyncVerdict : std::uint8_t { Aligned, Ambiguous, None, Unknown };
QString verdictName(SyncVerdict verdict); // "aligned", "ambiguous", "none", "unknown"

struct GuestAlignment {
    std::size_t guest = 0; // in Recording::guests
    SyncMethod method = SyncMethod::None;
    SyncVerdict verdict = SyncVerdict::None;
    std::optional<VmKey> vm; // the best one; whether it is right the verdict says
    // Of each of the guest's cpus the index among the VM's vcpus; none if it never ran, or any if threads are not
    // known.
    std::vector<std::optional<std::size_t>> vcpuOf;

    ClockMap map; // guest to host; empty without a VM. With proven bounds, unless the user gave it
    ClockMap estimate; // by timer deadlines: nearer to the truth, but not proven; within the bounds. Often empty
    std::int64_t anchors = 0; // events that bound the map on their own; deadlines of the estimate are not among them
    std::int64_t estimateAnchors = 0;

    // Of each piece of the map all regions in which the true line can lie; its bounds span them. Empty if it rests on a
    // user's word.
    std::vector<LineRegions> regions;
    Ns period = 0; // ns: in the middle, from VM entry to VM entry
    bool neverRests = false; // its vCPUs are out of guest mode only for so short that any offset seems to fit
    bool isByDeadlines = false; // containment leaves several maps open, of which timer deadlines tell one

    Containment containment; // of all its events, under the map
    double runnerUp = 0; // likelihood of the best different map
    TimeRange overlap; // on the guest's clock: first to last event of which the host knows something
    // The verdict is None because this other guest (in Recording::guests) is aligned with the VM that it fits best.
    std::optional<std::size_t> takenBy;

    bool toolIsWrong = false; // what the tool measured puts the guest's events where its vCPUs did not run: not taken

    bool isAligned() const { return verdict == SyncVerdict::Aligned && !map.isEmpty(); }
    bool hasSeveralRegions() const
    {
        return std::ranges::any_of(
            regions, [](const LineRegions &own) { return own.size() > 1 || !own.isComplete; });
    }
    // Of the piece of the map that holds at a time of the guest; none if they are not known.
    LineRegions regionsAt(Ns time) const;
    // Where offsets are told: the middle of the overlap, else the map's own reference. Only with a map.
    Ns reference() const
    {
        return overlap.length() > 0 ? overlap.from + overlap.length() / 2 : map.pieces().front().line.referenceGuest;
    }
    // The largest over the overlap, ns; none if nothing bounds the map.
    std::optional<Ns> uncertainty() const { return map.isEmpty() ? std::nullopt : map.uncertainty(overlap); }
};

struct AlignOptions {
    std::map<std::size_t, ClockMap> userMaps; // by guest: overrule what would be found
    // For each guest on each VM, of all together: guests that are not done with by then are Unknown, and a diagnostic
    // tells it.
    std::chrono::milliseconds atMost = std::chrono::minutes(1);
};

struct Alignments {
    std::vector<GuestAlignment> guests; // one for each of Recording::guests
    Diagnostics diagnostics;
};

// Tries each guest on each VM, several at a time. Takes some tenths of a second for a pair of them, and some seconds
// for long traces that do not fit: call it off the GUI thread. The same input gives the same result, but for guests
// that are Unknown. Once `cancel` is set it returns within tenths of a second, and guests are Unknown.
Alignments alignGuests(const Recording &recording, const AlignOptions &options = {}, CancelFlag cancel = nullptr);

// The same guest on the same VM under another map: what a shift by hand would do. Fast enough to be called while
// dragging.
GuestAlignment withMap(
    const Recording &recording, const GuestAlignment &alignment, const ClockMap &map, const SearchBudget &budget = {});

} // namespace exitscope
