// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "model/record/frame.h"
#include "model/record/record.h"

namespace exitscope::reader {

// Writes frames to stdout. Ends the process quietly when nobody reads them any more.
class FrameWriter {
public:
    FrameWriter();

    void description(std::uint16_t stream, const std::string &text);
    void sameDescription(std::uint16_t stream, std::uint16_t as);
    void names(std::uint16_t stream, const std::string &payload); // of any size, cut between names
    void records(std::uint16_t stream, std::uint64_t bytesConsumed, std::span<const Record> records);
    void summary(std::uint16_t stream, const wire::Summary &summary);
    void partial(std::uint16_t stream, const wire::Summary &summary);
    void failed(std::uint16_t stream, std::string_view cause);

    // For the busy reader, between frames; cheap.
    void did(std::uint64_t steps) { m_steps += steps; } // of work, for the heartbeats: whatever comes to an end
    void heartbeatIfDue();

private:
    using Clock = std::chrono::steady_clock;

    void frame(wire::FrameKind kind, std::uint16_t stream, std::string_view payload, std::string_view rest = {});

    Clock::time_point m_lastFrame;
    std::uint64_t m_steps = 0;
};

} // namespace exitscope::reader
