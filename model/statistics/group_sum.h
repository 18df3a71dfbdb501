// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "model/statistics/exit_sum.h"
#include "model/statistics/known_net.h"
#include "model/statistics/measure.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// What a group of exits adds up to, and how much of their net time is known (manual "Costs"). Times in ns.
struct GroupSum {
    std::int64_t count = 0;
    std::int64_t timed = 0;
    ExitParts parts; // of the timed ones
    // By NetRole. Of all exits, timed or not; plain is what is neither.
    std::int64_t apart = 0;
    std::int64_t unknown = 0; // of those
    std::int64_t plainTimed = 0;
    Ns plainNet = 0;

    void addExit(NetRole role)
    {
        ++count;
        apart += role != NetRole::Plain ? 1 : 0;
        unknown += role == NetRole::Unknown ? 1 : 0;
    }
    void addTimes(const ExitParts &of, NetRole role) // if that exit is timed
    {
        ++timed;
        parts += of;
        plainTimed += role == NetRole::Plain ? 1 : 0;
        plainNet += role == NetRole::Plain ? of.net() : 0;
    }
    void add(const ExitSum &of, NetRole role); // exits of one role
    GroupSum &operator+=(const GroupSum &other);
    GroupSum &operator-=(const GroupSum &other);
    bool operator==(const GroupSum &) const = default;

    std::optional<Ns> knownNet() const; // as ExitGroup::knownNet
    std::optional<std::int64_t> in(Measure measure) const; // nothing where the net time is not known
    ExitGroup group() const; // of each distribution what distributionOfSum() tells
    // The same with these distributions; of the net times of plain ones only if people are told those alone.
    ExitGroup group(
        const Distribution &gross, const Distribution &net, const std::function<Distribution()> &ofPlain) const;
};

} // namespace exitscope
