// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/picture_caption.h"

#include "model/number_format.h"
#include "views/panels/filter_chips.h"

namespace exitscope {

namespace {

QString rangeText(TimeRange range, TimeRange bounds)
{
    if (range.from <= bounds.from && range.to >= bounds.to)
        return QString(QStringLiteral("whole recording, ") % formatDuration(bounds.length()));
    return QStringLiteral("%1 from +%2 of %3")
        .arg(formatDuration(range.length()), formatDuration(range.from - bounds.from), formatDuration(bounds.length()));
}

// A name can be that of several reasons, one a vendor: of these the recording has one.
ViewValues withoutForeignReasons(ViewValues values, const ReasonTable &recorded)
{
    std::set<ReasonKey> own;
    for (std::size_t i = 0; i < recorded.size(); ++i)
        if (values.reasons.contains(recorded[i].key))
            own.insert(recorded[i].key);
    if (!own.empty())
        values.reasons = std::move(own);
    return values;
}

} // namespace

QString pictureCaption(const ChartInput &input, ChartKind chart, const QString &recording)
{
    const TimeRange bounds = boundsOf(*input.recording);
    // A timeline and a heat map show a range; the numbers of the others are of the selected one, which is among the
    // filters too.
    const TimeRange range = chart == ChartKind::Timeline || chart == ChartKind::HeatMap
        ? input.values.visible
        : input.values.selected.value_or(bounds);
    const ViewValues shown = withoutForeignReasons(input.values, input.recording->reasons);
    QStringList filters;
    for (const FilterChip &chip : filterChips(shown, bounds, *input.recording))
        filters << chip.text;
    return QStringList{recording, rangeText(range, bounds),
        filters.isEmpty() ? QStringLiteral("no filter")
                          : QString(QStringLiteral("only ") % filters.join(QStringLiteral(", ")))}
        .join(QStringLiteral(" · "));
}

} // namespace exitscope
