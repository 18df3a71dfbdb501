// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <algorithm>
#include <memory>
#include <vector>

#include "model/causes/account_tree.h"
#include "model/session/filter_sets.h"
#include "model/session/newest_job.h"

namespace exitscope {

// Accounts with all that their values mean something beside.
struct AccountsOf {
    std::shared_ptr<const Recording> recording;
    Selection selection; // without the filters by these keys, so that what is chosen stands beside the rest
    std::vector<AccountKey> keys;
    std::shared_ptr<const GuestSymbols> symbols; // null: of no guest

    bool operator==(const AccountsOf &) const = default;
    KeyContext context() const
    {
        KeyContext context(*recording, symbols.get());
        context.guests = selection.guests.get();
        return context;
    }
    bool isByGuests() const // some key needs Selection::guests
    {
        return std::ranges::any_of(
            keys, [](AccountKey key) { return info(key).isOfGuest; });
    }
    // A value of a key means the same in both.
    bool hasValuesOf(const AccountsOf &other) const
    {
        return keys == other.keys && recording == other.recording
            && (!isByGuests() || selection.guests == other.selection.guests);
    }
};

struct CauseTree {
    AccountsOf of;
    FilterSetMask sets = 0; // that values of its keys are filtered by
    AccountTree accounts;
};

// Keeps a tree of accounts up to date with a selection and a list of keys; the newest wins. All is computed off the
// calling thread: first the sums, then of nodes that are asked for the distributions.
class LiveAccounts : public QObject {
    Q_OBJECT

public:
    explicit LiveAccounts(QObject *parent = nullptr);

    // `of`: with the whole selection.
    void set(AccountsOf of);
    void clear(); // as if nothing had been asked for
    // The newest that is there; null before the first.
    const std::shared_ptr<const CauseTree> &current() const { return m_current; }
    // Of what was asked for last.
    bool isCurrent() const { return m_current && m_current->of == m_asked; }
    bool isBusy() const { return m_treeJob.isBusy() || m_groupsJob.isBusy(); }
    // Of current(), behind those that are asked for already.
    void askForGroups(const std::vector<AccountTree::Node> &nodes);

Q_SIGNALS:
    void ready(); // current() is new
    // Of nodes of current().
    void groupsReady(
        const std::vector<exitscope::AccountTree::Node> &nodes, const std::vector<exitscope::ExitGroup> &groups);
    void failed(const exitscope::Diagnostic &cause); // what is there stays

private:
    void computeGroups();

    AccountsOf m_asked;
    FilterSetMask m_sets = 0; // of m_asked
    std::shared_ptr<const CauseTree> m_current;
    std::vector<AccountTree::Node> m_wanted; // their groups, in this order; those under way are not among them
    std::shared_ptr<const CauseTree> m_grouped; // of those under way
    NewestJob m_treeJob;
    NewestJob m_groupsJob; // the last members: their end waits for the computation under way
};

} // namespace exitscope
