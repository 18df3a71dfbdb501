// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "views/tables/number_tree.h"

// Cells as tables of numbers have them: "–" where a number is not known.
namespace exitscope {

NumberCell countCell(std::optional<std::int64_t> count);
NumberCell timeCell(std::optional<Ns> ns); // its tip has all digits
NumberCell shareCell(std::optional<std::int64_t> part, std::int64_t whole); // in percent; of nothing: not known

} // namespace exitscope
