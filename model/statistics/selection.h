// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <set>

#include "model/record/record.h"
#include "model/record/target.h"
#include "model/reference/exit_reasons.h"
#include "model/timeline/vcpu_state.h"
#include "model/vcpu_key.h"

namespace exitscope {

// Which duration of an exit a band is about; Run: how long the guest ran before it.
enum class DurationKind : std::uint8_t { Gross, Net, Run };

// Half-open; leaves out exits that have no such duration.
struct DurationBand {
    DurationKind of = DurationKind::Gross;
    std::optional<Ns> minNs, maxNs;

    bool operator==(const DurationBand &) const = default;
};

// What numbers are taken over (manual "Definitions"). Empty sets and absent values leave nothing out.
struct Selection {
    std::optional<Ns> from, to; // half-open; states are cut at the borders, exits belong by their time
    std::set<VcpuKey> vcpus;
    std::set<ReasonKey> reasons; // touch exits and runs, not states
    std::set<Scenario> scenarios;
    std::optional<Ns> minNs, maxNs; // band of gross duration, half-open; leaves out untimed exits
    DurationKind bandOf = DurationKind::Gross; // of which duration minNs and maxNs speak
    std::set<std::uint64_t> addresses = {}; // guest_rip
    std::set<std::int32_t> pcpus = {}; // where exits began; kNoPcpu: where that is not known
    std::set<Target> targets = {}; // what exits touched; None: where that is not known
    std::set<Target> regions = {}; // as Target::region() tells it
    std::set<std::uint8_t> userspace = {}; // as ExitRow::userspace
    std::set<PageTouch> touches = {};

    bool operator==(const Selection &) const = default;
};

} // namespace exitscope
