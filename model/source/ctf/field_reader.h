// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/source/ctf/layout.h"

namespace exitscope::ctf {

// A packet, or what is known of it, and where reading is. In bits from its begin.
struct PacketBits {
    const std::uint8_t *data = nullptr;
    std::uint64_t end = 0;
    std::uint64_t at = 0;
};

// Runs programs: puts what is wanted where it belongs, and goes on behind what is not.
class FieldReader {
public:
    explicit FieldReader(std::size_t registers) : m_registers(registers) { }

    // Throws CtfError where fields go beyond the end, or a selector selects nothing.
    void read(const std::vector<Program> &programs, std::size_t program, PacketBits &bits);

    // What was read since forget().
    void forget();
    const EventTold &told() const { return m_told; }
    std::optional<std::uint64_t> role(Role role) const
    {
        const auto at = static_cast<std::size_t>(role);
        return (m_hasRole >> at & 1) != 0 ? std::optional(m_roles[at]) : std::nullopt;
    }
    const std::optional<std::int64_t> &cpu() const { return m_cpu; }
    const std::uint8_t *uuid() const { return m_uuid; } // null: there is none

    // The stream's clock, in cycles. A field with Role::Time or Role::BeginTime sets its lower bits: it went on since,
    // and not round more than once.
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
    std::array<std::string, field::kMost + 1> m_texts; // copies: a file may change while it is read
    std::uint32_t m_elements = 0; // of loops, since forget()
};

// The bits up to there are in the packet; `bits.at` is moved to the next multiple of the alignment. Throws CtfError.
void align(PacketBits &bits, std::uint64_t alignment);
void require(const PacketBits &bits, std::uint64_t count);

// Whether one of the ranges has it.
bool isIn(const std::vector<Range> &ranges, std::uint64_t value, bool isSigned);

} // namespace exitscope::ctf
