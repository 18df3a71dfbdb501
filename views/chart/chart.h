// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSize>

#include <memory>

#include "model/recording.h"
#include "model/session/guest_clocks.h"
#include "model/session/live_numbers.h"
#include "model/session/view_state.h"
#include "views/chart/theme.h"

namespace exitscope {

enum class ChartKind : std::uint8_t { Timeline, Overview, Reasons, Durations, Runs, HeatMap, Flame };

// What every chart is built from. The same function builds it for the screen, for files and for tests.
struct ChartInput {
    std::shared_ptr<const Recording> recording;
    // May be of an older selection while new ones are computed, or sums alone where that is enough; never null.
    std::shared_ptr<const Numbers> numbers;
    ViewValues values;
    Theme theme = Theme::light();
    std::shared_ptr<const ShownGuests> guests = nullptr; // null while their maps are not known
    // Spares the charts of exits the work of finding them; may be of older filters, as the numbers. Empty: they do it.
    ExitIndexCache exits = {};
};

// The exits that there are and those that pass: the input's, or made anew.
inline ExitIndexCache exitsOf(const ChartInput &input)
{
    ExitIndexCache exits = input.exits;
    if (!exits.isOf(input.recording.get()))
        exits.update(input.recording, input.values.selection());
    return exits;
}

} // namespace exitscope
