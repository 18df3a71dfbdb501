// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <numeric>

#include "model/timeline/time_per_state.h"
#include "views/timeline/timeline_parts.h"

namespace exitscope {

namespace {

constexpr double kTop = 3;
constexpr double kSwatch = 10;
constexpr double kBeforeText = 4; // px between a swatch and its text
constexpr double kBetween = 12; // px between two entries

double textWidth(const QString &text, const QFontMetricsF &metrics)
{
    return metrics.horizontalAdvance(text) + 1;
}

void addLine(TimelineLayout &layout, const std::vector<LegendEntry> &entries, double top, double lineHeight,
    const QFontMetricsF &metrics)
{
    const double end = layout.plot.right();
    double x = layout.plot.left();
    for (std::size_t i = 0; i < entries.size(); ++i) {
        LegendEntry entry = entries[i];
        const double width = textWidth(entry.text.text, metrics);
        const QString rest = QStringLiteral("+ ") % QString::number(entries.size() - i) % QStringLiteral(" more");
        const bool last = i + 1 == entries.size();
        const double after = last ? 0 : metrics.horizontalAdvance(rest) + kBetween;
        const double textLeft = x + kSwatch + kBeforeText;
        if (textLeft + width + after > end) {
            entry.swatch = {};
            entry.text.text = rest;
            entry.text.rect = QRectF(x, top, textWidth(rest, metrics), lineHeight);
            if (entry.text.rect.right() <= end)
                layout.legend.push_back(entry);
            return;
        }
        entry.swatch = QRectF(x, std::round(top + (lineHeight - kSwatch) / 2), kSwatch, kSwatch);
        entry.text.rect = QRectF(textLeft, top, width, lineHeight);
        x = entry.text.rect.right() + kBetween;
        layout.legend.push_back(std::move(entry));
    }
}

} // namespace

TimelineLegend legendOf(const Recording &recording, const ExitIndex &all)
{
    TimelineLegend legend;
    TimePerState times{};
    for (const VcpuAt &of : vcpusOf(recording))
        addTo(times, of.vcpu->states.total());
    for (const VcpuStateInfo &state : kVcpuStateTable) {
        const QString name = QString::fromLatin1(state.name.data(), qsizetype(state.name.size()));
        if (times[std::size_t(state.state)] > 0)
            legend.states.push_back({{}, {{}, name, state.state}});
    }

    std::vector<std::int64_t> counts(recording.reasons.size());
    for (std::size_t v = 0; v < all.size(); ++v)
        all[v].addCounts(0, all[v].size(), counts);
    std::vector<std::uint16_t> order(counts.size());
    std::iota(order.begin(), order.end(), std::uint16_t(0));
    std::ranges::stable_sort(order, std::greater(), [&](std::uint16_t r) { return counts[r]; });
    for (const std::uint16_t reason : order)
        if (counts[reason] > 0)
            legend.reasons.push_back({{}, {{}, recording.reasons[reason].name, reason}});
    return legend;
}

double legendWidth(const TimelineLegend &legend, const QFontMetricsF &metrics)
{
    double width = 0;
    for (const auto *entries : {&legend.states, &legend.reasons})
        for (const LegendEntry &entry : *entries)
            width += kSwatch + kBeforeText + textWidth(entry.text.text, metrics) + kBetween;
    return width;
}

void addLegend(
    TimelineLayout &layout, const TimelineLegend &legend, int lines, double lineHeight, const QFontMetricsF &metrics)
{
    if (lines == 1) {
        std::vector<LegendEntry> both = legend.states;
        both.insert(both.end(), legend.reasons.begin(), legend.reasons.end());
        addLine(layout, both, kTop, lineHeight, metrics);
        return;
    }
    addLine(layout, legend.states, kTop, lineHeight, metrics);
    addLine(layout, legend.reasons, kTop + lineHeight, lineHeight, metrics);
}

} // namespace exitscope
