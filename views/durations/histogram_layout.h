// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QRectF>
#include <QString>

#include <optional>
#include <vector>

#include "model/statistics/duration_histogram.h"
#include "views/chart/chart.h"

// What the duration histogram shows and where, without a widget.
namespace exitscope {

struct BinRange { // half-open
    int first = 0;
    int end = 0;
    int size() const { return end - first; }
    bool contains(int bin) const { return first <= bin && bin < end; }
    bool operator==(const BinRange &) const = default;
};

// Exactly what the bars of those bins count; and the bins that hold any of a band.
DurationBand bandOf(BinRange bins, DurationKind of);
BinRange binsOf(const DurationBand &band);

// What an axis shows of durations that lie in the bins: with some room around, and the band if that has an upper end.
BinRange roomyBins(BinRange bins, const std::optional<BinRange> &band);
// Where on an axis in bins that duration is, and how a mark there is named: "20 µs".
double binPositionOf(Ns duration);
QString durationTickText(Ns duration);

struct HistogramSeries {
    ReasonKey key;
    QString name;
    QColor color;
    bool chosen = true; // passes the filter of reasons
    std::vector<std::int64_t> counts; // from bins.first on
    std::int64_t total = 0;
};

struct HistogramTick {
    double at = 0; // in bins or in exits
    QString label;
};

struct HistogramMark { // a percentile
    QString text; // "p95 12.4 µs"
    Ns value = 0;
    double x = 0; // px, of its line
    QRectF box; // of its text; none intersect
};

struct HistogramLegendEntry {
    QString text;
    QRectF box;
    QRectF swatch; // empty in "and 4 more" and in the note
    QColor color;
};

struct HistogramLayout {
    DurationKind of = DurationKind::Gross;
    QRectF plot; // within the axes
    BinRange bins; // what the axis shows
    std::vector<HistogramSeries> stack; // from the bottom up
    std::int64_t total = 0;
    std::optional<Ns> median;
    double top = 1; // upper end of the axis of exits
    std::vector<HistogramTick> ticksX, ticksY;
    QString titleX, titleY; // empty where there is no room
    std::vector<HistogramMark> marks;
    std::vector<HistogramLegendEntry> legend;
    std::optional<BinRange> band; // if it is of what is shown
    bool isOld = false; // of another selection than is chosen now: new numbers are being computed
    QString note; // of what it leaves out: stands below the legend where there is room
    QString message; // instead of everything else

    bool isEmpty() const { return bins.size() <= 0 || !message.isEmpty(); }
    double binToPx(double bin) const { return plot.left() + (bin - bins.first) * plot.width() / bins.size(); }
    int pxToBin(double x) const; // the nearest that is shown; not if empty
    std::int64_t countOf(int bin) const;
};

HistogramLayout layoutHistogram(const ChartInput &input, DurationKind of, QSize size);

// Which histogram a measure asks for.
DurationKind durationKindOf(Measure measure);
// "gross duration: from the exit until the guest ran again"
QString durationMeaning(DurationKind of);
// "12.1 µs to 14.7 µs"
QString binText(int bin);

} // namespace exitscope
