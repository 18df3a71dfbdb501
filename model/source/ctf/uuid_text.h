// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace exitscope::ctf {

std::string uuidText(const std::array<std::uint8_t, 16> &uuid);

// In lower case if it is a UUID; else empty.
std::string canonicalUuid(std::string text);

// As above if it is a UUID; else as it is, since a unique ID may be any string.
std::string canonicalUid(std::string text);

} // namespace exitscope::ctf
