// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/folded_stacks.h"

#include <QStringList>

#include "model/visible_text.h"

namespace exitscope {

namespace {

std::int64_t weightOf(const GroupSum &sums, Measure by)
{
    return sums.in(by).value_or(0);
}

} // namespace

StackWeights::StackWeights(const AccountTree &tree, Measure by) : m_levels(tree.keys().size() + 1)
{
    add(tree, {}, by);
}

std::int64_t StackWeights::add(const AccountTree &tree, AccountTree::Node node, Measure by)
{
    std::int64_t sum = tree.isLeaf(node) ? weightOf(tree.sums(node), by) : 0;
    for (const std::uint32_t child : tree.children(node))
        sum += add(tree, {node.level + 1, child}, by);
    std::vector<std::int64_t> &level = m_levels[node.level];
    if (level.size() <= node.number)
        level.resize(node.number + 1);
    return level[node.number] = sum;
}

QString foldedStacks(const KeyContext &context, const Accounts &accounts, Measure by, CancelFlag cancel)
{
    QString lines;
    for (std::size_t row = 0; row < accounts.size() && !isCancelled(cancel); ++row) {
        const std::int64_t own = weightOf(accounts.sums(row), by);
        if (own == 0)
            continue;
        const std::vector<KeyValue> values = accounts.values(row);
        QStringList texts;
        for (std::size_t i = 0; i < values.size(); ++i)
            texts << visibleText(info(accounts.keys()[i]).text(context, values[i])).replace(u';', u':');
        lines += texts.join(u';') % u' ' % QString::number(own) % u'\n';
    }
    return lines;
}

} // namespace exitscope
