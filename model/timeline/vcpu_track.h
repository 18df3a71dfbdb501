// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "model/record/record.h"
#include "model/reference/exit_reasons.h"
#include "model/timeline/halt_track.h"
#include "model/timeline/timeline.h"
#include "model/timeline/vcpu_draft.h"
#include "model/timeline/vcpu_machine.h"
#include "model/timeline/vcpu_naming.h"
#include "model/timeline/wait_track.h"

namespace exitscope {

// The contradictions that the state machine itself finds (manual "Definitions"); the others are found by PcpuView.
struct TrackContradictions {
    std::int64_t entryInEntry = 0;
    std::int64_t exitWithoutEntry = 0;
    std::int64_t userspaceInEntry = 0;
};

// Of exits whose fields and events tell different targets: how many there are, and the first.
struct TargetsDiffer {
    std::int64_t count = 0;
    Ns firstNs = kNoTime;
    Target field{}; // of the first
    Target event{};
};

// What the events of its thread told that KVM handles, from the end of a run on, before the exit event says which of
// that is its target: the first of each kind, in their order.
class EarlyTouches {
public:
    void clear() { m_kinds = 0, m_size = 0, m_ofDevice = false; }
    void add(const TouchData &touch);
    Target firstOf(TargetKinds kinds) const;
    bool areOfDevice() const { return m_ofDevice; }

private:
    std::array<Target, kTargetKinds> m_touches{};
    TargetKinds m_kinds = 0; // that are there
    std::uint8_t m_size = 0;
    bool m_ofDevice = false;
};

// What one thread (or, where threads are not known, one pCPU) did as a vCPU: the machine's state and the draft of its
// columns. States are drafted as the events tell them; what later turns out Unknown is laid over them in takeColumns().
class VcpuTrack {
public:
    MachineState state() const { return m_state; }
    std::int32_t pcpu() const { return m_pcpu; } // where it was last seen
    // Where its own last event showed it, as far as that holds still; kNoPcpu if it does not.
    std::int32_t shownAt() const { return m_shownAt; }
    void showAt(std::int32_t pcpu) { m_shownAt = pcpu; }
    bool isVcpu() const { return !m_entries.empty() || !m_exits.empty(); }
    Ns firstKvmEvent() const { return m_firstKvmEvent; } // kNoTime without any
    Ns lastKvmEvent() const { return m_lastKvmEvent; }
    Ns lastInside() const { return m_lastInside; } // VM entry, or entry of KVM_RUN
    Ns shutdownNs() const { return m_shutdown; } // the last KVM_EXIT_SHUTDOWN

    // KVM events of its thread.
    void enter(Ns t, std::int32_t pcpu, const EntryData &data);
    void exit(Ns t, std::int32_t pcpu, const Record &record, std::uint16_t reason, bool isHalt);
    void leaveForUserspace(Ns t, std::int32_t pcpu, const UserspaceExitData &data);
    void runSyscall(Ns t, std::int32_t pcpu, bool entry);
    // The same where the pCPU is blind: counted, and leaves it Unknown.
    void noteBlindly(const Record &record, std::uint16_t reason, bool isHalt);

    // Other events that concern it.
    void hostEvent(Ns t) { apply(MachineEvent::HostEvent, t); }
    void plainEvent(
        Ns t, std::int32_t pcpu, bool provesHost); // of its own thread: it is there, wherever it was thought to be
    void switchIn(Ns t, std::int32_t pcpu);
    void switchOut(Ns t, std::int32_t pcpu, std::int64_t prevState);
    void wakeUp(Ns t, std::int32_t pcpu); // where it waits then
    void migrate(Ns t, std::int32_t pcpu);
    void haltEvent(const Record &record); // isOfHalts()
    void touch(const TouchData &touch); // KVM handles what the guest touched
    void die(Ns t) { apply(MachineEvent::OutDead, t); }
    // Its events can no longer be seen. `fromEntry`: if an entry is open it is Unknown already from there.
    void lose(Ns t, bool fromEntry);
    // Unknown from its last KVM event to its next one.
    void doubt(Ns t) { apply(MachineEvent::Doubted, t); }
    // What came before is not all that it did.
    void forgetRest();
    void interruptWork(Ns begin, Ns end, std::int32_t pcpu) { m_irq.append({begin, end, pcpu}); }

