// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

#include "model/cancel_flag.h"
#include "model/causes/accounts.h"
#include "model/statistics/exit_filter.h"
#include "model/statistics/known_net.h"
#include "model/vcpu_walk.h"

namespace exitscope {

// Makes Accounts from one pass over the exits. Recording, selection and symbols must outlive it.
class AccountTally {
public:
    AccountTally(const Recording &recording, const Selection &selection, std::span<const AccountKey> keys,
        const GuestSymbols *symbols, CancelFlag cancel);

    void add(const VmAt &vm);

    Accounts take(); // once, behind the pass

private:
    struct Sample { // of a timed exit
        std::uint32_t bin; // two of each leaf: what is plain, and the others
        Ns gross;
        Ns net;
    };
    void add(const VcpuAt &vcpu);
    void add(std::size_t first, std::size_t last); // rows of the vCPU's exits
    std::uint32_t leafOf(const ExitColumns &exits, std::size_t i);
    void sortSamples();
    void sortRows();

    const Recording &m_recording;
    KeyContext m_context;
    ExitFilter m_filter;
    CancelFlag m_cancel;
    Accounts m_result;
    std::vector<const AccountKeyRow *> m_keys;
    std::vector<Sample> m_samples;
    VcpuAt m_vcpu;
    std::vector<NetRole> m_netRoles; // on the host, by index into the ReasonTable
};

} // namespace exitscope
