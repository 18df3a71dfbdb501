// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/report_json.h"

#include "app/cli/findings_output.h"
#include "app/cli/group_output.h"
#include "app/cli/json_writer.h"

namespace exitscope {

namespace {

// What a trace says of itself; nothing where it does not.
std::optional<QString> told(const std::string &text)
{
    return text.empty() ? std::nullopt : std::optional(QString::fromStdString(text));
}

class ReportJson {
public:
    explicit ReportJson(const Recording &recording) : m_recording(recording) { }

    QByteArray write(const Statistics &statistics, const std::vector<Finding> &findings, const GuestsOfReport &guests);

private:
    void addTrace(const TraceInfo &trace);
    void addDiagnostic(const Diagnostic &diagnostic);
    void addVm(const VmStatistics &vm);
    void addVcpu(const VcpuStatistics &vcpu);
    void addTotals(const Totals &totals);

    const Recording &m_recording;
    JsonWriter m_json;
};

QByteArray ReportJson::write(
    const Statistics &statistics, const std::vector<Finding> &findings, const GuestsOfReport &guests)
{
    const bool hasGuests = !guests.facts.empty();
    m_json.beginObject();
    m_json.key("schema").text(hasGuests ? QStringLiteral("exitscope-report/2") : QStringLiteral("exitscope-report/1"));
    m_json.key("traces").beginArray();
    for (const TraceInfo &trace : m_recording.traces)
        addTrace(trace);
    m_json.endArray();
    m_json.key("diagnostics").beginArray();
    for (const Diagnostic &diagnostic : m_recording.diagnostics)
        addDiagnostic(diagnostic);
    m_json.endArray();
    addFindings(m_json, m_recording, findings);
    m_json.key("vms").beginArray();
    for (const VmStatistics &vm : statistics.vms)
        addVm(vm);
    m_json.endArray();
    addTotals(statistics.totals);
    if (hasGuests)
        addGuests(m_json, m_recording, guests);
    m_json.endObject();
    return m_json.result();
}

void ReportJson::addTrace(const TraceInfo &trace)
{
    m_json.beginObject();
    m_json.key("path").text(trace.path);
    m_json.key("role").text(roleName(trace.role));
    m_json.key("hostname").text(told(trace.description.hostname));
    m_json.key("uuid").text(told(trace.description.traceUuid));
    m_json.key("events").integer(trace.events);
    m_json.key("discarded_events")
        .integer(
            trace.lossesAreKnown || trace.discardedEvents > 0 ? std::optional(trace.discardedEvents) : std::nullopt);
    m_json.key("begin_ns").integer(trace.beginNs);
    m_json.key("end_ns").integer(trace.endNs);
    m_json.key("used").boolean(trace.used);
    m_json.endObject();
}

void ReportJson::addDiagnostic(const Diagnostic &diagnostic)
{
    m_json.beginObject();
    m_json.key("severity").text(severityName(diagnostic.severity));
    m_json.key("code").text(diagnostic.code);
    m_json.key("message").text(diagnostic.message);
    m_json.key("path").text(diagnostic.path);
    m_json.key("count").integer(diagnostic.count);
    m_json.endObject();
}

void ReportJson::addVm(const VmStatistics &vm)
{
    m_json.beginObject();
    m_json.key("name").text(vm.vm->name);
    m_json.key("pid").integer(vm.vm->pid);
    m_json.key("vcpus").beginArray();
    for (const VcpuStatistics &vcpu : vm.vcpus)
        addVcpu(vcpu);
    m_json.endArray();
    addTotals(vm.totals);
    m_json.endObject();
}

void ReportJson::addVcpu(const VcpuStatistics &vcpu)
{
    m_json.beginObject();
    m_json.key("id").text(vcpu.id());
    m_json.key("tid").integer(vcpu.vcpu->tid);
    m_json.key("begin_ns").integer(vcpu.range.from);
    m_json.key("end_ns").integer(vcpu.range.to);
    m_json.key("entries").integer(vcpu.totals.entries);
    m_json.key("exits").integer(vcpu.totals.exits);
    m_json.key("timed").integer(vcpu.totals.timed);
    m_json.key("entry_to_exit_event_ns").integer(vcpu.totals.entryToExitEvent);
    addTotals(vcpu.totals);
    m_json.endObject();
}

void ReportJson::addTotals(const Totals &totals)
{
    m_json.key("states").beginObject();
    for (const VcpuStateInfo &row : kVcpuStateTable)
        m_json.key(row.column).integer(totals.states[static_cast<std::size_t>(row.state)]);
    m_json.endObject();
    m_json.key("halt_kvm_ns").integer(totals.haltKvm);
    m_json.key("irq_ns").integer(totals.irq);
    m_json.key("overhead_percent").decimal(totals.overheadPercent(), 4);
    addDistribution(m_json, "runs", totals.runs);
    m_json.key("reasons").beginArray();
    for (const ReasonGroup &group : totals.reasons) {
        const ExitReason &reason = m_recording.reasons[group.reason];
        m_json.beginObject();
        m_json.key("isa").integer(reason.key.isa);
        m_json.key("code").integer(reason.key.code);
        m_json.key("name").text(reason.name);
        m_json.key("class").text(reason.className);
        addGroup(m_json, group);
        m_json.endObject();
    }
    m_json.endArray();
    m_json.key("scenarios").beginArray();
    for (const ScenarioGroup &group : totals.scenarios) {
        const std::string_view scenario = name(group.scenario);
        m_json.beginObject();
        m_json.key("name").text(QString::fromUtf8(scenario));
        addGroup(m_json, group);
        m_json.endObject();
    }
    m_json.endArray();
}

} // namespace

QByteArray reportJson(const Recording &recording, const Statistics &statistics, const std::vector<Finding> &findings,
    const GuestsOfReport &guests)
{
    return ReportJson(recording).write(statistics, findings, guests);
}

} // namespace exitscope
