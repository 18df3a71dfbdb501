// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "model/record/event_catalog.h"
#include "model/record/record.h"

// Which fields of the events that matter are wanted, and what record they make: for every source of events.
namespace exitscope {

// The fields of an event class that matter, by kind: places in EventPlan::fields and EventTold.
namespace field {
enum Entry { EntryVcpuId };
enum Exit { ExitReason, ExitRip, ExitIsa, ExitVcpuId, ExitIntrInfo, ExitInfo2, ExitInfo1 };
enum Arm64Exit { Arm64Ret = ExitReason, Arm64Class = ExitInfo2 }; // and ExitRip, ExitVcpuId
enum UserspaceExit { UserspaceReason, UserspaceError };
enum Ioctl { IoctlCommand };
enum IoctlExit { IoctlReturned };
enum Irq { IrqNumber, IrqVector }; // one of them
enum Call { CallNumber, CallReturned, CallFile, MarkText = CallFile }; // of a HostProof
enum Switch { PrevTid, NextTid, PrevState, PrevComm, NextComm };
enum Wakeup { WokenTid, WokenPcpu };
enum Timer { TimerExpires };
enum Msr { MsrWrite, MsrIndex };
enum Vmsync { VmsyncUid, VmsyncCount };
enum TscOffset { TscNext, TscPrevious, TscVcpuId };
enum ThreadExit { ExitingTid };
enum Touch { TouchValue };
enum HaltWakeup { WakeupNs, WakeupSlept, WakeupValid };
enum HaltPolling { PollingNext, PollingPrevious, PollingVcpuId };
enum Migration { MigrationTid, MigrationFrom, MigrationTo };
enum Thread { ThreadTid, ThreadPid, ThreadName, ThreadType };
inline constexpr std::size_t kMost = 7;
} // namespace field

struct FieldRow {
    EventKind kind;
    int place;
    bool text;
    bool required; // without it the event says no more than that it happened
    const char *name;
    const char *otherName; // the kernel's and perf's, where LTTng has another one; null: none
    ExitForm exitForm = ExitForm::Reason;
    TargetKind touches = TargetKind::None;
};
std::span<const FieldRow> fieldRows();

// Where a field can stand: a context of every event of the stream, one of this class of events, or a field of its own.
enum class FieldPlace : std::uint8_t { CommonContext, SpecificContext, Payload };

// How events of one class are read; made once, so that no name is compared per event. Slot is a source's way to say
// where a value lies; it is false where there is none.
template <typename Slot>
struct EventPlan {
    EventClass what;
    Slot tid; // of the thread that the event happened in
    Slot pid;
    Slot procname;
    std::array<Slot, field::kMost> fields;
};

// What one event says, as far as its plan asks for it.
struct EventTold {
    std::int32_t tid = kNoThread; // by its contexts
    std::int32_t pid = kNoThread;
    std::string_view procname; // without data: there is none
    std::array<std::int64_t, field::kMost> numbers{}; // an exit reason of 32 bits or fewer is not extended by its sign
    std::array<bool, field::kMost> has{}; // of `numbers`
    std::array<std::string_view, field::kMost> texts{}; // so too; valid as long as its source says

    bool set(int place, std::optional<std::int64_t> value) // whether there is one
    {
        numbers[static_cast<std::size_t>(place)] = value.value_or(0);
        has[static_cast<std::size_t>(place)] = value.has_value();
        return value.has_value();
    }
    std::int64_t number(int place, std::int64_t otherwise = 0) const
    {
        const auto at = static_cast<std::size_t>(place);
        return has[at] ? numbers[at] : otherwise;
    }
    std::int32_t tidAt(int place) const { return static_cast<std::int32_t>(number(place, kNoThread)); }
    std::string_view text(int place) const { return texts[static_cast<std::size_t>(place)]; }
};

// The code of an exit on arm64: of a trap its exception class, else 0x100 + what ended the guest's run (ret).
std::uint64_t arm64Reason(std::uint64_t ret, std::uint64_t exceptionClass);

// The event's own record, but for time and pCPU. What only proves the host, as its fields may tell, comes as HostProof.
Record recordOf(const EventClass &what, const EventTold &told);

// `find` has `Slot integer(FieldPlace, const char *name)` and `Slot text(FieldPlace, const char *name)`.
template <typename Slot, typename Find>
class EventPlanner {
public:
    explicit EventPlanner(const Find &find) : m_find(find) { }

