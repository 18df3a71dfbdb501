// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

#include "model/record/frame.h"

namespace exitscope {

// Whoever reads streams for channels, and is told by commands what to read of them: a process, or threads of our own.
// What it reads comes as frames, which it has its channels accept.
class StreamReader {
public:
    virtual ~StreamReader() = default;
    StreamReader() = default;
    StreamReader(const StreamReader &) = delete;
    StreamReader &operator=(const StreamReader &) = delete;

    virtual void send(wire::CommandKind kind, std::uint16_t stream, std::uint32_t value = 0) = 0;
};

} // namespace exitscope
