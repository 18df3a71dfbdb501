// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/model/property/naive_irq.h"

#include <algorithm>

namespace exitscope::naive {

void InterruptWork::begin(std::int32_t pcpu, IrqSource source, Who who, Ns time)
{
    m_open[pcpu].push_back({source, who, time});
}

void InterruptWork::end(std::int32_t pcpu, IrqSource source, Ns time)
{
    std::vector<Open> &open = m_open[pcpu];
    for (std::size_t i = open.size(); i-- > 0;) {
        if (open[i].source != source)
            continue;
        close(pcpu, open[i], time);
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
        return;
    }
}

void InterruptWork::endAll(std::int32_t pcpu, Ns time)
{
    for (const Open &open : m_open[pcpu])
        close(pcpu, open, time);
    m_open[pcpu].clear();
}

void InterruptWork::endOfOthers(std::int32_t pcpu, Who who, Ns time)
{
    // Work of a thread that is not known may be of this one.
    const auto isOfOther = [&](const Open &open) { return open.who.tid != kNoThread && open.who != who; };
    std::vector<Open> &open = m_open[pcpu];
    for (const Open &each : open)
        if (isOfOther(each))
            close(pcpu, each, time);
    open.erase(std::remove_if(open.begin(), open.end(), isOfOther), open.end());
}

const std::map<Who, std::vector<Work>> &InterruptWork::finish(Ns time)
{
    for (const auto &[pcpu, open] : m_open)
        endAll(pcpu, time);
    return m_work;
}

void InterruptWork::close(std::int32_t pcpu, const Open &open, Ns time)
{
    m_work[open.who].push_back({{open.begin, time}, pcpu});
}

} // namespace exitscope::naive
