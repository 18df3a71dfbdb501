// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "app/reader/file/trace_file.h"
#include "app/reader/file/trace_formats.h"
#include "app/reader/perf/perf_events.h"
#include "app/reader/perf/perf_index.h"
#include "app/reader/perf/perf_source.h"

namespace exitscope::reader {

// A file of `perf record`, also of one that wrote to a pipe, or compressed (-z).
class PerfData : public TraceFile {
public:
    explicit PerfData(const std::string &path, const Alive &alive = {}); // throws ReadError

    const std::vector<FileCpu> &cpus() const override { return m_cpus; }
    wire::Description describe() const override;
    std::unique_ptr<FileStream> read(std::size_t cpu) override;

private:
    PerfSource m_source;
    TraceFormats m_formats;
    PerfEvents m_events;
    PerfIndex m_index;
    std::vector<FileCpu> m_cpus;
};

} // namespace exitscope::reader
