// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/report_csv.h"

#include "app/cli/csv_writer.h"
#include "app/cli/group_output.h"

namespace exitscope {

namespace {

void addHeader(CsvWriter &csv)
{
    for (const std::string_view column : {"vm", "vcpu", "isa", "code", "name", "class"})
        csv.text(column);
    addGroupHeader(csv);
    csv.endRow();
}

void addReason(CsvWriter &csv, const ExitReason &reason, const ReasonGroup &group)
{
    csv.integer(reason.key.isa).integer(reason.key.code).text(reason.name).text(reason.className);
    addGroup(csv, group);
    csv.endRow();
}

} // namespace

void writeReportCsv(Output &output, const Recording &recording, const Statistics &statistics)
{
    CsvWriter csv(output);
    addHeader(csv);
    for (const VmStatistics &vm : statistics.vms) {
        for (const VcpuStatistics &vcpu : vm.vcpus) {
            for (const ReasonGroup &group : vcpu.totals.reasons) {
                csv.text(vm.vm->name).text(vcpu.vcpu->number);
                addReason(csv, recording.reasons[group.reason], group);
            }
        }
    }
}

} // namespace exitscope
