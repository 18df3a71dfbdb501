// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include "app/reader/ctf/ctf_stream.h"
#include "app/reader/ctf/event_plan.h"
#include "app/reader/ctf/lookahead.h"
#include "app/reader/ctf/repetition.h"
#include "model/record/stream_recorder.h"

namespace exitscope::reader {

// Turns the messages of one stream into records.
class EventDecoder {
public:
    struct Options {
        Plain plain = Plain::FirstProofs;
        std::function<void()> alive; // called now and then while a single message takes long
    };

    EventDecoder(CtfStream &stream, const bt_stream_class *streamClass, Options options);

    void message(const bt_message *message); // throws ReadError
    StreamRecorder &recorder() { return m_recorder; }
    std::uint64_t lastCycles() const { return m_lastCycles; } // of the trace clock, at the last event

private:
    StreamRecorder::Options recorderOptions(const bt_stream_class *streamClass);
    void packetBegin(const bt_packet *packet);
    void event(const bt_message *message);

    CtfStream &m_stream;
    Options m_options;
    EventPlans m_plans;
    EventReading m_reading;
    Repetition m_repetition;
    std::unique_ptr<Lookahead> m_lookahead; // made when first needed
    StreamRecorder m_recorder;
    std::uint64_t m_lastCycles = 0;
};

} // namespace exitscope::reader
