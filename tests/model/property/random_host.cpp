// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/random_host.h"

#include <array>
#include <set>

namespace exitscope::testing {

namespace {

constexpr std::int32_t kFirstHogTid = 901;
constexpr std::int32_t kFirstIdleTid = 991;
constexpr std::uint64_t kVmxInterrupt = 1;
constexpr std::uint64_t kVmxFailed = 0x80000021;

enum class Phase : std::uint8_t {
    Userspace,
    OtherIoctl, // a system call of the thread that is not KVM_RUN
    Kvm,
    Guest,
    LeftGuest, // out of guest mode, the exit event not written yet
    FailedEntry,
    LeavingRun, // after kvm_userspace_exit, before the exit of KVM_RUN
    Exiting, // after sched_process_exit
};
enum class Sleep : std::uint8_t { Awake, Asleep, Dead };

struct VcpuThread {
    Phase phase = Phase::Userspace;
    Sleep sleep = Sleep::Awake;
    bool running = false;
    bool halted = false; // its last exit
};

class Host {
public:
    Host(const HostOptions &options, Dice &dice)
        : m_options(options), m_dice(dice), m_events(options.pcpus), m_current(options.pcpus), m_irqs(options.pcpus),
          m_vcpus(options.vcpus)
    {
    }

    std::vector<Events> run()
    {
        begin();
        int lastPcpu = -1;
        for (int i = 0; i < m_options.steps; ++i) {
            const bool stays
                = m_options.samePcpuPercent > 0 && lastPcpu >= 0 && m_dice.chance(m_options.samePcpuPercent);
            const int pcpu = stays ? lastPcpu : m_dice.below(m_options.pcpus);
            pass(pcpu == lastPcpu ? EqualTimes::OfOnePcpu : EqualTimes::Anywhere, 12);
            step(pcpu);
            lastPcpu = pcpu;
        }
        for (Events &events : m_events)
            events = withoutRepetitions(events);
        return std::move(m_events);
    }

private:
    // `when`: where two events may have one time, for one to be written now at the time of the last.
    void pass(EqualTimes when, int longest)
    {
        const bool mayBeEqual = m_options.equalTimes == EqualTimes::Anywhere
            || (m_options.equalTimes == EqualTimes::OfOnePcpu && when == EqualTimes::OfOnePcpu);
        if (!mayBeEqual || !m_dice.chance(m_options.equalTimePercent))
            m_now += m_dice.between(1, longest);
    }

    // The recording begins in the midst of what the threads do.
    void begin()
    {
        constexpr std::array kOnPcpu{Phase::Userspace, Phase::OtherIoctl, Phase::Kvm, Phase::Guest, Phase::LeftGuest};
        for (int pcpu = 0; pcpu < m_options.pcpus; ++pcpu)
            m_current[pcpu] = idleThread(pcpu);
        int pcpu = 0;
        for (int i = 0; i < m_options.vcpus; ++i) {
            VcpuThread &vcpu = m_vcpus[i];
            vcpu.running = pcpu < m_options.pcpus && m_dice.chance(60);
            if (vcpu.running) {
                vcpu.phase = kOnPcpu[m_dice.below(kOnPcpu.size())];
                m_current[pcpu++] = kFirstVcpuTid + i;
            } else {
                vcpu.phase = m_dice.chance(50) ? Phase::Kvm : Phase::Userspace;
                vcpu.sleep = m_dice.chance(50) ? Sleep::Asleep : Sleep::Awake;
            }
        }
    }

    Record &write(int pcpu, EventKind kind)
    {
        Record record;
        record.timeNs = m_now;
        record.pcpu = pcpu;
        record.tid = m_current[pcpu];
        record.kind = kind;
        return m_events[pcpu].emplace_back(record);
    }

