// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>

#include "model/source/ctf/trace_class.h"

// Fields are known by their names for what they tell of the trace. What has such a name and is no such field is an
// error, with no line.
namespace exitscope::ctf {

FieldClassPtr withPacketHeaderRoles(const FieldClassPtr &header);
FieldClassPtr withPacketContextRoles(const FieldClassPtr &context);
FieldClassPtr withEventHeaderRoles(const FieldClassPtr &header);

// With the clock for those integers of that name, however deep in structures and variants, that have none.
bool hasTimeWithoutClock(const FieldClassPtr &type, std::string_view name);
FieldClassPtr withClock(const FieldClassPtr &type, std::string_view name, std::size_t clock);

// A member of a structure by its shown name; null: there is none.
const FieldClass *tsdlMember(const FieldClassPtr &structure, std::string_view name);

} // namespace exitscope::ctf
