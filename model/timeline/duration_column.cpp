// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/duration_column.h"

#include <algorithm>

namespace exitscope {

std::uint64_t DurationColumn::longAt(std::size_t row) const
{
    return std::ranges::lower_bound(m_long, row, {}, &Long::row)->ns;
}

} // namespace exitscope
