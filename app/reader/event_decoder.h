// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/reader/ctf_stream.h"
#include "app/reader/event_plan.h"
#include "app/reader/lookahead.h"
#include "app/reader/repetition.h"
#include "app/reader/thread_directory.h"
#include "model/record/frame.h"
#include "model/record/record.h"
#include "model/record/stream_teller.h"

namespace exitscope::reader {

// Turns the messages of one stream into records.
class EventDecoder {
public:
    struct Options {
        Plain plain = Plain::FirstProofs;
        std::function<void()> alive; // called now and then while a single message takes long
    };
    static constexpr std::size_t kMaxRecordsPerMessage = 64; // that may become final with one message

    EventDecoder(CtfStream &stream, const bt_stream_class *streamClass, Options options);

    void omitRecords() { m_isSurvey = true; } // only summary() is wanted
    void message(const bt_message *message); // throws ReadError
    void end();

    // What is final of the records; dropRecords() once it is taken.
    std::span<const Record> records() const { return std::span(m_teller.records()).first(m_teller.settled()); }
    void dropRecords() { m_teller.dropSettled(); }
    ThreadDirectory &threads() { return m_threads; }
    const wire::Summary &summary() const { return m_summary; }
    std::uint64_t lastCycles() const { return m_lastCycles; } // of the trace clock, at the last event

private:
    void packetBegin(const bt_packet *packet);
    void discardedEvents(const bt_message *message);
    void discardedPackets(const bt_message *message);
    void event(const bt_message *message);
    void noteBegin();
    Ns eventTime(const bt_message *message);
    void occurred(const EventPlan &plan);

    void tellThreads(const EventPlan &plan, const bt_event *event, std::int32_t tid);
    void tellThread(std::int32_t tid, std::int32_t pid, const char *name);

    CtfStream &m_stream;
    Options m_options;
    bool m_isSurvey = false;
    bool m_omit = false; // records: of a survey, once it is known with which one the stream begins

    EventPlans m_plans;
    Repetition m_repetition;
    ThreadDirectory m_threads;
    StreamTeller m_teller;
    std::unique_ptr<Lookahead> m_lookahead; // made when first needed
    std::string m_text; // scratch of readText()

    wire::Summary m_summary;
    std::uint64_t m_lastCycles = 0;
};

} // namespace exitscope::reader
