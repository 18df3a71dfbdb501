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

ExitGroup AccountSums::group() const
{
    ExitGroup group;
    group.count = count;
    group.timed = timed;
    group.parts = parts;
    group.gross = distributionOfSum(timed, parts.gross());
    group.net = distributionOfSum(timed, parts.net());
    if (unknown == 0)
        group.knownNet = group.net;
    else if (halts < count)
        group.knownNet = distributionOfSum(timedOthers, netOfOthers);
    return group;
}

AccountSums &AccountSums::operator+=(const AccountSums &other)
{
    count += other.count;
    timed += other.timed;
    parts += other.parts;
    halts += other.halts;
    unknown += other.unknown;
    timedOthers += other.timedOthers;
    netOfOthers += other.netOfOthers;
    return *this;
}

ExitGroup Accounts::group(std::size_t row) const
{
    const std::uint32_t leaf = m_order[row];
    return groupOf(m_sums[leaf], {&leaf, 1});
}

ExitGroup Accounts::groupOf(const AccountSums &sums, std::span<const std::uint32_t> leaves) const
{
    std::vector<Ns> values;
    const auto distribution = [&](const std::vector<Ns> &of, std::size_t bins) {
        values.clear();
        for (const std::uint32_t leaf : leaves)
            values.insert(values.end(), of.begin() + std::ptrdiff_t(m_begins[2 * leaf]),
                of.begin() + std::ptrdiff_t(m_begins[2 * leaf + bins]));
        return distributionOf(values);
    };
    constexpr std::size_t kOthers = 1; // the first bin of a leaf
    constexpr std::size_t kAll = 2;
    ExitGroup group = sums.group();
    group.gross = distribution(m_gross, kAll);
    group.net = distribution(m_net, kAll);
    if (sums.unknown == 0)
        group.knownNet = group.net;
    else if (group.knownNet)
        group.knownNet = distribution(m_net, kOthers);
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
