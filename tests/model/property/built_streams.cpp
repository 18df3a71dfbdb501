// SPDX-License-Identifier: GPL-3.0-or-later
// From the streams of a host to its timeline, without files and readers.
#include "model/timeline/timeline_builder.h"
#include "tests/model/property/timeline_check.h"
#include "tests/tools/told_streams.h"

namespace exitscope::testing {

Built build(const EventStreams &streams, const std::vector<Record> &threadInfos)
{
    Built built;
    TimelineBuilder builder(built.reasons, streams.declareSwitches() ? SwitchesRecorded::All : SwitchesRecorded::None);
    for (Record record : toldRecords(streams, threadInfos)) {
        if (record.kind == EventKind::VmExit)
            record.exit.vcpuId = kNoVcpuId; // or a thread that follows another one would be the same vCPU
        builder.add(record);
    }
    built.timeline = builder.finish({streams.from, streams.to});
    built.diagnostics = builder.diagnostics();
    return built;
}

} // namespace exitscope::testing
