// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/lossy_check.h"

#include <algorithm>

#include "tests/model/property/timeline_check.h"

namespace exitscope::testing {

namespace {

using naive::Interval;
using naive::Stretch;

template <typename T>
void addTo(std::vector<T> &all, const std::vector<T> &more)
{
    all.insert(all.end(), more.begin(), more.end());
}

// Both at once: intervals in which one tells something, and all that happened to either.
void addTo(naive::Vcpu &all, const naive::Vcpu &more)
{
    for (const Interval &interval : more.intervals) {
        if (interval.state != VcpuState::Unknown)
            all.intervals.push_back(interval);
    }
    addTo(all.exits, more.exits);
    addTo(all.entries, more.entries);
    addTo(all.irq, more.irq);
    addTo(all.haltKvm, more.haltKvm);
}

void order(naive::Vcpu &vcpu)
{
    const auto byBegin = [](const Stretch &a, const Stretch &b) { return a.begin < b.begin; };
    const auto byEvent = [](const naive::Exit &a, const naive::Exit &b) { return a.event < b.event; };
    std::stable_sort(vcpu.intervals.begin(), vcpu.intervals.end(), byBegin);
    std::stable_sort(vcpu.exits.begin(), vcpu.exits.end(), byEvent);
    std::sort(vcpu.entries.begin(), vcpu.entries.end());
    vcpu.irq = naive::united(std::move(vcpu.irq));
    vcpu.haltKvm = naive::united(std::move(vcpu.haltKvm));
}

// What of the claim is in none of the stretches that bear it out, which are ordered.
template <typename T, typename F>
std::vector<Stretch> falseParts(Stretch claim, const std::vector<T> &truth, F bearsOut)
{
    std::vector<Stretch> result;
    Ns at = claim.begin;
    for (const T &piece : truth) {
        if (piece.end <= at || piece.begin >= claim.end || !bearsOut(piece))
            continue;
        if (piece.begin > at)
            result.push_back({at, piece.begin});
        at = piece.end;
    }
    if (at < claim.end)
        result.push_back({at, claim.end});
    return result;
}

QString text(Stretch stretch)
{
    return QStringLiteral("%1–%2").arg(stretch.begin).arg(stretch.end);
}

// The intervals around the stretch.
QString around(const std::vector<Interval> &intervals, Stretch stretch)
{
    QStringList result;
    for (const Interval &interval : intervals) {
        if (interval.begin < stretch.end && stretch.begin < interval.end)
            result.append(text(interval));
    }
    return result.isEmpty() ? QStringLiteral("nothing") : result.join(QStringLiteral(", "));
}

Ns lengthWithin(const std::vector<Stretch> &stretches, Stretch range)
{
    Ns result = 0;
    for (const Stretch &s : stretches)
        result += std::max<Ns>(0, std::min(s.end, range.end) - std::max(s.begin, range.begin));
    return result;
}

std::array<Ns, kVcpuStates> partsWithin(const std::vector<Interval> &intervals, Stretch range)
{
    std::array<Ns, kVcpuStates> result{};
    for (const Interval &interval : intervals)
        result[static_cast<std::size_t>(interval.state)] += lengthWithin({interval}, range);
    return result;
}

// What of the claim is not so by the exit with the same event in the whole recording; empty if all is.
QString whatIsFalse(const naive::Exit &claim, const naive::Exit &truth, const naive::Vcpu &whole)
{
    if (claim.isa != truth.isa || claim.code != truth.code || claim.guestRip != truth.guestRip)
        return QStringLiteral("what its event tells");
    if (claim.entry && (claim.entry != truth.entry || claim.time != truth.time || claim.pcpu != truth.pcpu))
        return QStringLiteral("its run");
    if (!claim.entry && claim.time != claim.event)
        return QStringLiteral("its begin, without a run");
    if (!claim.end)
        return {};
    if (claim.end != truth.end)
        return QStringLiteral("its end");
    // "It begins where its run ends, or at its event if no entry was seen before": then what was between the two is no
    // part of it.
    const bool beginsLater = !claim.entry && truth.time < claim.time;
    if (!beginsLater && (claim.time != truth.time || claim.pcpu != truth.pcpu))
        return QStringLiteral("its begin");
    const Stretch range{claim.time, *claim.end};
    if (claim.parts != (beginsLater ? partsWithin(whole.intervals, range) : truth.parts))
        return QStringLiteral("its parts");
    if (claim.irq > lengthWithin(whole.irq, range))
        return QStringLiteral("its interrupt work");
    const bool preemptedBefore = beginsLater && truth.scenario == Scenario::Preempted;
    if (claim.scenario != truth.scenario && !preemptedBefore)
        return QStringLiteral("its scenario");
    return {};
}

// The exit that began with it, as far as it is in doubt.
Stretch extentOf(const naive::Exit &exit)
{
    const Ns begin = exit.entry.value_or(exit.time);
    return {begin, std::max(exit.end.value_or(exit.event), begin) + 1};
}

bool isKvmEvent(const Record &record)
{
    return record.kind == EventKind::VmEntry || record.kind == EventKind::VmExit
        || record.kind == EventKind::UserspaceExit
        || (record.kind == EventKind::IoctlEntry && record.ioctlEntry.cmd == kKvmRun);
}

// Of the kind Untold: the times of the last event before a gap and of the first after it.
std::vector<Stretch> untoldGaps(const WrittenStream &stream)
{
    std::vector<Stretch> result;
    Ns last = kNoTime;
    bool inGap = false;
    for (const WrittenPacket &packet : stream.packets) {
        for (const WrittenEvent &event : packet.events) {
            if (!event.lost) {
                if (inGap)
                    result.back().end = event.record.timeNs;
                last = event.record.timeNs;
            } else if (!inGap) {
                result.push_back({last, kEndOfRecording});
            }
            inGap = event.lost;
        }
    }
    return result;
}

// README "Definitions", Loss, tells what follows from events "that the tracer discards" and "the trace tells"; where it
// does not tell, a vCPU is what the events that are left say, until its next KVM event says otherwise.
std::map<std::int32_t, std::vector<Stretch>> excusedByGaps(const LossyHost &host)
{
    std::map<std::int32_t, std::vector<Ns>> kvmEvents; // those that are left
    std::vector<Stretch> gaps;
    for (const WrittenStream &stream : host.streams) {
        addTo(gaps, untoldGaps(stream));
        for (const WrittenPacket &packet : stream.packets) {
            for (const WrittenEvent &event : packet.events) {
                if (isKvmEvent(event.record) && !event.lost)
                    kvmEvents[event.record.tid].push_back(event.record.timeNs);
            }
        }
    }
    std::map<std::int32_t, std::vector<Stretch>> result;
    for (auto &[tid, times] : kvmEvents) {
        std::sort(times.begin(), times.end());
        for (const Stretch &gap : gaps) {
            const auto next = std::lower_bound(times.begin(), times.end(), gap.end);
            result[tid].push_back({gap.begin, next == times.end() ? kEndOfRecording : *next});
        }
    }
    return result;
}

} // namespace

Vcpus withoutLives(const Vcpus &vcpus)
{
    Vcpus result;
    for (const auto &[who, vcpu] : vcpus) {
        naive::Who one = who;
        one.life = 0;
        addTo(result[one], vcpu);
    }
    for (auto &[who, vcpu] : result)
        order(vcpu);
    return result;
}

TruthCheck::TruthCheck(const LossyHost &host, Vcpus whole) : m_whole(withoutLives(whole))
{
    for (const WrittenStream &stream : host.streams) {
        for (const WrittenPacket &packet : stream.packets) {
            for (const WrittenEvent &event : packet.events) {
                if (event.record.kind == EventKind::VmExit)
                    m_exitEvents.emplace(event.record.timeNs, event.record.pcpu);
            }
        }
    }
    if (host.kind == LossKind::Untold)
        m_excused = excusedByGaps(host);
}

// "Where the thread is not known, entries, exits … are told for a pseudo-vCPU", and "every number is still right for
// that pCPU": what it tells is true if it is of any vCPU.
naive::Vcpu TruthCheck::truthOf(naive::Who who) const
{
    const auto it = m_whole.find(who);
    if (who.tid != kNoThread)
        return it == m_whole.end() ? naive::Vcpu{} : it->second;
    naive::Vcpu all;
    for (const auto &[other, vcpu] : m_whole) {
        if (other.tid != kNoThread || other.pcpu == who.pcpu)
            addTo(all, vcpu);
    }
    order(all);
    return all;
}

bool TruthCheck::isExcused(naive::Who who, Stretch falsely) const
{
    const auto it = m_excused.find(who.tid);
    return it != m_excused.end() && std::any_of(it->second.begin(), it->second.end(), [falsely](Stretch excused) {
        return excused.begin < falsely.end && falsely.begin < excused.end;
    });
}

void TruthCheck::checkStates(
    QStringList &found, naive::Who who, const naive::Vcpu &claims, const naive::Vcpu &truth) const
{
    for (const Interval &claim : claims.intervals) {
        if (claim.state == VcpuState::Unknown)
            continue;
        const auto same
            = [&claim](const Interval &piece) { return piece.state == claim.state && piece.pcpu == claim.pcpu; };
        for (const Stretch &falsely : falseParts(claim, truth.intervals, same)) {
            if (!isExcused(who, falsely))
                found.append(nameOf(who) + QStringLiteral(": told ") + text(claim) + QStringLiteral(", true is ")
                    + around(truth.intervals, falsely));
        }
    }
}

void TruthCheck::checkExits(
    QStringList &found, naive::Who who, const naive::Vcpu &claims, const naive::Vcpu &truth) const
{
    for (const naive::Exit &claim : claims.exits) {
        QString falsely = QStringLiteral("that there is one"), trueExit = QStringLiteral("nothing");
        for (const naive::Exit &one : truth.exits) {
            if (one.event != claim.event)
                continue;
            falsely = whatIsFalse(claim, one, truth);
            trueExit = text(one);
            if (falsely.isEmpty())
                break;
        }
        if (falsely.isEmpty() && !claim.entry && !m_exitEvents.contains({claim.event, claim.pcpu}))
            falsely = QStringLiteral("its pCPU");
        if (!falsely.isEmpty() && !isExcused(who, extentOf(claim)))
            found.append(nameOf(who) + QStringLiteral(": false is ") + falsely + QStringLiteral(": told ") + text(claim)
                + QStringLiteral(", true is ") + trueExit);
    }
    for (const Ns entry : claims.entries) {
        if (!std::binary_search(truth.entries.begin(), truth.entries.end(), entry))
            found.append(nameOf(who) + QStringLiteral(": told an entry at %1 that is none of it").arg(entry));
    }
}

void TruthCheck::checkStretches(QStringList &found, naive::Who who, const QString &what,
    const std::vector<Stretch> &claims, const std::vector<Stretch> &truth) const
{
    for (const Stretch &claim : claims) {
        for (const Stretch &falsely : falseParts(claim, truth, [](const Stretch &) { return true; })) {
            if (!isExcused(who, falsely))
                found.append(nameOf(who) + QLatin1Char(' ') + what + QStringLiteral(" told ") + text(claim)
                    + QStringLiteral(", not true in ") + text(falsely));
        }
    }
}

QStringList TruthCheck::untrue(const Vcpus &lossy) const
{
    QStringList found;
    for (const auto &[who, claims] : withoutLives(lossy)) {
        const naive::Vcpu truth = truthOf(who);
        checkStates(found, who, claims, truth);
        checkExits(found, who, claims, truth);
        checkStretches(found, who, QStringLiteral("interrupt work"), claims.irq, truth.irq);
        checkStretches(found, who, QStringLiteral("Kvm in halts"), claims.haltKvm, truth.haltKvm);
    }
    return found;
}

} // namespace exitscope::testing
