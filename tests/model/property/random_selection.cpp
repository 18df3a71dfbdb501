// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/random_selection.h"

#include <algorithm>

#include "model/statistics/duration_histogram.h"
#include "model/vcpu_walk.h"

namespace exitscope::testing {

namespace {

Ns anyTime(TimeRange bounds, Dice &dice)
{
    // A share of the length that has more parts than one throw.
    const Ns parts = Ns(dice.below(1 << 20)) + (Ns(dice.below(1 << 10)) << 20);
    return bounds.from - 20 + Ns(double(bounds.length() + 40) * double(parts) / double(Ns(1) << 30));
}

void setBand(Selection &selection, BandBorders borders, Dice &dice)
{
    selection.bandOf = DurationKind(dice.below(3));
    const int first = dice.below(40);
    const int end = first + dice.below(40);
    const bool ofBins = borders == BandBorders::OfBins;
    if (ofBins || dice.chance(70))
        selection.minNs = first == 0 ? 0 : DurationBins::lower(first) + (ofBins ? 0 : dice.below(3) - 1);
    if (dice.chance(70) && end > 0)
        selection.maxNs = DurationBins::lower(end) + (ofBins ? 0 : dice.below(3) - 1);
}

// What the exit has, by any set of filters but the first ones.
void addValue(Selection &selection, const ExitColumns &exits, std::size_t exit, int set)
{
    switch (set) {
    case 0:
        selection.addresses.insert(exits.guestRip(exit));
        break;
    case 1:
        selection.pcpus.insert(exits.pcpu(exit));
        break;
    case 2:
        selection.targets.insert(exits.target(exit));
        break;
    case 3:
        selection.regions.insert(exits.target(exit).region());
        break;
    case 4:
        selection.userspace.insert(exits.userspace(exit));
        break;
    default:
        selection.touches.insert(exits.touch(exit));
        break;
    }
}

// Of the exits that there are.
void setPlaces(Selection &selection, const Recording &recording, Dice &dice)
{
    const int set = dice.below(6);
    for (const VcpuAt &vcpu : vcpusOf(recording)) {
        const ExitColumns &exits = vcpu.vcpu->exits;
        for (int i = 0; i < 3 && exits.size() > 0; ++i) {
            const auto exit = std::size_t(dice.below(int(exits.size())));
            addValue(selection, exits, exit, set);
        }
        if (dice.chance(50))
            return;
    }
}

} // namespace

Selection randomSelection(const Recording &recording, BandBorders borders, Dice &dice)
{
    Selection selection;
    const TimeRange bounds = boundsOf(recording);
    if (dice.chance(60))
        selection.from = anyTime(bounds, dice);
    if (dice.chance(60))
        selection.to = std::max(anyTime(bounds, dice), selection.from.value_or(bounds.from));
    const bool choosesVcpus = dice.chance(40), choosesReasons = dice.chance(40), choosesScenarios = dice.chance(40);
    for (const VcpuAt &vcpu : vcpusOf(recording))
        if (choosesVcpus && dice.chance(40))
            selection.vcpus.insert(vcpu.key);
    for (std::size_t i = 0; i < recording.reasons.size(); ++i)
        if (choosesReasons && dice.chance(40))
            selection.reasons.insert(recording.reasons[i].key);
    for (int i = 0; i < kScenarios; ++i)
        if (choosesScenarios && dice.chance(40))
            selection.scenarios.insert(static_cast<Scenario>(i));
    if (dice.chance(70))
        setBand(selection, borders, dice);
    if (dice.chance(40))
        setPlaces(selection, recording, dice);
    return selection;
}

} // namespace exitscope::testing
