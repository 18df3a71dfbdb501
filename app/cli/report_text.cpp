// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/report_text.h"

#include <algorithm>

#include "app/cli/findings_output.h"
#include "app/cli/group_output.h"
#include "app/cli/text_table.h"
#include "model/number_format.h"
#include "model/statistics/known_net.h"
#include "model/statistics/loss_text.h"
#include "model/timeline/time_per_state.h"

namespace exitscope {

namespace {

constexpr std::size_t kTopReasons = 12;
constexpr double kNsPerSecond = 1e9;

QString scenarioMeaning(Scenario scenario)
{
    switch (scenario) {
    case Scenario::Qemu:
        return QStringLiteral("QEMU in user space had to act");
    case Scenario::Halt:
        return QStringLiteral("the guest had nothing to do");
    case Scenario::Interrupt:
        return QStringLiteral("an interrupt of the host came");
    case Scenario::PageFault:
        return QStringLiteral("memory of the guest had to be mapped or emulated");
    case Scenario::Preempted:
        return QStringLiteral("the host ran something else meanwhile");
    case Scenario::Host:
        return QStringLiteral("KVM in the kernel handled it");
    }
    return {};
}

QString fromAscii(std::string_view text)
{
    return QString::fromLatin1(text.data(), qsizetype(text.size()));
}

QString heading(const QString &text, const QString &explanation = {})
{
    const QString behind = explanation.isEmpty() ? QString() : QString(QStringLiteral(" (") % explanation % u')');
    return QLatin1Char('\n') % text % behind % QLatin1Char('\n');
}

// Which traces the numbers come from.
QString recordingFacts(const Recording &recording)
{
    QString result;
    for (const TraceInfo &trace : recording.traces) {
        if (!trace.used || trace.role != TraceRole::Host)
            continue;
        const QString host = trace.description.hostname.empty() ? QStringLiteral("unnamed")
                                                                : QString::fromStdString(trace.description.hostname);
        result += QStringLiteral("Host %1: %2, %3 events, %4  [%5]\n")
                      .arg(host,
                          trace.beginNs && trace.endNs ? formatDuration(*trace.endNs - *trace.beginNs)
                                                       : QStringLiteral("empty"),
                          formatCount(trace.events), lossText(trace), trace.path);
    }
    return result;
}

class ReportText {
public:
    ReportText(const Recording &recording, const Statistics &statistics, const std::vector<Finding> &findings)
        : m_recording(recording), m_statistics(statistics), m_findings(findings)
    {
    }

    QString text() const
    {
        return recordingFacts(m_recording) % findingsText(m_recording, m_findings) % states() % reasons() % scenarios()
            % runs();
    }

private:
    QString states() const;
    QString reasons() const;
    QString scenarios() const;
    QString runs() const;
    // Calls add(label, totals) for every vCPU, and for a VM or all where that is more than one.
    void forEachLevel(const auto &add) const;
    std::vector<const ReasonGroup *> reasonsByCost() const;

