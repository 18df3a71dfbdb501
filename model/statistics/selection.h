// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "model/record/record.h"
#include "model/record/target.h"
#include "model/reference/exit_reasons.h"
#include "model/timeline/vcpu_state.h"
#include "model/vcpu_key.h"

namespace exitscope {

class ExitGuests;

// Which duration of an exit a band is about; Run: how long the guest ran before it.
enum class DurationKind : std::uint8_t { Gross, Net, Run };

// Half-open; leaves out exits that have no such duration.
struct DurationBand {
    DurationKind of = DurationKind::Gross;
    std::optional<Ns> minNs, maxNs;

    bool operator==(const DurationBand &) const = default;
};

// Addresses of the code of one VM's guest.
struct CodeRange {
    VmKey vm;
    std::uint64_t first = 0, last = 0; // both belong to it: the last address of all has none behind it

    auto operator<=>(const CodeRange &) const = default;
};

// Which values exits may have; empty sets leave nothing out. A new set also gets its row in
// model/session/filter_sets.cpp.
struct ExitFilters {
    std::set<VcpuKey> vcpus;
    std::set<ReasonKey> reasons; // touch exits and runs, not states
    std::set<Scenario> scenarios;
    std::set<std::uint64_t> addresses = {}; // guest_rip
    std::set<std::int32_t> pcpus = {}; // where exits began; kNoPcpu: where that is not known
    std::set<Target> targets = {}; // what exits touched; None: where that is not known
    std::set<Target> regions = {}; // as Target::region() tells it
    std::set<std::uint8_t> userspace = {}; // as ExitRow::userspace
    std::set<PageTouch> touches = {};
    std::map<QString, std::vector<CodeRange>> symbols = {}; // guest_rip again: where the code of these names is
    // What exits interrupted in their guests, as ExitGuests::text() tells it.
    std::set<QString> threads = {};
    std::set<QString> processes = {};
    std::set<QString> syscalls = {};
    std::set<QString> contexts = {};

    bool operator==(const ExitFilters &) const = default;
};

// What numbers are taken over (manual "Definitions"). Absent values leave nothing out.
struct Selection : ExitFilters {
    std::optional<Ns> from, to; // half-open; states are cut at the borders, exits belong by their time
    std::optional<Ns> minNs, maxNs; // band of gross duration, half-open; leaves out untimed exits
    DurationKind bandOf = DurationKind::Gross; // of which duration minNs and maxNs speak
    std::shared_ptr<const ExitGuests> guests = {}; // null: what exits interrupted in their guests is not known

    bool operator==(const Selection &) const = default;
};

} // namespace exitscope
