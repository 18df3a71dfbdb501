// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/reader/ctf_stream.h"
#include "app/reader/event_plan.h"
#include "app/reader/lookahead.h"
#include "app/reader/loss_tracker.h"
#include "app/reader/thread_directory.h"
#include "model/trace/wire/frame.h"
#include "model/trace/wire/record.h"

namespace exitscope::reader {

// Turns the messages of one stream into records.
class EventDecoder {
public:
    // What to tell of events that say no more than that they happened.
    enum class Plain {
        FirstProofs, // the first proof of the host after each VM entry of the stream
        AllProofs, // every proof, if the stream has no VM entries: those of another one may need it
        All, // every event: a guest's
    };
    struct Options {
        Plain plain = Plain::FirstProofs;
        std::function<void()> alive; // called now and then while a single message takes long
    };
    static constexpr std::size_t kMaxRecordsPerMessage = 8;

    EventDecoder(CtfStream &stream, const bt_stream_class *streamClass, Options options);

    void omitRecords() { m_omit = true; } // from here on only summary() is wanted
    void message(const bt_message *message); // throws ReadError
    void end();

    std::vector<Record> &records() { return m_records; }
    ThreadDirectory &threads() { return m_threads; }
    const wire::Summary &summary() const { return m_summary; }
    std::size_t packetsRead() const { return m_packetsRead; }
    std::uint64_t lastCycles() const { return m_lastCycles; } // of the trace clock, at the last event

private:
    void packetBegin(const bt_packet *packet);
    void discardedEvents(const bt_message *message);
    void discardedPackets(const bt_message *message);
    void event(const bt_message *message);
    Ns eventTime(const bt_message *message);
    void occurred(const EventPlan &plan);

    void stretchBegins(const std::optional<LossTracker::Loss> &loss, Ns timeNs);
    void blind(const LossTracker::Loss &loss);
    void tellThreads(const EventPlan &plan, const bt_event *event, std::int32_t tid, Ns timeNs);
    void tellThread(std::int32_t tid, std::int32_t pid, const char *name, Ns timeNs);
    bool wantsPlain(bool provesHost) const;
    void tellEvent(const EventPlan &plan, const bt_event *event, std::int32_t tid, Ns timeNs);
    Record make(EventKind kind, std::int32_t tid, Ns timeNs) const;

    CtfStream &m_stream;
    Options m_options;
    bool m_hasEntries; // declared, as the next ones
    bool m_hasSwitches;
    bool m_timedEventLosses;
    bool m_timedPacketLosses;
    bool m_omit = false;

    EventPlans m_plans;
    ThreadDirectory m_threads;
    LossTracker m_losses;
    std::unique_ptr<Lookahead> m_lookahead; // made when first needed
    std::string m_text; // scratch of readText()

    std::vector<Record> m_records; // the caller takes them
    wire::Summary m_summary;
    std::size_t m_packetsRead = 0;
    std::uint64_t m_lastCycles = 0;
    int m_stretch = -1; // see Lookahead
    bool m_entryUnproven = false; // a VM entry, and no proof of the host after it yet
};

} // namespace exitscope::reader
