// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/field_reader.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace exitscope::ctf {

void failBehindEnd()
{
    throw CtfError("an event of it is longer than its packet, so it is damaged there");
}

bool isIn(const std::vector<Range> &ranges, std::uint64_t value, bool isSigned)
{
    return std::ranges::any_of(
        ranges,
        [&](const Range &range) {
            return isSigned ? static_cast<std::int64_t>(range.lower) <= static_cast<std::int64_t>(value)
                    && static_cast<std::int64_t>(value) <= static_cast<std::int64_t>(range.upper)
                            : range.lower <= value && value <= range.upper;
        });
}

void FieldReader::read(const std::vector<Program> &programs, std::size_t program, PacketBits &bits)
{
    for (const Step &next : programs[program])
        if (next.kind == Step::Kind::Run)
            run(next, bits);
        else
            step(programs, next, bits);
}

void FieldReader::step(const std::vector<Program> &programs, const Step &step, PacketBits &bits)
{
    switch (step.kind) {
    case Step::Kind::Run:
        run(step, bits);
        break;
    case Step::Kind::VariableInteger:
        variable(step, bits);
        break;
    case Step::Kind::String:
        string(step, bits);
        break;
    case Step::Kind::Elements:
        elements(step, bits);
        break;
    case Step::Kind::Loop:
        loop(programs, step, bits);
        break;
    case Step::Kind::Select:
    case Step::Kind::Maybe:
        choice(programs, step, bits);
        break;
    }
}

void FieldReader::run(const Step &step, PacketBits &bits)
{
    align(bits, step.alignment);
    require(bits, step.bits);
    for (const NumberRead &read : step.numbers) {
        std::uint64_t value = load(read, bits.data, bits.at + read.offset);
        if (read.isSigned)
            value = signExtended(value, read.bits);
        take(read, value);
    }
    for (const BytesRead &read : step.bytes) {
        const std::uint8_t *data = bits.data + bits.at / 8 + read.offset;
        if (read.isUuid)
            m_uuid = data;
        else
            takeText(read.text, data, read.length);
    }
    bits.at += step.bits;
}

void FieldReader::variable(const Step &step, PacketBits &bits)
{
    align(bits, step.alignment);
    std::uint64_t value = 0;
    unsigned shift = 0;
    for (;;) {
        require(bits, 8);
        const std::uint8_t byte = bits.data[bits.at / 8];
        bits.at += 8;
        const std::uint64_t part = byte & 0x7f;
        if (shift > 63 || (shift == 63 && part > 1 && !(step.isSigned && part == 0x7f)))
            throw CtfError("a number of it has more than 64 bits");
        value |= part << shift;
        shift += 7;
        if ((byte & 0x80) != 0)
            continue;
        if (step.isSigned && shift < 64)
            value = signExtended(value, shift);
        break;
    }
    for (const NumberRead &read : step.numbers)
        take(read, value);
}

void FieldReader::string(const Step &step, PacketBits &bits)
{
    align(bits, step.alignment);
    require(bits, 8);
    const std::uint8_t *begin = bits.data + bits.at / 8;
    const std::size_t most = static_cast<std::size_t>((bits.end - bits.at) / 8);
    const void *zero = std::memchr(begin, 0, most);
    if (!zero)
        require(bits, bits.end + 1);
    const auto length = static_cast<std::uint64_t>(static_cast<const std::uint8_t *>(zero) - begin);
    if (step.text)
        takeText(*step.text, begin, length + 1);
    bits.at += 8 * (length + 1);
}

void FieldReader::elements(const Step &step, PacketBits &bits)
{
    const std::uint64_t count = step.selector ? m_registers[*step.selector] : step.count;
    align(bits, step.alignment);
    require(bits, 0);
    if (step.bits != 0 && count > (bits.end - bits.at) / step.bits)
        require(bits, bits.end + 1);
    if (step.text)
        takeText(*step.text, bits.data + bits.at / 8, count);
    bits.at += step.bits * count;
}

void FieldReader::loop(const std::vector<Program> &programs, const Step &step, PacketBits &bits)
{
    const std::uint64_t count = step.selector ? m_registers[*step.selector] : step.count;
    require(bits, 0);
    // Each takes a bit, or nothing at all.
    if (count > bits.end - bits.at + 1)
        require(bits, bits.end + 1);
    for (std::uint64_t i = 0; i < count; ++i) {
        spend();
        read(programs, step.branches.front().program, bits);
    }
}

// Elements may take no bits, and loops may nest.
void FieldReader::spend()
{
    constexpr std::uint32_t kMost = 1u << 22;
    if (++m_elements > kMost)
        throw CtfError("an event of it has too many elements");
}

void FieldReader::choice(const std::vector<Program> &programs, const Step &step, PacketBits &bits)
{
    const std::uint64_t value = m_registers[*step.selector];
    align(bits, step.alignment);
    for (const Branch &branch : step.branches) {
        if (!isIn(branch.selectedBy, value, step.isSigned))
            continue;
        read(programs, branch.program, bits);
        return;
    }
    if (step.kind == Step::Kind::Select)
        throw CtfError("a variant of it is of no kind that the metadata knows");
}

void FieldReader::takeRole(Role role, std::uint64_t value, unsigned bits)
{
    const auto at = static_cast<std::size_t>(role);
    m_roles[at] = value;
    m_hasRole |= 1u << at;
    if (role == Role::Time || role == Role::BeginTime)
        cycles = cyclesBehind(cycles, value, bits);
}

void FieldReader::takeText(std::uint8_t text, const std::uint8_t *data, std::uint64_t length)
{
    const auto *begin = reinterpret_cast<const char *>(data);
    const std::string_view value(begin, strnlen(begin, static_cast<std::size_t>(length)));
    (text == kProcname ? m_told.procname : m_told.texts[text]) = value;
}

} // namespace exitscope::ctf
