// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <vector>

#include "model/causes/account_tree.h"
#include "model/statistics/measure.h"

// Accounts as a flame graph weighs and writes them (manual "Flame graph").
namespace exitscope {

// The weight of each node of a tree: the sum of those of its leaves. What is not known weighs nothing.
class StackWeights {
public:
    StackWeights(const AccountTree &tree, Measure by);

    std::int64_t of(AccountTree::Node node) const { return m_levels[node.level][node.number]; }

private:
    std::int64_t add(const AccountTree &tree, AccountTree::Node node, Measure by);

    std::vector<std::vector<std::int64_t>> m_levels; // by number
};

// A line for each row that weighs anything: "process;thread;context;reason 1234", as other tools of flame graphs read
// it; a semicolon within a value is written as a colon. Means nothing once it is cancelled.
QString foldedStacks(const KeyContext &context, const Accounts &accounts, Measure by, CancelFlag cancel = nullptr);

} // namespace exitscope
