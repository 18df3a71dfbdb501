// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/reader/ctf/field_slot.h"
#include "model/record/event_fields.h"

namespace exitscope::reader {

// Where libbabeltrace2 has a value of an event.
struct PlacedSlot {
    FieldPlace place = FieldPlace::Payload;
    FieldSlot slot;

    explicit operator bool() const { return bool(slot); }
    const bt_field *structure(const bt_event *event) const;
};

using ReaderPlan = EventPlan<PlacedSlot>;

ReaderPlan makePlan(const bt_event_class *eventClass);

// The plans of one stream class, each made when its first event comes.
class EventPlans {
public:
    const ReaderPlan &of(const bt_event_class *eventClass);

private:
    static constexpr std::uint64_t kDense = 1u << 16; // LTTng's ids are below
    std::vector<std::unique_ptr<ReaderPlan>> m_dense;
    std::unordered_map<std::uint64_t, ReaderPlan> m_sparse;
};

// Reads what plans ask for.
class EventReading {
public:
    // Its texts are valid until the next call, or the end of the event.
    EventTold read(const ReaderPlan &plan, const bt_event *event);

private:
    std::array<std::string, field::kMost + 1> m_texts; // that the library has not as such
};

} // namespace exitscope::reader
