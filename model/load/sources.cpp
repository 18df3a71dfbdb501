// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/load/sources.h"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

#include "model/diagnostic_codes.h"
#include "model/record/event_catalog.h"
#include "model/record/far_time.h"
#include "model/record/frame.h"

namespace exitscope {

namespace {

constexpr WideNs kSecond = 1'000'000'000;

// Exact, wherever it leads.
WideNs wholeOffset(const wire::Description &description)
{
    WideNs offset = description.clockOffsetSeconds * kSecond;
    if (description.clockFrequency != 0) {
        __extension__ using Cycles = unsigned __int128;
        offset += WideNs(
            Cycles{description.clockOffsetCycles} * static_cast<Cycles>(kSecond) / description.clockFrequency);
    }
    return offset;
}

// A surveyed trace on the raw clock that all traces of the host share.
struct Candidate {
    std::size_t trace = 0;
    const TraceInfo *info = nullptr;
    Ns offset = 0; // 0 if it shares no raw clock with the others
    Ns begin = 0; // raw
    Ns end = 0;

    bool has(std::uint32_t bits) const { return (info->richness & bits) != 0; }
    bool hasKvm() const { return has(wire::HasEntry | wire::HasExit); }
    bool overlaps(const Candidate &other) const { return begin <= other.end && other.begin <= end; }
};

// One session, rotated: on each pCPU one goes on where the other ended, so both borders lie in the same order.
bool continueEachOther(const Candidate &a, const Candidate &b)
{
    const std::string &uuid = a.info->description.traceUuid;
    if (uuid.empty() || uuid != b.info->description.traceUuid)
        return false;
    return (a.begin < b.begin && a.end < b.end) || (b.begin < a.begin && b.end < a.end);
}

bool sameExits(const Candidate &a, const Candidate &b)
{
    return a.has(wire::HasExit) && b.has(wire::HasExit) && a.overlaps(b) && !continueEachOther(a, b);
}

bool isRicher(const Candidate &a, const Candidate &b)
{
    const auto rank = [](const Candidate &c) {
        return std::pair(std::popcount(c.info->richness & wire::kRankedKinds), c.info->events);
    };
    return rank(a) != rank(b) ? rank(a) > rank(b) : a.trace < b.trace; // else the first one given
}

std::vector<Candidate> candidates(std::span<const TraceInfo *const> traces)
{
    std::vector<Candidate> all;
    const wire::Description &first = traces.front()->description;
    const bool oneClock = !first.clockUuid.empty() // else only the times from the origin can be compared
        && std::all_of(traces.begin(), traces.end(), [&](const TraceInfo *info) {
               return info->description.clockUuid == first.clockUuid
                   && info->description.clockFrequency == first.clockFrequency;
           });
    for (std::size_t i = 0; i < traces.size(); ++i) {
        const TraceInfo *info = traces[i];
        if (!info->beginNs || !info->endNs)
            continue; // no events: nothing to use
        const Ns offset = oneClock ? clockOffsetNs(info->description) : 0;
        all.push_back({i, info, offset, shifted(*info->beginNs, -offset), shifted(*info->endNs, -offset)});
    }
    return all;
}

std::vector<Candidate> choose(std::vector<Candidate> all, Diagnostics &diagnostics)
{
    std::sort(all.begin(), all.end(), isRicher);
    std::vector<Candidate> used;
    for (const Candidate &candidate : all) {
        const auto richer = std::find_if(
            used.begin(), used.end(), [&](const Candidate &other) { return sameExits(candidate, other); });
        if (richer == used.end()) {
            used.push_back(candidate);
            continue;
        }
        diagnostics.push_back(makeDiagnostic(Code::TraceNotUsed,
            QStringLiteral("it recorded the same exits as %1, which holds more kinds of events, or more events; open "
                           "it alone to see it")
                .arg(richer->info->path),
            candidate.info->path));
    }
    std::stable_sort(used.begin(), used.end(),
        [](const Candidate &a, const Candidate &b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
    return used;
}

// What two traces recorded of one time is the same twice, and would contradict itself: the richer one has it.
std::uint32_t droppedOf(const Candidate &candidate, const std::vector<Candidate> &used, Diagnostics &diagnostics)
{
    constexpr std::uint32_t kContexts = wire::HasTid | wire::HasPid | wire::HasProcname;
    std::uint32_t dropped = 0;
    for (const Candidate &other : used) {
        const std::uint32_t both = candidate.info->richness & other.info->richness & ~kContexts;
        if (both == 0 || !isRicher(other, candidate) || !candidate.overlaps(other)
            || continueEachOther(candidate, other))
            continue;
        dropped |= both;
        diagnostics.push_back(makeDiagnostic(Code::TraceNotUsed,
            QStringLiteral("of its events, those of the kinds that %1 recorded too are not used").arg(other.info->path),
            candidate.info->path));
    }
    return dropped;
}

// Stretches that none of the candidates (ordered by begin) covers, save between chunks of one session.
void addGaps(const std::vector<Candidate> &ordered, Ns reference, HostPlan &plan)
{
    const Candidate *last = nullptr; // the one that ends last
    for (const Candidate &next : ordered) {
        if (last && next.begin > last->end && !continueEachOther(*last, next)) {
            const Gap gap{shifted(last->end, reference), shifted(next.begin, reference)};
            const bool known = std::any_of(plan.gaps.begin(), plan.gaps.end(),
                [&](const Gap &other) { return other.from <= gap.from && gap.until <= other.until; });
            if (!known) {
                plan.gaps.push_back(gap);
                plan.diagnostics.push_back(makeDiagnostic(Code::RecordingsApart,
                    QStringLiteral("it begins %1 ns after %2 ended; all is Unknown between them")
                        .arg(next.begin - last->end)
                        .arg(last->info->path),
                    next.info->path));
            }
        }
        if (!last || next.end > last->end)
            last = &next;
    }
}

void addGaps(const std::vector<Candidate> &used, HostPlan &plan)
{
    const Ns reference = used.front().offset;
    std::vector<Candidate> kvm;
    std::copy_if(used.begin(), used.end(), std::back_inserter(kvm), [](const Candidate &c) { return c.hasKvm(); });
    addGaps(kvm, reference, plan);
    addGaps(used, reference, plan);
    std::sort(plan.gaps.begin(), plan.gaps.end(), [](const Gap &a, const Gap &b) { return a.from < b.from; });
}

} // namespace

bool declaresKvm(const wire::Description &description)
{
    return std::any_of(
        description.events.begin(), description.events.end(),
        [](const std::string &name) {
            const EventKind kind = classify(name).kind;
            return kind == EventKind::VmEntry || kind == EventKind::VmExit;
        });
}

Ns clockOffsetNs(const wire::Description &description)
{
    return movedWithinReach(wholeOffset(description));
}

void tellUnreached(const TraceInfo &info, Ns shift, Diagnostics &diagnostics)
{
    const bool isReached = isWithinReach(wholeOffset(info.description))
        && (!info.beginNs || isWithinReach(WideNs{*info.beginNs} + shift))
        && (!info.endNs || isWithinReach(WideNs{*info.endNs} + shift));
    if (!isReached)
        diagnostics.push_back(makeDiagnostic(Code::TimesOutOfReach,
            QStringLiteral("its clock leads more than 146 years away from its origin; times beyond that were moved "
                           "there. The offset of its clock, or a time in it, is likely to be damaged"),
            info.path));
}

std::string hostKey(const wire::Description &description)
{
    if (description.clockUuid.empty() || description.hostname.empty())
        return {};
    return description.clockUuid + '\n' + description.hostname;
}

HostPlan planHost(std::span<const TraceInfo *const> traces)
{
    HostPlan plan;
    const std::vector<Candidate> used = choose(candidates(traces), plan.diagnostics);
    if (used.empty())
        return plan;
    const Candidate &earliest = used.front();
    for (const Candidate &candidate : used) {
        const Ns shift = earliest.offset - candidate.offset;
        tellUnreached(*candidate.info, shift, plan.diagnostics);
        plan.used.push_back({candidate.trace, shift, droppedOf(candidate, used, plan.diagnostics)});
        if (shift != 0)
            plan.diagnostics.push_back(makeDiagnostic(Code::ClockOffsetsDiffer,
                QStringLiteral("its clock offset differs by %1 ns from that of %2, which is used for both")
                    .arg(-shift)
                    .arg(earliest.info->path),
                candidate.info->path));
    }
    addGaps(used, plan);
    const auto hasEntry = [](const Candidate &c) { return c.has(wire::HasEntry); };
    plan.allProofs = !std::all_of(used.begin(), used.end(), hasEntry);
    return plan;
}

} // namespace exitscope
