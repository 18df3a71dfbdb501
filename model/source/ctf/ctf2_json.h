// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace exitscope::ctf {

// As JSON writes it, exactly: of -2^63 to 2^64 - 1.
struct JsonInteger {
    bool isNegative = false;
    std::uint64_t bits = 0; // two's complement

    std::strong_ordering operator<=>(const JsonInteger &other) const
    {
        return isNegative != other.isNegative ? other.isNegative <=> isNegative : bits <=> other.bits;
    }
    bool operator==(const JsonInteger &) const = default;
};

// One object as JSON writes it. QJsonValue holds larger integers as doubles, so those are kept here, and it hides
// properties that are written twice, which are refused here.
class JsonText {
public:
    explicit JsonText(std::string_view text, std::size_t firstLine = 1); // throws CtfError

    const QJsonObject &object() const { return m_object; }
    std::optional<JsonInteger> integer(const QJsonValue &value) const; // none: another type or number

private:
    QJsonObject m_object;
    std::vector<std::optional<std::uint64_t>> m_unusualNumbers; // none: no integer, or none of 64 bits
};

// Of what may be anything: short, on one line.
std::string inQuotes(std::string_view text);

} // namespace exitscope::ctf
