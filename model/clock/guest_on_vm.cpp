// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/guest_on_vm.h"

#include <algorithm>

#include "model/record/far_time.h"

namespace exitscope {

VmRuns::VmRuns(const Timeline &host, const Vm &vm, const SearchBudget &budget)
    : m_host(&host), m_vm(&vm),
      m_isPseudo(std::ranges::any_of(vm.vcpus, [](const Vcpu &vcpu) { return !vcpu.tid.has_value(); })),
      m_never(neverRuns(host.range))
{
    for (const Vcpu &vcpu : vm.vcpus)
        m_runs.push_back(budget.hasEnded() ? RunTrack{} : runsOf(vcpu));
    if (m_isPseudo && !budget.hasEnded())
        m_any = runsOfAny(vm);
}

bool VmRuns::hasNumberless() const
{
    return !m_isPseudo
        && std::ranges::any_of(
            m_vm->vcpus,
            [](const Vcpu &vcpu) {
                bool isNumber = false;
                vcpu.number.toInt(&isNumber);
                return !isNumber;
            });
}

CpuMap VmRuns::sameNumbers(const GuestTrace &guest) const
{
    CpuMap vcpuOf;
    for (const GuestCpu &cpu : guest.cpus) {
        const auto same = std::ranges::find(m_vm->vcpus, QString::number(cpu.number), &Vcpu::number);
        vcpuOf.push_back(m_isPseudo || same == m_vm->vcpus.end()
                ? std::nullopt
                : std::optional(std::size_t(same - m_vm->vcpus.begin())));
    }
    return vcpuOf;
}

GuestOnVm VmRuns::with(const GuestTrace &guest, const CpuMap &vcpuOf) const
{
    GuestOnVm pairs;
    for (std::size_t k = 0; k < guest.cpus.size(); ++k) {
        const RunTrack *runs = m_isPseudo ? &m_any : vcpuOf[k] ? &m_runs[*vcpuOf[k]] : &m_never;
        pairs.push_back({guest.cpus[k].events, runs});
    }
    return pairs;
}

std::vector<DeadlinesOfVcpu> VmRuns::deadlines(const GuestTrace &guest, const CpuMap &vcpuOf) const
{
    std::vector<DeadlinesOfVcpu> all(guest.cpus.size());
    const GuestTimers &timers = guest.timers;
    for (std::size_t i = 0; i < timers.time.size(); ++i) {
        const auto cpu = std::ranges::find(guest.cpus, timers.cpu[i], &GuestCpu::number);
        const Ns expires = shifted(timers.expires[i], guest.clockOffset);
        if (cpu != guest.cpus.end() && expires < kFarthestTime) // that is never
            all[std::size_t(cpu - guest.cpus.begin())].guest.push_back(expires);
    }
    const HostClockEvents &events = m_host->clockEvents;
    for (std::size_t k = 0; k < guest.cpus.size(); ++k) {
        for (std::size_t i = 0; i < events.deadlineTime.size(); ++i) {
            bool isOwn = m_isPseudo;
            if (!isOwn && vcpuOf[k]) {
                const StateColumns &states = m_vm->vcpus[*vcpuOf[k]].states;
                const std::size_t at = states.at(events.deadlineTime[i]);
                isOwn = at < states.size() && states.pcpu(at) == events.deadlinePcpu[i];
            }
            const Ns expires = shifted(events.deadlineExpires[i], events.clockOffset);
            if (isOwn && expires < kFarthestTime)
                all[k].host.push_back(expires);
        }
        std::ranges::sort(all[k].guest);
        std::ranges::sort(all[k].host);
    }
    return all;
}

} // namespace exitscope
