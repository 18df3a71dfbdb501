// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "model/source/ctf/trace_class.h"

namespace exitscope::ctf {

// Whether the metadata is that of CTF 2: a JSON text sequence (RFC 7464). LTTng wraps it in packets as that of
// CTF 1.8; they must be taken apart before.
bool isCtf2(std::string_view metadata);

// Throws CtfError for what is broken or not supported.
TraceClass parseCtf2(std::string_view metadata);

} // namespace exitscope::ctf
