// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/recording_advice.h"

#include <QStringList>

#include <algorithm>

#include "model/record/event_catalog.h"
#include "model/record/richness.h"

namespace exitscope {

RecordedBy recordedBy(const wire::Description &description)
{
    if (description.tracer.starts_with("perf"))
        return RecordedBy::Perf;
    const bool isFtrace = description.tracer.starts_with("trace-cmd") || description.tracer.starts_with("ftrace");
    return isFtrace ? RecordedBy::TraceCmd : RecordedBy::Lttng;
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

bool declaresMigrations(const wire::Description &description)
{
    return std::ranges::any_of(
        description.events, [](const std::string &name) { return classify(name).kind == EventKind::Migration; });
}

QString howToRecord(RecordedBy by, const QString &lttngEvents, const QString &perfEvents)
{
    switch (by) {
    case RecordedBy::Perf:
        return QStringLiteral("perf record -a -e ") % perfEvents;
    case RecordedBy::TraceCmd:
        return QStringLiteral("trace-cmd record -e ") % perfEvents.split(QLatin1Char(',')).join(QStringLiteral(" -e "));
    case RecordedBy::Lttng:
        break;
    }
    return QStringLiteral("lttng enable-event -k -c CHANNEL ") % lttngEvents;
}

QString howToRecordSwitches(RecordedBy by)
{
    return howToRecord(by, QStringLiteral("sched_switch"), QStringLiteral("sched:sched_switch"));
}

QString howToAddContexts(RecordedBy by, const QString &options)
{
    return by == RecordedBy::Lttng ? QString(QStringLiteral("lttng add-context -k -c CHANNEL ") % options) : QString();
}

QString howToEnlargeBuffers(RecordedBy by)
{
    switch (by) {
    case RecordedBy::Perf:
        return QStringLiteral("perf record -m 8M");
    case RecordedBy::TraceCmd:
        return QStringLiteral("trace-cmd record -b 65536");
    case RecordedBy::Lttng:
        break;
    }
    return QStringLiteral("lttng enable-channel -k --subbuf-size 8M --num-subbuf 8 CHANNEL");
}

} // namespace exitscope
