// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/clock/region_evidence.h"

#include <algorithm>
#include <cmath>

#include "model/clock/guest_code.h"
#include "model/clock/search/containment_fit.h"
#include "model/clock/search/region_search.h"

namespace exitscope {

namespace {

constexpr Ns kFromDeadlines = 2000; // ns: so far from deadlines no line is possible
constexpr double kLeastSpan = 0.5; // of the overlap, that deadlines have to cover
constexpr std::size_t kMostChecked = 16; // regions
constexpr std::int64_t kFewContradicted = 2;

} // namespace

LineRegions nearDeadlines(const LineRegions &regions, const DeadlineEstimate &deadlines)
{
    return near(regions, deadlines.line, deadlines.span, kFromDeadlines);
}

LineRegions regionsByDeadlines(
    const GuestOnVm &guest, const DeadlineEstimate &deadlines, TimeRange overlap, const SearchBudget &budget)
{
    if (double(deadlines.span.length()) < kLeastSpan * double(overlap.length()))
        return {};
    const Ns middle = overlap.from + overlap.length() / 2;
    const double part = double(std::abs(middle - (deadlines.span.from + deadlines.span.length() / 2)))
        / double(std::max<Ns>(1, deadlines.span.length() / 2));
    const double turn = double(overlap.length()) / double(std::max<Ns>(1, deadlines.span.length()));
    const RegionSearch search{deadlines.line, overlap, double(kFromDeadlines) * std::max(1.0, part),
        double(kFromDeadlines) * std::max(1.0, turn)};
    return nearDeadlines(searchRegions(guest, search, budget), deadlines);
}

void dropContradicted(LineRegions &regions, const GuestTrace &trace, const VmRuns &runs, const CpuMap &vcpuOf,
    const ReasonTable &reasons, const SearchBudget &budget)
{
    const bool areExact = std::ranges::all_of(regions.regions, &LineRegion::isExact);
    if (regions.size() < 2 || regions.size() > kMostChecked || !areExact || runs.isPseudo())
        return;
    std::vector<CodeChecked> checked;
    for (const LineRegion &region : regions.regions) {
        CodeChecked &sum = checked.emplace_back();
        for (std::size_t k = 0; k < vcpuOf.size() && !budget.hasEnded(); ++k) {
            if (!vcpuOf[k])
                continue;
            const CodeChecked own = checkCode(trace.cpus[k], runs.vm().vcpus[*vcpuOf[k]], reasons, region.piece.line);
            sum.agreed += own.agreed;
            sum.contradicted += own.contradicted;
        }
    }
    const CodeChecked best = *std::ranges::min_element(checked, {}, &CodeChecked::contradicted);
    if (best.agreed <= best.contradicted)
        return; // a guest of 32 bits, or with guests of its own: addresses tell nothing
    std::size_t at = 0;
    std::erase_if(regions.regions,
        [&](const LineRegion &) { return checked[at++].contradicted > 2 * best.contradicted + kFewContradicted; });
}

} // namespace exitscope
