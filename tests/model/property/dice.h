// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <random>

namespace exitscope::testing {

// Random numbers that are the same everywhere for one seed.
class Dice {
public:
    explicit Dice(std::uint32_t seed) : m_random(seed) { }
    int below(int n) { return static_cast<int>(m_random() % static_cast<std::uint32_t>(n)); }
    int between(int low, int high) { return low + below(high - low + 1); } // both included
    bool chance(int percent) { return below(100) < percent; }

private:
    std::mt19937 m_random;
};

} // namespace exitscope::testing
