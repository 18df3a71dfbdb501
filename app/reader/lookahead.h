// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "app/reader/ctf_stream.h"
#include "app/reader/event_plan.h"
#include "app/reader/loss_tracker.h"

namespace exitscope::reader {

// Tells which thread is current where a stretch of a stream begins: the prev_tid of its next sched_switch.
// Runs ahead of the stream with an iterator of its own, only as far as the answer lies.
class Lookahead {
public:
    // `alive` is called now and then: the search can be long.
    Lookahead(CtfStream &stream, EventPlans &plans, std::function<void()> alive);

    // Stretches lie between losses and are numbered from 0; ask for them in order.
    // kNoThread if the stretch has no sched_switch.
    std::int32_t currentThread(int stretch);

private:
    bool advance(); // one message; false at the end
    void event(const bt_event *event);

    std::unique_ptr<MessageIterator> m_iterator;
    EventPlans &m_plans;
    std::function<void()> m_alive;
    LossTracker m_losses;
    int m_stretch = -1; // where the iterator is
    std::optional<std::int32_t> m_thread; // of m_stretch
    bool m_ended = false;
};

} // namespace exitscope::reader
