// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <set>
#include <span>
#include <vector>

#include "model/timeline/irq_stack.h"
#include "model/timeline/number_map.h"
#include "model/timeline/pcpu_view.h"
#include "model/timeline/vcpu_track.h"

namespace exitscope {

// The six contradictions of manual "Definitions", counted.
struct HostContradictions : TrackContradictions {
    std::int64_t wrongPcpu = 0;
    std::int64_t switchFromOther = 0;
    std::int64_t switchToElsewhere = 0;
};

// What sched_switch tells in a recording.
enum class SwitchesRecorded : std::uint8_t {
    None, // no used trace declares it
    All,
    OnlyAway, // only those away from the threads that were recorded (perf record -p): never who comes
};

// Tells each vCPU of a host what happens to it: whose event a record is, whose run it ends, who is on which pCPU.
class HostMachine {
public:
    // Reasons that occur are added to `reasons`, which must outlive the machine.
    HostMachine(ReasonTable &reasons, SwitchesRecorded switches);

    void add(std::span<const Record> records);
    // No event of the same time can follow.
    void catchUp() { takeGroup(); }
    // No event can follow.
    void finish(Ns end);

    struct Life { // of a thread; also of one that turns out to be no vCPU
        std::int32_t tid = kNoThread;
        std::unique_ptr<VcpuTrack> track;
        Ns diedNs = kNoTime; // kNoTime: it lives
    };
    // In the order in which they began; several of one tid where a thread died and its tid came back.
    const std::vector<Life> &lives() const { return m_lives; }
    // By pCPU, where threads are not known.
    std::map<std::int32_t, VcpuTrack> &pseudoTracks() { return m_pseudo; }
    HostContradictions contradictions() const;
    // Who was on each pCPU; see HostOccupancy.
    HostOccupancy &occupancy() { return m_view.occupancy(); }
    // Over all vCPUs; and whether a sched_migrate_task came, which tells where they wait.
    WaitTrack::Elsewhere waitedElsewhere() const;
    bool migrationsCame() const { return m_migrations; }

    // How sched_switch speaks of vCPUs: how often one was taken off that nothing had brought back, and the threads from
    // which a switch led to one.
    std::int64_t repeatedSwitchesAway() const { return m_repeatedAway; }
    const std::set<std::int32_t> &switchedFrom() const { return m_switchedFrom; }

private:
    struct Living {
        std::size_t life; // index into m_lives
        VcpuTrack *track;
    };
    struct Ioctl { // the last ioctl entry of a thread
        bool runs; // it was KVM_RUN
        std::int32_t pcpu;
    };

    bool switchesSpeak() const { return m_switches == SwitchesRecorded::All; }
    VcpuTrack *find(std::int32_t tid)
    {
        const Living *living = m_living.find(tid);
        return living ? living->track : nullptr;
    }
    VcpuTrack &track(std::int32_t tid, std::int32_t pcpu);
    std::int32_t threadOf(const Record &record) const;
    bool isKvmEvent(const Record &record, std::int32_t tid) const;
    bool hides(std::int32_t pcpu) const;

    void collect(const Record &record);
    void takeGroup();
    void announce();
    void take(const Record &record);
    void takeEvent(const Record &record);
    void proveHost(const Record &record, const VcpuTrack *own, bool ownEvent);
    void showThread(const Record &record, std::int32_t tid, VcpuTrack *own);
    void ioctlEntry(const Record &record, std::int32_t tid);
    void kvmEvent(const Record &record, std::int32_t tid);
    void checkPlace(const Record &record, std::int32_t tid);
    void applyKvmEvent(const Record &record, VcpuTrack &vcpu);

    void schedSwitch(const Record &record);
    void noteSwitch(const Record &record);
    void switchWithin(const Record &record);
    void switchAwayOnly(const Record &record);
    void switchUnseen(const Record &record);
    void switchOut(const Record &record);
    void switchIn(std::int32_t tid, std::int32_t pcpu, Ns t);
    enum class Settled { AtBegin, AfterLoss };
    void settleCurrent(std::int32_t pcpu, Ns t, Settled when);
    void bury(std::int32_t tid, Ns t);

    void touch(const Record &record, std::int32_t tid, VcpuTrack *own);
    void buryInterrupts(std::int32_t tid, Ns t);
    void haltEvent(const Record &record, std::int32_t tid);

    void interrupt(const Record &record, std::int32_t tid);
    void addWork(std::int32_t pcpu, const std::vector<IrqStack::Work> &work, Ns end);
    void endInterrupts(std::int32_t pcpu, Ns t);
    enum class Unseen { Elsewhere, All };
    void loseUnseen(const Record &blind, Unseen which);
    void blind(const Record &record);
    void sighted(const Record &record);
    bool isShownElsewhere(std::int32_t tid, std::int32_t ownPcpu, std::int32_t pcpu) const;

    ReasonTable &m_reasons;
    SwitchesRecorded m_switches;
    std::vector<Record> m_group; // all of one time, not yet taken
    Blindness m_blindness;
    PcpuView m_view;
    NextSwitches m_next;
    std::set<std::int32_t> m_begun; // pCPUs of which sched_switch has said who is current at the begin
    bool m_anyLoss = false; // so far
    bool m_migrations = false; // any came
    std::vector<Life> m_lives;
    NumberMap<Living> m_living; // by tid
    std::set<std::int32_t> m_dead; // tids whose thread died, and none came that makes KVM events
    std::map<std::int32_t, VcpuTrack> m_pseudo;
    NumberMap<VcpuTrack *> m_inGuest; // by pCPU: whose run was last seen to begin there
    NumberMap<Ioctl> m_ioctls; // by tid
    NumberMap<IrqStack> m_irqs; // by pCPU
    HostContradictions m_contradictions; // those that it finds itself
    std::set<std::int32_t> m_away; // vCPU threads that were taken off, and not brought back since
    std::int64_t m_repeatedAway = 0;
    std::set<std::int32_t> m_switchedFrom;
};

} // namespace exitscope
