// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/events/raw_record.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "model/record/event_fields.h"

namespace exitscope {

namespace {

// "-12", "0x1F", and of enumerations what is behind the last sign: "( "TASK_RUNNING" : container = 0 )".
std::optional<std::int64_t> numberIn(std::string_view text)
{
    constexpr std::string_view kContainer = "container = ";
    if (const std::size_t at = text.rfind(kContainer); at != std::string_view::npos)
        text.remove_prefix(at + kContainer.size());
    const bool isHex = text.starts_with("0x") || text.starts_with("0X");
    if (isHex)
        text.remove_prefix(2);
    std::int64_t value = 0;
    const auto end = text.data() + text.size();
    auto read = std::from_chars(text.data(), end, value, isHex ? 16 : 10);
    if (read.ec == std::errc::result_out_of_range) { // a pattern of 64 bits
        std::uint64_t bits = 0;
        read = std::from_chars(text.data(), end, bits, isHex ? 16 : 10);
        value = static_cast<std::int64_t>(bits);
    }
    return read.ec == std::errc() ? std::optional(value) : std::nullopt;
}

// Finds the fields of one event by name, as a plan wants them.
class FieldsOfEvent {
public:
    explicit FieldsOfEvent(const RawEvent &event) : m_fields(event.fields.fields()) { }

    std::optional<RawField> integer(FieldPlace place, const char *name) const
    {
        const std::optional<RawField> field = named(place, name);
        return field && numberIn(field->value) ? field : std::nullopt;
    }
    std::optional<RawField> text(FieldPlace place, const char *name) const
    {
        const std::optional<RawField> field = named(place, name);
        return field && field->isText ? field : std::nullopt;
    }

private:
    std::optional<RawField> named(FieldPlace place, std::string_view name) const
    {
        const RawPart part = place == FieldPlace::CommonContext ? RawPart::CommonContext
            : place == FieldPlace::SpecificContext              ? RawPart::SpecificContext
                                                                : RawPart::Payload;
        // LTTng hides some under another sign: "_prev_comm".
        const auto found = std::find_if(m_fields.begin(), m_fields.end(), [&](const RawField &field) {
            return field.part == part
                && (field.name == name || (field.name.starts_with('_') && field.name.substr(1) == name));
        });
        return found == m_fields.end() ? std::nullopt : std::optional(*found);
    }

    std::vector<RawField> m_fields;
};

} // namespace

MeantEvent meaningOf(const RawEvent &event)
{
    const FieldsOfEvent fields(event);
    const auto plan = EventPlanner<std::optional<RawField>, FieldsOfEvent>(fields).plan(event.name);
    EventTold told;
    for (std::size_t place = 0; place < field::kMost; ++place) {
        const std::optional<RawField> &field = plan.fields[place];
        if (!field)
            continue;
        if (field->isText)
            told.texts[place] = field->value;
        else
            told.set(int(place), numberIn(field->value));
    }
    MeantEvent meant{plan.what, recordOf(plan.what, told), {}, {}};
    meant.record.timeNs = event.timeNs;
    meant.record.pcpu = event.pcpu;
    meant.record.tid = event.tid;
    if (meant.record.kind == EventKind::SchedSwitch) {
        meant.prevComm = told.text(field::PrevComm);
        meant.nextComm = told.text(field::NextComm);
    }
    return meant;
}

} // namespace exitscope
