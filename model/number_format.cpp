// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/number_format.h"

#include <array>
#include <cmath>
#include <cstdlib>

namespace exitscope {

namespace {

const QString kAbsent = QStringLiteral("-");

// As many decimals as leave three digits.
int decimalsOf(double value)
{
    if (value >= 99.95)
        return 0;
    return value >= 9.995 ? 1 : 2;
}

} // namespace

QString formatDuration(Ns ns)
{
    struct Unit {
        double ns;
        const char *name;
    };
    static constexpr std::array<Unit, 3> kUnits{{{1e3, " µs"}, {1e6, " ms"}, {1e9, " s"}}};
    const double magnitude = std::abs(double(ns));
    if (magnitude < 1e3)
        return QString::number(ns) % QStringLiteral(" ns");
    std::size_t unit = 0;
    // 999.5 of a unit would be written as 1000.
    while (unit + 1 < kUnits.size() && magnitude / kUnits[unit].ns >= 999.5)
        ++unit;
    const double value = magnitude / kUnits[unit].ns;
    const QString sign = ns < 0 ? QStringLiteral("-") : QString();
    return sign % QString::number(value, 'f', decimalsOf(value)) % QString::fromUtf8(kUnits[unit].name);
}

QString formatDuration(std::optional<Ns> ns)
{
    return ns ? formatDuration(*ns) : kAbsent;
}

QString formatCounted(std::int64_t count, const QString &one, const QString &many)
{
    return QString(formatCount(count) % QLatin1Char(' ') % (count == 1 ? one : many));
}

QString formatOffset(Ns offset)
{
    constexpr Ns kSecond = 1'000'000'000;
    return QStringLiteral("%1%2.%3s")
        .arg(QLatin1Char(offset < 0 ? '-' : '+'))
        .arg(std::abs(offset / kSecond))
        .arg(std::abs(offset % kSecond), 9, 10, QLatin1Char('0'));
}

QString formatCount(std::int64_t count)
{
    QString text = QString::number(count);
    const qsizetype first = count < 0 ? 1 : 0;
    for (qsizetype i = text.size() - 3; i > first; i -= 3)
        text.insert(i, QLatin1Char(','));
    return text;
}

QString formatPercent(std::optional<double> percent)
{
    return percent ? QString(QString::number(*percent, 'f', 1) % QStringLiteral(" %")) : kAbsent;
}

QString formatShare(std::int64_t part, std::int64_t whole)
{
    return formatPercent(whole > 0 ? std::optional(100.0 * double(part) / double(whole)) : std::nullopt);
}

QString formatRate(double perSecond)
{
    const QString number = perSecond < 100 ? QString::number(perSecond, 'f', decimalsOf(perSecond))
                                           : formatCount(std::llround(perSecond));
    return number % QStringLiteral("/s");
}

} // namespace exitscope
