// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/record/record.h"

namespace exitscope {

struct TimeRange { // half-open [from, to)
    Ns from = 0;
    Ns to = 0;
    Ns length() const { return to - from; }
    bool contains(Ns t) const { return from <= t && t < to; }
    bool operator==(const TimeRange &) const = default;
};

} // namespace exitscope
