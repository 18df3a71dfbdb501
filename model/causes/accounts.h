// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/cancel_flag.h"
#include "model/causes/account_key.h"
#include "model/causes/value_paths.h"
#include "model/recording.h"
#include "model/statistics/group_sum.h"
#include "model/statistics/selection.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// The exits of a selection grouped by a list of keys: a row for every list of values that occurs. 16 bytes an exit,
// some 130 a row.
class Accounts {
public:
    // Dearest first: by known net time, where that is known, then count, then values.
    std::size_t size() const { return m_order.size(); }
    const std::vector<AccountKey> &keys() const { return m_keys; }
    // One for each key.
    std::vector<KeyValue> values(std::size_t row) const { return m_paths.path(m_keys.size(), m_order[row]); }
    const GroupSum &sums(std::size_t row) const { return m_sums[m_order[row]]; }
    const GroupSum &total() const { return m_total; } // over all rows
    // With distributions: dear.
    ExitGroup group(std::size_t row) const;
    // Of rows [first, last), on all cores.
    std::vector<ExitGroup> groups(std::size_t first, std::size_t last, CancelFlag cancel = nullptr) const;

private:
    friend class AccountTally;
    friend class AccountTree;
    ExitGroup groupOf(const GroupSum &sums, std::span<const std::uint32_t> leaves) const;

    std::vector<AccountKey> m_keys;
    ValuePaths m_paths; // what is counted here by row lies by leaf in the next three
    std::vector<GroupSum> m_sums;
    std::vector<std::size_t> m_begins; // of the durations of a leaf's exits that are plain, then of the others; and
                                       // one more: the end
    std::vector<std::uint32_t> m_order; // leaves, in the order of the rows
    std::vector<Ns> m_gross, m_net; // of timed exits, by leaf
    GroupSum m_total;
};

// Exact. The recording may go; the values mean something only beside it and the symbols. Incomplete if it was
// cancelled.
Accounts accountsOf(const Recording &recording, const Selection &selection, std::span<const AccountKey> keys,
    CancelFlag cancel = nullptr, const GuestSymbols *symbols = nullptr);

} // namespace exitscope
