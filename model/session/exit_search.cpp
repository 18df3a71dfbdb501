// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/exit_search.h"

#include <algorithm>
#include <vector>

namespace exitscope {

namespace {

struct Row {
    const Vcpu *vcpu;
    QString id;
    std::size_t host;

    bool isOf(const ExitRef &ref) const { return host == ref.host && id == ref.vcpu && ref.index < vcpu->exits.size(); }
};

// In the order that decides between exits of the same time.
std::vector<Row> allVcpus(const Recording &recording)
{
    std::vector<Row> rows;
    for (std::size_t host = 0; host < recording.hosts.size(); ++host)
        for (const Vm &vm : recording.hosts[host].vms)
            for (const Vcpu &vcpu : vm.vcpus)
                rows.push_back({&vcpu, vm.vcpuId(vcpu), host});
    return rows;
}

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

std::optional<Start> startOf(const std::vector<Row> &rows, const SearchStart &start)
{
    if (const Ns *time = std::get_if<Ns>(&start))
        return Start{*time, 0, std::nullopt};
    const ExitRef &ref = std::get<ExitRef>(start);
    const auto row = std::ranges::find_if(rows, [&](const Row &of) { return of.isOf(ref); });
    if (row == rows.end())
        return std::nullopt;
    return Start{row->vcpu->exits.time[ref.index], std::size_t(row - rows.begin()), ref.index};
}

} // namespace

std::optional<FoundExit> findExit(const Recording &recording, const ExitIndex &passing, const Selection &selection,
    const SearchStart &start, Direction direction)
{
    const std::vector<Row> rows = allVcpus(recording);
    const std::optional<Start> from = startOf(rows, start);
    if (!from)
        return std::nullopt;
    std::optional<FoundExit> best;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto &[vcpu, id, host] = rows[row];
        const bool isNext = direction == Direction::Next;
        const auto found
            = isNext ? nextIn(passing[row], selection, row, *from) : previousIn(passing[row], selection, row, *from);
        if (!found)
            continue;
        // Rows come in the order that decides at equal times: the first of them is next, the last is previous.
        const Ns time = vcpu->exits.time[*found];
        if (!best || (isNext ? time < best->time() : time >= best->time()))
            best = FoundExit{{id, *found, host}, vcpu, *found};
    }
    return best;
}

std::optional<FoundExit> exitAt(const Recording &recording, const ExitRef &ref)
{
    for (const Row &row : allVcpus(recording))
        if (row.isOf(ref))
            return FoundExit{ref, row.vcpu, ref.index};
    return std::nullopt;
}

std::optional<ExitRef> exitRefOf(const Recording &recording, const Vcpu &vcpu, std::size_t index)
{
    for (std::size_t host = 0; host < recording.hosts.size(); ++host)
        for (const Vm &vm : recording.hosts[host].vms)
            for (const Vcpu &other : vm.vcpus)
                if (&other == &vcpu)
                    return ExitRef{vm.vcpuId(vcpu), index, host};
    return std::nullopt;
}

TimeRange scrolledTo(TimeRange visible, Ns time)
{
    if (visible.contains(time))
        return visible;
    const Ns from = time - visible.length() / 2;
    return {from, from + visible.length()};
}

} // namespace exitscope
