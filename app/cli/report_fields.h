// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string_view>

#include "model/statistics/statistics.h"

// The names and the order of numbers, the same in JSON and CSV.
namespace exitscope {

struct GroupField {
    std::string_view name;
    std::int64_t (*value)(const ExitGroup &group);
};
inline constexpr std::array kGroupFields{
    GroupField{"count", [](const ExitGroup &g) { return g.count; }},
    GroupField{"timed", [](const ExitGroup &g) { return g.timed; }},
    GroupField{"gross_ns", [](const ExitGroup &g) { return g.parts.gross(); }},
    GroupField{"net_ns", [](const ExitGroup &g) { return g.parts.net(); }},
    GroupField{"kvm_ns", [](const ExitGroup &g) { return g.parts.kvm; }},
    GroupField{"userspace_ns", [](const ExitGroup &g) { return g.parts.userspace; }},
    GroupField{"preempted_ns", [](const ExitGroup &g) { return g.parts.preempted; }},
    GroupField{"idle_ns", [](const ExitGroup &g) { return g.parts.idle; }},
    GroupField{"blocked_ns", [](const ExitGroup &g) { return g.parts.blocked; }},
    GroupField{"irq_ns", [](const ExitGroup &g) { return g.parts.irq; }},
};

struct DistributionField {
    using Integer = std::optional<std::int64_t>;
    std::string_view name;
    Integer (*integer)(const Distribution &distribution);
    std::optional<double> Distribution::*decimal; // then `integer` is null
};
inline constexpr std::array kDistributionFields{
    DistributionField{"count", [](const Distribution &d) { return DistributionField::Integer(d.count); }, nullptr},
    DistributionField{"total_ns", [](const Distribution &d) { return DistributionField::Integer(d.total); }, nullptr},
    DistributionField{"min_ns", [](const Distribution &d) { return d.min; }, nullptr},
    DistributionField{"mean_ns", nullptr, &Distribution::mean},
    DistributionField{"stddev_ns", nullptr, &Distribution::stddev},
    DistributionField{"max_ns", [](const Distribution &d) { return d.max; }, nullptr},
    DistributionField{"p50_ns", [](const Distribution &d) { return d.p50; }, nullptr},
    DistributionField{"p95_ns", [](const Distribution &d) { return d.p95; }, nullptr},
    DistributionField{"p99_ns", [](const Distribution &d) { return d.p99; }, nullptr},
};

} // namespace exitscope
