// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/naive_reason.h"

namespace exitscope::naive {
namespace {

constexpr std::uint8_t kVmx = 1;
constexpr std::uint8_t kSvm = 2;

bool isInterrupt(const Record &exit)
{
    const std::int64_t code = codeOf(exit);
    if (exit.isa == kSvm)
        return code == 96 || code == 97;
    if (exit.isa != kVmx)
        return false;
    const bool isNmi = !exit.hasIntrInfo || (exit.exit.intrInfo >> 8 & 7) == 2;
    return code == 1 || (code == 0 && isNmi);
}

bool isPageFault(const Record &exit)
{
    const std::int64_t code = codeOf(exit);
    return (exit.isa == kVmx && (code == 48 || code == 49)) || (exit.isa == kSvm && code == 1024);
}

} // namespace

std::int64_t codeOf(const Record &exit)
{
    const std::uint64_t reason = exit.exit.reason;
    if (exit.isa == kVmx)
        return static_cast<std::int64_t>(reason & ((reason & 0x3ff0000) == 0 ? 0xffff : 0x3ffffff));
    if (exit.isa == kSvm && reason == 0xffffffff)
        return -1;
    return static_cast<std::int64_t>(reason);
}

bool entryFailed(const Record &exit)
{
    return exit.isa == kVmx && (exit.exit.reason >> 31 & 1) == 1;
}

// The class `halt` of resources/exit-reasons.csv.
bool isHalt(const Record &exit)
{
    switch (codeOf(exit)) {
    case 12: // HLT
    case 36: // MWAIT_INSTRUCTION
    case 67: // UMWAIT
    case 68: // TPAUSE
        return exit.isa == kVmx;
    case 120: // hlt
    case 139: // mwait
    case 140: // mwait_cond
    case 166: // idle-halt
    case 2147483652: // vmgexit_ap_hlt_loop
        return exit.isa == kSvm;
    default:
        return false;
    }
}

// Manual "Targets".
bool canTouch(const Record &exit, TargetKind kind)
{
    const auto is = [&](std::int64_t vmx, std::int64_t svm) {
        return (exit.isa == kVmx && codeOf(exit) == vmx) || (exit.isa == kSvm && codeOf(exit) == svm);
    };
    constexpr std::int64_t kNeither = -77;
    switch (kind) {
    case TargetKind::Port:
        return is(30, 123);
    case TargetKind::Msr:
        return is(31, 124) || is(32, 124) || is(84, 124) || is(85, 124);
    case TargetKind::Page:
        return is(48, 1024) || is(49, 1024);
    case TargetKind::CpuidLeaf:
        return is(10, 114);
    case TargetKind::KvmHypercall:
    case TargetKind::HypervHypercall:
    case TargetKind::XenHypercall:
        return is(18, 129);
    case TargetKind::ApicRegister:
        return is(44, kNeither);
    case TargetKind::Vector:
        return is(7, 100);
    default:
        return false;
    }
}

int whyLeft(const UserspaceExitData &data)
{
    if (data.error < 0)
        return 0xfd;
    return data.reason < 0 || data.reason > 251 ? 0xfc : data.reason;
}

Scenario scenarioOf(const Record &exit, bool leftKvmRun, bool preempted)
{
    if (leftKvmRun)
        return Scenario::Qemu;
    if (isHalt(exit))
        return Scenario::Halt;
    if (isPageFault(exit))
        return Scenario::PageFault;
    if (preempted)
        return Scenario::Preempted;
    return isInterrupt(exit) ? Scenario::Interrupt : Scenario::Host;
}

} // namespace exitscope::naive
