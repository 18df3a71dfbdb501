// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/report_csv.h"

#include <string>

#include "app/cli/csv_writer.h"
#include "app/cli/report_fields.h"

namespace exitscope {

namespace {

void addHeader(CsvWriter &csv)
{
    for (const std::string_view column : {"vm", "vcpu", "isa", "code", "name", "class"})
        csv.text(column);
    for (const GroupField &field : kGroupFields)
        csv.text(field.name);
    for (const std::string prefix : {"gross_", "net_"})
        for (const DistributionField &field : kDistributionFields)
            csv.text(prefix + std::string(field.name));
    csv.endRow();
}

void addDistribution(CsvWriter &csv, const Distribution &distribution)
{
    for (const DistributionField &field : kDistributionFields)
        if (field.decimal != nullptr)
            csv.decimal(distribution.*field.decimal, 1);
        else
            csv.integer(field.integer(distribution));
}

void addReason(CsvWriter &csv, const ExitReason &reason, const ReasonGroup &group)
{
    csv.integer(reason.key.isa).integer(reason.key.code).text(reason.name).text(reason.className);
    for (const GroupField &field : kGroupFields)
        csv.integer(field.value(group));
    addDistribution(csv, group.gross);
    addDistribution(csv, group.net);
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
