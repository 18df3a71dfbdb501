// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/exit_search.h"

#include <algorithm>
#include <vector>

namespace exitscope {

namespace {

constexpr double kAroundExit = 0.25; // of the exit's length, on either side

struct Start {
    Ns time = 0;
    std::size_t row = 0; // of the exit at `time` from which the search goes on; none: 0
    std::optional<std::size_t> index; // of that exit
};

// [first, last) of the passing exits that the selected range leaves.
std::pair<std::size_t, std::size_t> within(const VcpuExitIndex &exits, const Selection &selection)
{
    const std::size_t first = selection.from ? exits.lowerBound(*selection.from) : 0;
    return {first, selection.to ? exits.lowerBound(*selection.to) : exits.size()};
}

std::optional<std::size_t> nextIn(
    const VcpuExitIndex &exits, const Selection &selection, std::size_t row, const Start &start)
{
    const auto [first, last] = within(exits, selection);
    const bool sameTimeIsAfter = !start.index || row > start.row;
    const std::size_t after = start.index && row == start.row
        ? exits.positionOf(*start.index + 1)
        : exits.lowerBound(start.time + (sameTimeIsAfter ? 0 : 1));
    const std::size_t at = std::max(first, after);
    return at < last ? std::optional(exits.row(at)) : std::nullopt;
}

std::optional<std::size_t> previousIn(
    const VcpuExitIndex &exits, const Selection &selection, std::size_t row, const Start &start)
{
    const auto [first, last] = within(exits, selection);
    const bool sameTimeIsBefore = start.index && row < start.row;
    const std::size_t before = start.index && row == start.row
        ? exits.positionOf(*start.index)
        : exits.lowerBound(start.time + (sameTimeIsBefore ? 1 : 0));
    const std::size_t end = std::min(last, before);
    return end > first ? std::optional(exits.row(end - 1)) : std::nullopt;
}

std::optional<Start> startOf(const Recording &recording, const SearchStart &start)
{
    if (const Ns *time = std::get_if<Ns>(&start))
        return Start{*time, 0, std::nullopt};
    const auto exit = exitAt(recording, std::get<ExitRef>(start));
    return exit ? std::optional(Start{exit->time(), exit->number, exit->index}) : std::nullopt;
}

} // namespace

std::optional<FoundExit> findExit(const Recording &recording, const ExitIndex &passing, const Selection &selection,
    const SearchStart &start, Direction direction)
{
    const std::optional<Start> from = startOf(recording, start);
    if (!from)
        return std::nullopt;
    std::optional<FoundExit> best;
    for (const VcpuAt &of : vcpusOf(recording)) {
        const std::size_t row = of.number;
        const bool isNext = direction == Direction::Next;
        const auto found
            = isNext ? nextIn(passing[row], selection, row, *from) : previousIn(passing[row], selection, row, *from);
        if (!found)
            continue;
        // vCPUs come in the order that decides at equal times: the first of them is next, the last is previous.
        const Ns time = of.vcpu->exits.time(*found);
        if (!best || (isNext ? time < best->time() : time >= best->time()))
            best = FoundExit{of, *found};
    }
    return best;
}

std::optional<FoundExit> dearestExit(const KeyContext &context, const Selection &selection,
    std::span<const AccountKey> keys, std::span<const KeyValue> values, CancelFlag cancel)
{
    const ExitFilter filter(selection, context.recording.reasons);
    std::optional<FoundExit> best;
    std::optional<Ns> bestNet;
    for (const VcpuAt &vcpu : context.vcpus) {
        const ExitColumns &exits = vcpu.vcpu->exits;
        if (isCancelled(cancel) || !filter.passesVcpu(vcpu.key))
            continue;
        const auto hasValues = [&](std::size_t i) {
            return std::ranges::equal(keys, values,
                [&](AccountKey key, KeyValue value) { return info(key).valueOf(context, vcpu, exits, i) == value; });
        };
        const auto [first, last] = filter.within(exits.times());
        for (std::size_t i = first; i < last; ++i) {
            if (!filter.passes(vcpu, i) || !hasValues(i))
                continue;
            const std::optional<Ns> net = filter.durationOf(*vcpu.host, exits, i, DurationKind::Net);
            const bool isEarlier = best && net == bestNet && exits.time(i) < best->time();
            if (!best || net > bestNet || isEarlier) {
                best = FoundExit{vcpu, i};
                bestNet = net;
            }
        }
    }
    return best;
}

TimeRange rangeAround(const FoundExit &exit)
{
    const ExitColumns &exits = exit.vcpu->exits;
    const Ns from = exits.hasRun(exit.index) ? exits.entry(exit.index) : exit.time();
    const Ns to = exits.timed(exit.index) ? exits.end(exit.index) : exits.event(exit.index);
    const Ns around = Ns(double(to - from) * kAroundExit);
    return {from - around, to + around};
}

std::optional<FoundExit> exitAt(const Recording &recording, const ExitRef &ref)
{
    const std::optional<VcpuAt> vcpu = vcpuAt(recording, ref.vcpu);
    if (!vcpu || ref.index >= vcpu->vcpu->exits.size())
        return std::nullopt;
    return FoundExit{*vcpu, ref.index};
}

TimeRange scrolledTo(TimeRange visible, Ns time)
{
    if (visible.contains(time))
        return visible;
    const Ns from = time - visible.length() / 2;
    return {from, from + visible.length()};
}

} // namespace exitscope
