// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/findings_output.h"

#include <QStringList>

#include <algorithm>
#include <utility>
#include <vector>

#include "model/causes/finding_text.h"
#include "model/number_format.h"
#include "model/reference/target_names.h"
#include "model/statistics/known_net.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

// Options that select what the finding is about: each with all its values.
std::vector<std::pair<QString, QStringList>> filterOf(const Recording &recording, const Selection &selection)
{
    QStringList vcpus, reasons, scenarios, targets, touches;
    for (const VcpuAt &vcpu : vcpusOf(recording))
        if (selection.vcpus.contains(vcpu.key))
            vcpus << vcpu.id();
    for (const ReasonKey &reason : selection.reasons)
        reasons << codeText(reason);
    for (const Scenario scenario : selection.scenarios)
        scenarios << QString::fromUtf8(name(scenario));
    for (const Target target : selection.targets)
        targets << codeText(target);
    for (const PageTouch touch : selection.touches)
        touches << QString::fromUtf8(name(touch));
    std::vector<std::pair<QString, QStringList>> options{{QStringLiteral("--vcpu"), vcpus},
        {QStringLiteral("--reason"), reasons}, {QStringLiteral("--scenario"), scenarios},
        {QStringLiteral("--target"), targets}, {QStringLiteral("--touch"), touches}};
    if (selection.maxNs)
        options.emplace_back(QStringLiteral("--max-ns"), QStringList(QString::number(*selection.maxNs)));
    std::erase_if(options, [](const auto &option) { return option.second.isEmpty(); });
    return options;
}

// For people: of too many values to be read only how many.
QString filterText(const Recording &recording, const Selection &selection)
{
    constexpr qsizetype kMost = 12; // values
    QStringList words;
    for (const auto &[option, values] : filterOf(recording, selection))
        words << option
              << (values.size() > kMost
                         ? QStringLiteral("(%1 values: see --format json)").arg(formatCount(values.size()))
                         : values.join(QLatin1Char(',')));
    return words.join(QLatin1Char(' '));
}

} // namespace

QString findingsText(const Recording &recording, const std::vector<Finding> &findings)
{
    if (findings.empty())
        return {};
    QString text = QStringLiteral("\nWhat costs time, and what to try\n");
    int number = 0;
    for (const Finding &finding : findings) {
        text += QStringLiteral("  %1. %2: %3\n     %4\n     How sure: %5.\n     Try: %6.\n")
                    .arg(QString::number(++number), finding.rule->title, findingCost(finding), findingFacts(finding),
                        surenessText(finding.rule->sureness), finding.rule->advice);
        if (const QString filter = filterText(recording, finding.selection); !filter.isEmpty())
            text += QStringLiteral("     Shown by: %1\n").arg(filter);
    }
    if (std::ranges::any_of(findings, &Finding::isBound))
        text += QStringLiteral("  %1. Record it with: %2\n").arg(whyAtMost(), howToRecordSwitches(recording));
    return text;
}

void addFindings(JsonWriter &json, const Recording &recording, const std::vector<Finding> &findings)
{
    json.key("findings").beginArray();
    for (const Finding &finding : findings) {
        json.beginObject();
        json.key("id").text(finding.rule->id);
        json.key("title").text(finding.rule->title);
        json.key("count").integer(finding.count);
        json.key("cost_ns").integer(finding.cost);
        json.key("cost_is_bound").boolean(finding.isBound);
        json.key("per_second").decimal(finding.perSecond, 1);
        json.key("cost_ns_per_second").decimal(finding.costPerSecond, 1);
        json.key("overhead_percent").decimal(finding.overheadPercent, 4);
        json.key("worst_vcpu").text(finding.worst);
        json.key("evidence").text(finding.evidence);
        json.key("sure").text(surenessName(finding.rule->sureness));
        json.key("advice").text(finding.rule->advice);
        json.key("filter").beginArray();
        for (const auto &[option, values] : filterOf(recording, finding.selection)) {
            json.text(option);
            json.text(values.join(QLatin1Char(',')));
        }
        json.endArray();
        json.endObject();
    }
    json.endArray();
}

} // namespace exitscope
