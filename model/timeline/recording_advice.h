// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

#include "model/record/description.h"

// How to record what is missing, in the words of the tracer that recorded the rest. What a trace declares was recorded,
// whether it happened or not; only of system calls LTTng declares all that could come.
namespace exitscope {

enum class RecordedBy : std::uint8_t { Lttng, Perf, TraceCmd };
RecordedBy recordedBy(const wire::Description &description);

// wire::Richness bits of the events that were recorded by its metadata.
std::uint32_t declaredKinds(const wire::Description &description);

bool declaresMigrations(const wire::Description &description);

struct Recorded {
    RecordedBy by = RecordedBy::Lttng;
    bool hasPids = false; // its events have the pid context
    std::vector<wire::GuestThread> guestThreads{}; // of which it says which vCPUs they are
    bool hasMigrations = false; // sched_migrate_task
};

// Names of events, separated by commas: "lttng enable-event … kvm_x86_exit", "perf record … kvm:kvm_exit", "trace-cmd
// record -e kvm:kvm_exit".
QString howToRecord(RecordedBy by, const QString &lttngEvents, const QString &perfEvents);
QString howToRecordSwitches(RecordedBy by);
// "lttng add-context … -t tid"; empty for perf, which tells threads and processes with every event, and for trace-cmd,
// which tells threads.
// With more room for events, so that none are lost.
QString howToEnlargeBuffers(RecordedBy by);
QString howToAddContexts(RecordedBy by, const QString &options);

} // namespace exitscope
