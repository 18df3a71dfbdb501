// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/event_plan.h"

namespace exitscope::reader {

namespace {

using Kind = EventKind;

struct FieldRow {
    Kind kind;
    int place;
    bool text;
    bool required; // without it the event says no more than that it happened
    const char *name;
    const char *otherName; // the kernel's and perf's, where LTTng has another one
};

constexpr FieldRow kFieldRows[] = {
    {Kind::VmEntry, field::EntryVcpuId, false, false, "vcpu_id", nullptr},
    {Kind::VmExit, field::ExitReason, false, true, "exit_reason", nullptr},
    {Kind::VmExit, field::ExitRip, false, false, "guest_rip", nullptr},
    {Kind::VmExit, field::ExitIsa, false, false, "isa", nullptr},
    {Kind::VmExit, field::ExitVcpuId, false, false, "vcpu_id", nullptr},
    {Kind::VmExit, field::ExitIntrInfo, false, false, "intr_info", nullptr},
    {Kind::VmExit, field::ExitInfo2, false, false, "info2", nullptr},
    {Kind::ThreadExit, field::ExitingTid, false, true, "tid", "pid"}, // the kernel and perf call a thread id pid
    {Kind::UserspaceExit, field::UserspaceReason, false, true, "reason", nullptr},
    {Kind::UserspaceExit, field::UserspaceError, false, false, "errno", nullptr},
    {Kind::IoctlEntry, field::IoctlCommand, false, true, "cmd", nullptr},
    {Kind::SchedSwitch, field::PrevTid, false, true, "prev_tid", "prev_pid"},
    {Kind::SchedSwitch, field::NextTid, false, true, "next_tid", "next_pid"},
    {Kind::SchedSwitch, field::PrevState, false, true, "prev_state", nullptr},
    {Kind::SchedSwitch, field::PrevComm, true, false, "prev_comm", nullptr},
    {Kind::SchedSwitch, field::NextComm, true, false, "next_comm", nullptr},
    {Kind::SchedWakeup, field::WokenTid, false, true, "tid", "pid"},
    {Kind::TimerStart, field::TimerExpires, false, true, "expires", nullptr},
    {Kind::DeadlineWrite, field::MsrWrite, false, true, "write", nullptr},
    {Kind::DeadlineWrite, field::MsrIndex, false, true, "ecx", nullptr},
    {Kind::Vmsync, field::VmsyncUid, false, false, "vm_uid", nullptr},
    {Kind::Vmsync, field::VmsyncCount, false, true, "cnt", nullptr},
    {Kind::TscOffset, field::TscNext, false, true, "next_tsc_offset", nullptr},
    {Kind::TscOffset, field::TscPrevious, false, false, "previous_tsc_offset", nullptr},
    {Kind::TscOffset, field::TscVcpuId, false, false, "vcpu_id", nullptr},
};

FieldSlot findField(const bt_field_class *payload, const FieldRow &row)
{
    return row.text ? findText(payload, row.name, row.otherName) : findInteger(payload, row.name, row.otherName);
}

void planFork(EventPlan &plan, const bt_field_class *payload)
{
    const FieldSlot tid = findInteger(payload, "child_tid");
    // Without child_tid it is the kernel's own event, whose child_pid is a thread id.
    plan.fields[field::ThreadTid] = tid ? tid : findInteger(payload, "child_pid");
    plan.fields[field::ThreadPid] = findInteger(payload, "child_tgid", tid ? "child_pid" : nullptr);
    plan.fields[field::ThreadName] = findText(payload, "child_comm");
}

void planThreadInfo(EventPlan &plan, const bt_field_class *payload)
{
    if (plan.what.newThread) {
        planFork(plan, payload);
    } else {
        plan.fields[field::ThreadTid] = findInteger(payload, "tid");
        plan.fields[field::ThreadPid] = findInteger(payload, "pid");
        plan.fields[field::ThreadName] = findText(payload, "name");
    }
    if (!plan.fields[field::ThreadTid])
        plan.what = {};
}

void planFields(EventPlan &plan, const bt_field_class *payload)
{
    if (plan.what.kind == Kind::ThreadInfo) {
        planThreadInfo(plan, payload);
        return;
    }
    for (const FieldRow &row : kFieldRows) {
        if (row.kind != plan.what.kind)
            continue;
        const FieldSlot slot = findField(payload, row);
        if (!slot && row.required) {
            plan.what = {};
            return;
        }
        plan.fields[static_cast<std::size_t>(row.place)] = slot;
    }
}

ContextSlot findContext(
    const bt_event_class *eventClass, const char *name, const char *perfName, decltype(&findInteger) finder)
{
    using Scope = ContextSlot::Scope;
    const bt_stream_class *streamClass = bt_event_class_borrow_stream_class_const(eventClass);
    const std::pair<Scope, FieldSlot> candidates[] = {
        {Scope::Common,
            finder(bt_stream_class_borrow_event_common_context_field_class_const(streamClass), name, nullptr)},
        {Scope::Specific, finder(bt_event_class_borrow_specific_context_field_class_const(eventClass), name, nullptr)},
        {Scope::Payload, finder(bt_event_class_borrow_payload_field_class_const(eventClass), perfName, nullptr)},
    };
    for (const auto &[scope, slot] : candidates)
        if (slot)
            return {scope, slot};
    return {};
}

std::int32_t int32(std::int64_t value)
{
    return static_cast<std::int32_t>(value);
}

// The value as it was recorded: one of 32 bits is not extended by its sign.
std::uint64_t readReason(const bt_field *payload, FieldSlot slot)
{
    const auto value = static_cast<std::uint64_t>(readInteger(payload, slot));
    const bt_field_class *field
        = bt_field_borrow_class_const(bt_field_structure_borrow_member_field_by_index_const(payload, slot.index));
    return bt_field_class_integer_get_field_value_range(field) <= 32 ? value & 0xffffffff : value;
}

void decodeExit(const EventPlan &plan, const bt_field *payload, Record &record)
{
    constexpr std::int64_t kValid = 1u << 31; // of an interruption info
    const auto &fields = plan.fields;
    record.exit = {.guestRip = static_cast<std::uint64_t>(readInteger(payload, fields[field::ExitRip], 0)),
        .reason = readReason(payload, fields[field::ExitReason]),
        .vcpuId = int32(readInteger(payload, fields[field::ExitVcpuId], kNoVcpuId)),
        .intrInfo = 0};
    const std::int64_t isa = readInteger(payload, fields[field::ExitIsa], 0);
    record.isa = isa >= 0 && isa <= 0xff ? static_cast<std::uint8_t>(isa) : 0xff;
    // Before Linux 5.10 info2 was the interruption info, if it is a valid one.
    const bool older = !fields[field::ExitIntrInfo];
    const std::int64_t info = readInteger(payload, fields[older ? field::ExitInfo2 : field::ExitIntrInfo], 0);
    record.hasIntrInfo = !older || (info & kValid) != 0;
    record.exit.intrInfo = record.hasIntrInfo ? static_cast<std::uint32_t>(info) : 0;
}

} // namespace

const bt_field *ContextSlot::structure(const bt_event *event) const
{
    switch (scope) {
    case Scope::Common:
        return bt_event_borrow_common_context_field_const(event);
    case Scope::Specific:
        return bt_event_borrow_specific_context_field_const(event);
    case Scope::Payload:
        return bt_event_borrow_payload_field_const(event);
    case Scope::None:
        break;
    }
    return nullptr;
}

EventPlan makePlan(const bt_event_class *eventClass)
{
    EventPlan plan;
    const char *name = bt_event_class_get_name(eventClass);
    plan.what = classify(name ? name : "");
    plan.tid = findContext(eventClass, "tid", "perf_tid", &findInteger);
    plan.pid = findContext(eventClass, "pid", "perf_pid", &findInteger);
    plan.procname = findContext(eventClass, "procname", nullptr, &findText);
    planFields(plan, bt_event_class_borrow_payload_field_class_const(eventClass));
    return plan;
}

const EventPlan &EventPlans::of(const bt_event_class *eventClass)
{
    const std::uint64_t id = bt_event_class_get_id(eventClass);
    if (id >= kDense) {
        const auto found = m_sparse.find(id);
        return found != m_sparse.end() ? found->second : m_sparse.emplace(id, makePlan(eventClass)).first->second;
    }
    if (id >= m_dense.size())
        m_dense.resize(id + 1);
    if (!m_dense[id])
        m_dense[id] = std::make_unique<EventPlan>(makePlan(eventClass));
    return *m_dense[id];
}

Record decodeRecord(const EventPlan &plan, const bt_event *event)
{
    const auto &fields = plan.fields;
    const bt_field *payload = bt_event_borrow_payload_field_const(event);
    Record record;
    record.kind = plan.what.kind;
    record.provesHost = plan.what.provesHost;
    switch (plan.what.kind) {
    case Kind::VmEntry:
        record.entry = {readInteger(payload, fields[field::EntryVcpuId], kNoVcpuId)};
        break;
    case Kind::VmExit:
        decodeExit(plan, payload, record);
        break;
    case Kind::UserspaceExit:
        record.userspaceExit = {int32(readInteger(payload, fields[field::UserspaceReason])),
            int32(readInteger(payload, fields[field::UserspaceError], 0))};
        break;
    case Kind::IoctlEntry:
        record.ioctlEntry = {static_cast<std::uint64_t>(readInteger(payload, fields[field::IoctlCommand]))};
        break;
    case Kind::SchedSwitch:
        record.switched = {readInteger(payload, fields[field::PrevState]),
            int32(readInteger(payload, fields[field::PrevTid])), int32(readInteger(payload, fields[field::NextTid]))};
        break;
    case Kind::SchedWakeup:
        record.wakeup = {int32(readInteger(payload, fields[field::WokenTid]))};
        break;
    case Kind::IrqBegin:
    case Kind::IrqEnd:
        record.irq = {plan.what.irq};
        break;
    case Kind::TimerStart:
        record.timer = {readInteger(payload, fields[field::TimerExpires])};
        break;
    case Kind::DeadlineWrite:
        if (readInteger(payload, fields[field::MsrWrite]) == 0
            || readInteger(payload, fields[field::MsrIndex]) != kTscDeadlineMsr)
            record.kind = Kind::HostProof;
        break;
    case Kind::Vmsync:
        record.vmsync = {static_cast<std::uint64_t>(readInteger(payload, fields[field::VmsyncUid], 0)),
            static_cast<std::uint32_t>(readInteger(payload, fields[field::VmsyncCount])), plan.what.vmsync};
        break;
    case Kind::TscOffset:
        record.tscOffset
            = {readInteger(payload, fields[field::TscNext]), readInteger(payload, fields[field::TscPrevious], 0),
                int32(readInteger(payload, fields[field::TscVcpuId], -1))};
        break;
    case Kind::ThreadExit:
        record.tid = int32(readInteger(payload, fields[field::ExitingTid]));
        break;
    case Kind::ThreadInfo: // what it tells of threads becomes records of their own
        record.kind = Kind::HostProof;
        break;
    case Kind::HostProof:
        record.plain = {std::uint8_t(plan.what.entersKernel), std::uint8_t(plan.what.leavesKernel)};
        break;
    case Kind::IoctlExit:
    case Kind::NextSwitch: // never in a catalog row
    case Kind::Blind:
    case Kind::Sighted:
        break;
    }
    return record;
}

std::int32_t contextTid(const EventPlan &plan, const bt_event *event)
{
    return plan.tid ? int32(readInteger(plan.tid.structure(event), plan.tid.slot)) : kNoThread;
}

} // namespace exitscope::reader
