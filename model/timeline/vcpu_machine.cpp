// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/vcpu_machine.h"

namespace exitscope {

namespace {

using S = MachineState;
using E = MachineEvent;
using A = MachineAction;

// clang-format off
constexpr Transition kTransitions[] = {
    {S::Unknown, E::HostEvent, S::Unknown, A::Ignore, "only a KVM event makes it known"},
    {S::Unknown, E::Entry, S::Guest, A::BeginRun, ""},
    {S::Unknown, E::Exit, S::Kvm, A::CountLooseExit, ""},
    {S::Unknown, E::UserspaceExit, S::Userspace, A::NoteUserspace, ""},
    {S::Unknown, E::RunEntry, S::Kvm, A::Move, ""},
    {S::Unknown, E::RunExit, S::Userspace, A::NoteUserspace, ""},
    {S::Unknown, E::SwitchIn, S::Unknown, A::Ignore, "only a KVM event makes it known"},
    {S::Unknown, E::OutRunnable, S::Unknown, A::Ignore, "only a KVM event makes it known"},
    {S::Unknown, E::OutResting, S::Unknown, A::Ignore, "only a KVM event makes it known"},
    {S::Unknown, E::OutWaiting, S::Unknown, A::Ignore, "only a KVM event makes it known"},
    {S::Unknown, E::OutForgotten, S::Unknown, A::Ignore, "only a KVM event makes it known"},
    {S::Unknown, E::OutDead, S::Dead, A::Move, ""},
    {S::Unknown, E::Wakeup, S::Unknown, A::Ignore, "only a KVM event makes it known"},
    {S::Unknown, E::Lost, S::Unknown, A::Forget, ""},
    {S::Unknown, E::Doubted, S::Unknown, A::Doubt, ""},
    {S::Dead, E::HostEvent, S::Dead, A::Ignore, "a dead thread stays Unknown"},
    {S::Dead, E::Entry, S::Dead, A::Ignore, "a dead thread stays Unknown"},
    {S::Dead, E::Exit, S::Dead, A::CountLooseExit, "a dead thread stays Unknown; its exits are counted"},
    {S::Dead, E::UserspaceExit, S::Dead, A::Ignore, "a dead thread stays Unknown"},
    {S::Dead, E::RunEntry, S::Dead, A::Ignore, "a dead thread stays Unknown"},
    {S::Dead, E::RunExit, S::Dead, A::Ignore, "a dead thread stays Unknown"},
    {S::Dead, E::SwitchIn, S::Dead, A::Ignore, "a dead thread stays Unknown"},
    {S::Dead, E::OutRunnable, S::Dead, A::Ignore, "a dead thread stays Unknown"},
    {S::Dead, E::OutResting, S::Dead, A::Ignore, "a dead thread stays Unknown"},
    {S::Dead, E::OutWaiting, S::Dead, A::Ignore, "a dead thread stays Unknown"},
    {S::Dead, E::OutForgotten, S::Dead, A::Ignore, "a dead thread stays Unknown"},
    {S::Dead, E::OutDead, S::Dead, A::Ignore, "a dead thread stays Unknown"},
    {S::Dead, E::Wakeup, S::Dead, A::Ignore, "a dead thread stays Unknown"},
    {S::Dead, E::Lost, S::Dead, A::Forget, ""},
    {S::Dead, E::Doubted, S::Dead, A::Ignore, "a dead thread stays Unknown"},

    {S::Guest, E::HostEvent, S::Leaving, A::EndRun, ""},
    {S::Guest, E::Entry, S::Guest, A::EntryInEntry, ""},
    {S::Guest, E::Exit, S::Kvm, A::CountExit, ""},
    {S::Guest, E::UserspaceExit, S::Userspace, A::UserspaceInEntry, ""},
    {S::Guest, E::RunEntry, S::Leaving, A::EndRun, ""},
    {S::Guest, E::RunExit, S::Userspace, A::UserspaceInEntry, ""},
    {S::Guest, E::SwitchIn, S::Leaving, A::EndRun, ""},
    {S::Guest, E::OutRunnable, S::LeavingPreempted, A::EndRunPreempted, ""},
    {S::Guest, E::OutResting, S::LeavingIdle, A::EndRun, ""},
    {S::Guest, E::OutWaiting, S::LeavingBlocked, A::EndRun, ""},
    {S::Guest, E::OutForgotten, S::LeavingAsleep, A::EndRun, ""},
    {S::Guest, E::OutDead, S::Dead, A::Die, ""},
    {S::Guest, E::Wakeup, S::Guest, A::Ignore, "it is on a pCPU"},
    {S::Guest, E::Lost, S::Unknown, A::Forget, ""},
    {S::Guest, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::Leaving, E::HostEvent, S::Leaving, A::Ignore, "it is known not to be in guest mode"},
    {S::Leaving, E::Entry, S::Guest, A::EntryInEntry, ""},
    {S::Leaving, E::Exit, S::Kvm, A::CountExit, ""},
    {S::Leaving, E::UserspaceExit, S::Userspace, A::UserspaceInEntry, ""},
    {S::Leaving, E::RunEntry, S::Leaving, A::Ignore, "the open entry waits for its exit event"},
    {S::Leaving, E::RunExit, S::Userspace, A::UserspaceInEntry, ""},
    {S::Leaving, E::SwitchIn, S::Leaving, A::Ignore, "it is on a pCPU already"},
    {S::Leaving, E::OutRunnable, S::LeavingPreempted, A::MarkEarlyPreempted, ""},
    {S::Leaving, E::OutResting, S::LeavingIdle, A::Move, ""},
    {S::Leaving, E::OutWaiting, S::LeavingBlocked, A::Move, ""},
    {S::Leaving, E::OutForgotten, S::LeavingAsleep, A::Move, ""},
    {S::Leaving, E::OutDead, S::Dead, A::Die, ""},
    {S::Leaving, E::Wakeup, S::Leaving, A::Ignore, "it is on a pCPU"},
    {S::Leaving, E::Lost, S::Unknown, A::Forget, ""},
    {S::Leaving, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::Kvm, E::HostEvent, S::Kvm, A::Ignore, "it is known not to be in guest mode"},
    {S::Kvm, E::Entry, S::Guest, A::BeginRun, ""},
    {S::Kvm, E::Exit, S::Kvm, A::ExitWithoutEntry, ""},
    {S::Kvm, E::UserspaceExit, S::Userspace, A::NoteUserspace, ""},
    {S::Kvm, E::RunEntry, S::Kvm, A::Ignore, "it is in KVM_RUN already"},
    {S::Kvm, E::RunExit, S::Userspace, A::NoteUserspace, ""},
    {S::Kvm, E::SwitchIn, S::Kvm, A::Ignore, "it is on a pCPU already"},
    {S::Kvm, E::OutRunnable, S::KvmPreempted, A::MarkPreempted, ""},
    {S::Kvm, E::OutResting, S::KvmIdle, A::Move, ""},
    {S::Kvm, E::OutWaiting, S::KvmBlocked, A::Move, ""},
    {S::Kvm, E::OutForgotten, S::KvmAsleep, A::Move, ""},
    {S::Kvm, E::OutDead, S::Dead, A::Die, ""},
    {S::Kvm, E::Wakeup, S::Kvm, A::Ignore, "it is on a pCPU"},
    {S::Kvm, E::Lost, S::Unknown, A::Forget, ""},
    {S::Kvm, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::Userspace, E::HostEvent, S::Userspace, A::Ignore, "it is known not to be in guest mode"},
    {S::Userspace, E::Entry, S::Guest, A::BeginRun, ""},
    {S::Userspace, E::Exit, S::Kvm, A::ExitWithoutEntry, ""},
    {S::Userspace, E::UserspaceExit, S::Userspace, A::NoteUserspace, ""},
    {S::Userspace, E::RunEntry, S::Kvm, A::Move, ""},
    {S::Userspace, E::RunExit, S::Userspace, A::Ignore, "it left for user space with kvm_userspace_exit before"},
    {S::Userspace, E::SwitchIn, S::Userspace, A::Ignore, "it is on a pCPU already"},
    {S::Userspace, E::OutRunnable, S::UserspacePreempted, A::MarkPreempted, ""},
    {S::Userspace, E::OutResting, S::UserspaceIdle, A::Move, ""},
    {S::Userspace, E::OutWaiting, S::UserspaceBlocked, A::Move, ""},
    {S::Userspace, E::OutForgotten, S::UserspaceAsleep, A::Move, ""},
    {S::Userspace, E::OutDead, S::Dead, A::Die, ""},
    {S::Userspace, E::Wakeup, S::Userspace, A::Ignore, "it is on a pCPU"},
    {S::Userspace, E::Lost, S::Unknown, A::Forget, ""},
    {S::Userspace, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::LeavingPreempted, E::HostEvent, S::LeavingPreempted, A::Ignore, "it is known not to be in guest mode"},
    {S::LeavingPreempted, E::Entry, S::Guest, A::EntryInEntry, ""},
    {S::LeavingPreempted, E::Exit, S::Kvm, A::CountExit, ""},
    {S::LeavingPreempted, E::UserspaceExit, S::Userspace, A::UserspaceInEntry, ""},
    {S::LeavingPreempted, E::RunEntry, S::Leaving, A::Move, ""},
    {S::LeavingPreempted, E::RunExit, S::Userspace, A::UserspaceInEntry, ""},
    {S::LeavingPreempted, E::SwitchIn, S::Leaving, A::Move, ""},
    {S::LeavingPreempted, E::OutRunnable, S::LeavingPreempted, A::MarkEarlyPreempted, ""},
    {S::LeavingPreempted, E::OutResting, S::LeavingIdle, A::Move, ""},
    {S::LeavingPreempted, E::OutWaiting, S::LeavingBlocked, A::Move, ""},
    {S::LeavingPreempted, E::OutForgotten, S::LeavingAsleep, A::Move, ""},
    {S::LeavingPreempted, E::OutDead, S::Dead, A::Die, ""},
    {S::LeavingPreempted, E::Wakeup, S::LeavingPreempted, A::Ignore, "it wants a pCPU already"},
    {S::LeavingPreempted, E::Lost, S::Unknown, A::Forget, ""},
    {S::LeavingPreempted, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::LeavingIdle, E::HostEvent, S::LeavingIdle, A::Ignore, "it is known not to be in guest mode"},
    {S::LeavingIdle, E::Entry, S::Guest, A::EntryInEntry, ""},
    {S::LeavingIdle, E::Exit, S::Kvm, A::CountExit, ""},
    {S::LeavingIdle, E::UserspaceExit, S::Userspace, A::UserspaceInEntry, ""},
    {S::LeavingIdle, E::RunEntry, S::Leaving, A::Move, ""},
    {S::LeavingIdle, E::RunExit, S::Userspace, A::UserspaceInEntry, ""},
    {S::LeavingIdle, E::SwitchIn, S::Leaving, A::Move, ""},
    {S::LeavingIdle, E::OutRunnable, S::LeavingPreempted, A::MarkEarlyPreempted, ""},
    {S::LeavingIdle, E::OutResting, S::LeavingIdle, A::Ignore, "it is off its pCPU for the same cause already"},
    {S::LeavingIdle, E::OutWaiting, S::LeavingBlocked, A::Move, ""},
    {S::LeavingIdle, E::OutForgotten, S::LeavingAsleep, A::Move, ""},
    {S::LeavingIdle, E::OutDead, S::Dead, A::Die, ""},
    {S::LeavingIdle, E::Wakeup, S::LeavingPreempted, A::Move, ""},
    {S::LeavingIdle, E::Lost, S::Unknown, A::Forget, ""},
    {S::LeavingIdle, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::LeavingBlocked, E::HostEvent, S::LeavingBlocked, A::Ignore, "it is known not to be in guest mode"},
    {S::LeavingBlocked, E::Entry, S::Guest, A::EntryInEntry, ""},
    {S::LeavingBlocked, E::Exit, S::Kvm, A::CountExit, ""},
    {S::LeavingBlocked, E::UserspaceExit, S::Userspace, A::UserspaceInEntry, ""},
    {S::LeavingBlocked, E::RunEntry, S::Leaving, A::Move, ""},
    {S::LeavingBlocked, E::RunExit, S::Userspace, A::UserspaceInEntry, ""},
    {S::LeavingBlocked, E::SwitchIn, S::Leaving, A::Move, ""},
    {S::LeavingBlocked, E::OutRunnable, S::LeavingPreempted, A::MarkEarlyPreempted, ""},
    {S::LeavingBlocked, E::OutResting, S::LeavingIdle, A::Move, ""},
    {S::LeavingBlocked, E::OutWaiting, S::LeavingBlocked, A::Ignore, "it is off its pCPU for the same cause already"},
    {S::LeavingBlocked, E::OutForgotten, S::LeavingAsleep, A::Move, ""},
    {S::LeavingBlocked, E::OutDead, S::Dead, A::Die, ""},
    {S::LeavingBlocked, E::Wakeup, S::LeavingPreempted, A::Move, ""},
    {S::LeavingBlocked, E::Lost, S::Unknown, A::Forget, ""},
    {S::LeavingBlocked, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::LeavingAsleep, E::HostEvent, S::LeavingAsleep, A::Ignore, "it is known not to be in guest mode"},
    {S::LeavingAsleep, E::Entry, S::Guest, A::EntryInEntry, ""},
    {S::LeavingAsleep, E::Exit, S::Kvm, A::CountExit, ""},
    {S::LeavingAsleep, E::UserspaceExit, S::Userspace, A::UserspaceInEntry, ""},
    {S::LeavingAsleep, E::RunEntry, S::Leaving, A::Move, ""},
    {S::LeavingAsleep, E::RunExit, S::Userspace, A::UserspaceInEntry, ""},
    {S::LeavingAsleep, E::SwitchIn, S::Leaving, A::Move, ""},
    {S::LeavingAsleep, E::OutRunnable, S::LeavingPreempted, A::MarkEarlyPreempted, ""},
    {S::LeavingAsleep, E::OutResting, S::LeavingIdle, A::Move, ""},
    {S::LeavingAsleep, E::OutWaiting, S::LeavingBlocked, A::Move, ""},
    {S::LeavingAsleep, E::OutForgotten, S::LeavingAsleep, A::Ignore, "it is off its pCPU for the same cause already"},
    {S::LeavingAsleep, E::OutDead, S::Dead, A::Die, ""},
    {S::LeavingAsleep, E::Wakeup, S::LeavingPreempted, A::Move, ""},
    {S::LeavingAsleep, E::Lost, S::Unknown, A::Forget, ""},
    {S::LeavingAsleep, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::KvmPreempted, E::HostEvent, S::KvmPreempted, A::Ignore, "it is known not to be in guest mode"},
    {S::KvmPreempted, E::Entry, S::Guest, A::BeginRun, ""},
    {S::KvmPreempted, E::Exit, S::Kvm, A::ExitWithoutEntry, ""},
    {S::KvmPreempted, E::UserspaceExit, S::Userspace, A::NoteUserspace, ""},
    {S::KvmPreempted, E::RunEntry, S::Kvm, A::Move, ""},
    {S::KvmPreempted, E::RunExit, S::Userspace, A::NoteUserspace, ""},
    {S::KvmPreempted, E::SwitchIn, S::Kvm, A::Move, ""},
    {S::KvmPreempted, E::OutRunnable, S::KvmPreempted, A::MarkPreempted, ""},
    {S::KvmPreempted, E::OutResting, S::KvmIdle, A::Move, ""},
    {S::KvmPreempted, E::OutWaiting, S::KvmBlocked, A::Move, ""},
    {S::KvmPreempted, E::OutForgotten, S::KvmAsleep, A::Move, ""},
    {S::KvmPreempted, E::OutDead, S::Dead, A::Die, ""},
    {S::KvmPreempted, E::Wakeup, S::KvmPreempted, A::Ignore, "it wants a pCPU already"},
    {S::KvmPreempted, E::Lost, S::Unknown, A::Forget, ""},
    {S::KvmPreempted, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::KvmIdle, E::HostEvent, S::KvmIdle, A::Ignore, "it is known not to be in guest mode"},
    {S::KvmIdle, E::Entry, S::Guest, A::BeginRun, ""},
    {S::KvmIdle, E::Exit, S::Kvm, A::ExitWithoutEntry, ""},
    {S::KvmIdle, E::UserspaceExit, S::Userspace, A::NoteUserspace, ""},
    {S::KvmIdle, E::RunEntry, S::Kvm, A::Move, ""},
    {S::KvmIdle, E::RunExit, S::Userspace, A::NoteUserspace, ""},
    {S::KvmIdle, E::SwitchIn, S::Kvm, A::Move, ""},
    {S::KvmIdle, E::OutRunnable, S::KvmPreempted, A::MarkPreempted, ""},
    {S::KvmIdle, E::OutResting, S::KvmIdle, A::Ignore, "it is off its pCPU for the same cause already"},
    {S::KvmIdle, E::OutWaiting, S::KvmBlocked, A::Move, ""},
    {S::KvmIdle, E::OutForgotten, S::KvmAsleep, A::Move, ""},
    {S::KvmIdle, E::OutDead, S::Dead, A::Die, ""},
    {S::KvmIdle, E::Wakeup, S::KvmPreempted, A::Move, ""},
    {S::KvmIdle, E::Lost, S::Unknown, A::Forget, ""},
    {S::KvmIdle, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::KvmBlocked, E::HostEvent, S::KvmBlocked, A::Ignore, "it is known not to be in guest mode"},
    {S::KvmBlocked, E::Entry, S::Guest, A::BeginRun, ""},
    {S::KvmBlocked, E::Exit, S::Kvm, A::ExitWithoutEntry, ""},
    {S::KvmBlocked, E::UserspaceExit, S::Userspace, A::NoteUserspace, ""},
    {S::KvmBlocked, E::RunEntry, S::Kvm, A::Move, ""},
    {S::KvmBlocked, E::RunExit, S::Userspace, A::NoteUserspace, ""},
    {S::KvmBlocked, E::SwitchIn, S::Kvm, A::Move, ""},
    {S::KvmBlocked, E::OutRunnable, S::KvmPreempted, A::MarkPreempted, ""},
    {S::KvmBlocked, E::OutResting, S::KvmIdle, A::Move, ""},
    {S::KvmBlocked, E::OutWaiting, S::KvmBlocked, A::Ignore, "it is off its pCPU for the same cause already"},
    {S::KvmBlocked, E::OutForgotten, S::KvmAsleep, A::Move, ""},
    {S::KvmBlocked, E::OutDead, S::Dead, A::Die, ""},
    {S::KvmBlocked, E::Wakeup, S::KvmPreempted, A::Move, ""},
    {S::KvmBlocked, E::Lost, S::Unknown, A::Forget, ""},
    {S::KvmBlocked, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::KvmAsleep, E::HostEvent, S::KvmAsleep, A::Ignore, "it is known not to be in guest mode"},
    {S::KvmAsleep, E::Entry, S::Guest, A::BeginRun, ""},
    {S::KvmAsleep, E::Exit, S::Kvm, A::CountLooseExit, ""},
    {S::KvmAsleep, E::UserspaceExit, S::Userspace, A::NoteUserspace, ""},
    {S::KvmAsleep, E::RunEntry, S::Kvm, A::Move, ""},
    {S::KvmAsleep, E::RunExit, S::Userspace, A::NoteUserspace, ""},
    {S::KvmAsleep, E::SwitchIn, S::Kvm, A::Move, ""},
    {S::KvmAsleep, E::OutRunnable, S::KvmPreempted, A::MarkPreempted, ""},
    {S::KvmAsleep, E::OutResting, S::KvmIdle, A::Move, ""},
    {S::KvmAsleep, E::OutWaiting, S::KvmBlocked, A::Move, ""},
    {S::KvmAsleep, E::OutForgotten, S::KvmAsleep, A::Ignore, "it is off its pCPU for the same cause already"},
    {S::KvmAsleep, E::OutDead, S::Dead, A::Die, ""},
    {S::KvmAsleep, E::Wakeup, S::KvmPreempted, A::Move, ""},
    {S::KvmAsleep, E::Lost, S::Unknown, A::Forget, ""},
    {S::KvmAsleep, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::UserspacePreempted, E::HostEvent, S::UserspacePreempted, A::Ignore, "it is known not to be in guest mode"},
    {S::UserspacePreempted, E::Entry, S::Guest, A::BeginRun, ""},
    {S::UserspacePreempted, E::Exit, S::Kvm, A::ExitWithoutEntry, ""},
    {S::UserspacePreempted, E::UserspaceExit, S::Userspace, A::NoteUserspace, ""},
    {S::UserspacePreempted, E::RunEntry, S::Kvm, A::Move, ""},
    {S::UserspacePreempted, E::RunExit, S::Userspace, A::NoteUserspace, ""},
    {S::UserspacePreempted, E::SwitchIn, S::Userspace, A::Move, ""},
    {S::UserspacePreempted, E::OutRunnable, S::UserspacePreempted, A::MarkPreempted, ""},
    {S::UserspacePreempted, E::OutResting, S::UserspaceIdle, A::Move, ""},
    {S::UserspacePreempted, E::OutWaiting, S::UserspaceBlocked, A::Move, ""},
    {S::UserspacePreempted, E::OutForgotten, S::UserspaceAsleep, A::Move, ""},
    {S::UserspacePreempted, E::OutDead, S::Dead, A::Die, ""},
    {S::UserspacePreempted, E::Wakeup, S::UserspacePreempted, A::Ignore, "it wants a pCPU already"},
    {S::UserspacePreempted, E::Lost, S::Unknown, A::Forget, ""},
    {S::UserspacePreempted, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::UserspaceIdle, E::HostEvent, S::UserspaceIdle, A::Ignore, "it is known not to be in guest mode"},
    {S::UserspaceIdle, E::Entry, S::Guest, A::BeginRun, ""},
    {S::UserspaceIdle, E::Exit, S::Kvm, A::ExitWithoutEntry, ""},
    {S::UserspaceIdle, E::UserspaceExit, S::Userspace, A::NoteUserspace, ""},
    {S::UserspaceIdle, E::RunEntry, S::Kvm, A::Move, ""},
    {S::UserspaceIdle, E::RunExit, S::Userspace, A::NoteUserspace, ""},
    {S::UserspaceIdle, E::SwitchIn, S::Userspace, A::Move, ""},
    {S::UserspaceIdle, E::OutRunnable, S::UserspacePreempted, A::MarkPreempted, ""},
    {S::UserspaceIdle, E::OutResting, S::UserspaceIdle, A::Ignore, "it is off its pCPU for the same cause already"},
    {S::UserspaceIdle, E::OutWaiting, S::UserspaceBlocked, A::Move, ""},
    {S::UserspaceIdle, E::OutForgotten, S::UserspaceAsleep, A::Move, ""},
    {S::UserspaceIdle, E::OutDead, S::Dead, A::Die, ""},
    {S::UserspaceIdle, E::Wakeup, S::UserspacePreempted, A::Move, ""},
    {S::UserspaceIdle, E::Lost, S::Unknown, A::Forget, ""},
    {S::UserspaceIdle, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::UserspaceBlocked, E::HostEvent, S::UserspaceBlocked, A::Ignore, "it is known not to be in guest mode"},
    {S::UserspaceBlocked, E::Entry, S::Guest, A::BeginRun, ""},
    {S::UserspaceBlocked, E::Exit, S::Kvm, A::ExitWithoutEntry, ""},
    {S::UserspaceBlocked, E::UserspaceExit, S::Userspace, A::NoteUserspace, ""},
    {S::UserspaceBlocked, E::RunEntry, S::Kvm, A::Move, ""},
    {S::UserspaceBlocked, E::RunExit, S::Userspace, A::NoteUserspace, ""},
    {S::UserspaceBlocked, E::SwitchIn, S::Userspace, A::Move, ""},
    {S::UserspaceBlocked, E::OutRunnable, S::UserspacePreempted, A::MarkPreempted, ""},
    {S::UserspaceBlocked, E::OutResting, S::UserspaceIdle, A::Move, ""},
    {S::UserspaceBlocked, E::OutWaiting, S::UserspaceBlocked, A::Ignore, "it is off its pCPU for the same cause already"},
    {S::UserspaceBlocked, E::OutForgotten, S::UserspaceAsleep, A::Move, ""},
    {S::UserspaceBlocked, E::OutDead, S::Dead, A::Die, ""},
    {S::UserspaceBlocked, E::Wakeup, S::UserspacePreempted, A::Move, ""},
    {S::UserspaceBlocked, E::Lost, S::Unknown, A::Forget, ""},
    {S::UserspaceBlocked, E::Doubted, S::Unknown, A::Doubt, ""},

    {S::UserspaceAsleep, E::HostEvent, S::UserspaceAsleep, A::Ignore, "it is known not to be in guest mode"},
    {S::UserspaceAsleep, E::Entry, S::Guest, A::BeginRun, ""},
    {S::UserspaceAsleep, E::Exit, S::Kvm, A::CountLooseExit, ""},
    {S::UserspaceAsleep, E::UserspaceExit, S::Userspace, A::NoteUserspace, ""},
    {S::UserspaceAsleep, E::RunEntry, S::Kvm, A::Move, ""},
    {S::UserspaceAsleep, E::RunExit, S::Userspace, A::NoteUserspace, ""},
    {S::UserspaceAsleep, E::SwitchIn, S::Userspace, A::Move, ""},
    {S::UserspaceAsleep, E::OutRunnable, S::UserspacePreempted, A::MarkPreempted, ""},
    {S::UserspaceAsleep, E::OutResting, S::UserspaceIdle, A::Move, ""},
    {S::UserspaceAsleep, E::OutWaiting, S::UserspaceBlocked, A::Move, ""},
    {S::UserspaceAsleep, E::OutForgotten, S::UserspaceAsleep, A::Ignore, "it is off its pCPU for the same cause already"},
    {S::UserspaceAsleep, E::OutDead, S::Dead, A::Die, ""},
    {S::UserspaceAsleep, E::Wakeup, S::UserspacePreempted, A::Move, ""},
    {S::UserspaceAsleep, E::Lost, S::Unknown, A::Forget, ""},
    {S::UserspaceAsleep, E::Doubted, S::Unknown, A::Doubt, ""},
};
// clang-format on

constexpr std::size_t indexOf(S state, E event)
{
    return std::size_t(state) * kMachineEvents + std::size_t(event);
}

constexpr bool complete()
{
    if (std::size(kTransitions) != std::size_t(kMachineStates) * kMachineEvents)
        return false;
    for (std::size_t i = 0; i < std::size(kTransitions); ++i)
        if (indexOf(kTransitions[i].from, kTransitions[i].on) != i)
            return false;
    return true;
}
static_assert(complete(), "kTransitions has one row per (state, event), ordered by state, then event");

constexpr bool reasonsGiven()
{
    for (const Transition &row : kTransitions)
        if (row.action == A::Ignore && (row.why.empty() || row.from != row.to))
            return false;
    return true;
}
static_assert(reasonsGiven(), "a row that ignores its event says why and stays in its state");

constexpr std::array<std::string_view, kMachineStates> kStateNames{"Unknown", "Dead", "Guest", "Leaving", "Kvm",
    "Userspace", "LeavingPreempted", "LeavingIdle", "LeavingBlocked", "LeavingAsleep", "KvmPreempted", "KvmIdle",
    "KvmBlocked", "KvmAsleep", "UserspacePreempted", "UserspaceIdle", "UserspaceBlocked", "UserspaceAsleep"};
constexpr std::array<std::string_view, kMachineEvents> kEventNames{"HostEvent", "Entry", "Exit", "UserspaceExit",
    "RunEntry", "RunExit", "SwitchIn", "OutRunnable", "OutResting", "OutWaiting", "OutForgotten", "OutDead", "Wakeup",
    "Lost", "Doubted"};
constexpr std::array<VcpuState, kMachineStates> kVisible{VcpuState::Unknown, VcpuState::Unknown, VcpuState::Guest,
    VcpuState::Kvm, VcpuState::Kvm, VcpuState::Userspace, VcpuState::Preempted, VcpuState::Idle, VcpuState::Blocked,
    VcpuState::Unknown, VcpuState::Preempted, VcpuState::Idle, VcpuState::Blocked, VcpuState::Unknown,
    VcpuState::Preempted, VcpuState::Idle, VcpuState::Blocked, VcpuState::Unknown};

} // namespace

const Transition &transition(MachineState from, MachineEvent on)
{
    return kTransitions[indexOf(from, on)];
}

std::span<const Transition> allTransitions()
{
    return kTransitions;
}

std::string_view name(MachineState state)
{
    return kStateNames[std::size_t(state)];
}

std::string_view name(MachineEvent event)
{
    return kEventNames[std::size_t(event)];
}

VcpuState visibleState(MachineState state)
{
    return kVisible[std::size_t(state)];
}

} // namespace exitscope
