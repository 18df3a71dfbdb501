// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/ctf2_scalars.h"

#include <algorithm>
#include <bit>

#include "model/source/ctf/ctf2_roles.h"

namespace exitscope::ctf {

namespace {

using Kind = FieldClass::Kind;
using Value = BuiltField::Value;

constexpr std::uint64_t kLargestAlignment = 1 << 20;
constexpr unsigned kByte = 8;

ByteOrder byteOrderOf(Properties &properties)
{
    constexpr QLatin1String name("byte-order");
    constexpr QLatin1String bits("bit-order");
    const std::string order = properties.string(name);
    if (order != "little-endian" && order != "big-endian")
        properties.refuse(name, "is unknown");
    const bool isLittle = order == "little-endian";
    const auto bitOrder = properties.optionalString(bits);
    if (bitOrder && *bitOrder != (isLittle ? "first-to-last" : "last-to-first"))
        properties.refuse(bits, "is not the one of its byte order");
    return isLittle ? ByteOrder::Little : ByteOrder::Big;
}

BuiltFieldPtr fixedLength(Properties &properties, Kind kind)
{
    constexpr QLatin1String length("length");
    const std::uint64_t bits = properties.natural(length);
    if (bits < 1 || bits > 64 || (kind == Kind::Float && bits != 32 && bits != 64))
        properties.refuse(length, "is not supported");
    auto field = std::make_shared<BuiltField>();
    field->kind = kind;
    field->bits = static_cast<unsigned>(bits);
    field->byteOrder = byteOrderOf(properties);
    field->alignment = alignmentOf(properties, QLatin1String("alignment"));
    return field;
}

std::uint8_t readBase(Properties &properties)
{
    constexpr QLatin1String name("preferred-display-base");
    const std::uint64_t base = properties.optionalNatural(name, 10);
    if (base != 2 && base != 8 && base != 10 && base != 16)
        properties.refuse(name, "is unknown");
    return static_cast<std::uint8_t>(base);
}

// Tracers map values that the field cannot have, too: -1 of an unsigned one. No field is found by its labels here.
void readLabels(Properties &properties, BuiltField &field)
{
    constexpr QLatin1String name("mappings");
    if (!properties.has(name))
        return;
    const QJsonValue mappings = properties.required(name);
    if (!mappings.isObject())
        properties.refuse(name, "is no object");
    const QJsonObject object = mappings.toObject();
    for (auto it = object.begin(); it != object.end(); ++it)
        for (const JsonRange &range : rangeSet(properties.text(), it.value()))
            field.labels[it.key().toStdString()].push_back({range.lower.bits, range.upper.bits});
}

void completeInteger(Properties &properties, BuiltField &field, bool isSigned, const Surroundings *around)
{
    field.isSigned = isSigned;
    field.value = isSigned ? Value::Signed : Value::Natural;
    field.base = readBase(properties);
    readLabels(properties, field);
    if (!isSigned)
        field.role = integerRole(properties, field, around);
}

void checkFlags(Properties &properties)
{
    constexpr QLatin1String name("flags");
    const QJsonValue flags = properties.required(name);
    const QJsonObject object = flags.toObject();
    if (object.isEmpty())
        properties.refuse(name, "names none");
    for (auto it = object.begin(); it != object.end(); ++it)
        rangeSet(properties.text(), it.value());
}

BuiltFieldPtr variableLength(Properties &properties, bool isSigned, const Surroundings *around)
{
    auto field = std::make_shared<BuiltField>();
    field->kind = Kind::VariableInteger;
    field->alignment = kByte;
    completeInteger(properties, *field, isSigned, around);
    return field;
}

BuiltFieldPtr terminatedString(Properties &properties)
{
    requireUtf8(properties);
    auto field = std::make_shared<BuiltField>();
    field->kind = Kind::String;
    field->alignment = kByte;
    return field;
}

BuiltFieldPtr bytes(Properties &properties, bool isText, const Surroundings *around)
{
    constexpr QLatin1String length("length");
    auto field = std::make_shared<BuiltField>();
    field->kind = Kind::Array;
    field->alignment = kByte;
    field->element = byteField(isText);
    field->isText = isText;
    field->length = properties.natural(length);
    if (field->length > kMostElements)
        properties.refuse(length, "is too large");
    if (isText) {
        requireUtf8(properties);
    } else {
        properties.ignoreStrings({QLatin1String("media-type")});
        field->role = blobRole(properties, *field, around);
    }
    return field;
}

BuiltFieldPtr fixedLengthField(const QString &type, Properties &properties, const Surroundings *around)
{
    if (type == QLatin1String("fixed-length-floating-point-number"))
        return fixedLength(properties, Kind::Float);
    const bool isSigned = type == QLatin1String("fixed-length-signed-integer");
    const bool isInteger = isSigned || type == QLatin1String("fixed-length-unsigned-integer");
    const bool isFlag = type == QLatin1String("fixed-length-boolean");
    const bool isMap = type == QLatin1String("fixed-length-bit-map");
    if (!isInteger && !isFlag && !isMap && type != QLatin1String("fixed-length-bit-array"))
        return nullptr;
    BuiltFieldPtr field = fixedLength(properties, Kind::Integer);
    if (isInteger)
        completeInteger(properties, *field, isSigned, around);
    else if (isFlag)
        field->value = Value::Flag;
    else if (isMap)
        checkFlags(properties);
    return field;
}

} // namespace

BuiltFieldPtr scalarField(const QString &type, Properties &properties, const Surroundings *around)
{
    if (BuiltFieldPtr field = fixedLengthField(type, properties, around))
        return field;
    if (type == QLatin1String("variable-length-unsigned-integer"))
        return variableLength(properties, false, around);
    if (type == QLatin1String("variable-length-signed-integer"))
        return variableLength(properties, true, around);
    if (type == QLatin1String("null-terminated-string"))
        return terminatedString(properties);
    if (type == QLatin1String("static-length-string"))
        return bytes(properties, true, around);
    if (type == QLatin1String("static-length-blob"))
        return bytes(properties, false, around);
    return nullptr;
}

unsigned alignmentOf(Properties &properties, QLatin1String name)
{
    const std::uint64_t alignment = properties.optionalNatural(name, 1);
    if (!std::has_single_bit(alignment) || alignment > kLargestAlignment)
        properties.refuse(name, "is no power of two, or too large");
    return static_cast<unsigned>(alignment);
}

void requireUtf8(Properties &properties)
{
    constexpr QLatin1String name("encoding");
    const auto encoding = properties.optionalString(name);
    if (encoding && *encoding != "utf-8")
        properties.refuse(name, "is not supported");
}

FieldClassPtr byteField(bool isCharacter)
{
    auto field = std::make_shared<BuiltField>();
    field->bits = kByte;
    field->alignment = kByte;
    field->isCharacter = isCharacter;
    return field;
}

} // namespace exitscope::ctf
