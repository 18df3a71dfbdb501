// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/account_tree.h"

#include <algorithm>
#include <numeric>

#include "model/parallel.h"

namespace exitscope {

AccountTree::AccountTree(Accounts accounts) : m_accounts(std::move(accounts)), m_levels(keys().size() + 1)
{
    m_levels.back().sums = m_accounts.m_sums;
    m_levels.front().sums.resize(1); // also where there is no exit
    for (std::size_t level = keys().size(); level > 0; --level)
        addLevel(level);
}

// To the one above it.
void AccountTree::addLevel(std::size_t level)
{
    const ValuePaths &paths = m_accounts.m_paths;
    const std::vector<GroupSum> &sums = m_levels[level].sums;
    Level &above = m_levels[level - 1];
    above.sums.assign(std::max<std::size_t>(level == 1 ? 1 : 0, paths.size(level - 1)), {});
    above.begins.assign(above.sums.size() + 1, 0);
    for (std::uint32_t node = 0; node < sums.size(); ++node) {
        above.sums[paths.parent(level, node)] += sums[node];
        ++above.begins[paths.parent(level, node) + 1];
    }
    std::partial_sum(above.begins.begin(), above.begins.end(), above.begins.begin());
    above.children.resize(sums.size());
    std::vector<std::uint32_t> next(above.begins.begin(), above.begins.end());
    for (std::uint32_t node = 0; node < sums.size(); ++node)
        above.children[next[paths.parent(level, node)]++] = node;
    inParallel(above.sums.size(), [&](std::size_t parent) {
        const auto begin = above.children.begin() + std::ptrdiff_t(above.begins[parent]);
        const auto end = above.children.begin() + std::ptrdiff_t(above.begins[parent + 1]);
        std::sort(begin, end, [&](std::uint32_t a, std::uint32_t b) {
            const auto costOfA = std::pair(sums[a].knownNet(), sums[a].count); // what is not known comes last
            const auto costOfB = std::pair(sums[b].knownNet(), sums[b].count);
            return costOfA != costOfB ? costOfA > costOfB : paths.value(level, a) < paths.value(level, b);
        });
    });
}

std::span<const std::uint32_t> AccountTree::children(Node node) const
{
    if (isLeaf(node))
        return {};
    const Level &level = m_levels[node.level];
    const std::uint32_t begin = level.begins[node.number];
    return std::span(level.children).subspan(begin, level.begins[node.number + 1] - begin);
}

void AccountTree::addLeaves(Node node, std::vector<std::uint32_t> &leaves) const
{
    if (isLeaf(node))
        return leaves.push_back(node.number);
    for (const std::uint32_t child : children(node))
        addLeaves({node.level + 1, child}, leaves);
}

ExitGroup AccountTree::group(Node node) const
{
    std::vector<std::uint32_t> leaves;
    addLeaves(node, leaves);
    return m_accounts.groupOf(sums(node), leaves);
}

std::vector<ExitGroup> AccountTree::groups(std::span<const Node> nodes, CancelFlag cancel) const
{
    std::vector<ExitGroup> result(nodes.size());
    inParallel(nodes.size(), [&](std::size_t i) {
        if (!isCancelled(cancel))
            result[i] = group(nodes[i]);
    });
    return result;
}

} // namespace exitscope
