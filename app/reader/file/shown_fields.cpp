// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/file/shown_fields.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "app/reader/file/raw_number.h"
#include "app/reader/read_error.h"

namespace exitscope::reader {

namespace {

using Bytes = std::span<const std::byte>;

Bytes within(Bytes raw, std::uint64_t offset, std::uint64_t size)
{
    if (offset > raw.size() || size > raw.size() - offset)
        throw ReadError("an event is shorter than its format says");
    return raw.subspan(offset, size);
}

std::string shownNumber(Bytes bytes, const TraceShape &shape, bool isBigEndian)
{
    const std::uint64_t value = rawNumber(bytes, isBigEndian);
    if (shape.isAddress) {
        char text[24];
        std::snprintf(text, sizeof text, "0x%llX", static_cast<unsigned long long>(value));
        return text;
    }
    if (!shape.isSigned)
        return std::to_string(value);
    const std::size_t unused = 64 - 8 * bytes.size();
    return std::to_string(static_cast<std::int64_t>(value << unused) >> unused);
}

std::string shownElements(Bytes bytes, std::size_t each, const TraceShape &shape, bool isBigEndian)
{
    std::string text = "[";
    for (std::size_t i = 0; (i + 1) * each <= bytes.size(); ++i)
        text += (i == 0 ? " [" : ", [") + std::to_string(i)
            + "] = " + shownNumber(bytes.subspan(i * each, each), shape, isBigEndian);
    return text + " ]";
}

// As trace-cmd decides it: what is there up to the first NUL can be printed.
bool canBeText(std::string_view text)
{
    return std::ranges::all_of(
        text,
        [](char c) {
            const auto byte = static_cast<unsigned char>(c);
            return (byte >= 0x20 && byte < 0x7f) || (byte >= '\t' && byte <= '\r');
        });
}

bool isNumberSize(std::size_t size)
{
    return size == 1 || size == 2 || size == 4 || size == 8;
}

void addFieldThere(const TraceField &field, Bytes raw, bool isBigEndian, RawFields &to)
{
    const TraceShape &shape = field.shape;
    std::uint64_t offset = field.slot.offset;
    std::uint64_t size = field.slot.size;
    if (shape.place != TraceShape::Place::Here) {
        const std::uint64_t location = rawNumber(within(raw, offset, kTextLocationBytes), isBigEndian);
        offset = (location & 0xffff) + (shape.place == TraceShape::Place::Behind ? offset + kTextLocationBytes : 0);
        size = location >> 16;
    } else if (shape.isCharacters && size == 0 && offset <= raw.size()) {
        size = raw.size() - offset;
    }
    const Bytes bytes = within(raw, offset, size);
    if (shape.isCharacters) {
        const std::string_view all(reinterpret_cast<const char *>(bytes.data()), bytes.size());
        const std::string_view text = all.substr(0, all.find('\0'));
        if (canBeText(text))
            return to.add(field.name, text, true);
    }
    const bool isOne = shape.place == TraceShape::Place::Here && shape.elements == 0 && !shape.isCharacters;
    if (isOne && isNumberSize(bytes.size()))
        return to.add(field.name, shownNumber(bytes, shape, isBigEndian), false);
    const std::size_t each = shape.elements != 0 ? bytes.size() / shape.elements : 1;
    TraceShape element = shape;
    element.isSigned = shape.isSigned && each > 1; // bytes are bytes
    to.add(field.name, shownElements(bytes, isNumberSize(each) ? each : 1, element, isBigEndian), false);
}

// A field that its event has no bytes for does not cost the others.
void addTraceField(const TraceField &field, Bytes raw, bool isBigEndian, RawFields &to)
{
    try {
        addFieldThere(field, raw, isBigEndian, to);
    } catch (const ReadError &) {
        to.add(field.name, "<unknown>", false);
    }
}

} // namespace

void addTraceFields(const TraceFormat &format, Bytes raw, bool isBigEndian, RawEvent &to)
{
    to.name = format.name;
    to.fields.begin(RawPart::CommonContext);
    for (const TraceField &field : format.common)
        addTraceField(field, raw, isBigEndian, to.fields);
    to.fields.begin(RawPart::Payload);
    for (const TraceField &field : format.fields)
        addTraceField(field, raw, isBigEndian, to.fields);
}

} // namespace exitscope::reader
