// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include "app/reader/ctf/ctf_stream.h"
#include "app/reader/ctf/event_plan.h"
#include "app/reader/ctf/repetition.h"
#include "model/record/switches_ahead.h"

namespace exitscope::reader {

// Tells which thread the next sched_switch of a stream takes off. Runs ahead of the stream with an iterator of its own,
// only as far as the answer lies.
class Lookahead {
public:
    // `alive` is called now and then: the search can be long.
    Lookahead(CtfStream &stream, EventPlans &plans, std::function<void()> alive);

    // As SwitchesAhead has it. Ask in order.
    StreamTeller::NextSwitch behind(std::uint64_t event);

private:
    void advance(); // one message
    void take(const bt_message *message);
    void event(const bt_message *message);

    std::unique_ptr<MessageIterator> m_iterator;
    EventPlans &m_plans;
    EventReading m_reading;
    std::function<void()> m_alive;
    Repetition m_repetition;
    SwitchesAhead m_ahead;
};

} // namespace exitscope::reader
