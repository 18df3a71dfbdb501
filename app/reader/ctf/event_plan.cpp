// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/event_plan.h"

namespace exitscope::reader {

namespace {

class Finder {
public:
    explicit Finder(const bt_event_class *eventClass)
        : m_structures{bt_stream_class_borrow_event_common_context_field_class_const(
                           bt_event_class_borrow_stream_class_const(eventClass)),
            bt_event_class_borrow_specific_context_field_class_const(eventClass),
            bt_event_class_borrow_payload_field_class_const(eventClass)}
    {
    }

    PlacedSlot integer(FieldPlace place, const char *name) const { return {place, findInteger(of(place), name)}; }
    PlacedSlot text(FieldPlace place, const char *name) const { return {place, findText(of(place), name)}; }

private:
    const bt_field_class *of(FieldPlace place) const { return m_structures[static_cast<std::size_t>(place)]; }

    std::array<const bt_field_class *, 3> m_structures;
};

// The value as it was recorded: one of 32 bits is not extended by its sign.
std::int64_t readReason(const bt_field *payload, FieldSlot slot)
{
    const std::int64_t value = readInteger(payload, slot);
    const bt_field_class *field
        = bt_field_borrow_class_const(bt_field_structure_borrow_member_field_by_index_const(payload, slot.index));
    return bt_field_class_integer_get_field_value_range(field) <= 32 ? value & 0xffffffff : value;
}

std::int32_t contextNumber(const PlacedSlot &slot, const bt_event *event)
{
    return slot ? static_cast<std::int32_t>(readInteger(slot.structure(event), slot.slot)) : kNoThread;
}

} // namespace

const bt_field *PlacedSlot::structure(const bt_event *event) const
{
    switch (place) {
    case FieldPlace::CommonContext:
        return bt_event_borrow_common_context_field_const(event);
    case FieldPlace::SpecificContext:
        return bt_event_borrow_specific_context_field_const(event);
    case FieldPlace::Payload:
        break;
    }
    return bt_event_borrow_payload_field_const(event);
}

ReaderPlan makePlan(const bt_event_class *eventClass)
{
    const char *name = bt_event_class_get_name(eventClass);
    const Finder finder(eventClass);
    return EventPlanner<PlacedSlot, Finder>(finder).plan(name ? name : "");
}

const ReaderPlan &EventPlans::of(const bt_event_class *eventClass)
{
    const std::uint64_t id = bt_event_class_get_id(eventClass);
    if (id >= kDense) {
        const auto found = m_sparse.find(id);
        return found != m_sparse.end() ? found->second : m_sparse.emplace(id, makePlan(eventClass)).first->second;
    }
    if (id >= m_dense.size())
        m_dense.resize(id + 1);
    if (!m_dense[id])
        m_dense[id] = std::make_unique<ReaderPlan>(makePlan(eventClass));
    return *m_dense[id];
}

EventTold EventReading::read(const ReaderPlan &plan, const bt_event *event)
{
    EventTold told;
    told.tid = contextNumber(plan.tid, event);
    told.pid = contextNumber(plan.pid, event);
    if (plan.procname)
        told.procname = readText(plan.procname.structure(event), plan.procname.slot, m_texts[field::kMost]);
    const bt_field *payload = bt_event_borrow_payload_field_const(event);
    for (std::size_t at = 0; at < plan.fields.size(); ++at) {
        const FieldSlot slot = plan.fields[at].slot;
        if (slot.isText())
            told.texts[at] = readText(payload, slot, m_texts[at]);
        if (!slot.isInteger())
            continue;
        const bool isReason = at == field::ExitReason && plan.what.kind == EventKind::VmExit;
        told.numbers[at] = isReason ? readReason(payload, slot) : readInteger(payload, slot);
        told.has[at] = true;
    }
    return told;
}

} // namespace exitscope::reader