    // Nothing is known of it from here on.
    void endAt(Ns t);
    // What came of a thread that took the place of this one, after its last KVM event, and has its number. Takes it
    // away.
    void append(VcpuTrack &&later);
    // No event can follow. Fills all but the number and the tid. The draft is used up: it is freed as the columns grow,
    // so that the memory of the two is hardly more than that of one.
    void takeColumns(Vcpu &vcpu, TimeRange range, const ReasonTable &reasons);

    const TargetsDiffer &targetsDiffer() const { return m_targetsDiffer; } // behind takeColumns()
    const WaitTrack::Elsewhere &waitedElsewhere() const { return m_waits.elsewhere(); }
    const TrackContradictions &contradictions() const { return m_contradictions; }
    const ClaimedId &entryIds() const { return m_entryIds; }
    const ClaimedId &exitIds() const { return m_exitIds; }

private:
    enum class Rest : std::uint8_t { Asked, NotAsked, Forgotten }; // whether the guest asked to rest

    void apply(MachineEvent event, Ns t);
    void applyOut(Ns t, std::int64_t prevState);
    bool waits() const { return visibleState(m_state) == VcpuState::Preempted; }
    void act(MachineAction action, Ns t);
    void noteChange(Ns t);
    void split(Ns t);
    bool takeDoubtedEntry(Ns t);
    void closeExit(Ns t, bool byEntry);
    void endRun(Ns t);
    void beginRun(Ns t);
    void addExit(Ns t, bool withRun);
    void noteUserspace(ExitDraft &exit) const;
    void makeUnknown(Ns from, Ns to);
    void takeBackRun(Ns entry);
    void noteKvmEvent(Ns t, std::int32_t pcpu);
    static ExitDraft draftOf(const Record &record, std::uint16_t reason);

    void fillStates(Vcpu &vcpu, TimeRange range);
    void fillInterrupts(Vcpu &vcpu);
    void noteTarget(const ExitRow &row, Target touch);
    void fillExits(Vcpu &vcpu, TimeRange range, const ReasonTable &reasons);

    MachineState m_state = MachineState::Unknown;
    std::int32_t m_pcpu = kNoPcpu;
    std::int32_t m_shownAt = kNoPcpu;
    Ns m_shutdown = kNoTime;
    Ns m_lastInside = kNoTime; // the last VM entry, or entry of KVM_RUN
    Ns m_firstKvmEvent = kNoTime;
    Ns m_lastKvmEvent = kNoTime;
    Ns m_previousKvmEvent = kNoTime; // the one before the event that is being applied
    Ns m_entry = kNoTime; // of the open entry
    Ns m_runEnd = kNoTime; // of the open entry
    std::int32_t m_runPcpu = kNoPcpu;
    bool m_loseFromEntry = false; // what lose() was told
    bool m_exitOpen = false;
    bool m_exitLooked = false; // what comes says more of its scenario: no contradiction came since
    bool m_entrySinceExit = false; // an entry came since the last exit event, and no loss
    bool m_doubtedEntry = false; // an entry was open when it was doubted: what follows can still contradict that
    bool m_preemptedEarly = false;
    Rest m_lastExit = Rest::NotAsked; // a halt
    Rest m_leftFor = Rest::NotAsked; // it left KVM_RUN with KVM_EXIT_HLT
    std::uint8_t m_leavesFor = kNoUserspaceExit; // ExitRow::userspace of the event that is being applied
    TargetKinds m_exitKinds = 0; // what can be the target of the open exit
    EarlyTouches m_early; // of the open entry
    ExitDraft m_incoming{}; // the fields of the exit event that is being applied

    BlockList<StateChange> m_changes;
    ExitDrafts m_exits;
    BlockList<Ns> m_entries;
    std::vector<TimeRange> m_unknown; // ordered, disjoint: laid over m_changes
    BlockList<InterruptWork> m_irq;
    WaitTrack m_waits;
    HaltTrack m_halts;
    TrackContradictions m_contradictions;
    TargetsDiffer m_targetsDiffer;
    ClaimedId m_entryIds;
    ClaimedId m_exitIds;
};

} // namespace exitscope