    EventPlan<Slot> plan(std::string_view eventName) const
    {
        EventPlan<Slot> plan;
        plan.what = classify(eventName);
        plan.tid = context("tid", "perf_tid");
        plan.pid = context("pid", "perf_pid");
        plan.procname = procname();
        if (plan.what.kind == EventKind::ThreadInfo)
            planThread(plan);
        else if (plan.what.kind == EventKind::HostProof)
            planCall(plan);
        else
            planFields(plan);
        return plan;
    }

private:
    using enum FieldPlace;

    Slot integer(const char *name, const char *otherName = nullptr) const
    {
        const Slot slot = m_find.integer(Payload, name);
        return slot || !otherName ? slot : m_find.integer(Payload, otherName);
    }

    Slot context(const char *name, const char *perfName) const
    {
        for (const FieldPlace place : {CommonContext, SpecificContext})
            if (const Slot slot = m_find.integer(place, name))
                return slot;
        return integer(perfName);
    }

    Slot procname() const
    {
        const Slot slot = m_find.text(CommonContext, "procname");
        return slot ? slot : m_find.text(SpecificContext, "procname");
    }

    // The fields of a kvm_exit are other ones on each architecture.
    void planExitForm(EventPlan<Slot> &plan) const
    {
        if (integer("exit_reason"))
            return;
        if (integer("ret") && integer("esr_ec"))
            plan.what.exitForm = ExitForm::Arm64;
        else if (integer("scause"))
            plan.what.exitForm = ExitForm::Riscv;
    }

    void planFields(EventPlan<Slot> &plan) const
    {
        if (plan.what.kind == EventKind::VmExit)
            planExitForm(plan);
        for (const FieldRow &row : fieldRows()) {
            if (row.kind != plan.what.kind || row.exitForm != plan.what.exitForm || row.touches != plan.what.touches)
                continue;
            const Slot slot = row.text ? m_find.text(Payload, row.name) : integer(row.name, row.otherName);
            if (!slot && row.required) {
                plan.what = {};
                return;
            }
            plan.fields[static_cast<std::size_t>(row.place)] = slot;
        }
    }

    // Of the first argument of those that open a file only its name matters.
    void planCall(EventPlan<Slot> &plan) const
    {
        const EventClass &what = plan.what;
        if (what.isMark) {
            const Slot text = m_find.text(Payload, "msg"); // LTTng's; ftrace's
            plan.fields[field::MarkText] = text ? text : m_find.text(Payload, "buf");
        }
        if (!what.entersKernel && !what.leavesKernel)
            return;
        const std::string_view call = what.call.text();
        if (call.empty())
            plan.fields[field::CallNumber] = integer("id");
        if (what.leavesKernel)
            plan.fields[field::CallReturned] = integer("ret");
        else if (call == "open" || call == "openat" || call == "openat2" || call == "creat")
            plan.fields[field::CallFile] = m_find.text(Payload, "filename");
    }

    void planThread(EventPlan<Slot> &plan) const
    {
        auto &fields = plan.fields;
        if (plan.what.newThread) {
            const Slot tid = integer("child_tid");
            // Without child_tid it is the kernel's own event, whose child_pid is a thread id.
            fields[field::ThreadTid] = tid ? tid : integer("child_pid");
            fields[field::ThreadPid] = integer("child_tgid", tid ? "child_pid" : nullptr);
            fields[field::ThreadName] = m_find.text(Payload, "child_comm");
        } else {
            fields[field::ThreadTid] = integer("tid");
            fields[field::ThreadPid] = integer("pid");
            fields[field::ThreadName] = m_find.text(Payload, "name");
            fields[field::ThreadType] = integer("type");
        }
        if (!fields[field::ThreadTid])
            plan.what = {};
    }

    const Find &m_find;
};

} // namespace exitscope
