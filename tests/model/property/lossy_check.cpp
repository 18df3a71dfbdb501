// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/lossy_check.h"

#include <algorithm>
#include <set>

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
    for (const Interval &interval : more.intervals)
        if (interval.state != VcpuState::Unknown)
            all.intervals.push_back(interval);
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

// What of the stretches the whole recording can tell of: "Unknown: before its first KVM event", which is another one
// where the entry of an ioctl is lost and its exit is that of KVM_RUN.
template <typename T>
std::vector<Stretch> within(const std::vector<Stretch> &stretches, const std::vector<T> &known)
{
    std::vector<Stretch> result;
    for (const Stretch &stretch : stretches)
        for (const T &piece : known)
            result.push_back({std::max(stretch.begin, piece.begin), std::min(stretch.end, piece.end)});
    return naive::united(std::move(result));
}

QString rangeText(Stretch stretch)
{
    return QStringLiteral("%1–%2").arg(stretch.begin).arg(stretch.end);
}

// The intervals around the stretch.
QString around(const std::vector<Interval> &intervals, Stretch stretch)
{
    QStringList result;
    for (const Interval &interval : intervals)
        if (interval.begin < stretch.end && stretch.begin < interval.end)
            result.append(text(interval));
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
    const bool preemptedBefore = !claim.entry && truth.entry && truth.scenario == Scenario::Preempted;
    if (claim.scenario != truth.scenario && !preemptedBefore)
        return QStringLiteral("its scenario");
    return {};
}

