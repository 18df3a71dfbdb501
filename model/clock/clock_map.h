// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include "model/timeline/columns.h"

// From a guest's clock to its host's. Absolute times are near 1.8e18 ns, where a double is exact to 256 ns only: so a
// map is kept as a pair of times that are the same instant, and the drift from there.
namespace exitscope {

// host = (guest - referenceGuest) * (1 + drift) + hostAtReference, exact to the nanosecond.
struct ClockLine {
    Ns referenceGuest = 0;
    Ns hostAtReference = 0;
    double drift = 0; // scale - 1: 1e-6 is 1 ppm

    Ns toHost(Ns guest) const;
    Ns toGuest(Ns host) const;
    double ppm() const { return drift * 1e6; }
    bool operator==(const ClockLine &) const = default;
    // The same line told from another reference.
    ClockLine at(Ns guest) const { return {guest, toHost(guest), drift}; }
};

// A stretch of time over which one line holds, and between which lines the truth must lie.
struct ClockPiece {
    ClockLine line;
    Ns guestFrom = kNoTime; // it holds from here on; kNoTime: from the begin of time
    // The clock changed after the first and at the latest at the second of these; the first piece has none.
    TimeRange breakWithin{kNoTime, kNoTime};
    // The possible lines form a convex region; these are its corners, relative to `line` and its reference.
    struct Corner {
        double drift = 0; // of the corner's line, absolute
        double offsetNs = 0; // host time at the reference, minus hostAtReference
        bool operator==(const Corner &) const = default;
    };
    std::vector<Corner> corners; // empty: nothing bounds it

    // Lowest and highest possible host time; none without bounds.
    std::optional<TimeRange> bounds(Ns guest) const;
    bool operator==(const ClockPiece &) const = default;
};

// Linear, or in pieces where the clocks did not keep one rate. Immutable.
class ClockMap {
public:
    ClockMap() = default; // no map
    explicit ClockMap(const ClockLine &line) : m_pieces{{line, kNoTime, {kNoTime, kNoTime}, {}}} { }
    explicit ClockMap(std::vector<ClockPiece> pieces) : m_pieces(std::move(pieces)) { }

    bool operator==(const ClockMap &) const = default;
    bool isEmpty() const { return m_pieces.empty(); }
    const std::vector<ClockPiece> &pieces() const { return m_pieces; }
    std::size_t pieceAt(Ns guest) const; // the index of that which holds there; only if !isEmpty()

    // Only if !isEmpty(). O(log pieces).
    Ns toHost(Ns guest) const { return m_pieces[pieceAt(guest)].line.toHost(guest); }
    // The guest time that is shown at a host time; where a step back makes two so, the later one.
    Ns toGuest(Ns host) const;
    // Between these the true host time lies, as far as the evidence proves it; none if nothing bounds the map.
    std::optional<TimeRange> bounds(Ns guest) const;
    // How far the truth can be from toHost(), ns; none if nothing bounds the map.
    std::optional<Ns> uncertainty(Ns guest) const;
    // The largest uncertainty within the guest's range, but for where a clock was set anew: what happened just there
    // may be on either side of the step.
    std::optional<Ns> uncertainty(TimeRange guest) const;

    // Whether the clock was set anew where that piece begins, rather than that its rate changed.
    bool isStep(std::size_t piece) const;
    // Where in the range bounds can be widest, but for steps: its ends, and those of pieces and breaks.
    std::vector<Ns> extremes(TimeRange guest) const;

    // All host times moved by so much: a shift by hand. Bounds do not hold for it.
    ClockMap shifted(Ns by) const;

private:
    std::vector<ClockPiece> m_pieces; // ordered by guestFrom
};

// The part of the guest's range that the map puts into the host's; empty if none is.
TimeRange overlapOf(const ClockMap &map, TimeRange guestRange, TimeRange hostRange);

} // namespace exitscope
