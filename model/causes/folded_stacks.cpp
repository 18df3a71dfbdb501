// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/folded_stacks.h"

#include <QStringList>

#include "model/visible_text.h"

namespace exitscope {

std::optional<StackWeight> stackWeightNamed(const QString &name)
{
    const qsizetype at
        = QStringList{QStringLiteral("count"), QStringLiteral("gross"), QStringLiteral("net")}.indexOf(name);
    return at < 0 ? std::nullopt : std::optional(static_cast<StackWeight>(at));
}

std::int64_t weightOf(const GroupSum &sums, StackWeight weight)
{
    switch (weight) {
    case StackWeight::Count:
        return sums.count;
    case StackWeight::Gross:
        return sums.parts.gross();
    case StackWeight::Net:
        break;
    }
    return sums.knownNet().value_or(0);
}

StackWeights::StackWeights(const AccountTree &tree, StackWeight weight) : m_levels(tree.keys().size() + 1)
{
    add(tree, {}, weight);
}

std::int64_t StackWeights::add(const AccountTree &tree, AccountTree::Node node, StackWeight weight)
{
    std::int64_t sum = tree.isLeaf(node) ? weightOf(tree.sums(node), weight) : 0;
    for (const std::uint32_t child : tree.children(node))
        sum += add(tree, {node.level + 1, child}, weight);
    std::vector<std::int64_t> &level = m_levels[node.level];
    if (level.size() <= node.number)
        level.resize(node.number + 1);
    return level[node.number] = sum;
}

QString foldedStacks(const KeyContext &context, const Accounts &accounts, StackWeight weight, CancelFlag cancel)
{
    QString lines;
    for (std::size_t row = 0; row < accounts.size() && !isCancelled(cancel); ++row) {
        const std::int64_t own = weightOf(accounts.sums(row), weight);
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
