// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/guest_symbols.h"

#include <algorithm>
#include <numeric>

namespace exitscope {

GuestCode GuestSymbols::Kernel::at(std::uint64_t address) const
{
    const std::optional<std::size_t> function = symbols->at(address);
    return function ? GuestCode{CodeKind::Function, names[*function]} : GuestCode{CodeKind::NoFunction};
}

void GuestSymbols::set(const VmKey &vm, std::shared_ptr<const KernelSymbols> symbols)
{
    Kernel kernel;
    kernel.names.reserve(symbols->size());
    for (std::size_t i = 0; i < symbols->size(); ++i) {
        const QString &name = (*symbols)[i].name;
        auto number = m_numbers.constFind(name);
        if (number == m_numbers.constEnd()) {
            number = m_numbers.insert(name, std::uint32_t(m_names.size()));
            m_names.push_back(name);
        }
        kernel.names.push_back(*number);
    }
    kernel.byName.resize(kernel.names.size());
    std::iota(kernel.byName.begin(), kernel.byName.end(), 0U);
    std::ranges::stable_sort(kernel.byName, {}, [&](std::uint32_t function) { return kernel.names[function]; });
    kernel.symbols = std::move(symbols);
    m_byVm[vm] = std::move(kernel);
}

const GuestSymbols::Kernel *GuestSymbols::of(const VmKey &vm) const
{
    const auto found = m_byVm.find(vm);
    return found == m_byVm.end() ? nullptr : &found->second;
}

std::span<const std::uint32_t> GuestSymbols::functionsNamed(const Kernel &kernel, const QString &name) const
{
    const auto number = m_numbers.constFind(name);
    if (number == m_numbers.constEnd())
        return {};
    const auto found = std::ranges::equal_range(
        kernel.byName, *number, {}, [&](std::uint32_t function) { return kernel.names[function]; });
    return {found.begin(), found.end()};
}

QString GuestSymbols::placeText(const VmKey &vm, std::uint64_t address) const
{
    const Kernel *kernel = of(vm);
    const std::optional<std::size_t> at = kernel ? kernel->symbols->at(address) : std::nullopt;
    if (!at)
        return {};
    const KernelSymbols::Function &function = (*kernel->symbols)[*at];
    return function.name % QStringLiteral("+0x") % QString::number(address - function.begin, 16);
}

GuestCode codeAt(const GuestSymbols::Kernel *kernel, std::uint64_t address)
{
    if (address < kKernelAddresses)
        return {CodeKind::User};
    return kernel ? kernel->at(address) : GuestCode{CodeKind::NoSymbols};
}

} // namespace exitscope
