// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/source/ctf/ctf2_selector.h"

#include <algorithm>
#include <limits>

namespace exitscope::ctf {

std::vector<Range> presenceOf(Properties &properties, const BuiltField *selector)
{
    constexpr QLatin1String name("selector-field-ranges");
    if (selector && selector->value == BuiltField::Value::Flag) {
        if (properties.has(name))
            properties.refuse(name, "is there although a boolean selects");
        return {{1, std::numeric_limits<std::uint64_t>::max()}};
    }
    if (!selector && !properties.has(name))
        return {};
    const std::vector<JsonRange> ranges = rangeSet(properties.text(), properties.required(name));
    if (selector)
        checkRanges(ranges, *selector);
    return bitsOf(ranges);
}

void checkRanges(const std::vector<JsonRange> &ranges, const BuiltField &selector)
{
    const bool isSigned = selector.value == BuiltField::Value::Signed;
    constexpr std::uint64_t kLargestSigned = std::numeric_limits<std::int64_t>::max();
    for (const JsonRange &range : ranges) {
        const bool fits
            = isSigned ? range.upper.isNegative || range.upper.bits <= kLargestSigned : !range.lower.isNegative;
        if (!fits)
            throw CtfError("a range has values that the field that selects cannot have");
    }
}

bool overlap(std::vector<JsonRange> ranges)
{
    std::sort(
        ranges.begin(), ranges.end(), [](const JsonRange &a, const JsonRange &b) { return a.lower < b.lower; });
    return std::adjacent_find(ranges.begin(), ranges.end(), [](const JsonRange &a, const JsonRange &b) {
        return b.lower <= a.upper;
    }) != ranges.end();
}

std::vector<Range> bitsOf(const std::vector<JsonRange> &ranges)
{
    std::vector<Range> result;
    result.reserve(ranges.size());
    for (const JsonRange &range : ranges)
        result.push_back({range.lower.bits, range.upper.bits});
    return result;
}

} // namespace exitscope::ctf
