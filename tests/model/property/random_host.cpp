// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/random_host.h"

#include <array>

namespace exitscope::testing {

namespace {

constexpr std::int32_t kFirstHogTid = 901;
constexpr std::int32_t kFirstIdleTid = 991;

enum class Phase : std::uint8_t { Userspace, Kvm, Guest, LeftGuest };
enum class Sleep : std::uint8_t { Awake, Asleep, Dead };

struct VcpuThread {
    Phase phase = Phase::Userspace;
    Sleep sleep = Sleep::Awake;
    bool running = false;
};

class Host {
public:
    Host(const HostOptions &options, Dice &dice)
        : m_options(options), m_dice(dice), m_streams(options.pcpus), m_current(options.pcpus), m_irqs(options.pcpus),
          m_vcpus(options.vcpus)
    {
    }

    std::vector<std::vector<Record>> run()
    {
        for (int pcpu = 0; pcpu < m_options.pcpus; ++pcpu)
            m_current[pcpu] = idleThread(pcpu);
        for (int i = 0; i < m_options.steps; ++i) {
            m_now += m_dice.between(m_options.equalTimes ? 0 : 1, 12);
            step(m_dice.below(m_options.pcpus));
        }
        return std::move(m_streams);
    }

private:
    Record &write(int pcpu, EventKind kind)
    {
        Record record;
        record.timeNs = m_now;
        record.pcpu = pcpu;
        record.tid = m_current[pcpu];
        record.kind = kind;
        return m_streams[pcpu].emplace_back(record);
    }

    bool isVcpu(std::int32_t tid) const { return tid >= kFirstVcpuTid && tid < kFirstVcpuTid + m_options.vcpus; }

    std::int32_t idleThread(int pcpu) const { return m_options.idleThreads ? 0 : kFirstIdleTid + pcpu; }

    void step(int pcpu)
    {
        if (m_dice.chance(8))
            return wakeSomeone(pcpu);
        if (m_options.interrupts && m_dice.chance(m_irqs[pcpu].empty() ? 8 : 40))
            return interrupt(pcpu);
        if (m_dice.chance(5)) {
            write(pcpu, EventKind::HostProof).provesHost = m_dice.chance(50);
            return leaveGuest(pcpu);
        }
        if (isVcpu(m_current[pcpu]))
            stepVcpu(pcpu, m_vcpus[m_current[pcpu] - kFirstVcpuTid]);
        else if (m_dice.chance(60))
            switchTo(pcpu, someoneRunnable(pcpu), 0);
    }

    // After a host event in guest mode the vCPU cannot go on in it before its exit event.
    void leaveGuest(int pcpu)
    {
        if (!isVcpu(m_current[pcpu]) || !m_streams[pcpu].back().provesHost)
            return;
        VcpuThread &vcpu = m_vcpus[m_current[pcpu] - kFirstVcpuTid];
        if (vcpu.phase == Phase::Guest)
            vcpu.phase = Phase::LeftGuest;
    }

    void interrupt(int pcpu)
    {
        auto &open = m_irqs[pcpu];
        if (open.size() < 3 && (open.empty() || m_dice.chance(35))) {
            open.push_back(static_cast<IrqSource>(m_dice.below(kIrqSources)));
            write(pcpu, EventKind::IrqBegin).irq.source = open.back();
        } else {
            write(pcpu, EventKind::IrqEnd).irq.source = open.back();
            open.pop_back();
        }
        leaveGuest(pcpu);
    }

    void wakeSomeone(int pcpu)
    {
        const int who = m_dice.below(m_options.vcpus);
        VcpuThread &vcpu = m_vcpus[who];
        if (vcpu.sleep == Sleep::Asleep)
            vcpu.sleep = Sleep::Awake;
        write(pcpu, EventKind::SchedWakeup).wakeup.tid = kFirstVcpuTid + who;
        leaveGuest(pcpu);
    }

    std::int32_t someoneRunnable(int pcpu)
    {
        for (int tries = 0; tries < 4; ++tries) {
            const int who = m_dice.below(m_options.vcpus);
            if (m_vcpus[who].sleep == Sleep::Awake && !m_vcpus[who].running)
                return kFirstVcpuTid + who;
        }
        return m_dice.chance(50) ? idleThread(pcpu) : kFirstHogTid + m_dice.below(2 * m_options.pcpus);
    }

