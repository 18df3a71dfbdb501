// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

// What an exit touched (manual "Targets"). Standard library only.
namespace exitscope {

// What kvm_exit calls `isa`, and numbers of our own for architectures whose kvm_exit has no such field.
inline constexpr std::uint8_t kIsaVmx = 1;
inline constexpr std::uint8_t kIsaSvm = 2;
inline constexpr std::uint8_t kIsaArm64 = 100;
inline constexpr std::uint8_t kIsaRiscv = 101;
// Of VMX's exit_reason: bits 0-15 are the reason, and those from 26 on how the exit came about. Nothing says what the
// bits between mean, so they stay, and the code is one that has no name (manual "Definitions").
inline constexpr std::uint64_t kVmxReasonBits = 0x3ffffff;

enum class TargetKind : std::uint8_t {
    None, // not known, or nothing
    Port, // of I/O
    Msr,
    Page, // guest-physical address of its first byte
    CpuidLeaf,
    KvmHypercall,
    HypervHypercall,
    XenHypercall,
    ApicRegister, // offset in the page of the local APIC
    Vector, // of an interrupt
    ControlRegister,
    DebugRegister,
};
inline constexpr int kTargetKinds = 12;

// How an exit met its page.
enum class PageTouch : std::uint8_t {
    None, // it is of no page
    First, // the first of the recording on that page of its VM
    Repeated, // a later one
    Device, // the page is of a device (kvm_mmio, kvm_fast_mmio)
};
inline constexpr int kPageTouches = 4;

// In 8 bytes; zero is TargetKind::None.
struct Target {
    std::uint64_t packed; // value, then kind, from the lowest bit on

    static constexpr int kValueBits = 52; // as many as a guest-physical address has
    static constexpr std::uint64_t kValues = std::uint64_t(1) << kValueBits;
    static constexpr std::uint64_t kPageBytes = 4096;
    static constexpr std::uint64_t kRegionBytes = 2u << 20;

    // None where the value has more bits. Of a page any address in it will do.
    static constexpr Target of(TargetKind kind, std::uint64_t value)
    {
        if (kind == TargetKind::None || value >= kValues)
            return {};
        const std::uint64_t told = kind == TargetKind::Page ? value & ~(kPageBytes - 1) : value;
        return {static_cast<std::uint64_t>(kind) << kValueBits | told};
    }

    // Pages folded: the first one of the 2 MiB that it lies in; of another target it itself.
    constexpr Target region() const
    {
        return kind() == TargetKind::Page ? Target::of(TargetKind::Page, value() & ~(kRegionBytes - 1)) : *this;
    }

    constexpr bool isKnown() const { return kind() != TargetKind::None; }
    constexpr TargetKind kind() const { return static_cast<TargetKind>(packed >> kValueBits); }
    constexpr std::uint64_t value() const { return packed & (kValues - 1); }
    // Whether a source can have told it.
    constexpr bool isValid() const { return packed >> kValueBits < kTargetKinds && (isKnown() || packed == 0); }
    constexpr auto operator<=>(const Target &) const = default;
};

// Kinds of target as bits.
using TargetKinds = std::uint16_t;
constexpr TargetKinds bit(TargetKind kind)
{
    return static_cast<TargetKinds>(1u << static_cast<unsigned>(kind));
}

// The fields of a kvm_exit that can tell its target.
struct ExitFields {
    std::uint8_t isa = 0;
    std::uint64_t reason = 0; // as recorded
    std::optional<std::uint64_t> info1, info2; // if recorded
    std::optional<std::uint32_t> intrInfo;
};
// What they say: None if that is not told by fields.
Target targetOf(const ExitFields &exit);
// Of which kinds events of its thread can tell the target of such an exit (manual "Targets").
TargetKinds targetKindsOf(std::uint8_t isa, std::uint64_t reason);

} // namespace exitscope
