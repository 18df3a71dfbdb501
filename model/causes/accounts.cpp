// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/accounts.h"

#include <algorithm>

#include "model/causes/account_tally.h"
#include "model/parallel.h"

namespace exitscope {

ExitGroup Accounts::group(std::size_t row) const
{
    const std::uint32_t leaf = m_order[row];
    return groupOf(m_sums[leaf], {&leaf, 1});
}

ExitGroup Accounts::groupOf(const GroupSum &sums, std::span<const std::uint32_t> leaves) const
{
    std::vector<Ns> values;
    const auto distribution = [&](const std::vector<Ns> &of, std::size_t bins) {
        values.clear();
        for (const std::uint32_t leaf : leaves)
            values.insert(values.end(), of.begin() + std::ptrdiff_t(m_begins[2 * leaf]),
                of.begin() + std::ptrdiff_t(m_begins[2 * leaf + bins]));
        return distributionOf(values);
    };
    constexpr std::size_t kPlain = 1; // the first bin of a leaf
    constexpr std::size_t kAll = 2;
    return sums.group(
        distribution(m_gross, kAll), distribution(m_net, kAll), [&] { return distribution(m_net, kPlain); });
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
