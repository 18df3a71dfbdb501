// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <variant>

#include "model/cancel_flag.h"
#include "model/causes/account_key.h"
#include "model/session/view_state.h"
#include "model/statistics/exit_index.h"
#include "model/vcpu_walk.h"

namespace exitscope {

// An exit of a recording, found. Points into the recording.
struct FoundExit : VcpuAt {
    std::size_t index = 0; // into the vCPU's ExitColumns

    ExitRef ref() const { return {key, index}; }
    Ns time() const { return vcpu->exits.time(index); }
};

enum class Direction : std::uint8_t { Previous, Next };

// From an exit: the first one after it, or the last before it. From a time: the first exit at or after it, or the last
// before it.
using SearchStart = std::variant<ExitRef, Ns>;

// Over all vCPUs that the selection leaves, ordered by time, then by host, VM and vCPU. Does not wrap.
// `passing` must be of the recording and of the selection's filters; O(vCPUs · log exits).
std::optional<FoundExit> findExit(const Recording &recording, const ExitIndex &passing, const Selection &selection,
    const SearchStart &start, Direction direction);

// Of the exits that a selection leaves and that have these values, one for each key: the one of the largest net time
// that is known; if that is known of none, the first. O(exits in the range). Means nothing once it is cancelled.
std::optional<FoundExit> dearestExit(const KeyContext &context, const Selection &selection,
    std::span<const AccountKey> keys, std::span<const KeyValue> values, CancelFlag cancel = nullptr);

// Nothing if the recording has no such exit.
std::optional<FoundExit> exitAt(const Recording &recording, const ExitRef &ref);

// With the run before it, and some time on either side.
TimeRange rangeAround(const FoundExit &exit);

// The visible range moved so that it shows the time: as it is if it does already, else with the time in the middle.
TimeRange scrolledTo(TimeRange visible, Ns time);

} // namespace exitscope
