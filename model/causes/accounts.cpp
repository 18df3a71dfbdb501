// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/accounts.h"

#include <algorithm>

#include "model/causes/account_tally.h"
#include "model/parallel.h"

namespace exitscope {

std::optional<Ns> AccountSums::knownNet() const
{
    if (unknown == 0)
        return parts.net();
    return halts < count ? std::optional(netOfOthers) : std::nullopt;
}

AccountSums &AccountSums::operator+=(const AccountSums &other)
{
    count += other.count;
    timed += other.timed;
    parts += other.parts;
    halts += other.halts;
    unknown += other.unknown;
    netOfOthers += other.netOfOthers;
    return *this;
}

ExitGroup Accounts::group(std::size_t row) const
{
    const std::size_t leaf = m_order[row];
    const AccountSums &sums = m_sums[leaf];
    const std::size_t begin = m_begins[2 * leaf];
    const std::size_t halts = m_begins[2 * leaf + 1];
    const std::size_t end = m_begins[2 * leaf + 2];
    ExitGroup group;
    group.count = sums.count;
    group.timed = sums.timed;
    group.parts = sums.parts;
    const auto distribution = [&](const std::vector<Ns> &of, std::size_t to) {
        std::vector<Ns> values(of.begin() + std::ptrdiff_t(begin), of.begin() + std::ptrdiff_t(to));
        return distributionOf(values);
    };
    group.gross = distribution(m_gross, end);
    group.net = distribution(m_net, end);
    if (sums.unknown == 0)
        group.knownNet = group.net;
    else if (sums.halts < sums.count)
        group.knownNet = distribution(m_net, halts);
    return group;
}

std::vector<ExitGroup> Accounts::groups(std::size_t first, std::size_t last, CancelFlag cancel) const
{
    std::vector<ExitGroup> result(last - first);
    inParallel(result.size(), [&](std::size_t i) {
        if (!isCancelled(cancel))
            result[i] = group(first + i);
    });
    return result;
}

Accounts accountsOf(const Recording &recording, const Selection &selection, std::span<const AccountKey> keys,
    CancelFlag cancel, const GuestSymbols *symbols)
{
    AccountTally tally(recording, selection, keys, symbols, cancel);
    for (const VmAt &vm : vmsOf(recording))
        tally.add(vm);
    return tally.take();
}

} // namespace exitscope
