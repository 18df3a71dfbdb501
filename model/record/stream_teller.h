// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <vector>

#include "model/record/loss_tracker.h"
#include "model/record/record.h"

namespace exitscope {

// What to tell of events that say no more than that they happened.
enum class Plain {
    FirstProofs, // the first proof of the host after each VM entry of the stream
    AllProofs, // every proof: VM entries of another stream may need it
    All, // every event: a guest's
};

// Turns the events of one stream into records: with where the stream is blind and which thread its next sched_switch
// takes off, and without the events that tell nothing. What every source shares.
class StreamTeller {
public:
    struct NextSwitch {
        std::int32_t tid = kNoThread; // kNoThread: a blind stretch comes first, or the end
        Ns atNs = kEndOfRecording; // of the sched_switch, or of the event behind which that stretch begins
    };
    struct Options {
        Plain plain = Plain::FirstProofs;
        bool hasSwitches = false; // declared in the stream
        // Several streams of a pCPU may declare sched_switch: each tells its next one after each.
        bool everySwitch = false;
        // Of the first sched_switch behind that event; a stretch that begins directly behind the event counts as over.
        // Only asked with hasSwitches, for events that do not go back.
        std::function<NextSwitch(std::uint64_t event)> nextSwitch;
    };

    StreamTeller() = default;
    explicit StreamTeller(Options options) : m_options(std::move(options)) { }

    void discardedEvents();
    void discardedPackets();
    void packetEnd();
    // An event comes, at a time that is not before the one ahead of it...
    void beginEvent(Ns timeNs, std::int32_t pcpu);
    // ...with what it tells of threads...
    void thread(std::int32_t tid, const ThreadData &data);
    // ...and the event itself, whose time and pCPU are filled in.
    void endEvent(Record record);
    // Or, of an event that says no more than that it happened, and of which nothing is told: see tellsProof().
    void endUntold() { settleEvent(); }
    // Whether something is told of a HostProof.
    bool tellsProof(bool provesHost, std::int32_t tid) const
    {
        if (m_options.plain == Plain::All || (provesHost && (m_entryUnproven || m_options.plain == Plain::AllProofs)))
            return true;
        return tid != kNoThread && tid != m_switchedTo;
    }
    // Whether such events as nothing is told of may be told to untold() alone.
    bool isCalm() const { return m_isCalm && m_losses.isCalm(); }
    void untold(std::uint64_t events, Ns lastNs, std::int32_t pcpu)
    {
        m_pcpu = pcpu;
        m_losses.events(events);
        m_places.front() = {lastNs, m_dropped + m_records.size()};
        m_settled = m_records.size();
    }
    // No event follows. `pcpu`: of the last packet, for a stream of which all events were lost.
    void end(std::int32_t pcpu);

    // Those before settled() are final: no mark will come between them.
    const std::vector<Record> &records() const { return m_records; }
    std::size_t settled() const { return m_settled; }
    std::vector<Record> takeSettled();

private:
    struct Place { // of an event
        Ns timeNs;
        std::size_t at; // where its records begin, counted from the first of the stream
    };

    std::uint64_t firstPlace() const { return m_losses.events() + 1 - m_places.size(); }
    Place place(std::uint64_t event) const; // that of the last event's end for the one behind it
    void note(const Record &record);
    Record make(EventKind kind, std::int32_t tid, Ns timeNs) const;
    Record blind(Ns timeNs, bool fromBegin);
    void insert(std::uint64_t event, Record record); // before the event
    void tellNextSwitch(std::uint64_t before, Ns timeNs);
    void tellMarks();
    void tellSwitches();
    void settle();
    void settleEvent();

    Options m_options;
    LossTracker m_losses;
    std::vector<Record> m_records;
    std::size_t m_settled = 0;
    std::size_t m_dropped = 0; // records that were taken
    std::deque<Place> m_places; // of the events that are not settled, and of the last one that is
    std::uint64_t m_askedSwitch = 0; // behind which event the next one was last asked for
    bool m_isCalm = false; // all but the last event are behind us, and of that one all is told
    bool m_isQuiet = false; // at the event that was begun last nothing but itself is to be told
    bool m_begun = false; // what the stream begins with was told: a mark, or its next sched_switch
    std::deque<std::uint64_t> m_switches; // events whose successor has to be told, with everySwitch
    std::int32_t m_pcpu = kNoPcpu;
    std::int32_t m_blindPcpu = kNoPcpu; // of the last stretch
    bool m_entryUnproven = false; // a VM entry, and no proof of the host after it yet
    std::int32_t m_switchedTo = kNoThread; // by the last sched_switch, since the last loss
};

} // namespace exitscope
