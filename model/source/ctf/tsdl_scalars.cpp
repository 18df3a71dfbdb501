// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_types.h"

#include <algorithm>
#include <array>
#include <utility>

// Integers, floating-point numbers and strings.
namespace exitscope::ctf {

namespace {

using Kind = FieldClass::Kind;

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 15> kBases{
    {{"decimal", 10}, {"dec", 10}, {"d", 10}, {"i", 10}, {"u", 10}, {"hexadecimal", 16}, {"hex", 16}, {"x", 16},
        {"X", 16}, {"p", 16}, {"octal", 8}, {"oct", 8}, {"o", 8}, {"binary", 2}, {"b", 2}}};

std::uint8_t baseOf(const TsdlValue &base)
{
    const bool isNumber = base.kind == TsdlValue::Kind::Number;
    const auto found = std::ranges::find_if(kBases,
        [&](const auto &known) { return isNumber ? known.second == base.count() : known.first == base.text(); });
    if (found == kBases.end())
        failTsdl(base.line, "a base of numbers that is not known");
    return found->second;
}

unsigned bitsOf(const TsdlValue &size)
{
    const std::uint64_t bits = size.count();
    if (bits == 0 || bits > 64)
        failTsdl(size.line, "an integer has " + std::to_string(bits) + " bits");
    return static_cast<unsigned>(bits);
}

unsigned usualAlignment(unsigned bits)
{
    return bits % 8 == 0 ? 8 : 1;
}

// Some readers look only at the first part of such a name, which nothing writes.
void checkPlain(const std::string &name, const TsdlValue &value)
{
    if (name.find('.') != std::string::npos)
        failTsdl(value.line, "the attribute " + quotedTsdl(name) + " of a type");
}

} // namespace

FieldClassPtr TsdlTypes::takeInteger()
{
    TsdlClass integer;
    integer.byteOrder = m_trace.byteOrder;
    TsdlAttributes attributes;
    const std::uint32_t line = m_lexer.line();
    takeTsdlValues(m_lexer, attributes,
        [&](const std::string &name, const TsdlValue &value) { return setInteger(integer, name, value); });
    if (!attributes.has("size"))
        failTsdl(line, "an integer has no size");
    if (!attributes.has("align"))
        integer.alignment = usualAlignment(integer.bits);
    if (integer.clock && integer.isSigned)
        failTsdl(line, "an integer with a sign is a time");
    return seal(std::move(integer));
}

bool TsdlTypes::setInteger(TsdlClass &integer, const std::string &name, const TsdlValue &value) const
{
    checkPlain(name, value);
    if (name == "size") {
        integer.bits = bitsOf(value);
    } else if (name == "align") {
        integer.alignment = tsdlAlignment(value);
    } else if (name == "signed") {
        integer.isSigned = value.truth();
    } else if (name == "byte_order") {
        integer.byteOrder = tsdlByteOrder(value, m_trace.byteOrder);
    } else if (name == "base") {
        integer.base = baseOf(value);
    } else if (name == "encoding") {
        integer.isCharacter = tsdlIsCharacter(value);
    } else if (name == "map") {
        integer.clock = clockOf(value);
        integer.role = Role::Time;
    } else {
        return false;
    }
    return true;
}

// clock.name.value
std::size_t TsdlTypes::clockOf(const TsdlValue &map) const
{
    if (map.kind != TsdlValue::Kind::Path || map.path.size() != 3 || map.path[0] != "clock" || map.path[2] != "value")
        failTsdl(map.line, "an integer is mapped to something else than the value of a clock");
    const auto clock = std::find_if(m_trace.clocks.begin(), m_trace.clocks.end(),
        [&map](const ClockClass &each) { return each.name == map.path[1]; });
    if (clock == m_trace.clocks.end())
        failTsdl(map.line, "there is no clock " + quotedTsdl(map.path[1]));
    return static_cast<std::size_t>(clock - m_trace.clocks.begin());
}

FieldClassPtr TsdlTypes::takeFloat()
{
    TsdlClass made;
    made.kind = Kind::Float;
    made.byteOrder = m_trace.byteOrder;
    TsdlAttributes attributes;
    std::uint64_t exponent = 0;
    std::uint64_t mantissa = 0;
    const std::uint32_t line = m_lexer.line();
    takeTsdlValues(m_lexer, attributes, [&](const std::string &name, const TsdlValue &value) {
        checkPlain(name, value);
        if (name == "exp_dig")
            exponent = value.count();
        else if (name == "mant_dig")
            mantissa = value.count();
        else if (name == "align")
            made.alignment = tsdlAlignment(value);
        else if (name == "byte_order")
            made.byteOrder = tsdlByteOrder(value, m_trace.byteOrder);
        else
            return false;
        return true;
    });
    const bool isSingle = exponent == 8 && mantissa == 24;
    if (!isSingle && (exponent != 11 || mantissa != 53))
        failTsdl(line, "a floating-point number has neither 32 nor 64 bits");
    made.bits = isSingle ? 32 : 64;
    if (!attributes.has("align"))
        made.alignment = usualAlignment(made.bits);
    return seal(std::move(made));
}

FieldClassPtr TsdlTypes::takeString()
{
    TsdlClass made;
    made.kind = Kind::String;
    made.alignment = 8;
    TsdlAttributes attributes;
    if (m_lexer.token().isSign("{"))
        takeTsdlValues(m_lexer, attributes, [](const std::string &name, const TsdlValue &value) {
            checkPlain(name, value);
            if (name != "encoding")
                return false;
            tsdlIsCharacter(value);
            return true;
        });
    return seal(std::move(made));
}

} // namespace exitscope::ctf
