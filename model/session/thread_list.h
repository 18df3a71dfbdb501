// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include "model/cancel_flag.h"
#include "model/guest/thread_states.h"
#include "model/session/guest_clocks.h"
#include "model/vcpu_walk.h"

// The processes and threads of shown guests, as rows list them. Idle threads, and those of which nothing but the name
// is known, are left out.
namespace exitscope {

struct ListedThread {
    std::uint32_t thread = 0; // in GuestTrace::threads
    QString label; // "worker-8"
    Ns lost = 0; // on the whole (manual "States of a guest's thread")
    Ns firstRun = kEndOfRecording; // on the host's clock; kEndOfRecording: it never ran
};

struct ListedProcess {
    QString label; // "web-7"; that of its thread if it is not known
    Ns lost = 0; // of all its threads
    Ns firstRun = kEndOfRecording;
    std::vector<ListedThread> threads; // not empty
};

struct ListedGuest {
    std::size_t guest = 0; // in Recording::guests
    VmKey vm;
    std::shared_ptr<const GuestOnHost> hosted;
    std::vector<std::optional<VcpuAt>> vcpus; // of each of the guest's cpus
    std::vector<ListedProcess> processes;
    std::size_t threads = 0; // of all processes
    Ns lost = 0;

    // The vCPU of the guest's CPU of that number; none if it is not known.
    std::optional<VcpuAt> vcpuOf(std::int32_t cpu) const;
};

enum class ThreadOrder : std::uint8_t { Lost, Name, FirstRun };

struct ThreadList {
    std::shared_ptr<const ShownGuests> shown; // what it points into
    std::vector<ListedGuest> guests;
    ThreadOrder order = ThreadOrder::Lost; // of processes, and of the threads of each

    const ListedGuest *of(const VmKey &vm) const; // null: no guest is shown there
};

// Most lost first. Goes through all that the guests' threads did: some tenths of a second for millions of events. Of no
// use if it was cancelled.
ThreadList listThreads(std::shared_ptr<const ShownGuests> shown, CancelFlag cancel = nullptr);
ThreadList inOrder(ThreadList list, ThreadOrder order);

} // namespace exitscope
