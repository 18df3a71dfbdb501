// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "app/reader/file/trace_file.h"
#include "model/record/switches_ahead.h"

namespace exitscope::reader {

// Lookahead's like for a stream of a TraceFile, with a FileStream of its own.
class FileLookahead {
public:
    // `alive` is called now and then: the search can be long.
    FileLookahead(std::unique_ptr<FileStream> stream, std::function<void()> alive);

    // As SwitchesAhead has it. Ask in order.
    StreamTeller::NextSwitch behind(std::uint64_t event);

private:
    void advance(); // one step
    void take(const FileStep &step);

    std::unique_ptr<FileStream> m_stream;
    std::function<void()> m_alive;
    SwitchesAhead m_ahead;
};

} // namespace exitscope::reader
