// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/trace_formats.h"

#include <algorithm>
#include <limits>
#include <new>
#include <span>

#include <traceevent/event-parse.h>

#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

constexpr int kMaxBytes = 1 << 16; // of an event: no ring buffer takes a larger one

std::string nameIn(std::string_view format)
{
    constexpr std::string_view label = "name: ";
    if (!format.starts_with(label))
        return {};
    format.remove_prefix(label.size());
    return std::string(format.substr(0, format.find('\n')));
}

// How the kernel would print it is not wanted, and of the library's parsing by far the most.
std::string withoutPrinting(std::string_view format)
{
    return std::string(format.substr(0, format.find("\nprint fmt:"))) + "\nprint fmt: \"\"\n";
}

bool isSound(const tep_format_field *field)
{
    for (; field; field = field->next)
        if (field->offset < 0 || field->offset > kMaxBytes || field->size < 0 || field->size > kMaxBytes)
            return false;
    return true;
}

std::span<tep_event *const> eventsOf(tep_handle *formats)
{
    const int count = tep_get_events_count(formats);
    tep_event **events = count > 0 ? tep_list_events(formats, TEP_EVENT_SORT_ID) : nullptr;
    return {events, events ? static_cast<std::size_t>(count) : 0};
}

std::string fullName(const tep_event &event)
{
    return std::string(event.system) + ':' + event.name;
}

} // namespace

void TraceFormats::Free::operator()(tep_handle *handle) const
{
    tep_free(handle);
}

TraceFormats::TraceFormats() : m_formats(tep_alloc())
{
    if (!m_formats)
        throw std::bad_alloc();
    tep_set_loglevel(TEP_LOG_NONE); // what it would print
}

TraceFormats::~TraceFormats() = default;

void TraceFormats::add(const std::string &system, std::string_view format)
{
    const std::string text = withoutPrinting(format);
    tep_event *event = nullptr;
    tep_parse_format(m_formats.get(), &event, text.c_str(), text.size(), system.c_str());
    // It keeps what it has not understood, too.
    const bool isRead = event && (static_cast<unsigned>(event->flags) & TEP_EVENT_FL_FAILED) == 0;
    const std::string name = system + ':' + nameIn(format);
    // Of an event that does not matter it is enough that it happened.
    if (!isRead && classify(name).kind != EventKind::HostProof)
        throw ReadError("the format of the event " + name + " cannot be understood");
    if (isRead && !(isSound(event->format.common_fields) && isSound(event->format.fields)))
        throw ReadError("the format of the event " + name + " has a field that lies outside of any event");
}

std::vector<std::string> TraceFormats::names() const
{
    std::vector<std::string> names;
    for (const tep_event *event : eventsOf(m_formats.get()))
        names.push_back(fullName(*event));
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

bool TraceFormats::has(EventKind kind) const
{
    const auto events = eventsOf(m_formats.get());
    return std::any_of(
        events.begin(), events.end(), [&](const tep_event *event) { return classify(fullName(*event)).kind == kind; });
}

const tep_event *TraceFormats::find(std::uint64_t id) const
{
    const bool isNumber = id <= static_cast<std::uint64_t>(std::numeric_limits<int>::max());
    return isNumber ? tep_find_event(m_formats.get(), static_cast<int>(id)) : nullptr;
}

const TracePlan *TraceFormats::plan(std::uint64_t id)
{
    if (const auto found = m_plans.find(id); found != m_plans.end())
        return &found->second;
    const tep_event *event = find(id);
    return event ? &m_plans.emplace(id, makeTracePlan(*event)).first->second : nullptr;
}

TraceSlot TraceFormats::common(const char *name) const
{
    const auto events = eventsOf(m_formats.get());
    return events.empty() ? TraceSlot{} : commonInteger(*events.front(), name);
}

} // namespace exitscope::reader
