// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/field_slot.h"

#include <string_view>

namespace exitscope::reader {

namespace {

bool is(const bt_field_class *fieldClass, bt_field_class_type type)
{
    return bt_field_class_type_is(bt_field_class_get_type(fieldClass), type);
}

FieldSlot::Type typeOf(const bt_field_class *fieldClass)
{
    using enum FieldSlot::Type;
    if (is(fieldClass, BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER))
        return Unsigned;
    if (is(fieldClass, BT_FIELD_CLASS_TYPE_SIGNED_INTEGER))
        return Signed;
    if (is(fieldClass, BT_FIELD_CLASS_TYPE_STRING))
        return Text;
    if (is(fieldClass, BT_FIELD_CLASS_TYPE_ARRAY)) {
        const bt_field_class *element = bt_field_class_array_borrow_element_field_class_const(fieldClass);
        if (is(element, BT_FIELD_CLASS_TYPE_INTEGER) && bt_field_class_integer_get_field_value_range(element) <= 8)
            return Bytes;
    }
    return None;
}

FieldSlot find(const bt_field_class *structure, const char *name)
{
    if (!structure || !is(structure, BT_FIELD_CLASS_TYPE_STRUCTURE))
        return {};
    const auto members = bt_field_class_structure_get_member_count(structure);
    for (std::uint64_t i = 0; i < members; ++i) {
        const auto *member = bt_field_class_structure_borrow_member_by_index_const(structure, i);
        if (std::string_view(name) == bt_field_class_structure_member_get_name(member)) {
            return {typeOf(bt_field_class_structure_member_borrow_field_class_const(member)),
                static_cast<std::uint32_t>(i)};
        }
    }
    return {};
}

} // namespace

FieldSlot findInteger(const bt_field_class *structure, const char *name)
{
    const FieldSlot slot = find(structure, name);
    return slot.isInteger() ? slot : FieldSlot{};
}

FieldSlot findText(const bt_field_class *structure, const char *name)
{
    const FieldSlot slot = find(structure, name);
    return slot.isText() ? slot : FieldSlot{};
}

const char *readText(const bt_field *structure, FieldSlot slot, std::string &scratch)
{
    const bt_field *field = bt_field_structure_borrow_member_field_by_index_const(structure, slot.index);
    if (slot.type == FieldSlot::Type::Text)
        return bt_field_string_get_value(field);
    // perf declares some texts as arrays of numbers
    scratch.clear();
    const auto length = bt_field_array_get_length(field);
    for (std::uint64_t i = 0; i < length; ++i) {
        const bt_field *element = bt_field_array_borrow_element_field_by_index_const(field, i);
        const bool isSigned
            = bt_field_class_type_is(bt_field_get_class_type(element), BT_FIELD_CLASS_TYPE_SIGNED_INTEGER);
        const char c = isSigned ? static_cast<char>(bt_field_integer_signed_get_value(element))
                                : static_cast<char>(bt_field_integer_unsigned_get_value(element));
        if (c == '\0')
            break;
        scratch += c;
    }
    return scratch.c_str();
}

} // namespace exitscope::reader
