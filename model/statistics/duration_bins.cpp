// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/duration_bins.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace exitscope {

namespace {

const std::array<Ns, DurationBins::kCount + 1> kBorders = [] {
    std::array<Ns, DurationBins::kCount + 1> made{};
    for (int i = 0; i <= DurationBins::kCount; ++i)
        made[std::size_t(i)]
            = Ns(std::llround(double(DurationBins::kLowest) * std::pow(10.0, double(i) / DurationBins::kPerDecade)));
    return made;
}();

// By fine bin: the bin of its shortest duration. Its longest is in that or the next.
const std::array<std::uint8_t, BinnedDuration::kBins> kBinOf = [] {
    std::array<std::uint8_t, BinnedDuration::kBins> made{};
    for (std::size_t fine = 0; fine < made.size(); ++fine) {
        const auto after = std::ranges::upper_bound(kBorders, BinnedDuration::lower(fine));
        made[fine] = std::uint8_t(std::clamp(int(after - kBorders.begin()) - 1, 0, DurationBins::kCount - 1));
    }
    return made;
}();

} // namespace

Ns BinnedDuration::lower(std::size_t bin)
{
    constexpr std::size_t kOctave = 1u << kBits;
    if (bin < 2 * kOctave)
        return Ns(bin);
    return Ns(bin % kOctave + kOctave) << (bin / kOctave - 1);
}

int DurationBins::indexOf(BinnedDuration duration)
{
    const int bin = kBinOf[duration.bin];
    return bin + int(bin + 1 < kCount && duration.value >= kBorders[std::size_t(bin) + 1]);
}

Ns DurationBins::lower(int bin)
{
    return kBorders[std::size_t(bin)];
}

} // namespace exitscope
