// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "model/source/ctf/trace_class.h"

namespace exitscope::ctf {

// Every FieldClass made from CTF 1.8 metadata is one of these. They are shared, so a few lines can describe a tree of
// more fields than any memory holds: what its walk would cost is counted here, and limited.
struct TsdlClass : FieldClass {
    std::optional<std::size_t> clock; // place in TraceClass::clocks, of this or of what is in it
    std::uint32_t depth = 1;
    std::uint64_t weight = 1; // classes and ranges of labels, each time that they are in it
    std::uint64_t cells = 1; // fields of one value, without what a Sequence adds
};

const TsdlClass &tsdlClass(const FieldClassPtr &type);

inline bool isEnumeration(const FieldClass &type)
{
    return !type.labels.empty();
}

// With what follows from its parts: alignment, clock, costs. A `line` of 0 is none.
FieldClassPtr sealTsdl(TsdlClass made, std::uint32_t line);

// The name is that of a member or of an option, empty for the element of an array.
using TsdlChange = std::function<FieldClassPtr(const FieldClassPtr &type, std::string_view name)>;
// With what `change` makes of the types directly in it; the same one if that changes none.
FieldClassPtr withParts(const FieldClassPtr &type, const TsdlChange &change);

} // namespace exitscope::ctf
