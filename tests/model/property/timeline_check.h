// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include "model/diagnostic.h"
#include "model/reference/exit_reasons.h"
#include "model/timeline/timeline.h"
#include "tests/model/property/naive_timeline.h"
#include "tests/model/property/random_stream.h"
#include "tests/tools/event_streams.h"

namespace exitscope::testing {

struct Built {
    ReasonTable reasons;
    Timeline timeline;
    Diagnostics diagnostics;
};
// As the loader would, from the streams on. `threadInfos` come first.
Built build(const EventStreams &streams, const std::vector<Record> &threadInfos = {});

// The timeline's vCPUs in the words of the naive reference; the lives of one tid are one vCPU there.
std::map<naive::Who, naive::Vcpu> vcpusOf(const Built &built);

std::int64_t contradictionsTold(const Diagnostics &diagnostics);

QString nameOf(naive::Who who);
QString text(const naive::Interval &interval);
QString text(const naive::Exit &exit);

// Each returns what is wrong; empty if nothing is.
QStringList brokenRules(const Timeline &timeline); // what holds of every timeline
QStringList differences(const Built &built, const naive::Result &naive);
QStringList differentCounts(const Built &built, const naive::Result &naive); // of contradictions
QStringList misplaced(const Timeline &timeline, const RandomStream &stream); // vCPUs in another VM than their process

} // namespace exitscope::testing
