// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "app/reader/ctf_stream.h"
#include "app/reader/event_plan.h"
#include "app/reader/repetition.h"
#include "model/record/loss_tracker.h"
#include "model/record/stream_teller.h"

namespace exitscope::reader {

// Tells which thread the next sched_switch of a stream takes off. Runs ahead of the stream with an iterator of its own,
// only as far as the answer lies.
class Lookahead {
public:
    // `alive` is called now and then: the search can be long.
    Lookahead(CtfStream &stream, EventPlans &plans, std::function<void()> alive);

    // The first sched_switch behind the event of that number, if no blind stretch begins before it; one that begins
    // behind that event is over. Ask in order.
    StreamTeller::NextSwitch behind(std::uint64_t event);

private:
    struct Switch {
        std::uint64_t event;
        StreamTeller::NextSwitch next;
    };
    struct Stretch {
        std::uint64_t behind; // which event it begins
        Ns atNs;
    };

    bool advance(); // one message; false at the end
    void take(const bt_message *message);
    void takeMarks();
    void event(const bt_message *message);
    Ns timeOfEvent(std::uint64_t event) const;

    std::unique_ptr<MessageIterator> m_iterator;
    EventPlans &m_plans;
    std::function<void()> m_alive;
    Repetition m_repetition;
    LossTracker m_losses;
    std::deque<Switch> m_switches; // that came by, and were not asked for
    std::deque<Stretch> m_stretches;
    std::deque<Ns> m_times; // of the last events: those behind which a stretch can turn out to begin
    bool m_ended = false;
    Ns m_failedNs = kEndOfRecording; // the last event that can be read, if the rest cannot
};

} // namespace exitscope::reader
