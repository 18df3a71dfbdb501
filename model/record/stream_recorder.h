// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/record/event_fields.h"
#include "model/record/frame.h"
#include "model/record/stream_teller.h"
#include "model/record/thread_directory.h"

namespace exitscope {

// Turns the packets and events of one stream, as a source reads them, into records and a summary. What every source
// shares.
class StreamRecorder {
public:
    struct Options {
        Plain plain = Plain::FirstProofs;
        bool hasSwitches = false; // the stream declares sched_switch
        bool switchesElsewhere = false; // another stream of its trace does
        bool entriesElsewhere = false; // another stream of its trace declares VM entries
        std::function<StreamTeller::NextSwitch(std::uint64_t event)> nextSwitch; // see StreamTeller::Options
    };
    static constexpr std::size_t kMaxRecordsPerStep = 64; // that may become final with one call

    explicit StreamRecorder(Options options);

    void omitRecords() { m_isSurvey = true; } // only summary() is wanted
    bool omitsRecords() const { return m_omit; } // so events need not be read

    // In the order of the stream. A count that the trace does not tell is none.
    void discardedEvents(std::optional<std::uint64_t> count);
    void discardedPackets(std::optional<std::uint64_t> count);
    // Events that would stand between those before and behind it, as ring buffers lose them: unlike discardedEvents()
    // it makes nothing else doubtful.
    void lostEvents(std::optional<std::uint64_t> count);
    void packetBegin(std::optional<std::int64_t> cpu);
    void packetEnd();
    // What the source says beside the events, told with the next one. `name` may be without data, `pid` kNoThread.
    void thread(std::int32_t tid, std::int32_t pid, std::string_view name);
    void repeatedEvent() { ++m_summary.repeatedEvents; }
    // One event: its time, then what it says, unless omitsRecords(). `kinds`: Richness bits that it stands for.
    void eventAt(Ns timeNs, std::uint32_t kinds);
    void event(const EventClass &what, const EventTold &told);
    // Of which events nothing would be told but that they happened.
    struct Untold {
        bool all = false;
        // Those that say no more than that they happened, in the thread of the last event that was told:
        bool proofs = false; // where they prove the host
        bool others = false; // where they do not
    };
    Untold untold() const;
    // So many of these, with times that do not go back, and Richness bits that they stand for.
    void untoldEvents(std::uint64_t count, Ns lastNs, std::uint32_t kinds);
    void end();

    // How many of the records are final, and these.
    std::size_t ready() const { return m_teller.settled(); }
    std::vector<Record> takeReady() { return m_teller.takeSettled(); }
    std::string takeNewNames() { return m_threads.takeNewNames(); } // payload of a Names frame
    const wire::Summary &summary() const { return m_summary; }

private:
    void settled()
    {
        if (m_isSurvey && !m_omit && m_teller.settled() > 0)
            noteBegin();
    }
    void noteBegin();
    std::uint64_t lost(std::optional<std::uint64_t> count);
    void tellPending();
    void tellContexts(const EventTold &told, std::int32_t tid);
    void tellFields(const EventClass &what, const EventTold &told);
    void tellCall(const EventClass &what, const EventTold &told, PlainData &call);
    void tellMark(const EventTold &told, PlainData &mark);
    void tellThread(std::int32_t tid, std::int32_t pid, std::string_view name);

    struct Pending {
        std::int32_t tid;
        std::int32_t pid;
        std::optional<std::string> name;
    };

    bool m_tellsCalls = false; // names of system calls: a guest's
    bool m_isSurvey = false;
    std::int32_t m_tid = kNoThread; // by the contexts of the last event that was told
    bool m_isContextKnown = false; // what these told of the thread holds still
    bool m_omit = false; // records: of a survey, once it is known with which one the stream begins
    std::vector<Pending> m_pending; // threads to tell with the next event
    ThreadDirectory m_threads;
    StreamTeller m_teller;
    wire::Summary m_summary;
};

// Richness bits of an event with this plan.
template <typename Slot>
std::uint32_t kindsOf(const EventPlan<Slot> &plan)
{
    return wire::richnessOf(plan.what.kind, plan.what.irq) | (plan.tid ? wire::HasTid : 0u)
        | (plan.pid ? wire::HasPid : 0u) | (plan.procname ? wire::HasProcname : 0u);
}

} // namespace exitscope
