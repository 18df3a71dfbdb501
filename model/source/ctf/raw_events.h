// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "model/cancel_flag.h"
#include "model/record/raw_event.h"
#include "model/source/ctf/stream_cursor.h"

namespace exitscope::ctf {

// The events of one stream from `from` on, before `to`, in their order and with all of their fields; events that were
// recorded twice are there twice. Only packets that can hold some are read.
class RawEvents {
public:
    // Times are ns on the trace's own clock. Once `cancel` is set there are no more.
    RawEvents(std::shared_ptr<const StreamData> data, Ns from, Ns to, CancelFlag cancel);

    std::optional<RawEvent> next(); // none at the end; throws CtfError

private:
    std::optional<Ns> beginOf(std::size_t packet) const;
    std::size_t firstPacket() const;
    bool isBehind() const; // the packet that begins
    RawEvent event();

    std::shared_ptr<const StreamData> m_data;
    ClockScale m_clock;
    Ns m_from;
    Ns m_to;
    CancelFlag m_cancel;
    StreamCursor m_cursor;
    RawFields m_packet; // fields of its context
    bool m_isOver = false;
};

} // namespace exitscope::ctf
