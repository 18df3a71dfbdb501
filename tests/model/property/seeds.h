// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>
#include <QtGlobal>

#include <cstdint>

namespace exitscope::testing {

struct Seeds {
    std::uint32_t first = 0;
    std::uint32_t end = 0;
    std::uint32_t size() const { return end - first; }
};

// The first `count` seeds, or those that EXITSCOPE_SEED asks for: 17, or 1-60000.
inline Seeds seeds(std::uint32_t count)
{
    const QStringList asked = qEnvironmentVariable("EXITSCOPE_SEED").split(QLatin1Char('-'), Qt::SkipEmptyParts);
    if (asked.isEmpty())
        return {1, count + 1};
    return {asked.front().toUInt(), asked.back().toUInt() + 1};
}

// What to fail with: the first seeds for which `problemsOf` finds any, and their first problems. Empty if none does.
template <typename F>
QString failingSeeds(Seeds seeds, F problemsOf)
{
    QStringList failures;
    int failed = 0;
    for (std::uint32_t seed = seeds.first; seed < seeds.end; ++seed) {
        const QStringList problems = problemsOf(seed);
        if (problems.isEmpty())
            continue;
        if (++failed <= 5)
            failures.append(QStringLiteral("seed %1: %2")
                                .arg(seed)
                                .arg(problems.mid(0, seeds.size() == 1 ? 100 : 2).join(QStringLiteral("; "))));
    }
    if (failed == 0)
        return {};
    return QStringLiteral("%1 seeds fail:\n%2").arg(failed).arg(failures.join(QLatin1Char('\n')));
}

} // namespace exitscope::testing
