// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "model/cancel_flag.h"
#include "model/load/host_loader.h"
#include "model/load/load.h"
#include "model/load/load_progress.h"
#include "model/load/trace_opener.h"
#include "model/timeline/timeline_builder.h"

namespace exitscope {

// One call of loadRecording(): find, describe, decide, survey, merge.
class Loader {
public:
    Loader(const LoadOptions &options, const ProgressCallback &progress, CancelFlag cancel);

    Recording load(const QStringList &paths);

private:
    using Traces = std::vector<TraceWork *>;
    struct Group { // traces of one machine
        Traces traces;
        bool mayBeHost = false;
    };

    struct Ready { // what came of a host's traces
        std::unique_ptr<TimelineBuilder> builder;
        std::optional<TimeRange> range; // none: nothing came, or it was cancelled
        HostMarks marks;
    };

    void prepare(const QStringList &paths);
    void describe();
    void assignRoles();
    std::size_t readersOf(const Traces &traces) const;
    std::vector<Traces> batches(const Traces &traces) const;
    std::function<std::string(const TraceWork &)> hostOf();
    std::vector<Group> groups();
    Traces surveyable(const Traces &batch) const;
    Traces toSurvey(const std::vector<Group> &groups) const;
    void survey(const Traces &traces);
    void loadGroup(const Group &group);
    bool mustReadAnew(const Traces &traces);
    Ready mergeInto(const std::vector<HostTrace> &traces, const HostPlan &plan, SwitchesRecorded switches);
    void loadHost(const std::vector<HostTrace> &traces, const HostPlan &plan);
    std::vector<Traces> guests() const;
    void loadGuest(const Traces &works);
    void tellAll();

    const LoadOptions &m_options;
    CancelFlag m_cancel;
    ProgressMeter m_progress;
    PrivateDirs m_privateDirs;
    std::vector<std::unique_ptr<TraceWork>> m_traces;
    ReaderPool m_pool; // ends before the streams that its readers are of
    Recording m_recording;
    TraceOpener m_opener;
};

} // namespace exitscope
