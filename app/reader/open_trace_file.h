// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "app/reader/file/trace_file.h"

namespace exitscope::reader {

// By what the file holds: each format has its line here. Throws ReadError: it is none of them, or its head cannot be
// read.
std::unique_ptr<TraceFile> openTraceFile(const std::string &path, const Alive &alive = {});

// The kallsyms in a trace.dat; empty if it has none. Throws ReadError, so too of other files.
std::string kallsymsOf(const std::string &path);

} // namespace exitscope::reader
