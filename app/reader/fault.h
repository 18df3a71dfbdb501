// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace exitscope::reader {

// Misbehaves on demand, so that tests can show that nothing but this process suffers: EXITSCOPE_READER_FAULT=MODE:N
// with MODE one of crash, hang, garbage, exit, after N Records frames of the process.
void misbehaveIfAsked(std::uint64_t recordsFrames);

} // namespace exitscope::reader