    bool isVcpu(std::int32_t tid) const { return tid >= kFirstVcpuTid && tid < kFirstVcpuTid + m_options.vcpus; }
    bool isHog(std::int32_t tid) const { return tid >= kFirstHogTid && tid < kFirstIdleTid; }
    VcpuThread *vcpuOn(int pcpu)
    {
        return isVcpu(m_current[pcpu]) ? &m_vcpus[m_current[pcpu] - kFirstVcpuTid] : nullptr;
    }
    std::int32_t idleThread(int pcpu) const { return m_options.idleThreads ? 0 : kFirstIdleTid + pcpu; }

    void step(int pcpu)
    {
        VcpuThread *vcpu = vcpuOn(pcpu);
        if (m_options.strict && vcpu && vcpu->phase == Phase::FailedEntry)
            return stepVcpu(pcpu, *vcpu);
        if (m_options.strict && !m_irqs[pcpu].empty())
            return stepInterrupt(pcpu);
        if (m_dice.chance(8))
            return wakeSomeone(pcpu);
        if (m_options.interrupts && m_dice.chance(m_irqs[pcpu].empty() ? 8 : 40))
            return interrupt(pcpu);
        if (m_dice.chance(8))
            return writePlain(pcpu);
        if (vcpu)
            stepVcpu(pcpu, *vcpu);
        else
            stepOther(pcpu);
    }

    void stepInterrupt(int pcpu)
    {
        const int what = m_dice.below(100);
        if (what < 70)
            interrupt(pcpu);
        else if (what < 85)
            wakeSomeone(pcpu);
        else
            writePlain(pcpu);
    }

    void stepOther(int pcpu)
    {
        const std::int32_t tid = m_current[pcpu];
        if (isHog(tid) && m_inIoctl.erase(tid) > 0) {
            write(pcpu, EventKind::IoctlExit);
        } else if (isHog(tid) && m_dice.chance(15)) {
            write(pcpu, EventKind::IoctlEntry).ioctlEntry.cmd = kOtherIoctl;
            m_inIoctl.insert(tid);
        } else if (m_dice.chance(65)) {
            switchTo(pcpu, someoneRunnable(pcpu), 0);
        }
    }

    // The host is about to write: then the guest does not run any more.
    void leaveGuest(int pcpu)
    {
        VcpuThread *vcpu = vcpuOn(pcpu);
        if (!vcpu || vcpu->phase != Phase::Guest)
            return;
        if (m_options.strict && m_options.isa == 1) {
            writeExit(pcpu, *vcpu, kVmxInterrupt);
            pass(EqualTimes::OfOnePcpu, 4);
        } else {
            vcpu->phase = Phase::LeftGuest;
        }
    }

    void writePlain(int pcpu)
    {
        const bool provesHost = m_dice.chance(70);
        if (provesHost)
            leaveGuest(pcpu);
        write(pcpu, EventKind::HostProof).provesHost = provesHost;
    }

    void interrupt(int pcpu)
    {
        leaveGuest(pcpu);
        auto &open = m_irqs[pcpu];
        if (open.size() < 3 && (open.empty() || m_dice.chance(35))) {
            open.push_back(static_cast<IrqSource>(m_dice.below(kIrqSources)));
            write(pcpu, EventKind::IrqBegin).irq.source = open.back();
        } else {
            write(pcpu, EventKind::IrqEnd).irq.source = open.back();
            open.pop_back();
        }
    }

    void wakeSomeone(int pcpu)
    {
        const int who = m_dice.below(m_options.vcpus);
        VcpuThread &vcpu = m_vcpus[who];
        leaveGuest(pcpu);
        if (vcpu.sleep == Sleep::Dead && m_dice.chance(50))
            vcpu = VcpuThread{}; // a new thread
        if (vcpu.sleep == Sleep::Dead && m_options.strict)
            return;
        if (vcpu.sleep == Sleep::Asleep)
            vcpu.sleep = Sleep::Awake;
        write(pcpu, EventKind::SchedWakeup).wakeup.tid = kFirstVcpuTid + who;
    }

