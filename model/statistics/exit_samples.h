// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "model/statistics/group_sum.h"
#include "model/statistics/known_net.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// Durations of the exits of one kind, one vCPU behind the other: those of a vCPU, of a VM and all are contiguous, so
// that each level's distribution is taken in place.
class ExitSamples {
public:
    struct Mark { // what there was before it
        GroupSum sums;
        std::size_t gross = 0;
        std::size_t net = 0;
        std::size_t netApart = 0;
    };

    void add(const ExitColumns &exits, std::size_t i, NetRole role)
    {
        m_sums.addExit(role);
        if (!exits.timed(i))
            return;
        const ExitParts parts = exits.parts(i);
        m_sums.addTimes(parts, role);
        m_gross.push_back(parts.gross());
        (role == NetRole::Plain ? m_net : m_netApart).push_back(parts.net());
    }

    Mark mark() const { return {m_sums, m_gross.size(), m_net.size(), m_netApart.size()}; }
    // Of all that came after the mark. Reorders it.
    ExitGroup since(const Mark &mark);

private:
    GroupSum m_sums;
    std::vector<Ns> m_gross;
    std::vector<Ns> m_net;
    std::vector<Ns> m_netApart;
};

// Samples by kind: by reason, or by scenario.
class ExitGrouping {
public:
    using Marks = std::vector<ExitSamples::Mark>;

    explicit ExitGrouping(std::size_t kinds) : m_samples(kinds) { }

    ExitSamples &operator[](std::size_t kind) { return m_samples[kind]; }
    Marks marks() const;

    // Calls sink(kind, group) for every kind with exits since the marks.
    void since(const Marks &marks, const auto &sink)
    {
        for (std::size_t kind = 0; kind < m_samples.size(); ++kind) {
            const ExitGroup group = m_samples[kind].since(marks[kind]);
            if (group.count > 0)
                sink(kind, group);
        }
    }

private:
    std::vector<ExitSamples> m_samples;
};

} // namespace exitscope
