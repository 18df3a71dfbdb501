// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/source/ctf/ctf2_location.h"
#include "model/source/ctf/ctf2_properties.h"

namespace exitscope::ctf {

inline constexpr std::uint64_t kMostElements = 1 << 20; // of fixed arrays, strings and BLOBs

// The field class of a type without others in it and without a location; null if `type` is none of these. `around` is
// null in an alias: what roles mean depends on where it is used. Throws CtfError.
BuiltFieldPtr scalarField(const QString &type, Properties &properties, const Surroundings *around);

unsigned alignmentOf(Properties &properties, QLatin1String name);
void requireUtf8(Properties &properties);
FieldClassPtr byteField(bool isCharacter); // what texts and BLOBs consist of

} // namespace exitscope::ctf