    std::int32_t someoneRunnable(int pcpu)
    {
        for (int tries = 0; tries < 4; ++tries) {
            const int who = m_dice.below(m_options.vcpus);
            if (m_vcpus[who].sleep == Sleep::Awake && !m_vcpus[who].running)
                return kFirstVcpuTid + who;
        }
        const std::int32_t hog = kFirstHogTid + m_dice.below(2 * m_options.pcpus);
        for (const std::int32_t running : m_current)
            if (running == hog)
                return idleThread(pcpu);
        return m_dice.chance(50) ? idleThread(pcpu) : hog;
    }

    void switchTo(int pcpu, std::int32_t next, std::int64_t prevState)
    {
        if (next == m_current[pcpu])
            return;
        write(pcpu, EventKind::SchedSwitch).switched = {prevState, m_current[pcpu], next};
        if (VcpuThread *vcpu = vcpuOn(pcpu)) {
            vcpu->running = false;
            const bool runnable = (prevState & 0xff) == 0;
            vcpu->sleep = runnable ? Sleep::Awake : prevState & 0x70 ? Sleep::Dead : Sleep::Asleep;
        }
        m_current[pcpu] = next;
        if (VcpuThread *vcpu = vcpuOn(pcpu))
            vcpu->running = true;
        m_irqs[pcpu].clear();
    }

    void switchAway(int pcpu, std::int64_t prevState)
    {
        const std::int32_t next = someoneRunnable(pcpu);
        switchTo(pcpu, next == m_current[pcpu] ? idleThread(pcpu) : next, prevState);
    }

    void switchAway(int pcpu)
    {
        constexpr std::array<std::int64_t, 8> kStates{0, 256, 1024, 1, 1, 2, 4, 0};
        const bool dies = !m_options.strict && m_dice.below(400) == 0;
        switchAway(pcpu, dies ? 16 : kStates[m_dice.below(kStates.size())]);
    }

    void stepVcpu(int pcpu, VcpuThread &vcpu)
    {
        switch (vcpu.phase) {
        case Phase::Userspace:
            return stepUserspace(pcpu, vcpu);
        case Phase::OtherIoctl:
            return stepOutOf(pcpu, vcpu, 60);
        case Phase::Kvm:
            return stepKvm(pcpu, vcpu);
        case Phase::Guest:
            return writeExit(pcpu, vcpu, anyReason());
        case Phase::LeftGuest:
            return m_options.lateExits && m_dice.chance(8) ? switchAway(pcpu) : writeExit(pcpu, vcpu, anyReason());
        case Phase::FailedEntry:
            if (m_dice.chance(30))
                write(pcpu, EventKind::HostProof).provesHost = false;
            else
                writeExit(pcpu, vcpu, kVmxFailed);
            return;
        case Phase::LeavingRun:
            return stepOutOf(pcpu, vcpu, 75);
        case Phase::Exiting:
            return stepExiting(pcpu);
        }
    }

    void stepUserspace(int pcpu, VcpuThread &vcpu)
    {
        if (m_options.userspaceExitPercent > 0 && m_dice.chance(40))
            return switchAway(pcpu, 1);
        const int what = m_dice.below(100);
        if (what < (m_options.manyIoctls ? 38 : 55)) {
            write(pcpu, EventKind::IoctlEntry).ioctlEntry.cmd = kKvmRun;
            vcpu.phase = Phase::Kvm;
        } else if (what < 72) {
            write(pcpu, EventKind::IoctlEntry).ioctlEntry.cmd = kOtherIoctl;
            vcpu.phase = Phase::OtherIoctl;
        } else if (what < 77) {
            startExiting(pcpu, vcpu);
        } else {
            switchAway(pcpu);
        }
    }

    // In a system call that it will leave for user space.
    void stepOutOf(int pcpu, VcpuThread &vcpu, int percent)
    {
        if (!m_dice.chance(percent))
            return switchAway(pcpu);
        write(pcpu, EventKind::IoctlExit);
        vcpu.phase = Phase::Userspace;
    }