bool isMoreInterruptWork(const naive::Exit &claim, const naive::Vcpu &whole)
{
    return claim.end && claim.irq > lengthWithin(whole.irq, {claim.time, *claim.end});
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

std::vector<Record> inOrder(const LossyHost &host)
{
    std::vector<Record> result;
    for (const EventStream &stream : host.whole().streams)
        addTo(result, stream.packets.front().events);
    std::stable_sort(
        result.begin(), result.end(), [](const Record &a, const Record &b) { return a.timeNs < b.timeNs; });
    return result;
}

// Of the kind Untold: from the last event before a gap to the first after it.
struct Gap : Stretch {
    std::set<std::int32_t> ioctls; // threads whose ioctl entries are in it
};

std::vector<Gap> untoldGaps(const WrittenStream &stream)
{
    std::vector<Gap> result;
    Ns last = kNoTime;
    bool inGap = false;
    for (const WrittenPacket &packet : stream.packets) {
        for (const WrittenEvent &event : packet.events) {
            if (event.lost && !inGap)
                result.push_back({{last, kEndOfRecording}, {}});
            if (event.lost && event.record.kind == EventKind::IoctlEntry)
                result.back().ioctls.insert(event.record.tid);
            if (!event.lost && inGap)
                result.back().end = event.record.timeNs;
            if (!event.lost)
                last = event.record.timeNs;
            inGap = event.lost;
        }
    }
    return result;
}

// From the death of a thread to the first sign of the next one of its tid.
std::map<std::int32_t, std::vector<Stretch>> deadStretches(const LossyHost &host)
{
    std::map<std::int32_t, std::vector<Stretch>> result;
    std::set<std::int32_t> dead, gone; // who is gone has left its pCPU
    const auto dies = [&](std::int32_t tid, Ns t) {
        if (dead.insert(tid).second)
            result[tid].push_back({t, kEndOfRecording});
    };
    const auto lives = [&](std::int32_t tid, Ns t) {
        if (dead.erase(tid) > 0)
            result[tid].back().end = t;
        gone.erase(tid);
    };
    for (const Record &record : inOrder(host)) {
        const SwitchData *switched = record.kind == EventKind::SchedSwitch ? &record.switched : nullptr;
        if (record.kind == EventKind::ThreadExit)
            dies(record.tid, record.timeNs);
        if (switched && (switched->prevState & 0x70) != 0) {
            dies(switched->prevTid, record.timeNs);
            gone.insert(switched->prevTid);
        }
        if (switched && gone.contains(switched->nextTid))
            lives(switched->nextTid, record.timeNs);
        if (isKvmEvent(record) || record.kind == EventKind::IoctlEntry || record.kind == EventKind::IoctlExit)
            lives(record.tid, record.timeNs);
    }
    return result;
}

// Where it is known what the thread is that is on a pCPU. What one does that "makes VM entries or exits" at no time of
// its life is told of no vCPU of the whole recording.
std::map<std::int32_t, std::vector<Stretch>> knownOnPcpus(const LossyHost &host, const Vcpus &vcpus)
{
    std::map<std::int32_t, std::vector<Stretch>> result;
    std::map<std::int32_t, Ns> since; // by pCPU: the last switch
    const auto add = [&](std::int32_t pcpu, std::int32_t tid, Ns end) {
        const auto it = since.find(pcpu);
        const Stretch stretch{it == since.end() ? kNoTime : it->second, end};
        const auto vcpu = vcpus.find(tid == kNoThread ? naive::Who{kNoThread, pcpu} : naive::Who{tid});
        if (vcpu != vcpus.end())
            addTo(result[pcpu], within({stretch}, vcpu->second.intervals));
    };
    std::map<std::int32_t, std::int32_t> current;
    for (const WrittenStream &stream : host.streams)
        current[stream.pcpu] = kNoThread;
    for (const Record &record : inOrder(host)) {
        if (record.kind != EventKind::SchedSwitch)
            continue;
        add(record.pcpu, record.switched.prevTid, record.timeNs);
        since[record.pcpu] = record.timeNs;
        current[record.pcpu] = record.switched.nextTid;
    }
    for (const auto &[pcpu, tid] : current)
        add(pcpu, tid, kEndOfRecording);
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

TruthCheck::TruthCheck(const LossyHost &host, const Vcpus &whole, const Vcpus &ofPseudoVcpus)
    : m_whole(withoutLives(whole)), m_ofPseudoVcpus(withoutLives(ofPseudoVcpus)), m_dead(deadStretches(host)),
      m_knownOnPcpus(knownOnPcpus(host, m_ofPseudoVcpus)), m_blindBegins(blindBegins(host))
{
    for (const Record &record : inOrder(host))
        if (record.kind == EventKind::VmExit)
            m_exitEvents.emplace(record.timeNs, record.pcpu);
    if (host.kind == LossKind::Untold)
        excuseGaps(host);
}

// manual "Definitions", Loss: what follows from a loss follows "when a tracer discards events" and "the trace tells
// it". Where it does not, a vCPU is what the events that are left say, until its next KVM event says otherwise; "its
// last exit is its last exit event" that is left; "a sched_switch, a VM entry, a loss" end the interrupt work that is
// open; and "the exit of an ioctl is that of a KVM_RUN if the thread's last ioctl entry was one".
void TruthCheck::excuseGaps(const LossyHost &host)
{
    std::map<std::int32_t, std::vector<Record>> left; // what ends a doubt, by tid
    for (const EventStream &stream : host.lossy().streams) {
        for (const EventPacket &packet : stream.packets) {
            for (const Record &record : packet.events)
                if (isKvmEvent(record) || record.kind == EventKind::IoctlEntry)
                    left[record.tid].push_back(record);
        }
    }
    for (auto &[tid, records] : left) {
        std::sort(records.begin(), records.end(), [](const Record &a, const Record &b) { return a.timeNs < b.timeNs; });
        const auto first = [&records = records](Ns from, auto counts) {
            for (const Record &record : records)
                if (record.timeNs >= from && counts(record))
                    return record.timeNs;
            return kEndOfRecording;
        };
        const auto is = [](EventKind kind) { return [kind](const Record &record) { return record.kind == kind; }; };
        for (const WrittenStream &stream : host.streams) {
            for (const Gap &gap : untoldGaps(stream)) {
                Ns ioctl = gap.end; // until a KVM event since the next ioctl entry
                if (gap.ioctls.contains(tid))
                    ioctl = first(first(gap.end, is(EventKind::IoctlEntry)), isKvmEvent);
                const auto excuse = [&, &thread = tid](Until until, Ns end) {
                    m_excused[static_cast<std::size_t>(until)][thread].push_back({gap.begin, std::max(end, ioctl)});
                };
                excuse(Until::NextKvmEvent, first(gap.end, isKvmEvent));
                excuse(Until::NextExit, first(gap.end, is(EventKind::VmExit)));
                excuse(Until::NextEntry, first(gap.end, is(EventKind::VmEntry)));
            }
        }
    }
}

TruthCheck::Until TruthCheck::doubtOf(VcpuState state)
{
    return state == VcpuState::Idle || state == VcpuState::Blocked ? Until::NextExit : Until::NextKvmEvent;
}

// "Where the thread is not known, entries, exits, kvm_userspace_exit and interrupts are told for a pseudo-vCPU; system
// calls are ignored", and "every number is still right for that pCPU": what it tells is true if it is of any vCPU.
std::vector<const naive::Vcpu *> TruthCheck::truthsOf(naive::Who who) const
{
    std::vector<const naive::Vcpu *> result;
    for (const auto &[other, vcpu] : who.tid == kNoThread ? m_ofPseudoVcpus : m_whole)
        if (other == who || (who.tid == kNoThread && other.tid != kNoThread))
            result.push_back(&vcpu);
    return result;
}

naive::Vcpu TruthCheck::truthOf(naive::Who who) const
{
    naive::Vcpu all;
    for (const naive::Vcpu *vcpu : truthsOf(who))
        addTo(all, *vcpu);
    order(all);
    return all;
}

// Where it is known what the vCPU is, or that it is dead.
std::vector<Stretch> TruthCheck::knownOf(naive::Who who, const naive::Vcpu &truth) const
{
    if (who.tid == kNoThread) {
        const auto it = m_knownOnPcpus.find(who.pcpu);
        return it == m_knownOnPcpus.end() ? std::vector<Stretch>{} : it->second;
    }
    std::vector<Stretch> known(truth.intervals.begin(), truth.intervals.end());
    const auto dead = m_dead.find(who.tid);
    if (dead != m_dead.end())
        addTo(known, dead->second);
    return naive::united(std::move(known));
}

bool TruthCheck::isExcused(naive::Who who, Stretch falsely, Until until) const
{
    const auto &excused = m_excused[static_cast<std::size_t>(until)];
    const auto it = excused.find(who.tid);
    return it != excused.end() && std::any_of(it->second.begin(), it->second.end(), [falsely](Stretch one) {
        return one.begin < falsely.end && falsely.begin < one.end;
    });
}

// "An entry that failed (… in its exit event) led to no run", but "a vCPU that a loss makes Unknown has no open entry
// …: an exit event that comes later has no entry". So the time from such an entry to a loss elsewhere is told as Guest.
bool isOfFailedEntry(const Interval &claim, const naive::Vcpu &truth)
{
    return claim.state == VcpuState::Guest
        && std::any_of(
            truth.exits.begin(), truth.exits.end(),
            [&](const auto &exit) {
                const auto next = std::upper_bound(truth.entries.begin(), truth.entries.end(), exit.event);
                return exit.entryFailed && exit.event >= claim.end && next != truth.entries.begin()
                    && *std::prev(next) >= claim.begin && *std::prev(next) < claim.end;
            });
}

void TruthCheck::checkStates(
    QStringList &found, naive::Who who, const naive::Vcpu &claims, const naive::Vcpu &truth) const
{
    const std::vector<Stretch> known = knownOf(who, truth);
    for (const Interval &claim : claims.intervals) {
        if (claim.state == VcpuState::Unknown)
            continue;
        const auto same
            = [&claim](const Interval &piece) { return piece.state == claim.state && piece.pcpu == claim.pcpu; };
        for (const Stretch &falsely : within(falseParts(claim, truth.intervals, same), known)) {
            // "A vCPU on the pCPU that becomes blind is Unknown already from its entry."
            const bool mayHaveFailed = !m_blindBegins.contains({claim.end, claim.pcpu});
            if (!isExcused(who, falsely, doubtOf(claim.state)) && !(mayHaveFailed && isOfFailedEntry(claim, truth)))
                found.append(nameOf(who) + QStringLiteral(": told ") + text(claim) + QStringLiteral(", true is ")
                    + around(truth.intervals, falsely));
        }
    }
}

// "What it tells" of an exit is that of one vCPU, also where a pseudo-vCPU tells it of several.
void TruthCheck::checkExit(QStringList &found, naive::Who who, const naive::Exit &claim) const
{
    QString falsely = QStringLiteral("that there is one"), trueExit = QStringLiteral("nothing");
    bool moreWork = false;
    for (const naive::Vcpu *vcpu : truthsOf(who)) {
        for (const naive::Exit &one : vcpu->exits) {
            if (one.event != claim.event || falsely.isEmpty())
                continue;
            falsely = whatIsFalse(claim, one, *vcpu);
            moreWork = isMoreInterruptWork(claim, *vcpu);
            trueExit = text(one);
        }
    }
    if (falsely.isEmpty() && !claim.entry && !m_exitEvents.contains({claim.event, claim.pcpu}))
        falsely = QStringLiteral("its pCPU");
    const Until until = falsely.isEmpty() ? Until::NextEntry : Until::NextKvmEvent;
    if (falsely.isEmpty() && moreWork)
        falsely = QStringLiteral("its interrupt work");
    if (!falsely.isEmpty() && !isExcused(who, extentOf(claim), until))
        found.append(nameOf(who) + QStringLiteral(": false is ") + falsely + QStringLiteral(": told ") + text(claim)
            + QStringLiteral(", true is ") + trueExit);
}

void TruthCheck::checkExits(
    QStringList &found, naive::Who who, const naive::Vcpu &claims, const naive::Vcpu &truth) const
{
    for (const naive::Exit &claim : claims.exits)
        checkExit(found, who, claim);
    for (const Ns entry : claims.entries)
        if (!std::binary_search(truth.entries.begin(), truth.entries.end(), entry))
            found.append(nameOf(who) + QStringLiteral(": told an entry at %1 that is none of it").arg(entry));
}

void TruthCheck::checkStretches(QStringList &found, naive::Who who, const QString &what, Until until,
    const std::vector<Stretch> &claims, const std::vector<Stretch> &truth, const std::vector<Stretch> &known) const
{
    for (const Stretch &claim : claims) {
        for (const Stretch &falsely : within(falseParts(claim, truth, [](const Stretch &) { return true; }), known)) {
            if (!isExcused(who, falsely, until))
                found.append(nameOf(who) + QLatin1Char(' ') + what + QStringLiteral(" told ") + rangeText(claim)
                    + QStringLiteral(", not true in ") + rangeText(falsely));
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
        const std::vector<Stretch> known = knownOf(who, truth);
        checkStretches(found, who, QStringLiteral("interrupt work"), Until::NextEntry, claims.irq, truth.irq, known);
        checkStretches(
            found, who, QStringLiteral("Kvm in halts"), Until::NextExit, claims.haltKvm, truth.haltKvm, known);
    }
    return found;
}

} // namespace exitscope::testing
