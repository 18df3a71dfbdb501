// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/reader/file/trace_file.h"
#include "app/reader/text/text_file.h"
#include "app/reader/text/text_index.h"

namespace exitscope::reader {

// What was printed of a trace: by tracefs (trace, trace_pipe), trace-cmd report or perf script.
class TextTrace : public TraceFile {
public:
    explicit TextTrace(const std::string &path, const Alive &alive = {}); // reads all of it once; throws ReadError

    // Whether a file that begins so is such a text; `head`: some KB of it.
    static bool recognizes(std::string_view head);

    const std::vector<FileCpu> &cpus() const override { return m_cpus; }
    wire::Description describe() const override;
    std::unique_ptr<FileStream> read(std::size_t cpu) override;
    std::string notes() const override;

private:
    TextFile m_file;
    TextIndex m_index;
    std::vector<FileCpu> m_cpus;
};

} // namespace exitscope::reader
