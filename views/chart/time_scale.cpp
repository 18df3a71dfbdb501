// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/chart/time_scale.h"

#include <array>

namespace exitscope {

namespace {

struct Unit {
    Ns ns;
    const char *name;
};
constexpr std::array<Unit, 4> kUnits{{{1'000'000'000, "s"}, {1'000'000, "ms"}, {1'000, "µs"}, {1, "ns"}}};
// Labels with more digits before the point count from an offset instead.
constexpr Ns kLongestLabel = 100'000;

const Unit &unitFor(Ns length)
{
    return *std::ranges::find_if(
        kUnits, [&](const Unit &u) { return length >= u.ns || u.ns == 1; });
}

// The smallest of 1, 2, 5 × 10ⁿ ns that is at least `least`.
Ns niceStep(double least)
{
    for (Ns magnitude = 1;; magnitude *= 10) {
        for (const Ns factor : {1, 2, 5})
            if (double(factor * magnitude) >= least || magnitude > kEndOfRecording / 10)
                return factor * magnitude;
    }
}

int decimals(Ns step, Ns unit)
{
    int count = 0;
    while (unit > 1 && step % unit != 0) {
        unit /= 10;
        ++count;
    }
    return count;
}

// The integer and decimal digits of t in units; exact, unlike a double.
QString inUnits(Ns t, Ns unit, int places)
{
    const Ns magnitude = std::abs(t);
    QString text = QString::number(magnitude / unit);
    if (places > 0) {
        Ns scale = unit;
        for (int i = 0; i < places; ++i)
            scale /= 10;
        text += QLatin1Char('.') % QString::number(magnitude % unit / scale).rightJustified(places, QLatin1Char('0'));
    }
    return t < 0 ? QString(QLatin1Char('-') % text) : text;
}

Ns floorTo(Ns t, Ns step)
{
    const Ns down = t / step * step;
    return down > t ? down - step : down;
}

} // namespace

std::vector<Ns> TimeScale::columnBorders() const
{
    std::vector<Ns> borders;
    borders.reserve(std::size_t(columns()) + 1);
    for (int column = 0; column <= columns(); ++column)
        borders.push_back(columnBegin(column));
    return borders;
}

int TimeScale::columnOf(Ns t) const
{
    if (t < range.from)
        return -1;
    if (t >= range.to)
        return columns();
    int column = int(double(t - range.from) * columns() / double(range.length()));
    // Rounding must not disagree with columnBegin().
    while (column > 0 && columnBegin(column) > t)
        --column;
    while (column + 1 < columns() && columnBegin(column + 1) <= t)
        ++column;
    return column;
}

TimeTicks timeTicks(TimeRange relative, double pixels, double pixelsPerTick)
{
    TimeTicks ticks;
    const Ns length = std::max<Ns>(relative.length(), 1);
    const Unit &unit = unitFor(length);
    const QString start = QStringLiteral("the start of the recording");
    const QString name = QString::fromUtf8(unit.name);
    ticks.step = niceStep(double(length) * pixelsPerTick / std::max(pixels, 1.0));
    if (std::max(std::abs(relative.from), std::abs(relative.to)) / unit.ns >= kLongestLabel && unit.ns < kUnits[0].ns) {
        ticks.offset = floorTo(relative.from, unit.ns * 1000);
        ticks.shortTitle = name % QStringLiteral(" after ") % formatInstant(ticks.offset);
        ticks.title = ticks.shortTitle % QStringLiteral(" from ") % start;
    } else {
        ticks.shortTitle = QStringLiteral("time (") % name % QLatin1Char(')');
        ticks.title = name % QStringLiteral(" from ") % start;
    }
    const int places = decimals(ticks.step, unit.ns);
    const auto next = [&](Ns &t) { return !__builtin_add_overflow(t, ticks.step, &t); };
    Ns t = floorTo(relative.from, ticks.step);
    bool isThere = t >= relative.from || next(t);
    for (; isThere && t <= relative.to; isThere = next(t)) {
        ticks.at.push_back(t);
        const QString sign = ticks.offset != 0 ? QStringLiteral("+") : QString();
        ticks.labels.push_back(sign % inUnits(t - ticks.offset, unit.ns, places));
    }
    return ticks;
}

QString formatInstant(Ns relative)
{
    const Ns magnitude = std::abs(relative);
    const int places = magnitude % 1'000'000 == 0 ? 3 : magnitude % 1'000 == 0 ? 6 : 9;
    return inUnits(relative, kUnits[0].ns, magnitude % kUnits[0].ns == 0 ? 0 : places) % QStringLiteral(" s");
}

} // namespace exitscope
