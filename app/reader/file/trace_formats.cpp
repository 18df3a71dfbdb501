// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/file/trace_formats.h"

#include <algorithm>
#include <utility>

#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

constexpr std::uint32_t kMaxBytes = 1u << 16; // of an event: no ring buffer takes a larger one

std::string nameIn(std::string_view format)
{
    constexpr std::string_view label = "name: ";
    if (!format.starts_with(label))
        return {};
    format.remove_prefix(label.size());
    return std::string(format.substr(0, format.find('\n')));
}

bool isSound(const std::vector<TraceField> &fields)
{
    return std::all_of(
        fields.begin(), fields.end(),
        [](const TraceField &field) { return field.slot.offset <= kMaxBytes && field.slot.size <= kMaxBytes; });
}

} // namespace

void TraceFormats::add(const std::string &system, std::string_view text)
{
    std::optional<TraceFormat> format = parseTraceFormat(system, text);
    const std::string name = system + ':' + nameIn(text);
    // Of an event that does not matter it is enough that it happened.
    if (!format && classify(name).kind != EventKind::HostProof)
        throw ReadError("the format of the event " + name + " cannot be understood");
    if (!format)
        return;
    if (!isSound(format->common) || !isSound(format->fields))
        throw ReadError("the format of the event " + name + " has a field that lies outside of any event");
    const std::uint64_t id = format->id;
    m_formats.try_emplace(id, std::move(*format));
}

std::vector<std::string> TraceFormats::names() const
{
    std::vector<std::string> names;
    for (const auto &[id, format] : m_formats)
        names.push_back(format.name);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

bool TraceFormats::has(EventKind kind) const
{
    return std::any_of(
        m_formats.begin(), m_formats.end(),
        [kind](const auto &format) { return classify(format.second.name).kind == kind; });
}

const TraceFormat *TraceFormats::find(std::uint64_t id) const
{
    const auto found = m_formats.find(id);
    return found != m_formats.end() ? &found->second : nullptr;
}

const TracePlan *TraceFormats::plan(std::uint64_t id)
{
    if (const auto found = m_plans.find(id); found != m_plans.end())
        return &found->second;
    const TraceFormat *format = find(id);
    return format ? &m_plans.emplace(id, makeTracePlan(*format)).first->second : nullptr;
}

TraceSlot TraceFormats::common(const char *name) const
{
    return m_formats.empty() ? TraceSlot{} : commonInteger(m_formats.begin()->second, name);
}

} // namespace exitscope::reader
