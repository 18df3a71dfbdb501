// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/file/trace_plan.h"

#include <cstring>
#include <string>
#include <string_view>

#include "app/reader/file/raw_number.h"
#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

using Type = TraceSlot::Type;
using Raw = std::span<const std::byte>;

class Finder {
public:
    explicit Finder(const TraceFormat &format) : m_format(format) { }

    TraceSlot integer(FieldPlace place, const char *name) const
    {
        if (place == FieldPlace::CommonContext && std::strcmp(name, "tid") == 0)
            return commonInteger(m_format, "common_pid");
        if (place != FieldPlace::Payload)
            return {};
        const TraceSlot slot = findSlot(m_format.fields, name);
        return slot.isInteger() ? slot : TraceSlot{};
    }

    TraceSlot text(FieldPlace place, const char *name) const
    {
        if (place != FieldPlace::Payload)
            return {};
        const TraceSlot slot = findSlot(m_format.fields, name);
        return slot.isText() ? slot : TraceSlot{};
    }

private:
    const TraceFormat &m_format;
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

TracePlan makeTracePlan(const TraceFormat &format)
{
    const Finder finder(format);
    return EventPlanner<TraceSlot, Finder>(finder).plan(format.name);
}

TraceSlot commonInteger(const TraceFormat &format, const char *name)
{
    const TraceSlot slot = findSlot(format.common, name);
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
        const std::uint64_t location = rawNumber(part(raw, slot.offset, kTextLocationBytes), m_isBigEndian);
        offset = (location & 0xffff) + (slot.type == Type::TextBehind ? slot.offset + kTextLocationBytes : 0);
        size = location >> 16;
    } else if (size == 0 && offset <= raw.size()) {
        size = raw.size() - offset;
    }
    const Raw bytes = part(raw, offset, size);
    const std::string_view all(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    return all.substr(0, all.find('\0'));
}

} // namespace exitscope::reader
