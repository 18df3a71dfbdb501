// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/symbol_check.h"

#include <algorithm>

#include "model/diagnostic_codes.h"
#include "model/number_format.h"

namespace exitscope {

namespace {

SymbolShare symbolShare(const Vm &vm, const KernelSymbols &symbols)
{
    std::vector<std::uint64_t> addresses;
    for (const Vcpu &vcpu : vm.vcpus)
        for (std::size_t i = 0; i < vcpu.exits.size(); ++i)
            if (vcpu.exits.guestRip(i) >= kKernelAddresses)
                addresses.push_back(vcpu.exits.guestRip(i));
    std::ranges::sort(addresses);
    const auto twice = std::ranges::unique(addresses);
    addresses.erase(twice.begin(), twice.end());
    SymbolShare share;
    share.addresses = std::int64_t(addresses.size());
    share.inFunctions
        = std::ranges::count_if(addresses, [&](std::uint64_t address) { return symbols.at(address).has_value(); });
    return share;
}

} // namespace

SymbolShares symbolShares(const Recording &recording, const GuestSymbols &symbols)
{
    SymbolShares shares;
    for (const auto &[key, kernel] : symbols.all())
        shares[key] = symbolShare(recording.hosts[key.host].vms[key.vm], *kernel.symbols);
    return shares;
}

Diagnostics tellShares(const Recording &recording, const SymbolShares &shares)
{
    Diagnostics told;
    for (const auto &[key, share] : shares) {
        if (share.addresses == 0)
            continue; // nothing to be wrong about
        // Cut, not rounded: 89.99 % must not read as the 90 % that it is below.
        const std::int64_t tenths = share.inFunctions * 1000 / share.addresses;
        QString message
            = QStringLiteral("%1: %2 of %3 kernel addresses at which exits left the guest (%4.%5 %) lie in a "
                             "function of its symbols")
                  .arg(recording.hosts[key.host].vms[key.vm].name, formatCount(share.inFunctions),
                      formatCount(share.addresses))
                  .arg(tenths / 10)
                  .arg(tenths % 10);
        if (share.isLow())
            message += QStringLiteral(": they are of another kernel, or lack its modules or the offset of KASLR; give "
                                      "/proc/kallsyms as the guest's root reads it while it runs");
        told.push_back(makeDiagnostic(share.isLow() ? Code::SymbolsOfAnotherKernel : Code::SymbolsUsed, message));
    }
    return told;
}

} // namespace exitscope
