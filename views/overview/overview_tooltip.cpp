// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/overview/overview_tooltip.h"

#include "model/number_format.h"

namespace exitscope {

QString overviewToolTip(const OverviewLayout &layout, const ExitRate &rate, const QPointF &pos)
{
    constexpr std::size_t kReasons = 4;
    if (!layout.plot.contains(pos))
        return {};
    const double share = (pos.x() - layout.plot.left()) / layout.plot.width();
    const int bin = std::clamp(int(share * rate.bins), 0, rate.bins - 1);
    const TimeRange range = rate.rangeOf(bin);
    const std::int64_t total = rate.total(bin);
    QString text = QStringLiteral("<b>") % formatRate(rate.perSecond(bin, total)) % QStringLiteral("</b>: ")
        % formatCounted(total, QStringLiteral("exit"), QStringLiteral("exits")) % QStringLiteral(" in ")
        % formatDuration(range.length()) % QStringLiteral(" from ") % formatInstant(range.from - layout.begin);
    std::vector<std::pair<std::int64_t, std::size_t>> reasons;
    for (std::size_t reason = 0; reason < rate.reasons; ++reason)
        if (rate.count(bin, reason) > 0)
            reasons.emplace_back(-rate.count(bin, reason), reason);
    std::ranges::sort(reasons);
    for (std::size_t i = 0; i < std::min(kReasons, reasons.size()); ++i)
        text += QStringLiteral("<br>") % formatCount(-reasons[i].first) % QLatin1Char(' ')
            % layout.recording->reasons[reasons[i].second].name.toHtmlEscaped();
    if (reasons.size() > kReasons)
        text += QStringLiteral("<br>and ")
            % formatCounted(std::int64_t(reasons.size() - kReasons), QStringLiteral("other reason"),
                QStringLiteral("other reasons"));
    return text;
}

} // namespace exitscope
