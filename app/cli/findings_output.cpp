// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/findings_output.h"

#include <QStringList>

#include "model/causes/finding_text.h"
#include "model/reference/target_names.h"
#include "model/vcpu_walk.h"

namespace exitscope {

namespace {

QString textOf(std::string_view text)
{
    return QString::fromLatin1(text.data(), qsizetype(text.size()));
}

// Options that select what the finding is about.
QStringList filterOf(const Recording &recording, const Selection &selection)
{
    QStringList words;
    for (const VcpuAt &vcpu : vcpusOf(recording))
        if (selection.vcpus.contains(vcpu.key))
            words << QStringLiteral("--vcpu") << vcpu.id();
    for (const ReasonKey &reason : selection.reasons)
        words << QStringLiteral("--reason") << codeText(reason);
    for (const Scenario scenario : selection.scenarios)
        words << QStringLiteral("--scenario") << textOf(name(scenario));
    for (const Target target : selection.targets)
        words << QStringLiteral("--target") << codeText(target);
    for (const PageTouch touch : selection.touches)
        words << QStringLiteral("--touch") << textOf(name(touch));
    if (selection.maxNs)
        words << QStringLiteral("--max-ns") << QString::number(*selection.maxNs);
    return words;
}

} // namespace

QString findingsText(const Recording &recording, const std::vector<Finding> &findings)
{
    if (findings.empty())
        return {};
    QString text = QStringLiteral("\nWhat costs time, and what to try\n");
    int number = 0;
    for (const Finding &finding : findings) {
        text += QStringLiteral("  %1. %2: %3\n     %4\n     Try: %5.\n")
                    .arg(QString::number(++number), finding.rule->title, findingCost(finding), findingFacts(finding),
                        finding.rule->advice);
        if (const QStringList filter = filterOf(recording, finding.selection); !filter.isEmpty())
            text += QStringLiteral("     Shown by: %1\n").arg(filter.join(QLatin1Char(' ')));
    }
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
        json.key("per_second").decimal(finding.perSecond, 1);
        json.key("cost_ns_per_second").decimal(finding.costPerSecond, 1);
        json.key("overhead_percent").decimal(finding.overheadPercent, 4);
        json.key("worst_vcpu").text(finding.worst);
        json.key("evidence").text(finding.evidence);
        json.key("sure").text(surenessName(finding.rule->sureness));
        json.key("advice").text(finding.rule->advice);
        json.key("filter").beginArray();
        for (const QString &word : filterOf(recording, finding.selection))
            json.text(word);
        json.endArray();
        json.endObject();
    }
    json.endArray();
}

} // namespace exitscope
