// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/stream_description.h"

#include <algorithm>
#include <optional>
#include <string>

#include "app/reader/ctf/event_plan.h"

namespace exitscope::reader {

namespace {

std::string text(const char *value)
{
    return value ? value : "";
}

std::string uuidText(bt_uuid uuid)
{
    constexpr char digits[] = "0123456789abcdef";
    std::string result;
    for (int i = 0; uuid && i < 16; ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            result += '-';
        result += {digits[uuid[i] >> 4], digits[uuid[i] & 15]};
    }
    return result;
}

std::optional<std::string> environment(const bt_trace *trace, const char *name)
{
    const bt_value *value = bt_trace_borrow_environment_entry_value_by_name_const(trace, name);
    if (!value)
        return std::nullopt;
    return bt_value_get_type(value) == BT_VALUE_TYPE_STRING ? bt_value_string_get(value)
                                                            : std::to_string(bt_value_integer_signed_get(value));
}

void describeClock(const bt_clock_class *clock, wire::Description &description)
{
    if (!clock)
        return;
    description.clockName = text(bt_clock_class_get_name(clock));
    description.clockUuid = uuidText(bt_clock_class_get_uuid(clock));
    description.clockFrequency = bt_clock_class_get_frequency(clock);
    bt_clock_class_get_offset(clock, &description.clockOffsetSeconds, &description.clockOffsetCycles);
}

void describeContexts(const bt_stream_class *streamClass, wire::Description &description)
{
    const auto events = bt_stream_class_get_event_class_count(streamClass);
    description.hasTid = description.hasPid = description.hasProcname = events > 0;
    for (std::uint64_t i = 0; i < events; ++i) {
        const ReaderPlan plan = makePlan(bt_stream_class_borrow_event_class_by_index_const(streamClass, i));
        description.hasTid = description.hasTid && bool(plan.tid);
        description.hasPid = description.hasPid && bool(plan.pid);
        description.hasProcname = description.hasProcname && bool(plan.procname);
    }
}

} // namespace

wire::Description describe(const bt_stream *stream)
{
    const bt_trace *trace = bt_stream_borrow_trace_const(stream);
    const bt_stream_class *streamClass = bt_stream_borrow_class_const(stream);
    wire::Description description;
    description.traceUuid = uuidText(bt_trace_get_uuid(trace));
    wire::describeEnvironment(description, [trace](const char *name) { return environment(trace, name); });
    describeClock(bt_stream_class_borrow_default_clock_class_const(streamClass), description);
    describeContexts(streamClass, description);
    description.hasSwitches = declares(streamClass, EventKind::SchedSwitch);

    const bt_trace_class *traceClass = bt_trace_borrow_class_const(trace);
    for (std::uint64_t s = 0; s < bt_trace_class_get_stream_class_count(traceClass); ++s) {
        const bt_stream_class *other = bt_trace_class_borrow_stream_class_by_index_const(traceClass, s);
        for (std::uint64_t e = 0; e < bt_stream_class_get_event_class_count(other); ++e) {
            const bt_event_class *event = bt_stream_class_borrow_event_class_by_index_const(other, e);
            description.events.push_back(text(bt_event_class_get_name(event)));
        }
    }
    auto &names = description.events;
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return description;
}

bool declares(const bt_stream_class *streamClass, EventKind kind)
{
    for (std::uint64_t i = 0; i < bt_stream_class_get_event_class_count(streamClass); ++i) {
        const char *name = bt_event_class_get_name(bt_stream_class_borrow_event_class_by_index_const(streamClass, i));
        if (name && classify(name).kind == kind)
            return true;
    }
    return false;
}

bool declaredElsewhere(const bt_stream_class *streamClass, EventKind kind)
{
    const bt_trace_class *traceClass = bt_stream_class_borrow_trace_class_const(streamClass);
    for (std::uint64_t i = 0; i < bt_trace_class_get_stream_class_count(traceClass); ++i) {
        const bt_stream_class *other = bt_trace_class_borrow_stream_class_by_index_const(traceClass, i);
        if (other != streamClass && declares(other, kind))
            return true;
    }
    return false;
}

} // namespace exitscope::reader
