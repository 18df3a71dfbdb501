// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/repetition.h"

#include <cstring>
#include <string_view>

namespace exitscope::reader {

namespace {

bool sameFields(const bt_field *a, const bt_field *b);

// perf's members that tell of the sample; but whose it is counts.
bool countsAsOwn(std::string_view name)
{
    return !name.starts_with("perf_") || name == "perf_tid" || name == "perf_pid";
}

// Whether both have the same members, by name.
bool sameMembers(const bt_field_class *a, const bt_field_class *b)
{
    const std::uint64_t count = bt_field_class_structure_get_member_count(a);
    if (a == b || count != bt_field_class_structure_get_member_count(b))
        return a == b;
    for (std::uint64_t i = 0; i < count; ++i)
        if (std::strcmp(
                bt_field_class_structure_member_get_name(bt_field_class_structure_borrow_member_by_index_const(a, i)),
                bt_field_class_structure_member_get_name(bt_field_class_structure_borrow_member_by_index_const(b, i)))
            != 0)
            return false;
    return true;
}

bool sameStructures(const bt_field *a, const bt_field *b)
{
    const bt_field_class *fields = bt_field_borrow_class_const(a);
    if (!sameMembers(fields, bt_field_borrow_class_const(b)))
        return false;
    const std::uint64_t count = bt_field_class_structure_get_member_count(fields);
    for (std::uint64_t i = 0; i < count; ++i) {
        const auto *member = bt_field_class_structure_borrow_member_by_index_const(fields, i);
        if (countsAsOwn(bt_field_class_structure_member_get_name(member))
            && !sameFields(bt_field_structure_borrow_member_field_by_index_const(a, i),
                bt_field_structure_borrow_member_field_by_index_const(b, i)))
            return false;
    }
    return true;
}

bool sameArrays(const bt_field *a, const bt_field *b)
{
    const std::uint64_t count = bt_field_array_get_length(a);
    if (count != bt_field_array_get_length(b))
        return false;
    for (std::uint64_t i = 0; i < count; ++i)
        if (!sameFields(bt_field_array_borrow_element_field_by_index_const(a, i),
                bt_field_array_borrow_element_field_by_index_const(b, i)))
            return false;
    return true;
}

bool sameScalars(const bt_field *a, const bt_field *b, bt_field_class_type type)
{
    if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER))
        return bt_field_integer_unsigned_get_value(a) == bt_field_integer_unsigned_get_value(b);
    if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_SIGNED_INTEGER))
        return bt_field_integer_signed_get_value(a) == bt_field_integer_signed_get_value(b);
    if (type == BT_FIELD_CLASS_TYPE_STRING)
        return std::strcmp(bt_field_string_get_value(a), bt_field_string_get_value(b)) == 0;
    if (type == BT_FIELD_CLASS_TYPE_BOOL)
        return bt_field_bool_get_value(a) == bt_field_bool_get_value(b);
    if (type == BT_FIELD_CLASS_TYPE_BIT_ARRAY)
        return bt_field_bit_array_get_value_as_integer(a) == bt_field_bit_array_get_value_as_integer(b);
    if (type == BT_FIELD_CLASS_TYPE_SINGLE_PRECISION_REAL)
        return bt_field_real_single_precision_get_value(a) == bt_field_real_single_precision_get_value(b);
    return type == BT_FIELD_CLASS_TYPE_DOUBLE_PRECISION_REAL
        && bt_field_real_double_precision_get_value(a) == bt_field_real_double_precision_get_value(b);
}

bool sameOptions(const bt_field *a, const bt_field *b)
{
    const bt_field *left = bt_field_option_borrow_field_const(a);
    const bt_field *right = bt_field_option_borrow_field_const(b);
    return left && right ? sameFields(left, right) : left == right;
}

bool sameVariants(const bt_field *a, const bt_field *b)
{
    return bt_field_variant_get_selected_option_index(a) == bt_field_variant_get_selected_option_index(b)
        && sameFields(bt_field_variant_borrow_selected_option_field_const(a),
            bt_field_variant_borrow_selected_option_field_const(b));
}

bool sameFields(const bt_field *a, const bt_field *b)
{
    if (!a || !b)
        return a == b;
    const bt_field_class_type type = bt_field_get_class_type(a);
    if (type != bt_field_get_class_type(b))
        return false;
    if (type == BT_FIELD_CLASS_TYPE_STRUCTURE)
        return sameStructures(a, b);
    if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_ARRAY))
        return sameArrays(a, b);
    if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_OPTION))
        return sameOptions(a, b);
    if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_VARIANT))
        return sameVariants(a, b);
    return sameScalars(a, b, type);
}

// perf declares an event anew for each time that it was asked for, so the name counts, not the class.
bool sameNames(const bt_event_class *a, const bt_event_class *b)
{
    const char *left = bt_event_class_get_name(a);
    const char *right = bt_event_class_get_name(b);
    return a == b || (left && right && std::strcmp(left, right) == 0);
}

bool sameEvents(const bt_event *a, const bt_event *b)
{
    return sameNames(bt_event_borrow_class_const(a), bt_event_borrow_class_const(b))
        && sameFields(bt_event_borrow_payload_field_const(a), bt_event_borrow_payload_field_const(b))
        && sameFields(bt_event_borrow_common_context_field_const(a), bt_event_borrow_common_context_field_const(b))
        && sameFields(bt_event_borrow_specific_context_field_const(a), bt_event_borrow_specific_context_field_const(b));
}

} // namespace

bool Repetition::is(const bt_message *event)
{
    const std::uint64_t cycles
        = bt_clock_snapshot_get_value(bt_message_event_borrow_default_clock_snapshot_const(event));
    if (m_last && cycles == m_lastCycles
        && sameEvents(bt_message_event_borrow_event_const(m_last), bt_message_event_borrow_event_const(event)))
        return true;
    bt_message_get_ref(event);
    bt_message_put_ref(m_last);
    m_last = event;
    m_lastCycles = cycles;
    return false;
}

} // namespace exitscope::reader
