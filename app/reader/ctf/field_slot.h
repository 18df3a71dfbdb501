// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <babeltrace2/babeltrace.h>

#include <cstdint>
#include <string>

namespace exitscope::reader {

// Where a value lies in a structure and how it is read: found once by name, then used for every event.
struct FieldSlot {
    enum class Type : std::uint8_t { None, Unsigned, Signed, Text, Bytes };
    Type type = Type::None;
    std::uint32_t index = 0;

    explicit operator bool() const { return type != Type::None; }
    bool isInteger() const { return type == Type::Unsigned || type == Type::Signed; }
    bool isText() const { return type == Type::Text || type == Type::Bytes; }
};

// The member of this name, if it is one. The class of the structure may be null.
FieldSlot findInteger(const bt_field_class *structure, const char *name);
FieldSlot findText(const bt_field_class *structure, const char *name);

// The slot must be an integer's.
inline std::int64_t readInteger(const bt_field *structure, FieldSlot slot)
{
    const bt_field *field = bt_field_structure_borrow_member_field_by_index_const(structure, slot.index);
    return slot.type == FieldSlot::Type::Signed ? bt_field_integer_signed_get_value(field)
                                                : static_cast<std::int64_t>(bt_field_integer_unsigned_get_value(field));
}

// The slot must be a text's. Valid until the next call with the same scratch, or the end of the event.
const char *readText(const bt_field *structure, FieldSlot slot, std::string &scratch);

} // namespace exitscope::reader