    void stepKvm(int pcpu, VcpuThread &vcpu)
    {
        if (vcpu.halted && m_dice.chance(60))
            return switchAway(pcpu, 1);
        if (m_options.userspaceExitPercent > 0 && m_dice.chance(m_options.userspaceExitPercent))
            return leaveRun(pcpu, vcpu, m_dice.chance(50) ? UserspaceExitData{5, 0} : UserspaceExitData{2, 0});
        const int what = m_dice.below(100);
        if (what < (m_options.manyIoctls ? 45 : 60)) {
            write(pcpu, EventKind::VmEntry).entry.vcpuId = 0x25'0000 + m_current[pcpu];
            vcpu.phase
                = m_options.isa == 1 && m_dice.chance(m_options.failedEntryPercent) ? Phase::FailedEntry : Phase::Guest;
            m_irqs[pcpu].clear();
        } else if (what < (m_options.manyIoctls ? 67 : 78)) {
            switchAway(pcpu);
        } else if (what < (m_options.manyIoctls ? 84 : 94)) {
            constexpr std::array<UserspaceExitData, 4> kReasons{{{2, 0}, {5, 0}, {6, 0}, {5, -4}}};
            leaveRun(pcpu, vcpu, kReasons[m_dice.below(kReasons.size())]);
        } else if (what < 98) {
            write(pcpu, EventKind::IoctlExit);
            vcpu.phase = Phase::Userspace;
        } else {
            startExiting(pcpu, vcpu);
        }
    }

    void leaveRun(int pcpu, VcpuThread &vcpu, const UserspaceExitData &why)
    {
        write(pcpu, EventKind::UserspaceExit).userspaceExit = why;
        vcpu.phase = Phase::LeavingRun;
    }

    void startExiting(int pcpu, VcpuThread &vcpu)
    {
        if (!m_options.deaths)
            return;
        write(pcpu, EventKind::ThreadExit);
        vcpu.phase = Phase::Exiting;
    }

    void stepExiting(int pcpu)
    {
        constexpr std::array<std::int64_t, 3> kDead{16, 32, 64};
        if (m_dice.chance(25))
            switchAway(pcpu, 0);
        else
            switchAway(pcpu, kDead[m_dice.below(kDead.size())]);
    }

    std::uint64_t anyReason()
    {
        constexpr std::array<std::uint64_t, 12> kVmx{
            0, 1, 10, 12, 12, 30, 48, 49, 4711, 0x10030, 0x4000030, kVmxFailed};
        constexpr std::array<std::uint64_t, 12> kSvm{
            96, 97, 114, 120, 120, 123, 1024, 0xffffffff, ~std::uint64_t{0}, 124, 4711, 78};
        const int i = m_dice.below(12);
        if (m_options.isa == 1)
            return kVmx[m_options.strict ? i % 11 : i];
        return kSvm[i];
    }

    void writeExit(int pcpu, VcpuThread &vcpu, std::uint64_t reason)
    {
        Record &record = write(pcpu, EventKind::VmExit);
        record.isa = static_cast<std::uint8_t>(m_options.isa);
        record.exit.reason = reason;
        record.exit.guestRip = 0xffffffff81000000 + m_dice.below(64);
        record.exit.vcpuId = m_options.vcpuIds ? m_current[pcpu] - kFirstVcpuTid : static_cast<int>(kNoVcpuId);
        record.hasIntrInfo = m_dice.chance(70);
        record.exit.intrInfo = static_cast<std::uint32_t>(m_dice.below(8)) << 8 | 0x80000000;
        vcpu.phase = Phase::Kvm;
        vcpu.halted = reason == (m_options.isa == 1 ? 12 : 120);
    }

    const HostOptions &m_options;
    Dice &m_dice;
    Ns m_now = 1'000;
    std::vector<Events> m_events;
    std::vector<std::int32_t> m_current;
    std::vector<std::vector<IrqSource>> m_irqs;
    std::vector<VcpuThread> m_vcpus;
    std::set<std::int32_t> m_inIoctl; // of the other threads
};

} // namespace

std::vector<Events> randomHost(const HostOptions &options, Dice &dice)
{
    return Host(options, dice).run();
}

} // namespace exitscope::testing
