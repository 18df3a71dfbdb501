// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QString>

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "model/guest/context_builder.h"
#include "model/timeline/clock_events.h"
#include "model/timeline/columns.h"
#include "model/timeline/pcpu_view.h"

// What a guest's own traces tell. All times are on the guest's clock: another map to the host's needs no reload.
namespace exitscope {

// What one CPU of the guest did. Struct of arrays, plain and trivially copyable, ordered by time.
struct GuestCpu {
    std::int32_t number = kNoPcpu; // kNoPcpu where the trace does not say
    std::vector<Ns> events; // the time of every event
    // 1: from the event to the next one, or to a loss, the CPU runs the kernel's code for certain: a system call or an
    // interrupt began, of which the trace tells the ends too, or the idle thread; 0: it may run a program's code.
    std::vector<std::uint8_t> inKernel;
    std::vector<Ns> switchTime; // from here on the thread runs that
    std::vector<std::int32_t> switchTid; // stands here; kNoThread: not known, as after a loss
    std::vector<TimeRange> lost; // the tracer discarded events
    GuestContexts contexts;

    // Who runs at `t`; kNoThread if not known. O(log n).
    std::int32_t threadAt(Ns t) const;
};

// Each timer that the guest's kernel started.
struct GuestTimers {
    std::vector<Ns> time;
    std::vector<std::int32_t> cpu;
    std::vector<std::int32_t> tid; // in whose context; kNoThread if not known
    std::vector<Ns> expires; // on the kernel's own clock
};

// All traces of one guest.
struct GuestTrace {
    std::vector<std::size_t> traces; // positions in Recording::traces, the earliest first
    QString path; // of the first
    TimeRange range; // first to last event
    Ns clockOffset = 0; // to add to what is on the kernel's own clock: GuestTimers::expires
    std::vector<GuestCpu> cpus; // ordered by number
    GuestTimers timers;
    VmsyncColumns vmsync;

    GuestThreads threads;
    GuestCalls calls;
    GuestStates states;
    GuestMarks marks;

    // What a CPU did behind so many of its events: nothing is known of what came before the first. O(log n).
    GuestContext contextBehind(const GuestCpu &cpu, std::size_t events) const;
    GuestContext contextOfRow(const GuestCpu &cpu, std::size_t row) const; // of GuestCpu::contexts
    // A thread's last name; empty if none was told.
    QString nameOf(std::uint32_t thread) const;
    // Of the first thread of its process; empty so too, and where the process is not known.
    QString processNameOf(std::uint32_t thread) const;

    // As exits are told: "pio-289", of an idle thread its name alone; the number alone where no name was told.
    QString threadText(std::uint32_t thread) const;
    QString processText(std::uint32_t thread) const; // of its process, so too; empty if that is not known

    // The name of a thread as last told at or before `t`, else as first told after it; empty if never told. O(log n).
    QString threadName(std::int32_t tid, Ns t) const;

    // Names that threads had, ordered by tid, then time.
    std::vector<std::int32_t> nameTid;
    std::vector<Ns> nameTime;
    std::vector<std::uint32_t> nameIndex; // in names
    std::vector<QString> names;
};

// Takes in the merged records of a guest's traces.
class GuestBuilder {
public:
    std::uint32_t intern(const QString &name);
    void add(const Record &record);
    // No event can follow. Fills all but traces, path and clockOffset.
    GuestTrace finish(TimeRange range);

private:
    GuestCpu &cpu(std::int32_t number);
    void tell(const Record &thread);
    void noteCalls(const Record &record);
    std::uint32_t nameOfCall(const PlainData &call);
    std::vector<GuestCpu *> cpusOf(std::int32_t number);
    void runs(std::int32_t number, Ns t, std::int32_t tid);
    void blind(const Record &record);
    void sighted(const Record &record);

    GuestTrace m_guest;
    QHash<QString, std::uint32_t> m_nameIndex; // in m_guest.names
    ContextBuilder m_contexts;
    GuestCpu *m_last = nullptr; // most events are of the CPU of the one before
    std::vector<std::unique_ptr<GuestCpu>> m_cpus;
    Blindness m_blindness;
    NextSwitches m_next;
    Ns m_allBlindSince = kNoTime; // the last stretch of all CPUs
    std::uint32_t m_ended = 0; // bits of the ways into the kernel of which an end was told
    std::set<std::int32_t> m_begun; // CPUs of which it was told who ran when they began
    struct Name {
        std::int32_t tid;
        Ns time;
        std::uint32_t index;
    };
    std::vector<Name> m_threadNames;
};

} // namespace exitscope
