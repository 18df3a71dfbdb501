// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "model/source/ctf/trace_class.h"
#include "model/source/ctf/tsdl_lexer.h"
#include "model/source/ctf/uuid_text.h"

// Attributes and their values.
namespace exitscope::ctf {

struct TsdlValue {
    enum class Kind : std::uint8_t { Text, Path, Number };
    Kind kind = Kind::Number;
    std::vector<std::string> path; // of a Text, too: the only part
    std::uint64_t number = 0; // two's complement if it is negative
    bool isNegative = false;
    std::uint32_t line = 0;

    std::string text() const; // of a Number: fails
    std::uint64_t count() const; // what is no number, or a negative one, fails
    std::int64_t integer() const;
    bool truth() const;
};

using TsdlUuid = std::array<std::uint8_t, 16>;

TsdlValue takeTsdlValue(TsdlLexer &lexer);
std::vector<std::string> takeTsdlPath(TsdlLexer &lexer); // a.b.c

ByteOrder tsdlByteOrder(const TsdlValue &value, std::optional<ByteOrder> native);
bool tsdlIsCharacter(const TsdlValue &encoding);
unsigned tsdlAlignment(const TsdlValue &value);
TsdlUuid tsdlUuid(const TsdlValue &value);

// Those of a block, of an integer, …: each known one once.
class TsdlAttributes {
public:
    void once(const std::string &name, std::uint32_t line);
    bool has(const std::string &name) const { return m_seen.contains(name); }

private:
    std::set<std::string> m_seen;
};

// { name = value; … }: `known` gets each and says whether it knows it; others are ignored.
void takeTsdlValues(TsdlLexer &lexer, TsdlAttributes &attributes,
    const std::function<bool(const std::string &, const TsdlValue &)> &known);

} // namespace exitscope::ctf
