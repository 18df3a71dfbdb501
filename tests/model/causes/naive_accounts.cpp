// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/causes/naive_accounts.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace exitscope::naive {

namespace {

struct Where {
    VcpuKey key;
    std::size_t number; // over all vCPUs
    const ExitGuests *guests; // may be null
    const Code *code;
    const Timeline *host;
    const Vm *vm;
    const Vcpu *vcpu;
};

struct Group {
    qint64 count = 0;
    ExitParts parts;
    std::vector<Ns> gross, net, netOfOthers;
    qint64 halts = 0;
    bool isNetKnown = true; // of all
};

using Groups = std::map<QStringList, Group>;

// By the words of the manual, "Targets".
QString targetText(Target target)
{
    static const char *const kinds[]
        = {"none", "port 0x%1", "MSR 0x%1", "page 0x%1", "CPUID 0x%1", "KVM hypercall 0x%1", "Hyper-V hypercall 0x%1",
            "Xen hypercall 0x%1", "APIC 0x%1", "vector 0x%1", "CR%1", "DR%1"};
    const QString text = QString::fromLatin1(kinds[int(target.kind())]);
    return text.contains(QLatin1Char('%')) ? text.arg(target.value(), 0, text.contains(QLatin1Char('x')) ? 16 : 10)
                                           : text;
}

QString regionText(Target target)
{
    constexpr std::uint64_t kRegion = 0x200000;
    return target.kind() == TargetKind::Page
        ? QStringLiteral("2 MiB at 0x%1").arg(target.value() / kRegion * kRegion, 0, 16)
        : targetText(target);
}

QString userspaceText(int reason)
{
    static const std::map<int, const char *> special{
        {0xff, "none"}, {0xfe, "unknown"}, {0xfd, "failed"}, {0xfc, "other"}};
    const auto found = special.find(reason);
    return found == special.end() ? userspaceExitName(reason) : QString::fromLatin1(found->second);
}

// What a table calls a target stands behind, in brackets.
QString plainText(AccountKey key, const QString &text)
{
    const bool isTarget = key == AccountKey::Target || key == AccountKey::Region;
    return isTarget ? text.left(text.indexOf(QStringLiteral(" ("))) : text;
}

// By the words of the manual, "Symbols".
QString symbolText(std::uint64_t address, const Code &code)
{
    if (address >> 47 == 0)
        return QStringLiteral("user code");
    if (code.functions.empty())
        return QStringLiteral("kernel (no symbols)");
    QString name = QStringLiteral("kernel (no function)");
    for (const auto &[begin, function] : code.functions)
        if (begin <= address && address < code.end)
            name = function;
    return name;
}

QString guestText(const Where &at, std::size_t i, GuestLabel label)
{
    const ExitGuests::OfVcpu *own = at.guests ? at.guests->of(at.number) : nullptr;
    const std::uint32_t number = own ? own->rows[i].labels[std::size_t(label)] : 0;
    return number == 0 ? QStringLiteral("unknown") : at.guests->plainText(number);
}

bool isIn(const Selection &selection, const Recording &recording, const Where &at, std::size_t i)
{
    const ExitColumns &exits = at.vcpu->exits;
    const ExitReason &reason = recording.reasons[exits.reason(i)];
    const auto allows = [](const auto &set, const auto &value) { return set.empty() || set.count(value) != 0; };
    const Ns t = exits.time(i);
    if ((selection.from && t < *selection.from) || (selection.to && t >= *selection.to))
        return false;
    if (!allows(selection.vcpus, at.key) || !allows(selection.reasons, reason.key)
        || !allows(selection.scenarios, exits.scenario(i)) || !allows(selection.addresses, exits.guestRip(i))
        || !allows(selection.pcpus, exits.pcpu(i)) || !allows(selection.targets, exits.target(i))
        || !allows(selection.userspace, exits.userspace(i)) || !allows(selection.touches, exits.touch(i)))
        return false;
    if (!selection.symbols.empty() && !selection.symbols.contains(symbolText(exits.guestRip(i), *at.code)))
        return false;
    if (!allows(selection.threads, guestText(at, i, GuestLabel::Thread))
        || !allows(selection.processes, guestText(at, i, GuestLabel::Process))
        || !allows(selection.syscalls, guestText(at, i, GuestLabel::Syscall))
        || !allows(selection.contexts, guestText(at, i, GuestLabel::Context)))
        return false;
    if (!selection.regions.empty()) {
        bool isThere = false;
        for (const Target region : selection.regions)
            isThere = isThere || regionText(region) == regionText(exits.target(i));
        if (!isThere)
            return false;
    }
    if (!selection.minNs && !selection.maxNs)
        return true;
    const Ns length = exits.end(i) - exits.time(i);
    return exits.end(i) != kNoTime && length >= selection.minNs.value_or(0)
        && (!selection.maxNs || length < *selection.maxNs);
}

QString valueOf(AccountKey key, const Recording &recording, const Where &at, std::size_t i)
{
    const ExitColumns &exits = at.vcpu->exits;
    switch (key) {
    case AccountKey::Vm:
        return at.vm->name;
    case AccountKey::Vcpu:
        return at.vm->name + QLatin1Char('/') + at.vcpu->number;
    case AccountKey::Reason:
        return recording.reasons[exits.reason(i)].name;
    case AccountKey::Scenario:
        return QString::fromLatin1(kScenarioNames[static_cast<std::size_t>(exits.scenario(i))].data());
    case AccountKey::Userspace:
        return userspaceText(exits.userspace(i));
    case AccountKey::Target:
        return targetText(exits.target(i));
    case AccountKey::Region:
        return regionText(exits.target(i));
    case AccountKey::Touch:
        return QStringList{QStringLiteral("none"), QStringLiteral("first"), QStringLiteral("repeated"),
            QStringLiteral("device")}[int(exits.touch(i))];
    case AccountKey::Address:
        return QStringLiteral("0x%1").arg(exits.guestRip(i), 0, 16);
    case AccountKey::Pcpu:
        return exits.pcpu(i) < 0 ? QStringLiteral("none") : QString::number(exits.pcpu(i));
    case AccountKey::Symbol:
        return symbolText(exits.guestRip(i), *at.code);
    case AccountKey::Thread:
        return guestText(at, i, GuestLabel::Thread);
    case AccountKey::Process:
        return guestText(at, i, GuestLabel::Process);
    case AccountKey::Syscall:
        return guestText(at, i, GuestLabel::Syscall);
    case AccountKey::Context:
        return guestText(at, i, GuestLabel::Context);
    }
    return {};
}

Groups groupsOf(
    const Recording &recording, const Selection &selection, const std::vector<AccountKey> &keys, const Code &code)
{
    Groups groups;
    std::size_t number = 0;
    for (std::size_t h = 0; h < recording.hosts.size(); ++h) {
        const Timeline &host = recording.hosts[h];
        for (std::size_t v = 0; v < host.vms.size(); ++v) {
            for (std::size_t c = 0; c < host.vms[v].vcpus.size(); ++c) {
                const Where at{
                    {{h, v}, c}, number++, selection.guests.get(), &code, &host, &host.vms[v], &host.vms[v].vcpus[c]};
                const ExitColumns &exits = at.vcpu->exits;
                for (std::size_t i = 0; i < exits.size(); ++i) {
                    if (!isIn(selection, recording, at, i))
                        continue;
                    QStringList values;
                    for (const AccountKey key : keys)
                        values << valueOf(key, recording, at, i);
                    Group &group = groups[values];
                    const bool isHalt = recording.reasons[exits.reason(i)].className == QLatin1String("halt");
                    ++group.count;
                    group.halts += isHalt;
                    group.isNetKnown = group.isNetKnown && (host.switchesRecorded || !isHalt);
                    if (exits.end(i) == kNoTime)
                        continue;
                    const ExitParts parts = exits.parts(i);
                    group.parts += parts;
                    group.gross.push_back(exits.end(i) - exits.time(i));
                    group.net.push_back(parts.kvm + parts.userspace + parts.blocked);
                    if (!isHalt)
                        group.netOfOthers.push_back(group.net.back());
                }
            }
        }
    }
    return groups;
}

// The smallest value with at least `percent` of the values at or below it.
Ns nearestRank(const std::vector<Ns> &sorted, std::size_t percent)
{
    std::size_t atOrBelow = 1;
    while (atOrBelow * 100 < sorted.size() * percent)
        ++atOrBelow;
    return sorted[atOrBelow - 1];
}

// To 0.1 ns, to which it is rounded.
bool isDeviation(double got, const std::vector<Ns> &values, double mean)
{
    long double squares = 0;
    for (const Ns value : values)
        squares += (static_cast<long double>(value) - mean) * (static_cast<long double>(value) - mean);
    const double deviation = double(std::sqrt(squares / static_cast<long double>(values.size())));
    return std::abs(got - deviation) < 0.11 + deviation * 1e-9;
}

bool isOf(const Distribution &got, std::vector<Ns> values)
{
    Ns total = 0;
    for (const Ns value : values)
        total += value;
    if (got.count != qint64(values.size()) || got.total != total)
        return false;
    if (values.empty())
        return !got.min && !got.max && !got.p50 && !got.p95 && !got.p99 && !got.mean && !got.stddev;
    std::sort(values.begin(), values.end());
    return got.min == values.front() && got.max == values.back() && got.p50 == nearestRank(values, 50)
        && got.p95 == nearestRank(values, 95) && got.p99 == nearestRank(values, 99)
        && std::abs(*got.mean - double(total) / double(values.size())) < 0.11
        && isDeviation(*got.stddev, values, double(total) / double(values.size()));
}

bool isOf(const ExitGroup &got, const Group &expected)
{
    const bool isKnown = expected.isNetKnown || expected.halts < expected.count;
    return got.count == expected.count && got.timed == qint64(expected.gross.size()) && got.parts == expected.parts
        && isOf(got.gross, expected.gross) && isOf(got.net, expected.net) && got.knownNet.has_value() == isKnown
        && (!isKnown || isOf(*got.knownNet, expected.isNetKnown ? expected.net : expected.netOfOthers));
}

// Known net time falls from row to row; what is not known comes last; of the same the count falls.
bool isBehind(const ExitGroup &row, const ExitGroup &before)
{
    const auto cost = [](const ExitGroup &of) { return of.knownNet ? of.knownNet->total : Ns{-1}; };
    return cost(row) < cost(before) || (cost(row) == cost(before) && row.count <= before.count);
}

} // namespace

