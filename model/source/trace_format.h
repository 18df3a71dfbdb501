// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

// Traces that are one file. CTF traces are directories: trace_finder.h knows them by their metadata.
namespace exitscope {

// A format of such files, all of which exitscope-reader reads. Each has a row in trace_format.cpp.
struct TraceFormat {
    const char *name; // "trace.dat"; what wire::Description::format begins with
    const char *what; // "a trace.dat file of trace-cmd"
    bool (*begins)(const QByteArray &head); // recognizes a file by its content: its first kFormatHead bytes, or fewer
};

inline constexpr qint64 kFormatHead = 64 << 10; // bytes

// Null: none of them.
const TraceFormat *traceFormatOf(const QByteArray &head);
const TraceFormat *traceFormatOfFile(const QString &path);

} // namespace exitscope
