// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "tests/benchmarks/turn_watch.h"

namespace exitscope::benchmark {

// The stalls of every phase, over its repetitions.
class TurnReport {
public:
    static constexpr double kLimitMs = 50;

    void add(const QString &phase, std::vector<Turn> turns);
    // Whether every phase had a repetition without a stall above the limit. The time in which others had the CPUs does
    // not count; what was worse only in other repetitions came from outside too: cold caches, a disk.
    bool isWithinLimit() const;
    void print() const;

private:
    struct Phase {
        QString name;
        std::vector<double> all; // ms, of all repetitions
        std::vector<Turn> longest; // of each repetition
        const Turn &best() const;
    };
    std::vector<Phase> m_phases;
};

double nearestRank(std::vector<double> values, double percent); // 0 of nothing

} // namespace exitscope::benchmark
