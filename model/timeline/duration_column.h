// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "model/record/record.h"
#include "model/timeline/column.h"

namespace exitscope {

// ns from one time to a later one. They wrap: of any two times the one and this give the other again.
constexpr std::uint64_t distance(Ns from, Ns to)
{
    return static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from);
}
constexpr Ns after(Ns t, std::uint64_t ns)
{
    return static_cast<Ns>(static_cast<std::uint64_t>(t) + ns);
}
constexpr Ns before(Ns t, std::uint64_t ns)
{
    return static_cast<Ns>(static_cast<std::uint64_t>(t) - ns);
}

// What is told of a duration in 32 bits: itself, or one of these.
inline constexpr std::uint32_t kNoDuration = 0xffffffff;
inline constexpr std::uint32_t kLongDuration = 0xfffffffe; // this long or longer: the duration itself is kept elsewhere

// Durations in ns, any of 64 bits, 4 bytes each: all but the few that are longer than 4.29 s.
class DurationColumn {
public:
    void reserve(std::size_t count) { m_codes.reserve(count); }
    void append(std::uint64_t ns)
    {
        if (ns >= kLongDuration)
            m_long.append({m_codes.size(), ns});
        m_codes.append(ns < kLongDuration ? static_cast<std::uint32_t>(ns) : kLongDuration);
    }
    void appendNone() { m_codes.append(kNoDuration); }

    std::size_t size() const { return m_codes.size(); }
    bool isNone(std::size_t i) const { return m_codes[i] == kNoDuration; }
    // ns; only where there is one.
    std::uint64_t operator[](std::size_t i) const
    {
        const std::uint32_t code = m_codes[i];
        return code == kLongDuration ? longAt(i) : code;
    }

private:
    struct Long {
        std::uint64_t row;
        std::uint64_t ns;
    };

    std::uint64_t longAt(std::size_t row) const;

    Column<std::uint32_t> m_codes;
    Column<Long> m_long; // ordered by row
};

} // namespace exitscope
