// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "model/record/record.h"

namespace exitscope {

// A duration and the fine bin that it is in: 32 to each power of two, so that few durations share one. Negative ones,
// that damaged times may give, are in that of 0.
struct BinnedDuration {
    static constexpr unsigned kBits = 5;
    static constexpr std::size_t kBins = (64 - kBits) << kBits;

    explicit BinnedDuration(Ns duration) : value(duration)
    {
        const auto ns = std::uint64_t(duration < 0 ? 0 : duration);
        const auto width = unsigned(std::bit_width(ns | 1));
        const unsigned shift = width > kBits + 1 ? width - kBits - 1 : 0;
        bin = (std::uint32_t(shift) << kBits) + std::uint32_t(ns >> shift);
    }
    static Ns lower(std::size_t bin); // the shortest in it

    Ns value = 0; // ns
    std::uint32_t bin = 0;
};

// Log-spaced bins of durations: kPerDecade to each power of ten, from kLowest; shorter ones are in the first bin.
struct DurationBins {
    static constexpr int kPerDecade = 12;
    static constexpr Ns kLowest = 100; // ns
    static constexpr int kCount = 10 * kPerDecade; // up to 1000 s; longer ones are in the last bin

    static int indexOf(BinnedDuration duration);
    static int indexOf(Ns duration) { return indexOf(BinnedDuration(duration)); }
    // [lower, upper) in ns: indexOf(lower(i)) == i and indexOf(lower(i) - 1) == i - 1.
    static Ns lower(int bin);
    static Ns upper(int bin) { return lower(bin + 1); }
};

} // namespace exitscope
