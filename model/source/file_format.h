// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

// Traces that are one file, all of which exitscope-reader reads: trace.dat, perf.data, text. CTF traces are
// directories; trace_finder.h knows them by their metadata.
namespace exitscope {

// By what the file holds; each format has its row in file_format.cpp.
bool isTraceFile(const QString &path);

} // namespace exitscope
