// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/view/exit_search.h"

#include <algorithm>
#include <vector>

#include "model/statistics/exit_filter.h"

namespace exitscope {

namespace {

struct Row {
    const Vcpu *vcpu;
    QString id;
};

// In the order that decides between exits of the same time.
std::vector<Row> allVcpus(const Recording &recording)
{
    std::vector<Row> rows;
    for (const Timeline &host : recording.hosts)
        for (const Vm &vm : host.vms)
            for (const Vcpu &vcpu : vm.vcpus)
                rows.push_back({&vcpu, vm.vcpuId(vcpu)});
    return rows;
}

struct Start {
    Ns time = 0;
    std::size_t row = 0; // of the exit at `time` from which the search goes on; none: 0
    std::optional<std::size_t> index; // of that exit
};

// The exits of a row that come after the start: [result, size).
std::size_t firstAfter(const ExitColumns &exits, std::size_t row, const Start &start)
{
    if (start.index && row == start.row)
        return *start.index + 1;
    const bool sameTimeIsAfter = !start.index || row > start.row;
    const auto at = sameTimeIsAfter ? std::ranges::lower_bound(exits.time, start.time)
                                    : std::ranges::upper_bound(exits.time, start.time);
    return std::size_t(at - exits.time.begin());
}

// The exits of a row that come before the start: [0, result).
std::size_t endBefore(const ExitColumns &exits, std::size_t row, const Start &start)
{
    if (start.index && row == start.row)
        return *start.index;
    const bool sameTimeIsBefore = start.index && row < start.row;
    const auto at = sameTimeIsBefore ? std::ranges::upper_bound(exits.time, start.time)
                                     : std::ranges::lower_bound(exits.time, start.time);
    return std::size_t(at - exits.time.begin());
}

std::optional<std::size_t> nextIn(const ExitColumns &exits, const ExitFilter &filter, std::size_t from)
{
    const auto [first, last] = filter.within(exits.time);
    for (std::size_t i = std::max(from, first); i < last; ++i)
        if (filter.passes(exits, i))
            return i;
    return std::nullopt;
}

std::optional<std::size_t> previousIn(const ExitColumns &exits, const ExitFilter &filter, std::size_t end)
{
    const auto [first, last] = filter.within(exits.time);
    for (std::size_t i = std::min(end, last); i > first; --i)
        if (filter.passes(exits, i - 1))
            return i - 1;
    return std::nullopt;
}

std::optional<Start> startOf(const std::vector<Row> &rows, const SearchStart &start)
{
    if (const Ns *time = std::get_if<Ns>(&start))
        return Start{*time, 0, std::nullopt};
    const ExitRef &ref = std::get<ExitRef>(start);
    const auto row = std::ranges::find(rows, ref.vcpu, &Row::id);
    if (row == rows.end() || ref.index >= row->vcpu->exits.size())
        return std::nullopt;
    return Start{row->vcpu->exits.time[ref.index], std::size_t(row - rows.begin()), ref.index};
}

} // namespace

std::optional<FoundExit> findExit(
    const Recording &recording, const Selection &selection, const SearchStart &start, Direction direction)
{
    const std::vector<Row> rows = allVcpus(recording);
    const std::optional<Start> from = startOf(rows, start);
    if (!from)
        return std::nullopt;
    const ExitFilter filter(selection, recording.reasons);
    std::optional<FoundExit> best;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto &[vcpu, id] = rows[row];
        if (!filter.passesVcpu(id))
            continue;
        const ExitColumns &exits = vcpu->exits;
        const bool isNext = direction == Direction::Next;
        const auto found = isNext ? nextIn(exits, filter, firstAfter(exits, row, *from))
                                  : previousIn(exits, filter, endBefore(exits, row, *from));
        if (!found)
            continue;
        // Rows come in the order that decides at equal times: the first of them is next, the last is previous.
        const Ns time = exits.time[*found];
        if (!best || (isNext ? time < best->time() : time >= best->time()))
            best = FoundExit{{id, *found}, vcpu, *found};
    }
    return best;
}

std::optional<FoundExit> exitAt(const Recording &recording, const ExitRef &ref)
{
    for (const Row &row : allVcpus(recording))
        if (row.id == ref.vcpu && ref.index < row.vcpu->exits.size())
            return FoundExit{ref, row.vcpu, ref.index};
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
