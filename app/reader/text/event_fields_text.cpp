// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/text/event_fields_text.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "app/reader/text/scan.h"
#include "app/reader/text/thread_text.h"
#include "app/reader/text/touch_text.h"

namespace exitscope::reader {

namespace {

using namespace scan;

constexpr std::uint64_t kArm64Trap = 2;

// True if there is a value.
std::optional<std::int64_t> numberAfter(std::string_view fields, std::string_view key)
{
    return number(wordAfter(fields, key));
}

bool readEntry(std::string_view fields, EventTold &told)
{
    const bool isRaw = fields.find("vcpu_id=") != kNone;
    told.set(field::EntryVcpuId, numberAfter(fields, isRaw ? "vcpu_id=" : "vcpu"));
    return true; // arm64 and others have no vcpu
}

bool setReason(const ExitReason &reason, EventTold &told)
{
    told.set(field::ExitReason, static_cast<std::int64_t>(reason.code));
    if (reason.isa != 0)
        told.set(field::ExitIsa, reason.isa);
    return true;
}

// "exit_reason=96 guest_rip=0x… isa=2 …"
bool readRawExit(std::string_view fields, EventTold &told)
{
    const auto reason = exitReasonOf(wordAfter(fields, "exit_reason="));
    if (!reason)
        return false;
    told.set(field::ExitIsa, numberAfter(fields, "isa="));
    setReason(*reason, told);
    told.set(field::ExitRip, hex(wordAfter(fields, "guest_rip=")));
    told.set(field::ExitVcpuId, numberAfter(fields, "vcpu_id="));
    told.set(field::ExitIntrInfo, numberAfter(fields, "intr_info="));
    told.set(field::ExitInfo1, numberAfter(fields, "info1="));
    told.set(field::ExitInfo2, numberAfter(fields, "info2="));
    return true;
}

// What ended the guest's run, as the number that the event has.
std::optional<std::uint64_t> arm64Ret(std::string_view name)
{
    if (name == "IRQ")
        return 0;
    if (name == "SERROR" || name == "EL1_SERROR")
        return 1;
    if (name == "TRAP")
        return kArm64Trap;
    if (name == "IL")
        return 3;
    if (name == "HYP_GONE")
        return 0xbadca11; // HVC_STUB_ERR of the kernel
    const auto value = number(name);
    return value ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

bool setArm64Reason(std::uint64_t ret, std::int64_t exceptionClass, EventTold &told)
{
    return setReason({kIsaArm64, arm64Reason(ret, static_cast<std::uint64_t>(exceptionClass))}, told);
}

// "TRAP: HSR_EC: 0x0024 (DABT_LOW), PC: 0x…"; before Linux 4.4 or so without what comes before HSR_EC.
bool readArm64Exit(std::string_view fields, EventTold &told)
{
    const std::size_t at = fields.find("SR_EC: "); // HSR_EC, ESR_EC
    const auto exceptionClass = at == kNone ? std::nullopt : hex(word(fields.substr(at + 7)));
    if (!exceptionClass || at == 0)
        return false;
    const std::size_t colon = fields.find(": ");
    const auto ret = colon < at ? arm64Ret(fields.substr(0, colon)) : std::optional(kArm64Trap);
    if (!ret)
        return false;
    told.set(field::ExitRip, hex(wordAfter(fields, "PC:")));
    return setArm64Reason(*ret, *exceptionClass, told);
}

// "ret=2 esr_ec=0x24 vcpu_pc=0x…"
bool readRawArm64Exit(std::string_view fields, EventTold &told)
{
    const auto ret = numberAfter(fields, "ret=");
    const auto exceptionClass = numberAfter(fields, "esr_ec=");
    if (!ret || !exceptionClass)
        return false;
    told.set(field::ExitRip, numberAfter(fields, "vcpu_pc="));
    return setArm64Reason(static_cast<std::uint64_t>(*ret), *exceptionClass, told);
}

// "SEPC:0x…, SCAUSE:0xa, …"; raw "sepc=0x… scause=10 …"
bool readRiscvExit(std::string_view fields, EventTold &told)
{
    const bool isRaw = fields.find("scause=") != kNone;
    const auto cause = numberAfter(fields, isRaw ? "scause=" : "SCAUSE:");
    if (!cause)
        return false;
    told.set(field::ExitRip, numberAfter(fields, isRaw ? "sepc=" : "SEPC:"));
    return setReason({kIsaRiscv, static_cast<std::uint64_t>(*cause)}, told);
}

// "info1 0x0000000000000181 info2 0x0000000000000000"; "info 181 0": without 0x, both behind one word.
void readInfos(std::string_view text, EventTold &told)
{
    const std::string_view both = wordAfter(text, "info ");
    if (both.empty()) {
        told.set(field::ExitInfo1, hex(wordAfter(text, "info1")));
        told.set(field::ExitInfo2, hex(wordAfter(text, "info2")));
        return;
    }
    const auto behind = static_cast<std::size_t>(both.data() + both.size() - text.data());
    told.set(field::ExitInfo1, hex(both));
    told.set(field::ExitInfo2, hex(word(trimLeft(text.substr(behind)))));
}

// The kernel's print, and the plug-in's: it leaves out the vCPU, and all behind info2.
bool readPrintedExit(std::string_view fields, const TextFacts &facts, EventTold &told)
{
    const std::size_t begin = fields.find("reason ");
    if (begin == kNone)
        return false;
    // Who reports an exit may leave out what does not matter there.
    std::size_t end = fields.size();
    for (const char *key : {" rip", " info", " intr_info "})
        end = std::min(end, fields.find(key, begin));
    if (end < begin + 7)
        return false;
    // An exit whose reason has a name that nobody knows still is an exit.
    const auto reason = exitReasonOf(fields.substr(begin + 7, end - begin - 7));
    if (reason && facts.isa != 0) // a number alone does not tell
        told.set(field::ExitIsa, facts.isa);
    setReason(reason.value_or(ExitReason{0, kUnnamedReason}), told);
    const std::string_view rest = fields.substr(end);
    told.set(field::ExitRip, hex(wordAfter(rest, "rip")));
    told.set(field::ExitVcpuId, numberAfter(fields.substr(0, begin), "vcpu"));
    readInfos(rest, told);
    // On VMX info2 is an interruption info before Linux 5.10, and something else since; but this print may leave out
    // intr_info.
    if (!told.set(field::ExitIntrInfo, hex(wordAfter(rest, "intr_info"))) && facts.entriesTellRip
        && told.number(field::ExitIsa) == 1)
        told.set(field::ExitInfo2, std::nullopt);
    return true;
}

// The form is known by a field that it cannot be without.
bool readAnyExit(std::string_view fields, const TextFacts &facts, EventTold &told)
{
    const auto has = [fields](std::string_view key) { return fields.find(key) != kNone; };
    if (has("exit_reason="))
        return readRawExit(fields, told);
    if (has("SR_EC: "))
        return readArm64Exit(fields, told);
    if (has("esr_ec="))
        return readRawArm64Exit(fields, told);
    if (has("SCAUSE:") || has("scause="))
        return readRiscvExit(fields, told);
    return readPrintedExit(fields, facts, told);
}

FieldsRead readExit(std::string_view fields, const TextFacts &facts, EventTold &told)
{
    if (!readAnyExit(fields, facts, told))
        return FieldsRead::None;
    return static_cast<std::uint64_t>(told.number(field::ExitReason)) == kUnnamedReason ? FieldsRead::NotReason
                                                                                        : FieldsRead::All;
}

// "reason KVM_EXIT_IO (2)"; of an error its number alone: "reason restart (4)", "reason error (14)".
bool readUserspaceExit(std::string_view fields, EventTold &told)
{
    if (fields.find("reason=") != kNone) {
        told.set(field::UserspaceError, numberAfter(fields, "errno="));
        return told.set(field::UserspaceReason, numberAfter(fields, "reason="));
    }
    const std::string_view name = wordAfter(fields, "reason");
    const std::size_t open = fields.find('(');
    const auto value = open == kNone ? std::nullopt : number(word(fields.substr(open + 1)));
    if (!value)
        return false;
    if (name != "restart" && name != "error")
        return told.set(field::UserspaceReason, value) && told.set(field::UserspaceError, 0);
    return told.set(field::UserspaceError, -*value);
}

// "msr_write 6e0 = 0x…"; raw the kernel's format stays: "write=1 ecx=6e0".
bool readMsr(std::string_view fields, EventTold &told)
{
    if (fields.find("ecx=") != kNone)
        return told.set(field::MsrWrite, numberAfter(fields, "write="))
            && told.set(field::MsrIndex, hex(wordAfter(fields, "ecx=")));
    const bool isWrite = fields.starts_with("msr_write ");
    if (!isWrite && !fields.starts_with("msr_read "))
        return false;
    told.set(field::MsrWrite, isWrite ? 1 : 0);
    return told.set(field::MsrIndex, hex(wordAfter(fields, isWrite ? "msr_write" : "msr_read")));
}

bool readTscOffset(std::string_view fields, EventTold &told)
{
    const bool isRaw = fields.find("next_tsc_offset=") != kNone;
    told.set(field::TscPrevious, numberAfter(fields, isRaw ? "previous_tsc_offset=" : "prev="));
    told.set(field::TscVcpuId, numberAfter(fields, isRaw ? "vcpu_id=" : "vcpu="));
    return told.set(field::TscNext, numberAfter(fields, isRaw ? "next_tsc_offset=" : "next="));
}

// "ip=0xffffffff81180b1c buf=pio begin", "tracing_mark_write: pio begin", "pio begin".
void readMark(std::string_view fields, EventTold &told)
{
    constexpr std::string_view kBuffer = " buf=", kMarker = "tracing_mark_write: ";
    std::string_view text = trimLeft(fields);
    const std::size_t buffer = text.find(kBuffer);
    if (text.starts_with("ip=") && buffer != std::string_view::npos)
        text.remove_prefix(buffer + kBuffer.size());
    else if (text.starts_with(kMarker))
        text.remove_prefix(kMarker.size());
    told.texts[static_cast<std::size_t>(field::MarkText)] = text;
}

// "NR 16 (9, ae80, 0)", "NR 16 = -11", of one call "0x0", ftrace's "-> 0x0"; raw "id=16 ret=-11", "__syscall_nr=16
// ret=0x0".
void readCall(const EventClass &what, std::string_view fields, EventTold &told)
{
    if (what.call.text().empty()) {
        const auto code = numberAfter(fields, "NR ");
        told.set(field::CallNumber, code ? code : numberAfter(fields, "id="));
    }
    if (!what.leavesKernel)
        return;
    auto returned = number(word(trimLeft(fields)));
    for (const char *before : {"= ", "-> ", "ret="})
        if (!returned)
            returned = numberAfter(fields, before);
    told.set(field::CallReturned, returned);
}

bool readOthers(const EventClass &what, std::string_view fields, EventTold &told)
{
    if (what.isMark)
        readMark(fields, told);
    if (what.entersKernel || what.leavesKernel)
        readCall(what, fields, told);
    switch (what.kind) {
    case EventKind::VmEntry:
        return readEntry(fields, told);
    case EventKind::UserspaceExit:
        return readUserspaceExit(fields, told);
    case EventKind::IoctlEntry: {
        const std::string_view command = wordAfter(fields, "cmd:");
        return told.set(field::IoctlCommand, hex(command.empty() ? wordAfter(fields, "cmd=") : command));
    }
    case EventKind::SchedSwitch:
        return readSwitch(fields, told);
    case EventKind::SchedWakeup:
        return readWakeup(fields, told);
    case EventKind::ThreadExit:
        return readThreadExit(fields, told);
    case EventKind::ThreadInfo:
        return what.newThread && readFork(fields, told);
    case EventKind::TimerStart:
        return told.set(field::TimerExpires, numberAfter(fields, "expires="));
    case EventKind::DeadlineWrite:
        return readMsr(fields, told);
    case EventKind::TscOffset:
        return readTscOffset(fields, told);
    case EventKind::Touch:
        return readTouch(what.touches, fields, told);
    case EventKind::HaltWakeup:
        return readHaltWakeup(fields, told);
    case EventKind::HaltPolling:
        return readHaltPolling(fields, told);
    case EventKind::Migration:
        return readMigration(fields, told);
    case EventKind::Vmsync:
        told.set(field::VmsyncUid, numberAfter(fields, "vm_uid="));
        return told.set(field::VmsyncCount, numberAfter(fields, "cnt="));
    default:
        return true;
    }
}

} // namespace

FieldsRead readFields(const EventClass &what, std::string_view fields, const TextFacts &facts, EventTold &told)
{
    if (what.kind == EventKind::VmExit)
        return readExit(fields, facts, told);
    return readOthers(what, fields, told) ? FieldsRead::All : FieldsRead::None;
}

} // namespace exitscope::reader
