// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/vcpu_naming.h"

#include <QRegularExpression>

#include <algorithm>
#include <map>
#include <set>

namespace exitscope {

namespace {

constexpr std::int64_t kMaxVcpuId = 4096;

// One number per vCPU of a VM, in their order; empty if this source cannot give all of them.
using Numbers = std::vector<std::int64_t>;

template <typename NumberOf>
Numbers numbersFrom(const std::vector<NamedVcpu> &vcpus, NumberOf numberOf)
{
    Numbers numbers;
    for (const NamedVcpu &vcpu : vcpus) {
        const std::optional<std::int64_t> number = numberOf(vcpu);
        if (!number || *number < 0 || *number >= kMaxVcpuId || std::ranges::count(numbers, *number) > 0)
            return {};
        numbers.push_back(*number);
    }
    return numbers;
}

std::optional<std::int64_t> claimed(const ClaimedId &id)
{
    return id.constant && id.value != kNoVcpuId ? std::optional(id.value) : std::nullopt;
}

// QEMU names its vCPU threads "CPU N/KVM".
std::optional<std::int64_t> numberInName(const NamedVcpu &vcpu)
{
    static const QRegularExpression pattern(QStringLiteral("^CPU ([0-9]{1,4})/KVM$"));
    const QRegularExpressionMatch match = pattern.match(vcpu.threadName);
    return match.hasMatch() ? std::optional<std::int64_t>(match.captured(1).toLongLong()) : std::nullopt;
}

Numbers ranks(const std::vector<NamedVcpu> &vcpus)
{
    Numbers numbers(vcpus.size());
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = std::int64_t(i);
    return numbers;
}

// `vcpus` are ordered by tid.
void numberVcpus(NamedVm &vm, std::vector<NamedVcpu> vcpus)
{
    const bool recorded = std::ranges::any_of(vcpus, [](const NamedVcpu &vcpu) {
        return vcpu.entryIds.value != kNoVcpuId || vcpu.exitIds.value != kNoVcpuId;
    });
    Numbers numbers = numbersFrom(vcpus, [](const NamedVcpu &vcpu) { return claimed(vcpu.entryIds); });
    if (numbers.empty())
        numbers = numbersFrom(vcpus, [](const NamedVcpu &vcpu) { return claimed(vcpu.exitIds); });
    if (numbers.empty()) {
        vm.idsDistrusted = recorded && !vcpus.empty();
        numbers = numbersFrom(vcpus, numberInName);
    }
    if (numbers.empty())
        numbers = ranks(vcpus);
    for (std::size_t i = 0; i < vcpus.size(); ++i) {
        vcpus[i].number = QString::number(numbers[i]);
        vcpus[i].order = int(numbers[i]);
    }
    std::ranges::sort(vcpus, {}, &NamedVcpu::order);
    for (auto &v : vcpus) vm.rows.push_back({v.number, v.order, {v.source}});
}

// Pseudo-vCPUs follow the threads.
void appendPseudo(NamedVm &vm, const std::vector<NamedVcpu> &pseudo)
{
    for (NamedVcpu vcpu : pseudo) {
        vcpu.number = QStringLiteral("pCPU ") + QString::number(vcpu.pcpu);
        vcpu.order = int(kMaxVcpuId) + vcpu.pcpu;
        vm.rows.push_back({vcpu.number, vcpu.order, {vcpu.source}});
    }
}

void makeNamesUnique(std::vector<NamedVm> &vms)
{
    std::map<QString, int> uses;
    for (const NamedVm &vm : vms)
        ++uses[vm.name];
    for (NamedVm &vm : vms) {
        if (uses[vm.name] > 1 && vm.pid)
            vm.name += QLatin1Char('-') + QString::number(*vm.pid);
    }
}

} // namespace

std::vector<NamedVm> nameVms(
    const std::vector<NamedVcpu> &vcpus, const std::function<QString(std::int32_t)> &processName)
{
    // A key of -1 is "pid not known": the last VM of the list.
    std::map<std::int64_t, std::vector<NamedVcpu>> byPid;
    std::vector<NamedVcpu> pseudo;
    for (const NamedVcpu &vcpu : vcpus) {
        if (vcpu.tid == kNoThread)
            pseudo.push_back(vcpu);
        else
            byPid[vcpu.pid.value_or(-1)].push_back(vcpu);
    }
    if (!pseudo.empty())
        byPid[-1]; // pseudo-vCPUs have no known pid either
    std::ranges::sort(pseudo, {}, &NamedVcpu::pcpu);

    std::vector<NamedVm> vms;
    NamedVm unknown;
    for (auto &[pid, members] : byPid) {
        NamedVm vm;
        std::ranges::sort(members, {}, &NamedVcpu::tid);
        numberVcpus(vm, members);
        if (pid < 0) {
            vm.name = QStringLiteral("vm");
            appendPseudo(vm, pseudo);
            unknown = std::move(vm);
            continue;
        }
        vm.pid = std::int32_t(pid);
        vm.name = processName(*vm.pid);
        if (vm.name.isEmpty())
            vm.name = QStringLiteral("vm-") + QString::number(pid);
        vms.push_back(std::move(vm));
    }
    makeNamesUnique(vms);
    if (!unknown.rows.empty())
        vms.push_back(std::move(unknown));
    return vms;
}

} // namespace exitscope
