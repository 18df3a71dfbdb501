// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "model/cancel_flag.h"
#include "model/causes/account_key.h"
#include "model/causes/value_paths.h"
#include "model/recording.h"
#include "model/statistics/selection.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// What is summed of exits without looking at each again. The parts are those of the timed ones.
struct AccountSums {
    std::int64_t count = 0;
    std::int64_t timed = 0;
    ExitParts parts;
    std::int64_t halts = 0;
    std::int64_t unknown = 0; // halts of which the net time is not known
    std::int64_t timedOthers = 0; // of what is no halt
    Ns netOfOthers = 0; // of these

    std::optional<Ns> knownNet() const; // as ExitGroup::knownNet
    ExitGroup group() const; // of each distribution what distributionOfSum() tells
    AccountSums &operator+=(const AccountSums &other);
};

// The exits of a selection grouped by a list of keys: a row for every list of values that occurs. 16 bytes an exit,
// some 130 a row.
class Accounts {
public:
    // Dearest first: by known net time, where that is known, then count, then values.
    std::size_t size() const { return m_order.size(); }
    const std::vector<AccountKey> &keys() const { return m_keys; }
    // One for each key.
    std::vector<KeyValue> values(std::size_t row) const { return m_paths.path(m_keys.size(), m_order[row]); }
    const AccountSums &sums(std::size_t row) const { return m_sums[m_order[row]]; }
    const AccountSums &total() const { return m_total; } // over all rows
    // With distributions: dear.
    ExitGroup group(std::size_t row) const;
    // Of rows [first, last), on all cores.
    std::vector<ExitGroup> groups(std::size_t first, std::size_t last, CancelFlag cancel = nullptr) const;

private:
    friend class AccountTally;
    friend class AccountTree;
    ExitGroup groupOf(const AccountSums &sums, std::span<const std::uint32_t> leaves) const;

    std::vector<AccountKey> m_keys;
    ValuePaths m_paths; // what is counted here by row lies by leaf in the next three
    std::vector<AccountSums> m_sums;
    std::vector<std::size_t> m_begins; // of the durations of a leaf's exits that are no halts, then of its halts; and
                                       // one more: the end
    std::vector<std::uint32_t> m_order; // leaves, in the order of the rows
    std::vector<Ns> m_gross, m_net; // of timed exits, by leaf
    AccountSums m_total;
};

// Exact. The recording may go; the values mean something only beside it and the symbols. Incomplete if it was
// cancelled.
Accounts accountsOf(const Recording &recording, const Selection &selection, std::span<const AccountKey> keys,
    CancelFlag cancel = nullptr, const GuestSymbols *symbols = nullptr);

} // namespace exitscope
