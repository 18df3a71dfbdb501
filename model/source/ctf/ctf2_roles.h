// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/source/ctf/ctf2_location.h"
#include "model/source/ctf/ctf2_properties.h"

namespace exitscope::ctf {

// What the property "roles" of an unsigned integer or of a BLOB says where it is used; `around` is null in an alias,
// where roles are only checked. Throws CtfError.
Role integerRole(Properties &properties, const BuiltField &field, const Surroundings *around);
Role blobRole(Properties &properties, const BuiltField &field, const Surroundings *around);

} // namespace exitscope::ctf