    const Recording &m_recording;
    const Statistics &m_statistics;
    const std::vector<Finding> &m_findings;
};

void ReportText::forEachLevel(const auto &add) const
{
    for (const VmStatistics &vm : m_statistics.vms) {
        for (const VcpuStatistics &vcpu : vm.vcpus)
            add(vcpu.id(), vcpu.totals);
        if (vm.vcpus.size() > 1)
            add(QString(vm.vm->name % QStringLiteral(" (all)")), vm.totals);
    }
    if (m_statistics.vms.size() > 1)
        add(QStringLiteral("all VMs"), m_statistics.totals);
}

QString ReportText::states() const
{
    QStringList header{QStringLiteral("vCPU")};
    for (const VcpuStateInfo &row : kVcpuStateTable)
        header << fromAscii(row.name);
    header << QStringLiteral("Overhead") << QStringLiteral("Exits") << QStringLiteral("Exits/s");
    TextTable table(header, {QStringLiteral("vCPU")});
    forEachLevel([&](const QString &label, const Totals &totals) {
        const Ns time = sumOf(totals.states);
        QStringList row{label};
        for (const Ns ns : totals.states)
            row << formatShare(ns, time);
        row << formatPercent(totals.overheadPercent()) << formatCount(totals.exits);
        row << (time > 0 ? formatRate(double(totals.exits) * kNsPerSecond / double(time)) : QStringLiteral("-"));
        table.add(row);
    });
    return heading(QStringLiteral("Where the time went"),
               QStringLiteral("rates per vCPU; overhead leaves out how long the guest asked to rest"))
        % table.text();
}

std::vector<const ReasonGroup *> ReportText::reasonsByCost() const
{
    std::vector<const ReasonGroup *> result;
    for (const ReasonGroup &group : m_statistics.totals.reasons)
        result.push_back(&group);
    const auto cost = [](const ReasonGroup *of) { // what is not known comes last
        return std::pair(of->knownNet ? std::optional(of->knownNet->total) : std::nullopt, of->count);
    };
    std::ranges::stable_sort(result, [&](const ReasonGroup *a, const ReasonGroup *b) { return cost(a) > cost(b); });
    return result;
}

QString ReportText::reasons() const
{
    const std::vector<const ReasonGroup *> groups = reasonsByCost();
    const QString reasonColumn = QStringLiteral("Reason");
    const QString meaningColumn = QStringLiteral("Meaning");
    TextTable table(
        QStringList{reasonColumn} + costColumns() + QStringList{meaningColumn}, {reasonColumn, meaningColumn});
    const std::optional<Ns> allNet = knownNetOf(m_statistics.totals.reasons);
    std::size_t left = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (i >= kTopReasons && groups[i]->knownNet) {
            ++left;
            continue;
        }
        const ExitReason &reason = m_recording.reasons[groups[i]->reason];
        table.add(QStringList{reason.name} + costs(*groups[i], allNet) + QStringList{reason.meaning});
    }
    const bool isNetKnown = std::ranges::all_of(
        m_statistics.totals.reasons, [](const ReasonGroup &group) { return group.knownNet.has_value(); });
    const QString rest = left > 0 ? QStringLiteral("  and %1 reasons more that cost less\n").arg(left) : QString();
    return heading(QStringLiteral("Why the guests left guest mode"),
               QStringLiteral("net: what handling took; gross: until the guest ran again"))
        % table.text() % rest % (isNetKnown ? QString() : netNote(m_recording));
}

QString ReportText::scenarios() const
{
    const QString scenarioColumn = QStringLiteral("Scenario");
    const QString meaningColumn = QStringLiteral("Meaning");
    TextTable table(
        QStringList{scenarioColumn} + costColumns() + QStringList{meaningColumn}, {scenarioColumn, meaningColumn});
    const std::optional<Ns> allNet = knownNetOf(m_statistics.totals.scenarios);
    for (const ScenarioGroup &group : m_statistics.totals.scenarios)
        table.add(QStringList{fromAscii(name(group.scenario))} + costs(group, allNet)
            + QStringList{scenarioMeaning(group.scenario)});
    return heading(QStringLiteral("Who handled the exits")) % table.text();
}

QString ReportText::runs() const
{
    TextTable table({QStringLiteral("vCPU"), QStringLiteral("Runs"), QStringLiteral("Total"), QStringLiteral("min"),
                        QStringLiteral("p50"), QStringLiteral("p95"), QStringLiteral("p99"), QStringLiteral("max")},
        {QStringLiteral("vCPU")});
    forEachLevel([&](const QString &label, const Totals &totals) {
        const Distribution &runs = totals.runs;
        table.add({label, formatCount(runs.count), formatDuration(runs.total), formatDuration(runs.min),
            formatDuration(runs.p50), formatDuration(runs.p95), formatDuration(runs.p99), formatDuration(runs.max)});
    });
    return heading(QStringLiteral("How long the guests ran undisturbed")) % table.text();
}

} // namespace

QString reportText(const Recording &recording, const Statistics &statistics, const std::vector<Finding> &findings,
    const GuestsOfReport &guests)
{
    if (statistics.vms.empty())
        return recordingFacts(recording)
            % QStringLiteral("No vCPU was seen: 'exitscope-cli info' says what is missing.\n");
    return ReportText(recording, statistics, findings).text() % guestsText(recording, guests);
}

} // namespace exitscope