QStringList differences(const Accounts &accounts, const Recording &recording, const Selection &selection,
    const GuestSymbols *symbols, const Code &code)
{
    const Groups expected = groupsOf(recording, selection, accounts.keys(), code);
    KeyContext context(recording, symbols);
    context.guests = selection.guests.get();
    const std::vector<ExitGroup> got = accounts.groups(0, accounts.size());
    QStringList found;
    if (accounts.size() != expected.size())
        found << QStringLiteral("%1 rows, naive %2").arg(accounts.size()).arg(expected.size());
    GroupSum sum;
    for (std::size_t row = 0; row < accounts.size(); ++row) {
        QStringList values;
        for (std::size_t k = 0; k < accounts.keys().size(); ++k)
            values << plainText(accounts.keys()[k], info(accounts.keys()[k]).text(context, accounts.values(row)[k]));
        const auto group = expected.find(values);
        if (group == expected.end() || !isOf(got[row], group->second))
            found << values.join(QLatin1Char(' ')) + QStringLiteral(": differs");
        if (row > 0 && !isBehind(got[row], got[row - 1]))
            found << values.join(QLatin1Char(' ')) + QStringLiteral(": not in order");
        sum += accounts.sums(row);
    }
    const Groups all = groupsOf(recording, selection, {}, code);
    const Group total = all.empty() ? Group() : all.begin()->second;
    if (sum.count != total.count || sum.timed != qint64(total.gross.size()) || sum.parts != total.parts
        || accounts.total().count != total.count || accounts.total().parts != total.parts)
        found << QStringLiteral("rows do not sum to the total");
    return found;
}

} // namespace exitscope::naive
