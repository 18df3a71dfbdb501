// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/tables/number_cells.h"

#include "model/number_format.h"

namespace exitscope {

NumberCell countCell(std::optional<std::int64_t> count)
{
    return count ? NumberCell{formatCount(*count), qlonglong(*count)} : NumberCell{QStringLiteral("–")};
}

NumberCell timeCell(std::optional<Ns> ns)
{
    if (!ns)
        return {QStringLiteral("–")};
    return {formatDuration(*ns), qlonglong(*ns), QString(formatCount(*ns) % QStringLiteral(" ns"))};
}

NumberCell shareCell(std::optional<std::int64_t> part, std::int64_t whole)
{
    if (!part || whole == 0)
        return {QStringLiteral("–")};
    return {formatShare(*part, whole), 100.0 * double(*part) / double(whole)};
}

} // namespace exitscope
