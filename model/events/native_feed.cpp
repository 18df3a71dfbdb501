// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/events/native_feed.h"

namespace exitscope {

NativeFeed::NativeFeed(const NativePlace &place, TimeRange range, CancelFlag cancel)
{
    static const std::atomic<bool> kNever = false;
    try {
        auto data = std::make_shared<const ctf::StreamData>(place.trace->get(), place.files, cancel ? *cancel : kNever);
        m_events = std::make_unique<ctf::RawEvents>(std::move(data), range.from, range.to, cancel);
    } catch (const ctf::CtfError &error) {
        if (!isCancelled(cancel))
            fail(error);
    }
}

void NativeFeed::fail(const ctf::CtfError &error)
{
    m_fault = QString::fromUtf8(error.what());
    m_events.reset();
}

std::optional<RawEvent> NativeFeed::next()
{
    if (!m_events)
        return std::nullopt;
    try {
        if (auto event = m_events->next())
            return event;
        m_events.reset();
    } catch (const ctf::CtfError &error) {
        fail(error);
    }
    return std::nullopt;
}

} // namespace exitscope
