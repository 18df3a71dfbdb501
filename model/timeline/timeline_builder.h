// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "model/diagnostic.h"
#include "model/record/record.h"
#include "model/reference/exit_reasons.h"
#include "model/timeline/host_machine.h"
#include "model/timeline/recording_advice.h"
#include "model/timeline/timeline.h"

namespace exitscope {

// Turns the merged records of one host into its timeline. No I/O.
class TimelineBuilder {
public:
    // Reasons that occur are added to `reasons`, which must outlive the builder. `recorded`: what diagnostics advise.
    TimelineBuilder(ReasonTable &reasons, SwitchesRecorded switches, Recorded recorded = {});
    ~TimelineBuilder();

    // Interned names, global to the builder: ThreadData::name refers to them.
    std::uint32_t intern(const QString &name);

    // In the order of manual "Definitions": time, pCPU, position in the stream.
    void add(std::span<const Record> records);
    void add(const Record &record) { add({&record, 1}); }

    // No event can follow. `range`: first to last event of all used traces of the host.
    Timeline finish(TimeRange range);

    // When no event can follow, and before finish(), if it was told that all switches are recorded: whether those to
    // the recorded threads are missing, so that the records have to be read again as SwitchesRecorded::OnlyAway.
    bool lacksSwitchesIn();

    // Contradictions, unknown threads, …: what was told while building; complete after finish().
    const Diagnostics &diagnostics() const;

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace exitscope
