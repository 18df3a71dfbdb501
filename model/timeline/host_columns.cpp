// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/host_columns.h"

#include <algorithm>

namespace exitscope {

std::optional<Ns> HaltColumns::pollingAt(Ns t) const
{
    const auto after = std::upper_bound(pollingTime.begin(), pollingTime.end(), t);
    return after == pollingTime.begin() ? pollingBefore
                                        : std::optional(polling[std::size_t(after - pollingTime.begin()) - 1]);
}

} // namespace exitscope
