// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/causes/guest_groups.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "model/guest/program_name.h"

namespace exitscope {

namespace {

// Nothing but what groups are known by.
GroupAccount groupOf(const GuestTrace &guest, std::uint32_t thread, ThreadGroup by)
{
    GroupAccount group;
    if (thread == kNobody) {
        group.isKnown = false;
        return group;
    }
    group.isIdle = guest.threads.isIdle(thread);
    if (by == ThreadGroup::Program) {
        group.name = programName(guest.nameOf(thread));
        group.isKnown = !group.name.isEmpty();
        return group;
    }
    group.pid = group.isIdle ? 0 : guest.threads.pid[thread];
    group.isKnown = group.pid != kNoThread;
    if (group.isKnown)
        group.name = guest.processNameOf(thread);
    return group;
}

} // namespace

std::vector<GroupAccount> groupsOf(const GuestTrace &guest, const GuestAccounts &accounts, ThreadGroup by)
{
    std::map<std::tuple<bool, bool, std::int32_t, QString>, GroupAccount> groups;
    for (const ThreadAccount &account : accounts.threads) {
        const GroupAccount of = groupOf(guest, account.thread, by);
        GroupAccount &group = groups.try_emplace({of.isKnown, of.isIdle, of.pid, of.name}, of).first->second;
        group += account;
        group.threads += account.thread == kNobody ? 0 : 1;
    }
    std::vector<GroupAccount> all;
    for (const auto &[key, group] : groups)
        all.push_back(group);
    std::ranges::stable_sort(all, {}, [](const GroupAccount &group) {
        return std::tuple(!group.isKnown, group.isIdle, -group.lost(), -group.onCpu());
    });
    return all;
}

} // namespace exitscope
