// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/group_sum.h"

namespace exitscope {

void GroupSum::add(const ExitSum &of, NetRole role)
{
    count += of.count;
    timed += of.timed;
    parts += of.parts;
    if (role == NetRole::Plain) {
        plainTimed += of.timed;
        plainNet += of.parts.net();
        return;
    }
    apart += of.count;
    unknown += role == NetRole::Unknown ? of.count : 0;
}

GroupSum &GroupSum::operator+=(const GroupSum &other)
{
    count += other.count;
    timed += other.timed;
    parts += other.parts;
    apart += other.apart;
    unknown += other.unknown;
    plainTimed += other.plainTimed;
    plainNet += other.plainNet;
    return *this;
}

GroupSum &GroupSum::operator-=(const GroupSum &other)
{
    count -= other.count;
    timed -= other.timed;
    parts -= other.parts;
    apart -= other.apart;
    unknown -= other.unknown;
    plainTimed -= other.plainTimed;
    plainNet -= other.plainNet;
    return *this;
}

std::optional<Ns> GroupSum::knownNet() const
{
    if (unknown == 0)
        return parts.net();
    return apart < count ? std::optional(plainNet) : std::nullopt;
}

std::optional<std::int64_t> GroupSum::in(Measure measure) const
{
    switch (measure) {
    case Measure::Count:
        return count;
    case Measure::Gross:
        return parts.gross();
    case Measure::Net:
        break;
    }
    return knownNet();
}

ExitGroup GroupSum::group() const
{
    return group(
        distributionOfSum(timed, parts.gross()), distributionOfSum(timed, parts.net()),
        [this] { return distributionOfSum(plainTimed, plainNet); });
}

ExitGroup GroupSum::group(
    const Distribution &gross, const Distribution &net, const std::function<Distribution()> &ofPlain) const
{
    ExitGroup group;
    group.count = count;
    group.timed = timed;
    group.parts = parts;
    group.gross = gross;
    group.net = net;
    if (unknown == 0)
        group.knownNet = net;
    else if (apart < count)
        group.knownNet = ofPlain();
    return group;
}

} // namespace exitscope
