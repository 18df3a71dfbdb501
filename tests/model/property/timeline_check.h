// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "model/diagnostic.h"
#include "model/reference/exit_reasons.h"
#include "model/timeline/timeline.h"
#include "tests/model/property/naive_timeline.h"
#include "tests/model/property/random_stream.h"

namespace exitscope::testing {

struct Built {
    ReasonTable reasons;
    Timeline timeline;
    Diagnostics diagnostics;
};
Built build(const RandomStream &stream);

// Each returns what is wrong; empty if nothing is.
QStringList brokenRules(const Timeline &timeline); // what holds of every timeline
QStringList differences(const Built &built, const naive::Result &naive);
QStringList differentCounts(const Built &built, const naive::Result &naive); // of contradictions
QStringList misplaced(const Timeline &timeline, const RandomStream &stream); // vCPUs in another VM than their process

} // namespace exitscope::testing
