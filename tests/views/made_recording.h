// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "model/recording.h"

namespace exitscope::testing {

inline constexpr ReasonKey kCpuid{2, 114};
inline constexpr ReasonKey kIo{2, 123};

// Begins off 0, as real ones do.
inline constexpr Ns kMadeBegin = 1'000'000'000;

// A vCPU that, from `begin`, runs for `run` and then exits for `exit`, `count` times, by two reasons in turn: a cpuid
// in Kvm, and an io whose second half is in Userspace. Then it is Idle until `end`.
struct MadeVcpu {
    Ns begin = kMadeBegin;
    Ns run = 1000;
    Ns jitter = 0; // up to so much longer runs
    std::size_t alike = 97; // so many runs after each other are as long
    Ns exit = 1000;
    std::size_t count = 10;
    Ns end = kMadeBegin + 100'000;
    std::int32_t pcpu = 3;
};

inline Vcpu makeVcpu(const MadeVcpu &made, int number, ReasonTable &reasons)
{
    const std::uint16_t codes[] = {reasons.indexOf(kCpuid), reasons.indexOf(kIo)};
    Vcpu vcpu;
    vcpu.number = QString::number(number);
    vcpu.tid = 100 + number;
    vcpu.states.start(kMadeBegin);
    vcpu.states.append(made.begin, VcpuState::Unknown, kNoPcpu);
    Ns t = made.begin;
    for (std::size_t i = 0; i < made.count; ++i) {
        const bool io = i % 2 == 1;
        const Ns userspace = io ? made.exit / 2 : 0;
        const Ns entry = t;
        t += made.run + (made.jitter > 0 ? Ns(i / made.alike * 7919 % std::size_t(made.jitter)) : 0);
        vcpu.states.append(t, VcpuState::Guest, made.pcpu);
        vcpu.states.append(t + made.exit - userspace, VcpuState::Kvm, made.pcpu);
        vcpu.states.append(t + made.exit, VcpuState::Userspace, made.pcpu);
        vcpu.exits.append({.time = t,
            .event = t,
            .entry = entry,
            .end = t + made.exit,
            .parts = {made.exit - userspace, userspace, 0, 0, 0, 0},
            .reason = codes[io],
            .scenario = io ? Scenario::Qemu : Scenario::Host,
            .pcpu = made.pcpu});
        t += made.exit;
    }
    vcpu.states.append(made.end, VcpuState::Idle, kNoPcpu);
    return vcpu;
}

// One host; each inner list is a VM: "vm0", "vm1", …
inline std::shared_ptr<const Recording> makeRecording(const std::vector<std::vector<MadeVcpu>> &vms)
{
    auto recording = std::make_shared<Recording>();
    Timeline host;
    host.range = {kMadeBegin, kMadeBegin};
    for (const std::vector<MadeVcpu> &vcpus : vms) {
        Vm vm;
        vm.name = QStringLiteral("vm") % QString::number(host.vms.size());
        for (const MadeVcpu &vcpu : vcpus) {
            vm.vcpus.push_back(makeVcpu(vcpu, int(vm.vcpus.size()), recording->reasons));
            host.range.to = std::max(host.range.to, vcpu.end);
        }
        host.vms.push_back(std::move(vm));
    }
    recording->hosts.push_back(std::move(host));
    return recording;
}

} // namespace exitscope::testing
