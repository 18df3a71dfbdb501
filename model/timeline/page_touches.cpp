// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/timeline/page_touches.h"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <utility>
#include <vector>

namespace exitscope {

namespace {

struct ExitOfPage {
    std::uint64_t page;
    Ns time;
    std::uint32_t vcpu;
    std::uint32_t exit;
    auto operator<=>(const ExitOfPage &) const = default;
};

// The first of each page, by vCPU and exit.
std::vector<ExitOfPage> firstsOf(const Vm &vm)
{
    std::vector<ExitOfPage> all;
    for (std::size_t v = 0; v < vm.vcpus.size(); ++v) {
        const ExitColumns &exits = vm.vcpus[v].exits;
        for (std::size_t i = 0; i < exits.size(); ++i)
            if (exits.touch(i) != PageTouch::None)
                all.push_back({exits.target(i).value(), exits.time(i), std::uint32_t(v), std::uint32_t(i)});
    }
    std::ranges::sort(all); // no hash: what a trace holds could be chosen so that all fall on one place
    const auto rest = std::ranges::unique(all, {}, &ExitOfPage::page);
    all.erase(rest.begin(), rest.end());
    std::ranges::sort(all, {}, [](const ExitOfPage &first) { return std::pair(first.vcpu, first.exit); });
    return all;
}

} // namespace

void markFirstTouches(Vm &vm)
{
    const std::vector<ExitOfPage> firsts = firstsOf(vm);
    auto first = firsts.begin();
    for (std::size_t v = 0; v < vm.vcpus.size(); ++v) {
        if (first == firsts.end() || first->vcpu != v)
            continue;
        ExitColumns &exits = vm.vcpus[v].exits;
        Column<PageTouch> touches;
        touches.reserve(exits.size());
        for (std::size_t i = 0; i < exits.size(); ++i) {
            const bool isFirst = first != firsts.end() && first->vcpu == v && first->exit == i;
            touches.append(isFirst && exits.touch(i) == PageTouch::Repeated ? PageTouch::First : exits.touch(i));
            first += isFirst;
        }
        exits.setTouches(std::move(touches));
    }
}

} // namespace exitscope
