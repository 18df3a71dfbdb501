// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "model/timeline/vcpu_state.h"

// The state machine of one vCPU as a table: what each event does in each state. manual "Definitions" says why.
namespace exitscope {

// VcpuState, and with it what has to be remembered. "Leaving": a host event ended the run, but the kvm_exit event has
// not come yet (on SVM it is written after interrupts are enabled again). "Asleep": off its pCPU, and a loss or a
// contradiction made it forget why; it is shown as Unknown.
enum class MachineState : std::uint8_t {
    Unknown,
    Dead,
    Guest,
    Leaving,
    Kvm,
    Userspace,
    LeavingPreempted,
    LeavingIdle,
    LeavingBlocked,
    LeavingAsleep,
    KvmPreempted,
    KvmIdle,
    KvmBlocked,
    KvmAsleep,
    UserspacePreempted,
    UserspaceIdle,
    UserspaceBlocked,
    UserspaceAsleep,
};
inline constexpr int kMachineStates = 18;

enum class MachineEvent : std::uint8_t {
    HostEvent, // any other host event on its pCPU, or of its thread
    Entry, // kvm_entry
    Exit, // kvm_exit
    UserspaceExit, // kvm_userspace_exit
    RunEntry, // entry of its KVM_RUN system call
    RunExit, // exit of it
    SwitchIn,
    OutRunnable, // switched out, wants a pCPU
    OutResting, // switched out asleep because the guest asked to rest
    OutWaiting, // switched out asleep otherwise
    OutForgotten, // switched out asleep, and whether the guest asked to rest is forgotten
    OutDead,
    Wakeup,
    Lost, // what it does can no longer be seen
    Doubted, // events contradict what was thought of it
};
inline constexpr int kMachineEvents = 15;

// What a transition does beside changing the state. VcpuTrack carries them out.
enum class MachineAction : std::uint8_t {
    Ignore,
    Move,
    BeginRun, // an entry opens a run and ends the open exit
    EndRun,
    EndRunPreempted, // and wants a pCPU before the exit event came
    MarkEarlyPreempted, // wants a pCPU before the exit event came
    MarkPreempted, // the open exit's thread wants a pCPU
    CountExit, // an exit event after an entry; ends the run if it still lasts
    CountLooseExit, // an exit event whose entry is not known
    NoteUserspace, // the open exit goes to user space
    Forget, // Unknown from now; from the entry on if that is on the pCPU of the loss
    Die, // nothing of it comes any more
    Doubt, // Unknown from its last KVM event
    EntryInEntry, // contradiction 1
    ExitWithoutEntry, // contradiction 2
    UserspaceInEntry, // contradiction 6
};

struct Transition {
    MachineState from;
    MachineEvent on;
    MachineState to;
    MachineAction action;
    std::string_view why; // never empty where `action` is Ignore
};

const Transition &transition(MachineState from, MachineEvent on);
std::span<const Transition> allTransitions();

std::string_view name(MachineState state);
std::string_view name(MachineEvent event);
VcpuState visibleState(MachineState state);

constexpr bool isLeaving(MachineState state)
{
    return state == MachineState::Leaving || state == MachineState::LeavingPreempted
        || state == MachineState::LeavingIdle || state == MachineState::LeavingBlocked
        || state == MachineState::LeavingAsleep;
}
constexpr bool isUserspace(MachineState state)
{
    return state == MachineState::Userspace || state == MachineState::UserspacePreempted
        || state == MachineState::UserspaceIdle || state == MachineState::UserspaceBlocked
        || state == MachineState::UserspaceAsleep;
}
// On a pCPU.
constexpr bool runs(MachineState state)
{
    return state == MachineState::Guest || state == MachineState::Leaving || state == MachineState::Kvm
        || state == MachineState::Userspace;
}
// An entry was seen and no exit event since.
constexpr bool hasOpenEntry(MachineState state)
{
    return state == MachineState::Guest || isLeaving(state);
}
constexpr bool isKnown(MachineState state)
{
    return state != MachineState::Unknown && state != MachineState::Dead;
}

} // namespace exitscope
