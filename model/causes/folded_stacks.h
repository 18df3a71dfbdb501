// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <cstdint>
#include <optional>
#include <vector>

#include "model/causes/account_tree.h"

// Accounts as a flame graph weighs and writes them (manual "Flame graph").
namespace exitscope {

// By exits, or by the time of timed ones, ns.
enum class StackWeight : std::uint8_t { Count, Gross, Net };
std::optional<StackWeight> stackWeightNamed(const QString &name); // "count", "gross", "net"

// What is not known weighs nothing.
std::int64_t weightOf(const GroupSum &sums, StackWeight weight);

// The weight of each node of a tree: the sum of those of its leaves.
class StackWeights {
public:
    StackWeights(const AccountTree &tree, StackWeight weight);

    std::int64_t of(AccountTree::Node node) const { return m_levels[node.level][node.number]; }

private:
    std::int64_t add(const AccountTree &tree, AccountTree::Node node, StackWeight weight);

    std::vector<std::vector<std::int64_t>> m_levels; // by number
};

// A line for each row that weighs anything: "process;thread;context;reason 1234", as other tools of flame graphs read
// it; a semicolon within a value is written as a colon. Means nothing once it is cancelled.
QString foldedStacks(
    const KeyContext &context, const Accounts &accounts, StackWeight weight, CancelFlag cancel = nullptr);

} // namespace exitscope
