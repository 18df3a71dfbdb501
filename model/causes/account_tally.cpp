// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/account_tally.h"

#include <algorithm>
#include <numeric>

namespace exitscope {

AccountTally::AccountTally(const Recording &recording, const Selection &selection, std::span<const AccountKey> keys,
    const GuestSymbols *symbols, CancelFlag cancel)
    : m_recording(recording), m_context(recording, symbols), m_filter(selection, recording.reasons), m_cancel(cancel)
{
    m_context.guests = selection.guests.get();
    m_result.m_keys.assign(keys.begin(), keys.end());
    std::ranges::transform(keys, std::back_inserter(m_keys), [](AccountKey key) { return &info(key); });
}

void AccountTally::add(const VmAt &vm)
{
    m_netRoles = netRolesOn(*vm.host, m_recording);
    for (const VcpuAt &vcpu : vm.vcpus)
        if (m_filter.passesVcpu(vcpu.key))
            add(vcpu);
}

void AccountTally::add(const VcpuAt &vcpu)
{
    m_vcpu = vcpu;
    const auto [begin, end] = m_filter.within(vcpu.vcpu->exits.times());
    for (std::size_t first = begin; first < end && !isCancelled(m_cancel); first += kExitsPerLook)
        add(first, std::min(first + kExitsPerLook, end));
}

void AccountTally::add(std::size_t first, std::size_t last)
{
    const ExitColumns &exits = m_vcpu.vcpu->exits;
    for (std::size_t i = first; i < last; ++i) {
        if (!m_filter.passes(m_vcpu, i))
            continue;
        const std::uint32_t leaf = leafOf(exits, i);
        if (leaf == m_result.m_sums.size())
            m_result.m_sums.emplace_back();
        GroupSum &sums = m_result.m_sums[leaf];
        const NetRole role = m_netRoles[exits.reason(i)];
        sums.addExit(role);
        if (!exits.timed(i))
            continue;
        const ExitParts parts = exits.parts(i);
        sums.addTimes(parts, role);
        m_samples.push_back({2 * leaf + (role == NetRole::Plain ? 0U : 1U), parts.gross(), parts.net()});
    }
}

std::uint32_t AccountTally::leafOf(const ExitColumns &exits, std::size_t i)
{
    std::uint32_t node = 0;
    for (std::size_t level = 0; level < m_keys.size(); ++level)
        node = m_result.m_paths.under(level + 1, node, m_keys[level]->valueOf(m_context, m_vcpu, exits, i));
    return node;
}

Accounts AccountTally::take()
{
    for (const GroupSum &sums : m_result.m_sums)
        m_result.m_total += sums;
    sortSamples();
    sortRows();
    return std::move(m_result);
}

// By bin: they are counted, so each has its place.
void AccountTally::sortSamples()
{
    std::vector<std::size_t> &begins = m_result.m_begins;
    begins.assign(2 * m_result.m_sums.size() + 1, 0);
    for (const Sample &sample : m_samples)
        ++begins[sample.bin + 1];
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    std::vector<std::size_t> next(begins.begin(), begins.end());
    m_result.m_gross.resize(m_samples.size());
    m_result.m_net.resize(m_samples.size());
    for (const Sample &sample : m_samples) {
        const std::size_t at = next[sample.bin]++;
        m_result.m_gross[at] = sample.gross;
        m_result.m_net[at] = sample.net;
    }
    m_samples = {};
}

void AccountTally::sortRows()
{
    if (isCancelled(m_cancel))
        return;
    m_result.m_order.resize(m_result.m_sums.size());
    std::iota(m_result.m_order.begin(), m_result.m_order.end(), 0U);
    const auto cost = [this](std::uint32_t leaf) { // what is not known comes last
        const GroupSum &sums = m_result.m_sums[leaf];
        return std::pair(sums.knownNet(), sums.count);
    };
    std::ranges::sort(m_result.m_order, [&](std::uint32_t a, std::uint32_t b) {
        const auto costOfA = cost(a);
        const auto costOfB = cost(b);
        if (costOfA != costOfB)
            return costOfA > costOfB;
        return m_result.m_paths.compare(m_keys.size(), a, b) < 0;
    });
}

} // namespace exitscope
