// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

#include "model/recording.h"

namespace exitscope::testing {

struct ExitsShape {
    std::size_t exits = 1000; // in all
    int vcpus = 2; // of each VM
    int vms = 1; // each on a host of its own
    int reasons = 12; // from hlt on
    bool switchesRecorded = true; // on the first host; on the others they are
    int oddPercent = 0; // untimed exits, and as many without a run
};

// Exits as a busy host has them, straight as columns, so that there can be many: the same seed gives the same.
std::shared_ptr<const Recording> makeExits(const ExitsShape &shape, std::uint32_t seed = 1);

} // namespace exitscope::testing
