// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "model/timeline/columns.h"

namespace exitscope {

// The states of a vCPU between times that follow each other, as the borders of pixel columns do; to be asked from the
// first to the last. Some are looked for together, so that memory is waited for once. Both must outlive it.
class StateBorders {
public:
    StateBorders(const StateColumns &states, std::span<const Ns> borders);

    // The interval that holds that border, as StateColumns::at().
    std::size_t at(std::size_t border);
    // From that border to the next, as StateColumns::within().
    TimePerState after(std::size_t border);

private:
    void find(std::size_t border);
    const TimePerState &upTo(std::size_t border, Ns t);

    const StateColumns &m_states;
    std::span<const Ns> m_borders;
    std::vector<std::size_t> m_interval; // the last that begins at or before each border, or the first of all
    std::size_t m_found = 0; // of how many borders
    TimeIndex::Near m_near;
    std::size_t m_summed; // the border up to which m_sum is; none: how many there are
    TimePerState m_sum{};
};

} // namespace exitscope
