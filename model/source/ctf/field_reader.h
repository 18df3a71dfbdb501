// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/source/ctf/bits.h"
#include "model/source/ctf/layout.h"

namespace exitscope::ctf {

// A packet, or what is known of it, and where reading is. In bits from its begin.
struct PacketBits {
    const std::uint8_t *data = nullptr;
    std::uint64_t end = 0;
    std::uint64_t at = 0;
};

// To the next multiple of the alignment; it may lie behind the end.
inline void align(PacketBits &bits, std::uint64_t alignment)
{
    bits.at = (bits.at + alignment - 1) & ~(alignment - 1);
}
[[noreturn]] void failBehindEnd(); // throws CtfError
// So many bits are still in the packet. Throws CtfError.
inline void require(const PacketBits &bits, std::uint64_t count)
{
    if (bits.at > bits.end || count > bits.end - bits.at)
        failBehindEnd();
}

// The next value of a clock of which only the lower bits are told: it went on since, and not round more than once.
inline std::uint64_t cyclesBehind(std::uint64_t cycles, std::uint64_t told, unsigned bits)
{
    if (bits == 64)
        return told;
    const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
    if (told < (cycles & mask))
        cycles += mask + 1;
    return (cycles & ~mask) | told;
}

inline std::uint64_t load(const NumberRead &read, const std::uint8_t *data, std::uint64_t at)
{
    switch (read.load) {
    case Load::Byte:
        return data[at / 8];
    case Load::Half:
        return readWhole<std::uint16_t>(data + at / 8, ByteOrder::Little);
    case Load::Word:
        return readWhole<std::uint32_t>(data + at / 8, ByteOrder::Little);
    case Load::Double:
        return readWhole<std::uint64_t>(data + at / 8, ByteOrder::Little);
    case Load::Bits:
        break;
    }
    return readUnsigned(data, at, read.bits, read.byteOrder);
}

// What a header of the usual form tells.
struct HeaderTold {
    std::uint64_t id = 0;
    std::uint64_t cycles = 0;
    std::uint64_t end = 0; // bits
};
// False if there is no such header there.
inline bool tellsUsual(const UsualHeader &header, const PacketBits &bits, std::uint64_t cycles, HeaderTold &told)
{
    if (header.alignment == 0)
        return false;
    const std::uint64_t at = (bits.at + header.alignment - 1) & ~std::uint64_t{header.alignment - 1};
    if (at > bits.end || header.bits > bits.end - at)
        return false;
    told.id = load(header.id, bits.data, at + header.id.offset);
    if (told.id < header.ids.lower || told.id > header.ids.upper)
        return false;
    told.cycles = cyclesBehind(cycles, load(header.time, bits.data, at + header.time.offset), header.time.bits);
    told.end = at + header.bits;
    return true;
}

// Runs programs: puts what is wanted where it belongs, and goes on behind what is not.
class FieldReader {
public:
    explicit FieldReader(std::size_t registers) : m_registers(registers) { }

    // Throws CtfError where fields go beyond the end, or a selector selects nothing.
    void read(const std::vector<Program> &programs, std::size_t program, PacketBits &bits);

    // Reads a header of the usual form. False if there is no such one here: nothing was read then.
    bool readUsual(const UsualHeader &header, PacketBits &bits)
    {
        HeaderTold told;
        if (!tellsUsual(header, bits, cycles, told))
            return false;
        m_roles[static_cast<std::size_t>(Role::EventClassId)] = told.id;
        m_hasRole |= 1u << static_cast<unsigned>(Role::EventClassId);
        m_registers[*header.idRegister] = told.id;
        cycles = told.cycles;
        bits.at = told.end;
        return true;
    }

    // What was read since forget().
    void forget()
    {
        m_told.tid = m_told.pid = kNoThread;
        m_told.procname = {};
        m_told.has = {};
        m_told.texts = {};
        m_hasRole = 0;
        m_cpu.reset();
        m_uuid = nullptr;
        m_elements = 0;
    }
    const EventTold &told() const { return m_told; } // its texts are where the bits are
    std::optional<std::uint64_t> role(Role role) const
    {
        const auto at = static_cast<std::size_t>(role);
        return (m_hasRole >> at & 1) != 0 ? std::optional(m_roles[at]) : std::nullopt;
    }
    const std::optional<std::int64_t> &cpu() const { return m_cpu; }
    const std::uint8_t *uuid() const { return m_uuid; } // null: there is none

    // The stream's clock, set by a field with Role::Time or Role::BeginTime.
    std::uint64_t cycles = 0;

private:
    void step(const std::vector<Program> &programs, const Step &step, PacketBits &bits);
    void run(const Step &step, PacketBits &bits);
    void variable(const Step &step, PacketBits &bits);
    void string(const Step &step, PacketBits &bits);
    void elements(const Step &step, PacketBits &bits);
    void loop(const std::vector<Program> &programs, const Step &step, PacketBits &bits);
    void choice(const std::vector<Program> &programs, const Step &step, PacketBits &bits);
    void take(const NumberRead &read, std::uint64_t value);
    void takeRole(Role role, std::uint64_t value, unsigned bits);
    void takeText(std::uint8_t text, const std::uint8_t *data, std::uint64_t length);
    void spend();

    EventTold m_told;
    std::vector<std::uint64_t> m_registers;
    std::array<std::uint64_t, 16> m_roles{};
    std::uint32_t m_hasRole = 0;
    std::optional<std::int64_t> m_cpu;
    const std::uint8_t *m_uuid = nullptr;
    std::uint32_t m_elements = 0; // of loops, since forget()
};

inline void FieldReader::take(const NumberRead &read, std::uint64_t value)
{
    const std::size_t index = read.target.index;
    switch (read.target.what) {
    case Target::What::Register:
        m_registers[index] = value;
        break;
    case Target::What::Role:
        takeRole(static_cast<Role>(index), value, read.bits);
        break;
    case Target::What::Tid:
        m_told.tid = static_cast<std::int32_t>(value);
        break;
    case Target::What::Pid:
        m_told.pid = static_cast<std::int32_t>(value);
        break;
    case Target::What::Number:
        m_told.numbers[index]
            = static_cast<std::int64_t>(read.isReason && read.bits <= 32 ? value & 0xffffffff : value);
        m_told.has[index] = true;
        break;
    case Target::What::Cpu:
        m_cpu = static_cast<std::int64_t>(value);
        break;
    }
}

// Whether one of the ranges has it.
bool isIn(const std::vector<Range> &ranges, std::uint64_t value, bool isSigned);

} // namespace exitscope::ctf
