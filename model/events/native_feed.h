// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "model/events/event_feed.h"
#include "model/source/ctf/native_place.h"
#include "model/source/ctf/raw_events.h"
#include "model/timeline/time_range.h"

namespace exitscope {

// A stream of CTF as the native decoder reads it.
class NativeFeed : public EventFeed {
public:
    NativeFeed(const NativePlace &place, TimeRange range, CancelFlag cancel);

    std::optional<RawEvent> next() override;
    QString fault() const override { return m_fault; }

private:
    void fail(const ctf::CtfError &error);

    std::unique_ptr<ctf::RawEvents> m_events; // null: at the end
    QString m_fault;
};

} // namespace exitscope
