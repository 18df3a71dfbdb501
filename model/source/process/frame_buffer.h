// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>
#include <span>
#include <vector>

#include "model/record/frame.h"

namespace exitscope {

struct Frame {
    wire::FrameHeader header;
    std::span<const char> payload; // valid until the next call of append()
};

// Cuts what comes over a pipe into frames.
class FrameBuffer {
public:
    void append(std::span<const char> bytes);
    // The next whole frame; none if more bytes are needed, or if what comes is no frame (see error()).
    std::optional<Frame> next();
    const QString &error() const { return m_error; } // empty as long as all is well

private:
    std::vector<char> m_bytes;
    std::size_t m_at = 0;
    QString m_error;
};

} // namespace exitscope
