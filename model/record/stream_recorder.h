// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

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
    void packetBegin(std::optional<std::int64_t> cpu);
    void packetEnd();
    void repeatedEvent() { ++m_summary.repeatedEvents; }
    // One event: its time, then what it says, unless omitsRecords(). `kinds`: Richness bits that it stands for.
    void eventAt(Ns timeNs, std::uint32_t kinds);
    void event(const EventClass &what, const EventTold &told);
    void end();

    // What is final of the records; dropRecords() once it is taken.
    std::span<const Record> records() const { return std::span(m_teller.records()).first(m_teller.settled()); }
    void dropRecords() { m_teller.dropSettled(); }
    std::string takeNewNames() { return m_threads.takeNewNames(); } // payload of a Names frame
    const wire::Summary &summary() const { return m_summary; }

private:
    void settled();
    void noteBegin();
    void tellThreads(const EventClass &what, const EventTold &told, std::int32_t tid);
    void tellThread(std::int32_t tid, std::int32_t pid, const char *name);

    bool m_isSurvey = false;
    bool m_omit = false; // records: of a survey, once it is known with which one the stream begins
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
