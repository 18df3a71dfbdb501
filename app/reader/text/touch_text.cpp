// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/reader/text/touch_text.h"

#include <cstddef>
#include <cstdint>
#include <optional>

#include "app/reader/text/scan.h"

namespace exitscope::reader {

namespace {

using namespace scan;

// How the value is printed, and raw; `base` of what has no "0x".
struct Form {
    TargetKind kind;
    std::string_view key;
    int base;
};
constexpr Form kForms[] = {
    {TargetKind::Port, "port=", 10}, {TargetKind::Port, "at", 10}, {TargetKind::Page, "gpa=", 16},
    {TargetKind::Page, "gpa", 16}, {TargetKind::Page, "fault_address=", 16},
    {TargetKind::Page, "address", 16}, // without 0x up to Linux 6.0
    {TargetKind::CpuidLeaf, "function=", 16}, {TargetKind::CpuidLeaf, "func", 16},
    {TargetKind::KvmHypercall, "nr=", 10}, {TargetKind::KvmHypercall, "nr", 10},
    {TargetKind::HypervHypercall, "code=", 10}, {TargetKind::HypervHypercall, "code", 10},
    {TargetKind::XenHypercall, "nr=", 10}, {TargetKind::XenHypercall, "nr", 10}, {TargetKind::ApicRegister, "reg=", 10},
    {TargetKind::Vector, "vector=", 10}, {TargetKind::Vector, "irq=", 10}, {TargetKind::Vector, "IRQ", 10},
    {TargetKind::Vector, "Soft/INTn", 10}, {TargetKind::Vector, "irq", 10}, // up to Linux 6.0
};

struct Register {
    std::string_view name;
    std::int64_t offset;
};
// As the kernel prints them (arch/x86/kvm/trace.h, apicdef.h).
constexpr Register kRegisters[] = {{"APIC_ID", 0x20}, {"APIC_LVR", 0x30}, {"APIC_TASKPRI", 0x80}, {"APIC_ARBPRI", 0x90},
    {"APIC_PROCPRI", 0xa0}, {"APIC_EOI", 0xb0}, {"APIC_RRR", 0xc0}, {"APIC_LDR", 0xd0}, {"APIC_DFR", 0xe0},
    {"APIC_SPIV", 0xf0}, {"APIC_ISR", 0x100}, {"APIC_TMR", 0x180}, {"APIC_IRR", 0x200}, {"APIC_ESR", 0x280},
    {"APIC_ICR", 0x300}, {"APIC_ICR2", 0x310}, {"APIC_LVTT", 0x320}, {"APIC_LVTTHMR", 0x330}, {"APIC_LVTPC", 0x340},
    {"APIC_LVT0", 0x350}, {"APIC_LVT1", 0x360}, {"APIC_LVTERR", 0x370}, {"APIC_TMICT", 0x380}, {"APIC_TMCCT", 0x390},
    {"APIC_TDCR", 0x3e0}, {"APIC_SELF_IPI", 0x3f0}, {"APIC_EFEAT", 0x400}, {"APIC_ECTRL", 0x410}};

// "apic_write APIC_EOI = 0x0", "apic_read 0x3e4 = 0x0"
std::optional<std::int64_t> registerOf(std::string_view fields)
{
    std::string_view name = wordAfter(fields, "apic_write");
    if (name.empty())
        name = wordAfter(fields, "apic_read");
    for (const Register &known : kRegisters)
        if (known.name == name)
            return known.offset;
    return name.starts_with("0x") ? hex(name) : std::nullopt;
}

std::optional<std::int64_t> valueIn(std::string_view fields, const Form &form)
{
    const std::string_view value = wordAfter(fields, form.key);
    return form.base == 16 ? hex(value) : number(value);
}

} // namespace

bool readTouch(TargetKind kind, std::string_view fields, EventTold &told)
{
    for (const Form &form : kForms)
        if (form.kind == kind)
            if (const auto value = valueIn(fields, form))
                return told.set(field::TouchValue, value);
    return kind == TargetKind::ApicRegister && told.set(field::TouchValue, registerOf(fields));
}

// "wait time 193065783 ns, polling valid"; raw "ns=193065783 waited=1 valid=1"
bool readHaltWakeup(std::string_view fields, EventTold &told)
{
    if (const auto ns = number(wordAfter(fields, "ns="))) {
        told.set(field::WakeupValid, number(wordAfter(fields, "valid=")));
        return told.set(field::WakeupNs, ns) && told.set(field::WakeupSlept, number(wordAfter(fields, "waited=")));
    }
    const bool slept = fields.starts_with("wait ");
    if (!slept && !fields.starts_with("poll "))
        return false;
    told.set(field::WakeupSlept, slept ? 1 : 0);
    const std::string_view polling = wordAfter(fields, "polling");
    told.set(field::WakeupValid, polling.empty() ? std::nullopt : std::optional(polling == "valid" ? 1 : 0));
    return told.set(field::WakeupNs, number(wordAfter(fields, "time")));
}

// "vcpu 1: halt_poll_ns 0 (shrink 10000)"; raw "grow=0 vcpu_id=1 new=0 old=10000"
bool readHaltPolling(std::string_view fields, EventTold &told)
{
    if (const auto next = number(wordAfter(fields, "new="))) {
        told.set(field::PollingVcpuId, number(wordAfter(fields, "vcpu_id=")));
        return told.set(field::PollingNext, next)
            && told.set(field::PollingPrevious, number(wordAfter(fields, "old=")));
    }
    std::string_view vcpu = wordAfter(fields, "vcpu");
    if (vcpu.ends_with(':'))
        vcpu.remove_suffix(1);
    told.set(field::PollingVcpuId, number(vcpu));
    auto previous = number(wordAfter(fields, "grow"));
    if (!previous)
        previous = number(wordAfter(fields, "shrink"));
    return told.set(field::PollingNext, number(wordAfter(fields, "halt_poll_ns")))
        && told.set(field::PollingPrevious, previous);
}

} // namespace exitscope::reader
