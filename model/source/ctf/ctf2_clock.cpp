// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/ctf2_clock.h"

#include <limits>

#include "model/source/ctf/uuid_text.h"

namespace exitscope::ctf {

namespace {

void checkOrigin(Properties &properties)
{
    constexpr QLatin1String name("origin");
    if (!properties.has(name))
        return;
    const QJsonValue value = properties.required(name);
    if (value.isString()) {
        if (value.toString() != QLatin1String("unix-epoch"))
            properties.refuse(name, "is unknown");
        return;
    }
    Properties origin(properties.text(), value, "an origin");
    origin.ignoreStrings({kNamespace});
    origin.string(kName);
    origin.string(kUid);
    origin.finish();
}

void readOffset(Properties &properties, ClockClass &clock)
{
    constexpr QLatin1String name("offset-from-origin");
    constexpr QLatin1String seconds("seconds");
    constexpr QLatin1String cycles("cycles");
    if (!properties.has(name))
        return;
    Properties offset(properties.text(), properties.required(name), "an offset-from-origin");
    if (offset.has(seconds)) {
        const auto value = offset.text().integer(offset.required(seconds));
        if (!value)
            offset.refuse(seconds, "is no integer of 64 bits");
        clock.offsetSeconds = signedInteger(*value);
    }
    clock.offsetCycles = offset.optionalNatural(cycles, 0);
    if (clock.offsetCycles >= clock.frequency)
        offset.refuse(cycles, "is a second or more");
    offset.finish();
}

} // namespace

ClockClass readClock(Properties &properties, const std::string &id)
{
    constexpr QLatin1String frequency("frequency");
    ClockClass clock;
    clock.name = properties.optionalString(kName).value_or(id);
    clock.uuid = canonicalUuid(properties.optionalString(kUid).value_or(std::string()));
    clock.frequency = properties.natural(frequency);
    if (clock.frequency == 0)
        properties.refuse(frequency, "is 0");
    checkOrigin(properties);
    readOffset(properties, clock);
    properties.optionalNatural(QLatin1String("precision"), 0);
    properties.optionalNatural(QLatin1String("accuracy"), 0);
    properties.ignoreStrings({kNamespace, QLatin1String("description")});
    return clock;
}

std::int64_t signedInteger(const JsonInteger &value)
{
    if (!value.isNegative && value.bits > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
        throw CtfError("an integer is too large");
    return static_cast<std::int64_t>(value.bits);
}

} // namespace exitscope::ctf
