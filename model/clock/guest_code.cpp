// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/guest_code.h"

#include <algorithm>
#include <array>

namespace exitscope {

namespace {

// resources/exit-reasons.csv: what an instruction causes there and then, VMX and SVM.
constexpr std::array<ReasonKey, 9> kByInstruction{{{1, 10}, {1, 18}, {1, 30}, {1, 48}, {1, 49}, // CPUID … EPT_MISCONFIG
    {2, 0x72}, {2, 0x7b}, {2, 0x81}, {2, 0x400}}}; // CPUID, IOIO, VMMCALL, NPF
constexpr std::uint64_t kUserEnd = std::uint64_t(1) << 47; // of x86-64: programs lie below, the kernel above

bool isLost(const GuestCpu &cpu, Ns from, Ns to)
{
    const auto next = std::ranges::lower_bound(cpu.lost, from, {}, &TimeRange::to);
    return next != cpu.lost.end() && next->from <= to;
}

} // namespace

CodeChecked checkCode(const GuestCpu &cpu, const Vcpu &vcpu, const ReasonTable &reasons, const ClockLine &line)
{
    const ExitColumns &exits = vcpu.exits;
    CodeChecked checked;
    std::size_t before = 0; // events at or before the exit: an exit's own slot counts
    for (std::size_t i = 0; i < exits.size(); ++i) {
        while (before < cpu.inKernel.size() && line.toHost(cpu.events[before]) <= exits.time(i))
            ++before;
        const std::uint64_t rip = exits.guestRip(i);
        if (before == 0 || cpu.inKernel[before - 1] == 0 || rip == 0 || !exits.hasRun(i)) // 0: not recorded
            continue;
        const bool isByInstruction
            = std::ranges::find(kByInstruction, reasons[exits.reason(i)].key) != kByInstruction.end();
        if (!isByInstruction || isLost(cpu, cpu.events[before - 1], line.toGuest(exits.time(i))))
            continue;
        ++(rip < kUserEnd ? checked.contradicted : checked.agreed);
    }
    return checked;
}

} // namespace exitscope
