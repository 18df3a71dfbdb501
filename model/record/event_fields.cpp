// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/record/event_fields.h"

#include <algorithm>

namespace exitscope {

namespace {

using Kind = EventKind;

constexpr FieldRow touchRow(TargetKind kind, const char *name, const char *otherName = nullptr)
{
    return {Kind::Touch, field::TouchValue, false, true, name, otherName, ExitForm::Reason, kind};
}

constexpr FieldRow kFieldRows[] = {
    {Kind::VmEntry, field::EntryVcpuId, false, false, "vcpu_id", nullptr},
    {Kind::VmExit, field::ExitReason, false, true, "exit_reason", nullptr},
    {Kind::VmExit, field::ExitRip, false, false, "guest_rip", nullptr},
    {Kind::VmExit, field::ExitIsa, false, false, "isa", nullptr},
    {Kind::VmExit, field::ExitVcpuId, false, false, "vcpu_id", nullptr},
    {Kind::VmExit, field::ExitIntrInfo, false, false, "intr_info", nullptr},
    {Kind::VmExit, field::ExitInfo2, false, false, "info2", nullptr},
    {Kind::VmExit, field::ExitInfo1, false, false, "info1", nullptr},
    {Kind::VmExit, field::Arm64Ret, false, true, "ret", nullptr, ExitForm::Arm64},
    {Kind::VmExit, field::Arm64Class, false, true, "esr_ec", nullptr, ExitForm::Arm64},
    {Kind::VmExit, field::ExitRip, false, false, "vcpu_pc", nullptr, ExitForm::Arm64},
    {Kind::VmExit, field::ExitVcpuId, false, false, "vcpu_id", nullptr, ExitForm::Arm64},
    {Kind::VmExit, field::ExitReason, false, true, "scause", nullptr, ExitForm::Riscv},
    {Kind::VmExit, field::ExitRip, false, false, "sepc", nullptr, ExitForm::Riscv},
    {Kind::VmExit, field::ExitVcpuId, false, false, "vcpu_id", nullptr, ExitForm::Riscv},
    {Kind::ThreadExit, field::ExitingTid, false, true, "tid", "pid"}, // the kernel and perf call a thread id pid
    {Kind::UserspaceExit, field::UserspaceReason, false, true, "reason", nullptr},
    {Kind::UserspaceExit, field::UserspaceError, false, false, "errno", nullptr},
    {Kind::IoctlEntry, field::IoctlCommand, false, true, "cmd", nullptr},
    {Kind::IoctlExit, field::IoctlReturned, false, false, "ret", nullptr},
    {Kind::IrqBegin, field::IrqNumber, false, false, "irq", "vec"},
    {Kind::IrqBegin, field::IrqVector, false, false, "vector", nullptr},
    {Kind::SchedSwitch, field::PrevTid, false, true, "prev_tid", "prev_pid"},
    {Kind::SchedSwitch, field::NextTid, false, true, "next_tid", "next_pid"},
    {Kind::SchedSwitch, field::PrevState, false, true, "prev_state", nullptr},
    {Kind::SchedSwitch, field::PrevComm, true, false, "prev_comm", nullptr},
    {Kind::SchedSwitch, field::NextComm, true, false, "next_comm", nullptr},
    {Kind::SchedWakeup, field::WokenTid, false, true, "tid", "pid"},
    {Kind::SchedWakeup, field::WokenPcpu, false, false, "target_cpu", nullptr},
    {Kind::TimerStart, field::TimerExpires, false, true, "expires", nullptr},
    {Kind::DeadlineWrite, field::MsrWrite, false, true, "write", nullptr},
    {Kind::DeadlineWrite, field::MsrIndex, false, true, "ecx", nullptr},
    {Kind::Vmsync, field::VmsyncUid, false, false, "vm_uid", nullptr},
    {Kind::Vmsync, field::VmsyncCount, false, true, "cnt", nullptr},
    {Kind::TscOffset, field::TscNext, false, true, "next_tsc_offset", nullptr},
    {Kind::TscOffset, field::TscPrevious, false, false, "previous_tsc_offset", nullptr},
    {Kind::TscOffset, field::TscVcpuId, false, false, "vcpu_id", nullptr},
    touchRow(TargetKind::Port, "port"),
    touchRow(TargetKind::Page, "gpa", "fault_address"),
    touchRow(TargetKind::CpuidLeaf, "function"),
    touchRow(TargetKind::KvmHypercall, "nr"),
    touchRow(TargetKind::HypervHypercall, "code"),
    touchRow(TargetKind::XenHypercall, "nr"),
    touchRow(TargetKind::ApicRegister, "reg"),
    touchRow(TargetKind::Vector, "vector", "irq"), // irq up to Linux 6.0, and in LTTng
    {Kind::HaltWakeup, field::WakeupNs, false, true, "ns", nullptr},
    {Kind::HaltWakeup, field::WakeupSlept, false, true, "waited", nullptr},
    {Kind::HaltWakeup, field::WakeupValid, false, false, "valid", nullptr},
    {Kind::HaltPolling, field::PollingNext, false, true, "new", nullptr},
    {Kind::HaltPolling, field::PollingPrevious, false, true, "old", nullptr},
    {Kind::HaltPolling, field::PollingVcpuId, false, false, "vcpu_id", nullptr},
    {Kind::Migration, field::MigrationTid, false, true, "tid", "pid"},
    {Kind::Migration, field::MigrationFrom, false, false, "orig_cpu", nullptr},
    {Kind::Migration, field::MigrationTo, false, true, "dest_cpu", nullptr},
};

std::int32_t int32(std::int64_t value)
{
    return static_cast<std::int32_t>(value);
}

std::int32_t pcpu(std::int64_t value)
{
    return value >= 0 && value <= kMaxPcpu ? int32(value) : kNoPcpu;
}

void fillTouch(TargetKind kind, std::int64_t value, bool ofDevice, Record &record)
{
    const Target target = Target::of(kind, static_cast<std::uint64_t>(value));
    record.kind = target.isKnown() ? EventKind::Touch : EventKind::HostProof;
    if (target.isKnown())
        record.touch = {target, std::uint8_t(ofDevice)};
}

void fillX86Exit(const EventTold &told, Record &record)
{
    constexpr std::int64_t kValid = 1u << 31; // of an interruption info
    record.exit = {.guestRip = static_cast<std::uint64_t>(told.number(field::ExitRip)),
        .reason = static_cast<std::uint64_t>(told.number(field::ExitReason)),
        .vcpuId = int32(told.number(field::ExitVcpuId, kNoVcpuId)),
        .intrInfo = 0,
        .target = {}};
    const std::int64_t isa = told.number(field::ExitIsa);
    record.isa = isa >= 0 && isa <= 0xff ? static_cast<std::uint8_t>(isa) : 0xff;
    // Before Linux 5.10 info2 was VMX's interruption info, if it is a valid one.
    const bool isTold = told.has[field::ExitIntrInfo];
    const std::int64_t info = isTold ? told.number(field::ExitIntrInfo)
        : record.isa == kIsaVmx      ? told.number(field::ExitInfo2)
                                     : 0;
    record.hasIntrInfo = isTold || (info & kValid) != 0;
    record.exit.intrInfo = record.hasIntrInfo ? static_cast<std::uint32_t>(info) : 0;
    const auto field = [&told](int place) {
        return told.has[static_cast<std::size_t>(place)] ? std::optional(static_cast<std::uint64_t>(told.number(place)))
                                                         : std::nullopt;
    };
    record.exit.target = targetOf({.isa = record.isa,
        .reason = record.exit.reason,
        .info1 = field(field::ExitInfo1),
        .info2 = field(field::ExitInfo2),
        .intrInfo = record.hasIntrInfo ? std::optional(record.exit.intrInfo) : std::nullopt});
}

void fillExit(const EventClass &what, const EventTold &told, Record &record)
{
    if (what.exitForm == ExitForm::Reason)
        return fillX86Exit(told, record);
    const bool isArm = what.exitForm == ExitForm::Arm64;
    const auto reason = static_cast<std::uint64_t>(told.number(field::ExitReason));
    record.exit = {.guestRip = static_cast<std::uint64_t>(told.number(field::ExitRip)),
        .reason = isArm ? arm64Reason(reason, static_cast<std::uint64_t>(told.number(field::Arm64Class))) : reason,
        .vcpuId = int32(told.number(field::ExitVcpuId, kNoVcpuId)),
        .intrInfo = 0,
        .target = {}};
    record.isa = isArm ? kIsaArm64 : kIsaRiscv;
}

// Signal handlers return by a call of which no event tells the end.
constexpr std::int64_t kRtSigreturn = 15; // on x86-64

PlainData callOf(const EventClass &what, const EventTold &told)
{
    PlainData call{};
    call.entersKernel = std::uint8_t(what.entersKernel);
    call.leavesKernel = std::uint8_t(what.leavesKernel);
    if (!what.entersKernel && !what.leavesKernel)
        return call;
    if (what.call.text().empty() && told.has[field::CallNumber]) {
        call.facts |= HasCallNumber;
        call.callNumber = int32(told.number(field::CallNumber));
        if (what.entersKernel && call.callNumber == kRtSigreturn)
            call.entersKernel = 0;
    }
    if (what.leavesKernel && told.has[field::CallReturned]) {
        call.facts |= HasReturned;
        call.returned = told.number(field::CallReturned);
    }
    return call;
}

PlainData threadOf(const EventClass &what, const EventTold &told)
{
    constexpr std::int64_t kKernelThread = 1; // of LTTng's `type`
    PlainData thread{};
    thread.thread = std::max(0, told.tidAt(field::ThreadTid));
    if (what.newThread)
        thread.facts |= IsFork;
    else if (told.number(field::ThreadType) == kKernelThread)
        thread.facts |= IsKernelThread;
    return thread;
}

std::int32_t irqNumber(const EventTold &told)
{
    return int32(told.number(told.has[field::IrqNumber] ? field::IrqNumber : field::IrqVector, kNoIrq));
}

} // namespace

std::uint64_t arm64Reason(std::uint64_t ret, std::uint64_t exceptionClass)
{
    constexpr std::uint64_t kCode = 0x7fffffff; // bit 31 says that an SError came with it
    constexpr std::uint64_t kTrap = 2;
    constexpr std::uint64_t kReturned = 0x100; // above all exception classes
    const std::uint64_t code = ret & kCode;
    return code == kTrap ? exceptionClass : kReturned + code;
}

std::span<const FieldRow> fieldRows()
{
    return kFieldRows;
}

Record recordOf(const EventClass &what, const EventTold &told)
{
    Record record;
    record.kind = what.kind;
    record.provesHost = what.provesHost;
    switch (what.kind) {
    case Kind::VmEntry:
        record.entry = {told.number(field::EntryVcpuId, kNoVcpuId)};
        break;
    case Kind::VmExit:
        fillExit(what, told, record);
        break;
    case Kind::UserspaceExit:
        record.userspaceExit = {int32(told.number(field::UserspaceReason)), int32(told.number(field::UserspaceError))};
        break;
    case Kind::IoctlEntry:
        record.ioctlEntry = {static_cast<std::uint64_t>(told.number(field::IoctlCommand))};
        break;
    case Kind::SchedSwitch:
        record.switched
            = {told.number(field::PrevState), int32(told.number(field::PrevTid)), int32(told.number(field::NextTid))};
        break;
    case Kind::SchedWakeup:
        record.wakeup = {int32(told.number(field::WokenTid)), pcpu(told.number(field::WokenPcpu, kNoPcpu))};
        break;
    case Kind::IrqBegin:
    case Kind::IrqEnd:
        record.irq = {what.irq, irqNumber(told)};
        break;
    case Kind::TimerStart:
        record.timer = {told.number(field::TimerExpires)};
        break;
    case Kind::DeadlineWrite:
        if (told.number(field::MsrWrite) == 0 || told.number(field::MsrIndex) != kTscDeadlineMsr)
            fillTouch(TargetKind::Msr, told.number(field::MsrIndex), false, record);
        break;
    case Kind::Touch: // without a value that can be it only proves the host
        fillTouch(told.has[field::TouchValue] ? what.touches : TargetKind::None, told.number(field::TouchValue),
            what.ofDevice, record);
        break;
    case Kind::HaltWakeup: // so too these three
        if (!told.has[field::WakeupNs] || !told.has[field::WakeupSlept]) {
            record.kind = Kind::HostProof;
            break;
        }
        record.haltWakeup = {told.number(field::WakeupNs), std::uint8_t(told.number(field::WakeupSlept) != 0),
            std::uint8_t(told.number(field::WakeupValid, 1) != 0)};
        break;
    case Kind::HaltPolling:
        if (!told.has[field::PollingNext] || !told.has[field::PollingPrevious]) {
            record.kind = Kind::HostProof;
            break;
        }
        record.haltPolling = {told.number(field::PollingNext), told.number(field::PollingPrevious),
            int32(told.number(field::PollingVcpuId, kNoVcpuId))};
        break;
    case Kind::Migration:
        if (!told.has[field::MigrationTid] || !told.has[field::MigrationTo]) {
            record.kind = Kind::HostProof;
            break;
        }
        record.migration = {int32(told.number(field::MigrationTid)), pcpu(told.number(field::MigrationFrom, kNoPcpu)),
            pcpu(told.number(field::MigrationTo))};
        break;
    case Kind::Vmsync:
        record.vmsync = {static_cast<std::uint64_t>(told.number(field::VmsyncUid)),
            static_cast<std::uint32_t>(told.number(field::VmsyncCount)), what.vmsync};
        break;
    case Kind::TscOffset:
        record.tscOffset
            = {told.number(field::TscNext), told.number(field::TscPrevious), int32(told.number(field::TscVcpuId, -1))};
        break;
    case Kind::ThreadExit:
        record.tid = int32(told.number(field::ExitingTid));
        break;
    case Kind::ThreadInfo: // what it tells of threads becomes records of their own
        record.kind = Kind::HostProof;
        record.plain = threadOf(what, told);
        break;
    case Kind::HostProof:
        record.plain = callOf(what, told);
        break;
    case Kind::IoctlExit:
        record.ioctlExit = {told.number(field::IoctlReturned), std::uint8_t(told.has[field::IoctlReturned])};
        break;
    case Kind::NextSwitch: // never in a catalog row
    case Kind::Blind:
    case Kind::Sighted:
        break;
    }
    return record;
}

} // namespace exitscope
