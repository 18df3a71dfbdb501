// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "app/reader/file/trace_file.h"

namespace exitscope::reader {

// A trace of one file, for all of its streams.
struct OpenedFile {
    std::unique_ptr<TraceFile> trace;
    std::optional<std::uint16_t> described; // with which stream its Description was sent
};

// The file that was opened last: streams of one that are named one after the other share it.
class SharedFile {
public:
    // Throws ReadError.
    std::shared_ptr<OpenedFile> take(const std::string &path, const Alive &alive);

private:
    std::string m_path;
    std::string m_fault; // why it cannot be opened
    std::shared_ptr<OpenedFile> m_file;
};

} // namespace exitscope::reader
