// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/value_paths.h"

#include <QRandomGenerator>

#include <algorithm>

namespace exitscope {

namespace {

// The end of MurmurHash3: every bit of the number changes half of those of the result.
std::uint64_t mixed(std::uint64_t number)
{
    number ^= number >> 33;
    number *= 0xff51afd7ed558ccd;
    number ^= number >> 33;
    number *= 0xc4ceb9fe1a85ec53;
    return number ^ (number >> 33);
}

} // namespace

ValuePaths::ValuePaths() : m_seed(QRandomGenerator::global()->generate64()) { }

std::uint32_t ValuePaths::under(std::size_t level, std::uint32_t parent, KeyValue value)
{
    if (level >= m_levels.size()) {
        m_levels.resize(level + 1);
        m_places.resize(level + 1);
    }
    std::vector<Node> &nodes = m_levels[level];
    if (2 * nodes.size() >= m_places[level].size())
        grow(level);
    const Node node{parent, value};
    std::uint32_t &found = m_places[level][place(level, node)];
    if (found == kFree) {
        found = static_cast<std::uint32_t>(nodes.size());
        nodes.push_back(node);
    }
    return found;
}

// Where the node is, or where it would be.
std::size_t ValuePaths::place(std::size_t level, const Node &node) const
{
    const std::vector<std::uint32_t> &places = m_places[level];
    const std::size_t mask = places.size() - 1;
    const std::uint64_t above = mixed(m_seed ^ (std::uint64_t{node.parent} << 32) ^ node.value.kind);
    std::size_t at = mixed(above ^ node.value.value) & mask;
    while (places[at] != kFree && m_levels[level][places[at]] != node)
        at = (at + 1) & mask;
    return at;
}

void ValuePaths::grow(std::size_t level)
{
    constexpr std::size_t kLeast = 64;
    const std::vector<Node> &nodes = m_levels[level];
    m_places[level].assign(std::max(kLeast, 2 * m_places[level].size()), kFree);
    for (std::size_t i = 0; i < nodes.size(); ++i)
        m_places[level][place(level, nodes[i])] = static_cast<std::uint32_t>(i);
}

std::vector<KeyValue> ValuePaths::path(std::size_t level, std::uint32_t node) const
{
    std::vector<KeyValue> values(level);
    for (; level > 0; --level) {
        const Node &at = m_levels[level][node];
        values[level - 1] = at.value;
        node = at.parent;
    }
    return values;
}

std::strong_ordering ValuePaths::compare(std::size_t level, std::uint32_t a, std::uint32_t b) const
{
    if (level == 0 || a == b)
        return std::strong_ordering::equal;
    const Node &nodeA = m_levels[level][a];
    const Node &nodeB = m_levels[level][b];
    const std::strong_ordering above = compare(level - 1, nodeA.parent, nodeB.parent);
    return above != std::strong_ordering::equal ? above : nodeA.value <=> nodeB.value;
}

} // namespace exitscope
