// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "model/source/ctf/trace_class.h"

namespace exitscope::ctf {

// Of metadata of CTF 1.8 (TSDL) as plain text, not in packets. Throws a CtfError for what is not understood.
TraceClass parseTsdl(std::string_view text);

} // namespace exitscope::ctf
