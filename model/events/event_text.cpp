// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/events/event_text.h"

#include <QFileInfo>

#include <algorithm>

#include "model/reference/csv.h"
#include "model/source/path_bytes.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

std::string csvNumber(std::int32_t number)
{
    return number < 0 ? std::string() : std::to_string(number);
}

} // namespace

QString shownText(std::string_view text)
{
    return visibleText(pathText(QByteArray(text.data(), static_cast<qsizetype>(text.size()))));
}

QString machineOf(const TraceInfo &trace)
{
    const std::string &hostname = trace.description.hostname;
    return hostname.empty() ? visibleText(QFileInfo(trace.path).fileName()) : shownText(hostname);
}

QString fieldsShown(const RawEvent &event)
{
    return shownText(fieldsText(event.fields));
}

QString threadShown(const RawEvent &event)
{
    if (event.tid < 0)
        return QStringLiteral("–");
    const std::vector<RawField> fields = event.fields.fields();
    const auto name = std::ranges::find_if(fields, [](const RawField &field) {
        return field.isText && field.part != RawPart::Payload && field.name == "procname";
    });
    const QString tid = QString::number(event.tid);
    return name == fields.end() ? tid : QString(shownText(name->value) % QStringLiteral(" (") % tid % u')');
}

std::string eventCsvTitles()
{
    return "time_ns,trace_ns,role,trace,cpu,tid,event,fields\r\n";
}

std::string eventCsvRow(const Recording &recording, const ListedEvent &listed)
{
    const TraceInfo &trace = recording.traces[listed.trace];
    const RawEvent &event = listed.event;
    return std::to_string(listed.timeNs) + ',' + std::to_string(event.timeNs) + ',' + roleName(trace.role).toStdString()
        + ',' + csvField(visibleText(trace.path)).toStdString() + ',' + csvNumber(event.pcpu) + ','
        + csvNumber(event.tid) + ',' + csvField(shownText(event.name)).toStdString() + ','
        + csvField(fieldsShown(event)).toStdString() + "\r\n";
}

} // namespace exitscope
