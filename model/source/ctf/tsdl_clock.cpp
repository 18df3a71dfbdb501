// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/tsdl_blocks.h"

#include <algorithm>
#include <limits>

// Clocks.
namespace exitscope::ctf {

namespace {

constexpr std::size_t kMostClocks = 1000;

std::uint64_t frequencyOf(const TsdlValue &value)
{
    const std::uint64_t frequency = value.count();
    if (frequency == 0 || frequency == std::numeric_limits<std::uint64_t>::max())
        failTsdl(value.line, "a clock has no frequency");
    return frequency;
}

bool setClock(ClockClass &clock, const std::string &name, const TsdlValue &value)
{
    if (name == "name")
        clock.name = value.text();
    else if (name == "uuid")
        clock.uuid = uuidText(tsdlUuid(value));
    else if (name == "freq")
        clock.frequency = frequencyOf(value);
    else if (name == "offset_s")
        clock.offsetSeconds = value.integer();
    else if (name == "offset")
        clock.offsetCycles = value.count();
    else if (name == "description")
        value.text();
    else if (name == "precision")
        value.count();
    else if (name == "absolute")
        value.truth();
    else
        return false;
    return true;
}

// No more cycles than a second has.
void normalizeOffset(ClockClass &clock, std::uint32_t line)
{
    const std::uint64_t seconds = clock.offsetCycles / clock.frequency;
    clock.offsetCycles %= clock.frequency;
    // The sum is exact in 64 bits without a sign, and is out of range if it is on the other side of the sign.
    const auto sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(clock.offsetSeconds) + seconds);
    if (seconds > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) || sum < clock.offsetSeconds)
        failTsdl(line, "a clock begins too late");
    clock.offsetSeconds = sum;
}

} // namespace

void TsdlBlocks::takeClock(const TsdlLexer &block)
{
    m_lexer = block;
    ClockClass clock;
    TsdlAttributes attributes;
    takeTsdlValues(m_lexer, attributes,
        [&clock](const std::string &name, const TsdlValue &value) { return setClock(clock, name, value); });
    if (!attributes.has("name"))
        failTsdl(block.line(), "a clock has no name");
    normalizeOffset(clock, block.line());
    if (std::any_of(m_trace.clocks.begin(), m_trace.clocks.end(),
            [&clock](const ClockClass &each) { return each.name == clock.name; }))
        failTsdl(block.line(), "the clock " + quotedTsdl(clock.name) + " is there twice");
    if (m_trace.clocks.size() == kMostClocks)
        failTsdl(block.line(), "there are too many clocks");
    m_trace.clocks.push_back(std::move(clock));
}

} // namespace exitscope::ctf
