// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/tools/made_exits.h"

#include <algorithm>
#include <random>

namespace exitscope::testing {

namespace {

constexpr Ns kFirstExitNs = 1'000'000'000; // off 0, as real ones are
constexpr std::int64_t kHlt = 120; // of SVM
constexpr std::int32_t kFirstTid = 100;

class VcpuMaker {
public:
    VcpuMaker(const ExitsShape &shape, std::uint32_t seed, int number) : m_shape(shape), m_random(seed)
    {
        m_vcpu.number = QString::number(number);
        m_vcpu.tid = kFirstTid + number;
        m_pcpu = number;
    }

    Vcpu make(std::size_t exits)
    {
        m_vcpu.exits.reserve(exits);
        m_vcpu.states.start(kFirstExitNs);
        m_t = kFirstExitNs;
        for (std::size_t i = 0; i < exits; ++i)
            addExit();
        m_vcpu.exits.setTouches(m_touches);
        return std::move(m_vcpu);
    }
    Ns end() const { return m_t; }

private:
    bool chance(int percent) { return int(m_random() % 100) < percent; }
    // From `least` up, each octave as likely as the next.
    Ns length(Ns least, int octaves)
    {
        const Ns base = least << (m_random() % std::uint32_t(octaves));
        return base + Ns(m_random() % std::uint64_t(base));
    }
    Ns spend(VcpuState state, Ns length)
    {
        m_t += length;
        m_vcpu.states.append(m_t, state, m_pcpu);
        return length;
    }
    void addExit()
    {
        ExitRow row;
        m_vcpu.entries.append(m_t);
        if (!chance(m_shape.oddPercent))
            row.entry = m_t;
        spend(VcpuState::Guest, length(300, 8));
        row.time = m_t;
        row.event = m_t + Ns(m_random() % 100);
        // Few reasons make most exits.
        const auto reasons = std::uint32_t(m_shape.reasons);
        row.reason = std::uint16_t(std::min(m_random() % reasons, m_random() % reasons));
        const bool isHalt = row.reason == 0;
        const bool isIo = !isHalt && chance(10);
        row.scenario = isHalt ? Scenario::Halt : isIo ? Scenario::Qemu : static_cast<Scenario>(2 + m_random() % 4);
        row.pcpu = m_pcpu;
        row.guestRip = 0x1000 * (1 + m_vcpu.exits.size() % 7);
        touch(row);
        ExitParts parts;
        parts.kvm = spend(VcpuState::Kvm, length(200, 6));
        parts.irq = chance(5) ? parts.kvm / 3 : 0;
        if (parts.irq > 0)
            m_vcpu.irq.append(row.time, row.time + parts.irq);
        if (isIo)
            parts.userspace = spend(VcpuState::Userspace, length(1000, 5));
        if (row.scenario == Scenario::Preempted)
            parts.preempted = spend(VcpuState::Preempted, length(1000, 8));
        if (isHalt)
            parts.idle = spend(VcpuState::Idle, length(2000, 10));
        if (!chance(m_shape.oddPercent)) {
            row.end = m_t;
            row.parts = parts;
        }
        if (isHalt)
            m_vcpu.haltKvm.append(row.time, row.time + parts.kvm);
        m_vcpu.exits.append(row);
    }

    // By its place, so that what chance gives stays as it is: ports, pages of two regions, nothing that is known.
    void touch(ExitRow &row)
    {
        const std::size_t at = m_vcpu.exits.size();
        if (at % 3 == 0)
            row.target = Target::of(TargetKind::Port, 0x3f8 + at % 2);
        else if (at % 3 == 1)
            row.target = Target::of(TargetKind::Page, 0x1000 * (at % 5) + 0x200000 * (at % 2));
        if (row.scenario == Scenario::Qemu)
            row.userspace = at % 2 == 0 ? 2 : kFailedUserspaceExit;
        m_touches.append(at % 3 != 1 ? PageTouch::None : static_cast<PageTouch>(1 + at % 2));
    }

    const ExitsShape &m_shape;
    Column<PageTouch> m_touches;
    std::mt19937 m_random;
    std::int32_t m_pcpu = 0;
    Ns m_t = 0;
    Vcpu m_vcpu;
};

} // namespace

std::shared_ptr<const Recording> makeExits(const ExitsShape &shape, std::uint32_t seed)
{
    auto recording = std::make_shared<Recording>();
    for (int reason = 0; reason < shape.reasons; ++reason) // in another order than they are told
        recording->reasons.indexOf({2, reason % 2 == 0 ? kHlt + reason : kHlt - reason});
    const std::size_t each = shape.exits / std::size_t(shape.vcpus * shape.vms);
    for (int number = 0; number < shape.vms; ++number) {
        Timeline host;
        host.switchesRecorded = number > 0 || shape.switchesRecorded;
        Vm vm;
        vm.name = QStringLiteral("vm") + QString::number(number);
        host.range = {kFirstExitNs, kFirstExitNs};
        for (int vcpu = 0; vcpu < shape.vcpus; ++vcpu) {
            VcpuMaker maker(shape, seed * 1000 + std::uint32_t(number * shape.vcpus + vcpu), vcpu);
            vm.vcpus.push_back(maker.make(each));
            host.range.to = std::max(host.range.to, maker.end());
        }
        for (Vcpu &vcpu : vm.vcpus)
            vcpu.states.append(host.range.to, VcpuState::Idle, kNoPcpu);
        host.vms.push_back(std::move(vm));
        recording->hosts.push_back(std::move(host));
    }
    return recording;
}

} // namespace exitscope::testing
