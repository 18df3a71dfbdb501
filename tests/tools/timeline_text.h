// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <string_view>

#include "model/recording.h"
#include "model/timeline/timeline_builder.h"
#include "tests/tools/event_script.h"

// Timelines from scripts, and timelines as text that a test can compare whole.
namespace exitscope::testing {

struct BuiltTimeline {
    ReasonTable reasons;
    Timeline timeline;
    Diagnostics diagnostics;
};
// Feeds the records to a TimelineBuilder; the range is that of their events.
BuiltTimeline buildTimeline(const ScriptRecords &records);
BuiltTimeline buildTimeline(std::string_view script);

// "1 Unknown, 5 Guest p0, 45 Kvm p0, … 355"
QString statesText(const Vcpu &vcpu);
// One per exit: "45 msr 32: event 46 entry 5 run 40 gross 15 net 15 kvm 15 host p0", parts that are zero left out; what
// is not known is "-": "45 1:32: event 46 entry - gross - host p0".
QStringList exitsText(const Vcpu &vcpu, const ReasonTable &reasons);
// The contradictions, "wrong-pcpu 2", then of each vCPU "qemu/0: " with its states, and its exits.
QStringList timelineText(const Timeline &timeline, const ReasonTable &reasons, const Diagnostics &diagnostics);
// "qemu/0 tid 31"
QStringList vcpusText(const Timeline &timeline);
// "code count", ordered by code.
QStringList codesText(const Diagnostics &diagnostics);
// The count of a code, 0 if it was not told.
std::int64_t countOf(const Diagnostics &diagnostics, std::string_view code);
// By "qemu/0"; throws std::out_of_range if there is none.
const Vcpu &vcpuNamed(const Timeline &timeline, const QString &id);

} // namespace exitscope::testing
