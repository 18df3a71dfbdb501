// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/record/target.h"

namespace exitscope {

namespace {

// Basic exit reasons of VMX (linux/vmx.h), and exit codes of SVM (linux/svm.h).
namespace vmx {
enum Reason : std::uint64_t {
    ExternalInterrupt = 1,
    InterruptWindow = 7,
    Cpuid = 10,
    Vmcall = 18,
    CrAccess = 28,
    DrAccess = 29,
    IoInstruction = 30,
    MsrRead = 31,
    MsrWrite = 32,
    ApicAccess = 44,
    EptViolation = 48,
    EptMisconfig = 49,
    MsrReadImmediate = 84,
    MsrWriteImmediate = 85
};
} // namespace vmx
namespace svm {
enum Reason : std::uint64_t {
    FirstDr = 0x20, // from reads of CR0 (0) on, 16 of each: of CR read and write, of DR read and write
    WriteDr15 = 0x3f,
    Vintr = 0x64,
    Cr0SelectiveWrite = 0x65,
    Cpuid = 0x72,
    Ioio = 0x7b,
    Msr = 0x7c,
    Vmmcall = 0x81,
    Cr0WriteTrap = 0x90, // and the 15 behind it
    Cr15WriteTrap = 0x9f,
    NestedPageFault = 0x400
};
} // namespace svm

constexpr std::uint64_t kRegisters = 16;
constexpr int kPortShift = 16; // info1 of an I/O instruction, both of VMX and SVM
constexpr std::uint32_t kInterruptionValid = 1u << 31;

Target portOf(const ExitFields &exit)
{
    return exit.info1 ? Target::of(TargetKind::Port, *exit.info1 >> kPortShift & 0xffff) : Target{};
}

Target vmxTarget(const ExitFields &exit)
{
    switch (exit.reason & kVmxReasonBits) {
    case vmx::ExternalInterrupt:
        return exit.intrInfo && (*exit.intrInfo & kInterruptionValid) != 0
            ? Target::of(TargetKind::Vector, *exit.intrInfo & 0xff)
            : Target{};
    case vmx::CrAccess:
        return exit.info1 ? Target::of(TargetKind::ControlRegister, *exit.info1 & 15) : Target{};
    case vmx::DrAccess:
        return exit.info1 ? Target::of(TargetKind::DebugRegister, *exit.info1 & 7) : Target{};
    case vmx::IoInstruction:
        return portOf(exit);
    default:
        return {};
    }
}

Target svmTarget(const ExitFields &exit)
{
    if (exit.reason <= svm::WriteDr15)
        return Target::of(exit.reason < svm::FirstDr ? TargetKind::ControlRegister : TargetKind::DebugRegister,
            exit.reason % kRegisters);
    if (exit.reason >= svm::Cr0WriteTrap && exit.reason <= svm::Cr15WriteTrap)
        return Target::of(TargetKind::ControlRegister, exit.reason % kRegisters);
    switch (exit.reason) {
    case svm::Cr0SelectiveWrite:
        return Target::of(TargetKind::ControlRegister, 0);
    case svm::Ioio:
        return portOf(exit);
    case svm::NestedPageFault:
        return exit.info2 ? Target::of(TargetKind::Page, *exit.info2) : Target{};
    default:
        return {};
    }
}

constexpr TargetKinds kHypercalls
    = bit(TargetKind::KvmHypercall) | bit(TargetKind::HypervHypercall) | bit(TargetKind::XenHypercall);

TargetKinds vmxKinds(std::uint64_t reason)
{
    switch (reason & kVmxReasonBits) {
    case vmx::InterruptWindow:
        return bit(TargetKind::Vector);
    case vmx::Cpuid:
        return bit(TargetKind::CpuidLeaf);
    case vmx::Vmcall:
        return kHypercalls;
    case vmx::IoInstruction:
        return bit(TargetKind::Port);
    case vmx::MsrRead:
    case vmx::MsrWrite:
    case vmx::MsrReadImmediate:
    case vmx::MsrWriteImmediate:
        return bit(TargetKind::Msr);
    case vmx::ApicAccess:
        return bit(TargetKind::ApicRegister);
    case vmx::EptViolation:
    case vmx::EptMisconfig:
        return bit(TargetKind::Page);
    default:
        return 0;
    }
}

TargetKinds svmKinds(std::uint64_t reason)
{
    switch (reason) {
    case svm::Vintr:
        return bit(TargetKind::Vector);
    case svm::Cpuid:
        return bit(TargetKind::CpuidLeaf);
    case svm::Ioio:
        return bit(TargetKind::Port);
    case svm::Msr:
        return bit(TargetKind::Msr);
    case svm::Vmmcall:
        return kHypercalls;
    case svm::NestedPageFault:
        return bit(TargetKind::Page);
    default:
        return 0;
    }
}

} // namespace

Target targetOf(const ExitFields &exit)
{
    if (exit.isa == kIsaVmx)
        return vmxTarget(exit);
    return exit.isa == kIsaSvm ? svmTarget(exit) : Target{};
}

TargetKinds targetKindsOf(std::uint8_t isa, std::uint64_t reason)
{
    if (isa == kIsaVmx)
        return vmxKinds(reason);
    return isa == kIsaSvm ? svmKinds(reason) : TargetKinds(0);
}

} // namespace exitscope
