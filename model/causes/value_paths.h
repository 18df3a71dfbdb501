// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/causes/account_key.h"

namespace exitscope {

// Numbers the lists of values that occur: of one length, each is a path in a tree, and its number that of its leaf,
// from 0 in the order in which they came.
class ValuePaths {
public:
    ValuePaths();

    // The number of the node under `parent`, which is one of level - 1 (the root, of level 0, is 0).
    std::uint32_t under(std::size_t level, std::uint32_t parent, KeyValue value);
    std::size_t size(std::size_t level) const { return level < m_levels.size() ? m_levels[level].size() : 0; }
    std::uint32_t parent(std::size_t level, std::uint32_t node) const { return m_levels[level][node].parent; }
    KeyValue value(std::size_t level, std::uint32_t node) const { return m_levels[level][node].value; }
    // The values from the root down to that node.
    std::vector<KeyValue> path(std::size_t level, std::uint32_t node) const;
    // By these values, the first one first.
    std::strong_ordering compare(std::size_t level, std::uint32_t a, std::uint32_t b) const;

private:
    struct Node {
        std::uint32_t parent;
        KeyValue value;
        bool operator==(const Node &) const = default;
    };
    std::size_t place(std::size_t level, const Node &node) const;
    void grow(std::size_t level);

    static constexpr std::uint32_t kFree = 0xffffffff;

    std::uint64_t m_seed; // what a trace holds cannot be chosen so that all fall on one place
    std::vector<std::vector<Node>> m_levels; // level 0 is the root alone
    std::vector<std::vector<std::uint32_t>> m_places; // of each level: open addressing, a power of two, half full
};

} // namespace exitscope
