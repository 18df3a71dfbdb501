// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace exitscope::ctf {

// What stands between the quotes of a text of CTF 1.8 metadata. Throws a CtfError.
std::string unescapedTsdl(std::string_view written, std::uint32_t line);

} // namespace exitscope::ctf
