// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/cancel_flag.h"
#include "model/causes/accounts.h"

namespace exitscope {

// Accounts as a tree with a level for each key: what is below a node shares its values.
class AccountTree {
public:
    struct Node {
        std::uint32_t level = 0; // 0: the root, which holds all
        std::uint32_t number = 0; // in its level
        bool operator==(const Node &) const = default;
    };

    explicit AccountTree(Accounts accounts);

    const std::vector<AccountKey> &keys() const { return m_accounts.keys(); }
    bool isLeaf(Node node) const { return node.level == keys().size(); }
    // Of the last key of its path.
    KeyValue value(Node node) const { return m_accounts.m_paths.value(node.level, node.number); }
    // One for each key down to it.
    std::vector<KeyValue> path(Node node) const { return m_accounts.m_paths.path(node.level, node.number); }
    const GroupSum &sums(Node node) const { return m_levels[node.level].sums[node.number]; }
    // Of the next level; dearest first, as the rows of Accounts. Of a leaf none.
    std::span<const std::uint32_t> children(Node node) const;
    // With distributions: O(exits below it).
    ExitGroup group(Node node) const;
    // On all cores. Means nothing once it is cancelled.
    std::vector<ExitGroup> groups(std::span<const Node> nodes, CancelFlag cancel) const;

private:
    struct Level {
        std::vector<GroupSum> sums; // by number
        std::vector<std::uint32_t> children; // of all nodes, those of one together
        std::vector<std::uint32_t> begins; // of each node's in them; and one more: the end
    };
    void addLevel(std::size_t level);
    void addLeaves(Node node, std::vector<std::uint32_t> &leaves) const;

    Accounts m_accounts;
    std::vector<Level> m_levels; // the root's is the first
};

} // namespace exitscope
