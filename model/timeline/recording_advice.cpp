// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/recording_advice.h"

#include "model/record/event_catalog.h"
#include "model/record/richness.h"

namespace exitscope {

RecordedBy recordedBy(const wire::Description &description)
{
    return description.tracer.starts_with("perf") ? RecordedBy::Perf : RecordedBy::Lttng;
}

std::uint32_t declaredKinds(const wire::Description &description)
{
    std::uint32_t kinds = 0;
    for (const std::string &name : description.events) {
        const EventClass event = classify(name);
        kinds |= wire::richnessOf(event.kind, event.irq);
    }
    return recordedBy(description) == RecordedBy::Lttng ? kinds & ~std::uint32_t(wire::HasIoctl) : kinds;
}

QString howToRecord(RecordedBy by, const QString &lttngEvents, const QString &perfEvents)
{
    return by == RecordedBy::Perf ? QString(QStringLiteral("perf record -a -e ") % perfEvents)
                                  : QString(QStringLiteral("lttng enable-event -k -c CHANNEL ") % lttngEvents);
}

QString howToRecordSwitches(RecordedBy by)
{
    return howToRecord(by, QStringLiteral("sched_switch"), QStringLiteral("sched:sched_switch"));
}

QString howToAddContexts(RecordedBy by, const QString &options)
{
    return by == RecordedBy::Perf ? QString() : QString(QStringLiteral("lttng add-context -k -c CHANNEL ") % options);
}

} // namespace exitscope