    void switchTo(int pcpu, std::int32_t next, std::int64_t prevState)
    {
        Record &record = write(pcpu, EventKind::SchedSwitch);
        record.switched = {prevState, m_current[pcpu], next};
        if (isVcpu(m_current[pcpu])) {
            VcpuThread &vcpu = m_vcpus[m_current[pcpu] - kFirstVcpuTid];
            vcpu.running = false;
            const bool runnable = (prevState & 0xff) == 0;
            vcpu.sleep = runnable ? Sleep::Awake : prevState & 0x70 ? Sleep::Dead : Sleep::Asleep;
            if (vcpu.phase == Phase::Guest)
                vcpu.phase = Phase::LeftGuest;
        }
        if (isVcpu(next))
            m_vcpus[next - kFirstVcpuTid].running = true;
        m_current[pcpu] = next;
        m_irqs[pcpu].clear();
    }

    void switchAway(int pcpu)
    {
        constexpr std::array<std::int64_t, 8> kStates{0, 256, 1024, 1, 1, 2, 1, 0};
        const std::int64_t state = m_dice.below(400) == 0 ? 16 : kStates[m_dice.below(kStates.size())];
        std::int32_t next = someoneRunnable(pcpu);
        if (next == m_current[pcpu])
            next = idleThread(pcpu);
        switchTo(pcpu, next, state);
    }

    void stepVcpu(int pcpu, VcpuThread &vcpu)
    {
        switch (vcpu.phase) {
        case Phase::Userspace:
            return stepUserspace(pcpu, vcpu);
        case Phase::Kvm:
            return stepKvm(pcpu, vcpu);
        case Phase::Guest:
            return writeExit(pcpu, vcpu);
        case Phase::LeftGuest:
            return m_dice.chance(8) ? switchAway(pcpu) : writeExit(pcpu, vcpu);
        }
    }

    void stepUserspace(int pcpu, VcpuThread &vcpu)
    {
        if (m_dice.chance(60)) {
            write(pcpu, EventKind::IoctlEntry).ioctlEntry.cmd = kKvmRun;
            vcpu.phase = Phase::Kvm;
        } else if (m_dice.chance(40)) {
            write(pcpu, EventKind::IoctlEntry).ioctlEntry.cmd = 0x4008ae6a;
            m_now += m_dice.between(1, 5);
            write(pcpu, EventKind::IoctlExit);
        } else {
            switchAway(pcpu);
        }
    }

    void stepKvm(int pcpu, VcpuThread &vcpu)
    {
        const int what = m_dice.below(100);
        if (what < 60) {
            write(pcpu, EventKind::VmEntry).entry.vcpuId = 0x25'0000 + m_current[pcpu];
            vcpu.phase = Phase::Guest;
            m_irqs[pcpu].clear();
        } else if (what < 78) {
            switchAway(pcpu);
        } else if (what < 95) {
            constexpr std::array<UserspaceExitData, 4> kReasons{{{2, 0}, {5, 0}, {6, 0}, {5, -4}}};
            write(pcpu, EventKind::UserspaceExit).userspaceExit = kReasons[m_dice.below(kReasons.size())];
            m_now += m_dice.between(1, 4);
            write(pcpu, EventKind::IoctlExit);
            vcpu.phase = Phase::Userspace;
        } else {
            write(pcpu, EventKind::IoctlExit);
            vcpu.phase = Phase::Userspace;
        }
    }

    void writeExit(int pcpu, VcpuThread &vcpu)
    {
        constexpr std::array<std::uint32_t, 9> kVmx{0, 1, 10, 12, 30, 48, 0x80000021, 49, 4711};
        constexpr std::array<std::uint32_t, 9> kSvm{96, 97, 114, 120, 123, 1024, 0xffffffff, 124, 4711};
        Record &record = write(pcpu, EventKind::VmExit);
        record.exit.reason = (m_options.isa == 1 ? kVmx : kSvm)[m_dice.below(9)];
        record.exit.isa = m_options.isa;
        record.exit.guestRip = 0xffffffff81000000 + m_dice.below(64);
        record.exit.vcpuId = m_current[pcpu] - kFirstVcpuTid;
        record.hasIntrInfo = m_dice.chance(70);
        record.exit.intrInfo = static_cast<std::uint32_t>(m_dice.below(8)) << 8 | 0x80000000;
        vcpu.phase = Phase::Kvm;
    }

    const HostOptions &m_options;
    Dice &m_dice;
    Ns m_now = 1'000;
    std::vector<std::vector<Record>> m_streams;
    std::vector<std::int32_t> m_current;
    std::vector<std::vector<IrqSource>> m_irqs;
    std::vector<VcpuThread> m_vcpus;
};

} // namespace

std::vector<std::vector<Record>> randomHost(const HostOptions &options, Dice &dice)
{
    return Host(options, dice).run();
}

} // namespace exitscope::testing
