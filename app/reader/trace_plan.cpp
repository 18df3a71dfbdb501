// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/trace_plan.h"

#include <cstring>
#include <string>
#include <string_view>

#include <traceevent/event-parse.h>

#include "app/reader/raw_number.h"
#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

using Type = TraceSlot::Type;
using Raw = std::span<const std::byte>;

constexpr std::uint32_t kLocation = 4; // bytes of a __data_loc or __rel_loc

Type typeOf(const tep_format_field &field)
{
    const auto has = [&](unsigned long flag) { return (field.flags & flag) != 0; };
    if (has(TEP_FIELD_IS_DYNAMIC)) {
        if (!has(TEP_FIELD_IS_STRING) || field.size != kLocation)
            return Type::None;
        return has(TEP_FIELD_IS_RELATIVE) ? Type::TextBehind : Type::TextAt;
    }
    if (has(TEP_FIELD_IS_STRING))
        return Type::Text;
    if (has(TEP_FIELD_IS_ARRAY) || (field.size != 1 && field.size != 2 && field.size != 4 && field.size != 8))
        return Type::None;
    return has(TEP_FIELD_IS_SIGNED) ? Type::Signed : Type::Unsigned;
}

TraceSlot find(const tep_format_field *field, std::string_view name)
{
    for (; field; field = field->next)
        if (name == field->name && field->offset >= 0 && field->size >= 0)
            return {typeOf(*field), static_cast<std::uint32_t>(field->offset), static_cast<std::uint32_t>(field->size)};
    return {};
}

class Finder {
public:
    explicit Finder(const tep_event &event) : m_event(event) { }

    TraceSlot integer(FieldPlace place, const char *name) const
    {
        if (place == FieldPlace::CommonContext && std::strcmp(name, "tid") == 0)
            return commonInteger(m_event, "common_pid");
        if (place != FieldPlace::Payload)
            return {};
        const TraceSlot slot = find(m_event.format.fields, name);
        return slot.isInteger() ? slot : TraceSlot{};
    }

    TraceSlot text(FieldPlace place, const char *name) const
    {
        if (place != FieldPlace::Payload)
            return {};
        const TraceSlot slot = find(m_event.format.fields, name);
        return slot.isText() ? slot : TraceSlot{};
    }

private:
    const tep_event &m_event;
};

Raw part(Raw raw, std::uint64_t offset, std::uint64_t size)
{
    if (offset > raw.size() || size > raw.size() - offset)
        throw ReadError("an event is shorter than its format says");
    return raw.subspan(offset, size);
}

std::int64_t extended(std::uint64_t value, std::size_t bytes)
{
    const std::size_t unused = 64 - 8 * bytes;
    return static_cast<std::int64_t>(value << unused) >> unused;
}

} // namespace

TracePlan makeTracePlan(const tep_event &event)
{
    const Finder finder(event);
    return EventPlanner<TraceSlot, Finder>(finder).plan(std::string(event.system) + ':' + event.name);
}

TraceSlot commonInteger(const tep_event &event, const char *name)
{
    const TraceSlot slot = find(event.format.common_fields, name);
    return slot.isInteger() ? slot : TraceSlot{};
}

EventTold RawReading::read(const TracePlan &plan, Raw raw) const
{
    EventTold told;
    if (plan.tid)
        told.tid = static_cast<std::int32_t>(integer(plan.tid, raw));
    for (std::size_t at = 0; at < plan.fields.size(); ++at) {
        const TraceSlot &slot = plan.fields[at];
        if (slot.isText())
            told.texts[at] = text(slot, raw);
        if (!slot.isInteger())
            continue;
        const bool isReason = at == field::ExitReason && plan.what.kind == EventKind::VmExit;
        told.numbers[at] = integer(slot, raw);
        if (isReason && slot.size <= 4) // as it was recorded: not extended by its sign
            told.numbers[at] &= 0xffffffff;
        told.has[at] = true;
    }
    return told;
}

std::int64_t RawReading::integer(const TraceSlot &slot, Raw raw) const
{
    const std::uint64_t value = rawNumber(part(raw, slot.offset, slot.size), m_isBigEndian);
    return slot.type == Type::Signed ? extended(value, slot.size) : static_cast<std::int64_t>(value);
}

std::string_view RawReading::text(const TraceSlot &slot, Raw raw) const
{
    std::uint64_t offset = slot.offset;
    std::uint64_t size = slot.size;
    if (slot.type != Type::Text) {
        const std::uint64_t location = rawNumber(part(raw, slot.offset, kLocation), m_isBigEndian);
        offset = (location & 0xffff) + (slot.type == Type::TextBehind ? slot.offset + kLocation : 0);
        size = location >> 16;
    } else if (size == 0 && offset <= raw.size()) {
        size = raw.size() - offset;
    }
    const Raw bytes = part(raw, offset, size);
    const std::string_view all(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    return all.substr(0, all.find('\0'));
}

} // namespace exitscope::reader
