// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/live_accounts.h"

#include <algorithm>
#include <utility>

#include "model/freed_elsewhere.h"

namespace exitscope {

LiveAccounts::LiveAccounts(QObject *parent)
    : QObject(parent), m_treeJob(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); }),
      m_groupsJob(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); })
{
}

void LiveAccounts::set(AccountsOf of)
{
    const bool isOfSameKeys
        = of.recording == m_asked.recording && of.keys == m_asked.keys && of.symbols == m_asked.symbols;
    if (!isOfSameKeys)
        m_sets = setsOf(of.context(), of.keys);
    clearSets(of.selection, m_sets);
    if (of == m_asked)
        return;
    m_asked = std::move(of);
    m_wanted.clear();
    m_treeJob.start([this, of = m_asked, sets = m_sets](const std::atomic<bool> &cancel) -> NewestJob::Finish {
        CauseTree tree{
            of, sets, AccountTree(accountsOf(*of.recording, of.selection, of.keys, &cancel, of.symbols.get()))};
        return [this, made = freedElsewhere(std::move(tree))] {
            if (made->of.recording != m_asked.recording)
                return;
            m_current = made;
            m_wanted.clear(); // of the one before
            Q_EMIT ready();
        };
    });
}

void LiveAccounts::clear()
{
    m_asked = {};
    m_current.reset();
    m_grouped.reset();
    m_wanted.clear();
}

void LiveAccounts::askForGroups(const std::vector<AccountTree::Node> &nodes)
{
    m_wanted.insert(m_wanted.end(), nodes.begin(), nodes.end());
    if (!m_groupsJob.isBusy() || m_grouped != m_current) // what is under way for an older tree is given up
        computeGroups();
}

// A piece of those that are wanted, then the next one.
void LiveAccounts::computeGroups()
{
    constexpr std::size_t kPiece = 64; // nodes: the first are soon there
    if (m_wanted.empty())
        return;
    const auto end = m_wanted.begin() + std::ptrdiff_t(std::min(kPiece, m_wanted.size()));
    const std::vector<AccountTree::Node> nodes(m_wanted.begin(), end);
    m_wanted.erase(m_wanted.begin(), end);
    m_grouped = m_current;
    m_groupsJob.start([this, tree = m_current, nodes](const std::atomic<bool> &cancel) -> NewestJob::Finish {
        return [this, tree, nodes, groups = tree->accounts.groups(nodes, &cancel)] {
            if (tree == m_current)
                Q_EMIT groupsReady(nodes, groups);
            if (!m_groupsJob.isBusy())
                computeGroups();
        };
    });
}

} // namespace exitscope
