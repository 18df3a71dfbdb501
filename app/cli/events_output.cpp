// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/events_output.h"

#include <array>
#include <charconv>
#include <cstdlib>

#include "app/cli/json_writer.h"
#include "model/events/event_text.h"
#include "model/statistics/selection_parser.h"
#include "model/visible_text.h"

namespace exitscope {

namespace {

QString numberOrNothing(std::int32_t number)
{
    return number < 0 ? QStringLiteral("–") : QString::number(number);
}

// Fields last, as long as they are; the columns before are so wide as it takes for nearly all of them.
void writeEventsText(Output &output, const Recording &recording, const EventList &list)
{
    constexpr int kNameWidth = 26;
    const Ns origin = originOf(recording).value_or(0);
    qsizetype traceWidth = 0;
    for (const TraceInfo &trace : recording.traces)
        traceWidth = std::max(traceWidth, machineOf(trace).size());
    for (const ListedEvent &listed : list.events) {
        const TraceInfo &trace = recording.traces[listed.trace];
        const QString line = formatOffset(listed.timeNs - origin).rightJustified(14) % u' '
            % machineOf(trace).leftJustified(traceWidth) % QStringLiteral(" [") % numberOrNothing(listed.event.pcpu)
            % QStringLiteral("] ") % numberOrNothing(listed.event.tid).rightJustified(6) % u' '
            % shownText(listed.event.name).leftJustified(kNameWidth) % u' ' % fieldsShown(listed.event) % u'\n';
        output.write(line.toStdString());
    }
}

void writeEventsCsv(Output &output, const Recording &recording, const EventList &list)
{
    output.write(eventCsvTitles());
    for (const ListedEvent &listed : list.events)
        output.write(eventCsvRow(recording, listed));
}

// A plain number is one; all else is a text.
void addValue(JsonWriter &json, const RawField &field)
{
    const char *begin = field.value.data();
    const char *end = begin + field.value.size();
    const auto isWhole
        = [end](const std::from_chars_result &result) { return result.ec == std::errc{} && result.ptr == end; };
    std::uint64_t natural = 0;
    std::int64_t integer = 0;
    if (!field.isText && isWhole(std::from_chars(begin, end, natural)))
        json.natural(natural);
    else if (!field.isText && isWhole(std::from_chars(begin, end, integer)))
        json.integer(integer);
    else
        json.text(shownText(field.value));
}

void addFields(JsonWriter &json, const RawFields &fields)
{
    constexpr std::array kNames{"packet_context", "context", "event_context", "payload"};
    const std::vector<RawField> all = fields.fields();
    for (const RawPart part : fields.parts()) {
        json.key(kNames[static_cast<std::size_t>(part)]).beginObject();
        for (const RawField &field : all) {
            if (field.part != part)
                continue;
            json.anyKey(shownText(field.name));
            addValue(json, field);
        }
        json.endObject();
    }
}

void writeEventsJson(Output &output, const Recording &recording, const EventList &list)
{
    constexpr std::size_t kEventsAtOnce = 1024;
    JsonWriter json;
    json.beginObject();
    json.key("schema").text(QStringLiteral("exitscope-events/1"));
    json.key("more").boolean(list.areMore);
    json.key("events").beginArray();
    for (std::size_t i = 0; i < list.events.size(); ++i) {
        const ListedEvent &listed = list.events[i];
        const TraceInfo &trace = recording.traces[listed.trace];
        const auto known = [](std::int32_t n) { return n < 0 ? std::nullopt : std::optional<std::int64_t>(n); };
        json.beginObject();
        json.key("time_ns").integer(listed.timeNs);
        json.key("trace_ns").integer(listed.event.timeNs);
        json.key("role").text(roleName(trace.role));
        json.key("trace").text(visibleText(trace.path));
        json.key("cpu").integer(known(listed.event.pcpu));
        json.key("tid").integer(known(listed.event.tid));
        json.key("event").text(shownText(listed.event.name));
        addFields(json, listed.event.fields);
        json.endObject();
        if (i % kEventsAtOnce == 0)
            output.write(json.take().toStdString());
    }
    json.endArray();
    json.endObject();
    output.write(json.result().toStdString());
}

} // namespace

EventList listedEvents(const Options &options, const Recording &recording, const Alignments &alignments,
    const Selection &range, CancelFlag cancel)
{
    std::vector<ClockMap> maps(recording.guests.size());
    for (const GuestAlignment &guest : alignments.guests)
        if (guest.isAligned())
            maps[guest.guest] = guest.map;
    TimeRange times = boundsOf(recording);
    times = {range.from.value_or(times.from), range.to.value_or(times.to + 1)}; // an event at the very end included
    return readEvents(recording, maps, times, options.top.value_or(kMostListed), cancel);
}

void writeEvents(Output &output, ReportFormat format, const Recording &recording, const EventList &list)
{
    switch (format) {
    case ReportFormat::Text:
        return writeEventsText(output, recording, list);
    case ReportFormat::Csv:
        return writeEventsCsv(output, recording, list);
    case ReportFormat::Json:
        return writeEventsJson(output, recording, list);
    }
}

} // namespace exitscope
