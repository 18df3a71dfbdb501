// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "app/reader/file/trace_file.h"

namespace exitscope::reader {

// A trace.dat of trace-cmd: the kernel's ring buffers as they were, one for each CPU. Only its top-level buffer is
// read. Throws ReadError.
std::unique_ptr<TraceFile> openTraceDat(const std::string &path, const Alive &alive = {});

} // namespace exitscope::reader
