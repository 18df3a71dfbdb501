// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "model/timeline/exit_columns.h"

namespace exitscope {

// What exits cost whose net time is told as it was measured, with whether that is more than a bound. ns.
struct ExitCosts {
    std::int64_t exits = 0;
    std::int64_t timed = 0; // of these
    Ns gross = 0; // of timed ones
    Ns net = 0; // so too
    bool isNetKnown = true; // else a bound: halts are among them, and no sched_switch says how long they rested

    void add(const ExitColumns &of, std::size_t i, bool isKnown) // whether its net time is
    {
        ++exits;
        if (!of.timed(i))
            return;
        const ExitParts parts = of.parts(i);
        ++timed;
        gross += parts.gross();
        net += parts.net();
        isNetKnown = isNetKnown && isKnown;
    }
    ExitCosts &operator+=(const ExitCosts &other)
    {
        exits += other.exits;
        timed += other.timed;
        gross += other.gross;
        net += other.net;
        isNetKnown = isNetKnown && other.isNetKnown;
        return *this;
    }
};

} // namespace exitscope
