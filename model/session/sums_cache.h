// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "model/cancel_flag.h"
#include "model/recording.h"
#include "model/statistics/band_sums.h"
#include "model/statistics/exit_sums.h"
#include "model/statistics/sums_tally.h"

namespace exitscope {

// Keeps what makes sums of a selection quick: of any range without row filters and by those of last, of any band in the
// range of last. Copies share it.
class SumsCache {
public:
    // Null if it has nothing for it. The recording must outlive it.
    SumsSource sourceOf(const std::shared_ptr<const Recording> &recording, const Selection &selection) const;

    bool hasRanges(const Recording *recording, const Selection &selection) const;
    bool hasBands(const Recording *recording, const Selection &selection) const;
    // In the place of what was there.
    void keep(ExitSums ranges, const Selection &of);
    void keep(BandSums bands);

private:
    std::shared_ptr<const ExitSums> m_all;
    std::shared_ptr<const ExitSums> m_filtered;
    std::shared_ptr<const BandSums> m_bands;
};

} // namespace exitscope
