// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/finding_text.h"

#include <cmath>

#include "model/number_format.h"

namespace exitscope {

namespace {

QString thingsOf(FindingMeasure measure)
{
    switch (measure) {
    case FindingMeasure::Exits:
    case FindingMeasure::Blocked:
        return QStringLiteral("exits");
    case FindingMeasure::Pair:
        return QStringLiteral("times");
    case FindingMeasure::ShortSleeps:
        return QStringLiteral("sleeps");
    case FindingMeasure::Taken:
        return QStringLiteral("times");
    case FindingMeasure::Wanders:
        return QStringLiteral("moves");
    case FindingMeasure::Unknown:
        return QStringLiteral("stretches");
    }
    return {};
}

} // namespace

QString findingCost(const Finding &finding)
{
    if (!finding.costPerSecond)
        return QStringLiteral("what it costs is not known");
    const QString atMost = finding.isBound ? QStringLiteral("at most ") : QString();
    const QString perSecond
        = atMost % formatDuration(Ns(std::llround(*finding.costPerSecond))) % QStringLiteral(" per second of a vCPU");
    if (!finding.overheadPercent)
        return perSecond;
    return QString(perSecond % QStringLiteral(", ") % atMost % formatPercent(*finding.overheadPercent)
        % QStringLiteral(" of the overhead"));
}

QString whyAtMost()
{
    return QStringLiteral("At most: without sched_switch the time that a vCPU was preempted or slept in an exit is not "
                          "known, and counts as what the exit took");
}

QString findingFacts(const Finding &finding)
{
    QString facts = QStringLiteral("%1 %2 (%3), most on %4")
                        .arg(formatCount(finding.count), thingsOf(finding.rule->measure), formatRate(finding.perSecond),
                            finding.worst);
    if (!finding.evidence.isEmpty())
        facts += QString(QStringLiteral("; ") % finding.evidence);
    return facts;
}

} // namespace exitscope
