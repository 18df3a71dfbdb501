// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/ctf/message_fields.h"

#include <cstdio>
#include <string>

#include "app/reader/ctf/field_slot.h"

namespace exitscope::reader {

namespace {

using Kind = bt_field_class_type;

bool isOf(Kind type, Kind kind)
{
    return bt_field_class_type_is(type, kind);
}

std::string printed(const char *format, unsigned long long value)
{
    char text[72];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

std::string binary(std::uint64_t value, std::uint64_t bits)
{
    std::string text = "0b";
    for (std::uint64_t bit = bits; bit-- > 0;)
        text += (value >> bit & 1) != 0 ? '1' : '0';
    return text;
}

std::string numberText(const bt_field_class *of, std::uint64_t value, bool isSigned)
{
    const std::uint64_t bits = bt_field_class_integer_get_field_value_range(of);
    const auto low
        = [&](std::uint64_t count) { return count < 64 ? value & ((std::uint64_t{1} << count) - 1) : value; };
    switch (bt_field_class_integer_get_preferred_display_base(of)) {
    case BT_FIELD_CLASS_INTEGER_PREFERRED_DISPLAY_BASE_HEXADECIMAL:
        return printed("0x%llX", low((bits + 3) / 4 * 4));
    case BT_FIELD_CLASS_INTEGER_PREFERRED_DISPLAY_BASE_OCTAL:
        return printed("0%llo", isSigned ? low((bits + 2) / 3 * 3) : value);
    case BT_FIELD_CLASS_INTEGER_PREFERRED_DISPLAY_BASE_BINARY:
        return binary(low(bits), bits);
    default:
        return isSigned ? std::to_string(static_cast<std::int64_t>(value)) : std::to_string(value);
    }
}

std::string labelsText(const bt_field *field, bool isSigned)
{
    bt_field_class_enumeration_mapping_label_array labels = nullptr;
    std::uint64_t count = 0;
    if (isSigned)
        bt_field_enumeration_signed_get_mapping_labels(field, &labels, &count);
    else
        bt_field_enumeration_unsigned_get_mapping_labels(field, &labels, &count);
    std::string text;
    for (std::uint64_t i = 0; i < count; ++i)
        text += (i == 0 ? "" : ", ") + quotedText(labels[i]);
    return count == 0 ? "<unknown>" : text;
}

std::string fieldText(const bt_field *field);

std::string integerText(const bt_field *field, const bt_field_class *of, Kind type)
{
    const bool isSigned = isOf(type, BT_FIELD_CLASS_TYPE_SIGNED_INTEGER);
    const std::uint64_t value = isSigned ? static_cast<std::uint64_t>(bt_field_integer_signed_get_value(field))
                                         : bt_field_integer_unsigned_get_value(field);
    const std::string text = numberText(of, value, isSigned);
    if (!isOf(type, BT_FIELD_CLASS_TYPE_ENUMERATION))
        return text;
    return "( " + labelsText(field, isSigned) + " : container = " + text + " )";
}

std::string realText(const bt_field *field, Kind type)
{
    char text[32];
    const double value = isOf(type, BT_FIELD_CLASS_TYPE_SINGLE_PRECISION_REAL)
        ? static_cast<double>(bt_field_real_single_precision_get_value(field))
        : bt_field_real_double_precision_get_value(field);
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

std::string structureText(const bt_field *field, const bt_field_class *of)
{
    std::string text = "{";
    for (std::uint64_t i = 0; i < bt_field_class_structure_get_member_count(of); ++i) {
        const auto *member = bt_field_class_structure_borrow_member_by_index_const(of, i);
        text += (i == 0 ? " " : ", ") + std::string(bt_field_class_structure_member_get_name(member)) + " = "
            + fieldText(bt_field_structure_borrow_member_field_by_index_const(field, i));
    }
    return text + " }";
}

std::string elementsText(const bt_field *field)
{
    std::string text = "[";
    for (std::uint64_t i = 0; i < bt_field_array_get_length(field); ++i)
        text += (i == 0 ? " [" : ", [") + std::to_string(i)
            + "] = " + fieldText(bt_field_array_borrow_element_field_by_index_const(field, i));
    return text + " ]";
}

std::string optionText(const bt_field *field)
{
    const bt_field *inner = bt_field_option_borrow_field_const(field);
    return inner ? fieldText(inner) : "<none>";
}

std::string fieldText(const bt_field *field)
{
    const bt_field_class *of = bt_field_borrow_class_const(field);
    const Kind type = bt_field_class_get_type(of);
    if (type == BT_FIELD_CLASS_TYPE_BOOL)
        return bt_field_bool_get_value(field) != 0 ? "true" : "false";
    if (type == BT_FIELD_CLASS_TYPE_BIT_ARRAY)
        return printed("0x%llX", bt_field_bit_array_get_value_as_integer(field));
    if (isOf(type, BT_FIELD_CLASS_TYPE_INTEGER))
        return integerText(field, of, type);
    if (isOf(type, BT_FIELD_CLASS_TYPE_REAL))
        return realText(field, type);
    if (type == BT_FIELD_CLASS_TYPE_STRING)
        return quotedText(bt_field_string_get_value(field));
    if (type == BT_FIELD_CLASS_TYPE_STRUCTURE)
        return structureText(field, of);
    if (isOf(type, BT_FIELD_CLASS_TYPE_ARRAY))
        return elementsText(field);
    if (isOf(type, BT_FIELD_CLASS_TYPE_OPTION))
        return optionText(field);
    if (isOf(type, BT_FIELD_CLASS_TYPE_VARIANT))
        return "{ " + fieldText(bt_field_variant_borrow_selected_option_field_const(field)) + " }";
    return "<unknown>"; // a kind of later versions
}

void add(RawFields &to, RawPart part, const bt_field *structure)
{
    if (!structure)
        return;
    to.begin(part);
    const bt_field_class *of = bt_field_borrow_class_const(structure);
    for (std::uint64_t i = 0; i < bt_field_class_structure_get_member_count(of); ++i) {
        const char *name
            = bt_field_class_structure_member_get_name(bt_field_class_structure_borrow_member_by_index_const(of, i));
        const bt_field *field = bt_field_structure_borrow_member_field_by_index_const(structure, i);
        const bool isText = bt_field_get_class_type(field) == BT_FIELD_CLASS_TYPE_STRING;
        to.add(name, isText ? bt_field_string_get_value(field) : fieldText(field), isText);
    }
}

std::int32_t pcpuOf(const bt_field *context)
{
    const FieldSlot cpu = context ? findInteger(bt_field_borrow_class_const(context), "cpu_id") : FieldSlot{};
    const std::int64_t number = cpu ? readInteger(context, cpu) : kNoPcpu;
    return number >= 0 && number <= kMaxPcpu ? static_cast<std::int32_t>(number) : kNoPcpu;
}

} // namespace

RawEvent rawEventOf(const bt_event *event, EventPlans &plans)
{
    RawEvent told;
    const bt_event_class *of = bt_event_borrow_class_const(event);
    if (const char *name = bt_event_class_get_name(of))
        told.name = name;
    const bt_packet *packet = bt_event_borrow_packet_const(event);
    const bt_field *packetContext = packet ? bt_packet_borrow_context_field_const(packet) : nullptr;
    told.pcpu = pcpuOf(packetContext);
    add(told.fields, RawPart::PacketContext, packetContext);
    add(told.fields, RawPart::CommonContext, bt_event_borrow_common_context_field_const(event));
    add(told.fields, RawPart::SpecificContext, bt_event_borrow_specific_context_field_const(event));
    add(told.fields, RawPart::Payload, bt_event_borrow_payload_field_const(event));
    EventReading reading;
    told.tid = reading.read(plans.of(of), event).tid;
    return told;
}

} // namespace exitscope::reader
