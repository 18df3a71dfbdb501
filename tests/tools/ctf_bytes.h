// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "tests/tools/ctf_writer.h"

namespace exitscope::testing {

// Bytes in a chosen order; every field is aligned to a byte.
class ByteWriter {
public:
    explicit ByteWriter(ByteOrder order) : m_order(order) { }

    template <typename Unsigned>
    void put(Unsigned value)
    {
        for (std::size_t i = 0; i < sizeof(Unsigned); ++i) {
            const std::size_t at = m_order == ByteOrder::Little ? i : sizeof(Unsigned) - 1 - i;
            m_bytes += char(std::uint8_t(std::uint64_t(value) >> (8 * at)));
        }
    }

    void putString(const std::string &text) { m_bytes.append(text.c_str(), text.size() + 1); }

    void putText16(const std::string &text)
    {
        std::string cut = text.substr(0, 15);
        cut.resize(16);
        m_bytes += cut;
    }

    // 16 bytes in the order of the text, whatever the byte order.
    void putUuid(const std::string &text)
    {
        std::string digits;
        for (char c : text)
            if (c != '-')
                digits += c;
        if (digits.size() != 32)
            throw std::invalid_argument("'" + text + "' is no uuid");
        for (std::size_t i = 0; i < 32; i += 2)
            m_bytes += char(std::stoi(digits.substr(i, 2), nullptr, 16));
    }

    void append(const ByteWriter &other) { m_bytes += other.m_bytes; }
    void resize(std::size_t size) { m_bytes.resize(size); }
    std::size_t size() const { return m_bytes.size(); }
    const std::string &bytes() const { return m_bytes; }

private:
    ByteOrder m_order;
    std::string m_bytes;
};

} // namespace exitscope::testing
