// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <unordered_map>
#include <vector>

#include "app/reader/field_slot.h"
#include "model/record/event_catalog.h"

namespace exitscope::reader {

// Where an event tells of the thread that it happened in.
struct ContextSlot {
    enum class Scope : std::uint8_t { None, Common, Specific, Payload };
    Scope scope = Scope::None;
    FieldSlot slot;

    explicit operator bool() const { return scope != Scope::None; }
    const bt_field *structure(const bt_event *event) const;
};

// The fields of an event class that matter, by kind: places in EventPlan::fields.
namespace field {
enum Entry { EntryVcpuId };
enum Exit { ExitReason, ExitRip, ExitIsa, ExitVcpuId, ExitIntrInfo, ExitInfo2 };
enum UserspaceExit { UserspaceReason, UserspaceError };
enum Ioctl { IoctlCommand };
enum Switch { PrevTid, NextTid, PrevState, PrevComm, NextComm };
enum Wakeup { WokenTid };
enum Timer { TimerExpires };
enum Msr { MsrWrite, MsrIndex };
enum Vmsync { VmsyncUid, VmsyncCount };
enum TscOffset { TscNext, TscPrevious, TscVcpuId };
enum ThreadExit { ExitingTid };
enum Thread { ThreadTid, ThreadPid, ThreadName };
inline constexpr int kMost = 6;
} // namespace field

// How events of one class are decoded; made once, so that no name is compared per event.
struct EventPlan {
    EventClass what;
    ContextSlot tid;
    ContextSlot pid;
    ContextSlot procname;
    std::array<FieldSlot, field::kMost> fields;
};

// The plans of one stream class, each made when its first event comes.
class EventPlans {
public:
    const EventPlan &of(const bt_event_class *eventClass);

private:
    static constexpr std::uint64_t kDense = 1u << 16; // LTTng's ids are below
    std::vector<std::unique_ptr<EventPlan>> m_dense;
    std::unordered_map<std::uint64_t, EventPlan> m_sparse;
};

EventPlan makePlan(const bt_event_class *eventClass);

// The event's own record, but for time and pCPU. What only proves the host, as its fields may tell, comes as HostProof.
Record decodeRecord(const EventPlan &plan, const bt_event *event);

// The thread of the event by its context; kNoThread without one.
std::int32_t contextTid(const EventPlan &plan, const bt_event *event);

} // namespace exitscope::reader
