// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/statistics/distribution_pass.h"

#include <algorithm>
#include <utility>

namespace exitscope {

void DistributionPass::GroupRanks::tell(ExitGroup &group)
{
    gross.tell(group.gross);
    net.tell(group.net);
    if (!group.knownNet)
        return;
    if (group.knownNet->count == group.net.count)
        group.knownNet = group.net;
    else
        plainNet.tell(*group.knownNet);
}

DistributionPass::DistributionPass(const Recording &recording, const Selection &selection, CancelFlag cancel)
    : m_recording(recording), m_selection(selection), m_filter(m_selection, recording.reasons), m_cancel(cancel),
      m_hasBand(selection.minNs || selection.maxNs), m_reasons(recording.reasons.size()), m_scenarios(kScenarios),
      m_runs(vcpusOf(recording).size())
{
    for (const Timeline &host : recording.hosts) {
        m_netRoles.push_back(netRolesOn(host, recording));
        m_lacksNet = m_lacksNet || !host.switchesRecorded;
    }
    for (std::size_t kind = 0; kind < kDurations; ++kind) {
        m_histograms[kind].of = DurationKind(kind);
        m_histograms[kind].counts.resize(recording.reasons.size());
        m_histograms[kind].leftOut.resize(recording.reasons.size());
    }
}

bool DistributionPass::run()
{
    const bool isCounted = goThrough([this](const Place &place, const Exit &exit) {
        forEachRanks(place, exit, [](DurationRanks &ranks, BinnedDuration duration) { ranks.count(duration); });
        if (place.isSelected)
            countBins(exit);
    });
    bool isDone = true;
    const auto look = [&](DurationRanks &ranks) { isDone = !ranks.look() && isDone; };
    for (std::vector<GroupRanks> *groups : {&m_reasons, &m_scenarios})
        for (GroupRanks &group : *groups)
            for (DurationRanks *ranks : {&group.gross, &group.net, &group.plainNet})
                look(*ranks);
    std::ranges::for_each(m_runs, look);
    std::ranges::for_each(m_ranks, look);
    return isCounted && (isDone || goThrough([this](const Place &place, const Exit &exit) {
        forEachRanks(place, exit, [](DurationRanks &ranks, BinnedDuration duration) { ranks.take(duration); });
    }));
}

bool DistributionPass::goThrough(const auto &use)
{
    for (const VcpuAt &vcpu : vcpusOf(m_recording)) {
        const Place place{
            vcpu, vcpu.vcpu->exits, m_netRoles[vcpu.key.vm.host], m_runs[vcpu.number], m_filter.passesVcpu(vcpu.key)};
        const auto [begin, end] = m_filter.within(place.exits.times());
        for (std::size_t first = begin; first < end; first += kExitsPerLook) {
            if (isCancelled(m_cancel))
                return false;
            for (std::size_t i = first; i < std::min(first + kExitsPerLook, end); ++i)
                if (Exit exit; read(place, i, exit))
                    use(place, exit);
        }
    }
    return !isCancelled(m_cancel);
}

// False if it counts nowhere.
inline bool DistributionPass::read(const Place &place, std::size_t i, Exit &exit) const
{
    const ExitColumns &exits = place.exits;
    exit.reason = exits.reason(i);
    exit.scenario = std::uint8_t(exits.scenario(i));
    exit.passesReason = m_filter.passesReason(exit.reason);
    exit.passesScenario = m_filter.passesScenario(exits.scenario(i));
    if ((!exit.passesReason && !exit.passesScenario) || !m_filter.passesRest(place.of, i))
        return false;
    exit.isTimed = exits.timed(i);
    if (exit.isTimed) {
        const ExitParts parts = exits.parts(i);
        exit.gross = parts.gross();
        exit.net = parts.net();
        exit.netRole = place.netRoles[exit.reason];
        exit.isNetKnown = exit.netRole != NetRole::Unknown;
    }
    exit.hasRun = exits.hasRun(i);
    if (exit.hasRun)
        exit.run = exits.run(i);
    if (!m_hasBand)
        return true;
    const auto isInBand = [this](Ns duration) {
        return duration >= m_selection.minNs.value_or(duration)
            && (!m_selection.maxNs || duration < *m_selection.maxNs);
    };
    switch (m_selection.bandOf) {
    case DurationKind::Gross:
        exit.isInBand = exit.isTimed && isInBand(exit.gross);
        break;
    case DurationKind::Net:
        exit.isInBand = exit.isNetKnown && isInBand(exit.net);
        break;
    case DurationKind::Run:
        exit.isInBand = exit.hasRun && isInBand(exit.run);
        break;
    }
    return true;
}

void DistributionPass::forEachRanks(const Place &place, const Exit &exit, const auto &act)
{
    const bool passesBoth = exit.passesReason && exit.passesScenario;
    const BinnedDuration run(exit.run);
    if (exit.hasRun && exit.isInBand && passesBoth)
        act(place.runs, run);
    if (!place.isSelected)
        return;
    if (exit.hasRun && countsIn(exit, DurationKind::Run))
        act(m_ranks[std::size_t(DurationKind::Run)], run);
    if (!exit.isTimed)
        return;
    const BinnedDuration gross(exit.gross), net(exit.net);
    const auto actOnGroup = [&](GroupRanks &group) {
        act(group.gross, gross);
        act(group.net, net);
        if (m_lacksNet && exit.netRole == NetRole::Plain)
            act(group.plainNet, net);
    };
    if (exit.isInBand && exit.passesScenario)
        actOnGroup(m_reasons[exit.reason]);
    if (exit.isInBand && exit.passesReason)
        actOnGroup(m_scenarios[exit.scenario]);
    if (countsIn(exit, DurationKind::Gross))
        act(m_ranks[std::size_t(DurationKind::Gross)], gross);
    if (exit.isNetKnown && countsIn(exit, DurationKind::Net))
        act(m_ranks[std::size_t(DurationKind::Net)], net);
}

void DistributionPass::countBins(const Exit &exit)
{
    const auto count = [&](DurationKind of, bool isKnown, Ns duration) {
        DurationHistogram &histogram = m_histograms[std::size_t(of)];
        if (!isKnown || !countsIn(exit, of))
            return;
        ++histogram.counts[exit.reason][std::size_t(DurationBins::indexOf(BinnedDuration(duration)))];
        ++histogram.total;
    };
    count(DurationKind::Gross, exit.isTimed, exit.gross);
    count(DurationKind::Net, exit.isNetKnown, exit.net);
    count(DurationKind::Run, exit.hasRun, exit.run);
    if (exit.isTimed && !exit.isNetKnown && countsIn(exit, DurationKind::Net))
        ++m_histograms[std::size_t(DurationKind::Net)].leftOut[exit.reason];
}

void DistributionPass::tellReasons(std::vector<ReasonGroup> &groups)
{
    for (ReasonGroup &group : groups)
        m_reasons[group.reason].tell(group);
}

void DistributionPass::tellScenarios(std::vector<ScenarioGroup> &groups)
{
    for (ScenarioGroup &group : groups)
        m_scenarios[std::size_t(group.scenario)].tell(group);
}

void DistributionPass::tellRuns(VcpuStatistics &vcpu)
{
    m_runs[vcpu.number].tell(vcpu.totals.runs);
}

DurationHistogram DistributionPass::takeHistogram(DurationKind of)
{
    DurationHistogram histogram = std::move(m_histograms[std::size_t(of)]);
    static_cast<Percentiles &>(histogram) = m_ranks[std::size_t(of)].percentiles();
    return histogram;
}

DurationHistogram histogramOf(const Recording &recording, const Selection &selection, DurationKind of)
{
    DistributionPass pass(recording, selection, nullptr);
    pass.run();
    return pass.takeHistogram(of);
}

} // namespace exitscope
