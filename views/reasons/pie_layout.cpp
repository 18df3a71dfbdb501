// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/reasons/pie_layout.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace exitscope {

namespace {

constexpr double kLeader = 10; // px between the rim and the elbow
constexpr double kGap = 5; // px between a label and its leader
constexpr double kSmallestRadius = 24; // px

double valueOf(const ExitGroup &group, Measure measure)
{
    switch (measure) {
    case Measure::Count:
        return double(group.count);
    case Measure::Gross:
        return double(group.parts.gross());
    case Measure::Net:
        return group.knownNet ? double(group.knownNet->total) : 0;
    }
    return 0;
}

QPointF onCircle(QPointF center, double radius, double turn)
{
    const double angle = turn * 2 * std::numbers::pi; // clockwise from twelve o'clock
    return center + QPointF(std::sin(angle), -std::cos(angle)) * radius;
}

// Moves boxes of one column, ordered from top to bottom, apart and into [top, bottom].
void spread(std::vector<PieLabel *> &column, double top, double bottom)
{
    double free = top;
    for (PieLabel *label : column) {
        label->box.moveTop(std::max(label->box.top(), free));
        free = label->box.bottom();
    }
    double limit = bottom;
    for (auto label = column.rbegin(); label != column.rend(); ++label) {
        (*label)->box.moveBottom(std::min((*label)->box.bottom(), limit));
        limit = (*label)->box.top();
    }
}

// A column that is too full loses the labels of its smallest slices.
void dropSmallest(std::vector<PieLabel *> &column, const std::vector<PieSlice> &slices, std::size_t most)
{
    while (column.size() > most)
        column.erase(std::ranges::min_element(
            column, {}, [&](const PieLabel *label) { return slices[label->slice].share; }));
}

struct Columns {
    std::vector<PieLabel *> left; // from top to bottom
    std::vector<PieLabel *> right;
};

Columns columnsOf(std::vector<PieLabel> &labels, QPointF center)
{
    Columns columns;
    for (PieLabel &label : labels)
        (label.edge.x() < center.x() ? columns.left : columns.right).push_back(&label);
    const auto top = [](const PieLabel *label) { return label->edge.y(); };
    std::ranges::stable_sort(columns.left, {}, top);
    std::ranges::stable_sort(columns.right, {}, top);
    return columns;
}

double widestLabel(const std::vector<PieSlice> &slices, const QFontMetricsF &metrics)
{
    double widest = 0;
    for (const PieSlice &slice : slices)
        widest = std::max(widest, metrics.horizontalAdvance(sliceText(slice)));
    return std::ceil(widest) + 2;
}

PieLayout layoutList(const std::vector<PieSlice> &slices, const QRectF &area, const QFontMetricsF &metrics)
{
    PieLayout layout;
    const double height = std::ceil(metrics.height());
    const double swatch = std::floor(metrics.ascent());
    const double mostWidth = std::max(0.0, area.width() - 2 * kSmallestRadius - kGap - swatch - kGap);
    const double width = std::min(widestLabel(slices, metrics), mostWidth);
    const double pieWidth = area.width() - width - 2 * kGap - swatch;
    layout.radius = std::max(0.0, std::min(pieWidth, area.height()) / 2);
    layout.center = QPointF(area.left() + pieWidth / 2, area.center().y());
    std::vector<PieLabel> labels(slices.size());
    std::vector<PieLabel *> list;
    for (std::size_t i = 0; i < slices.size(); ++i) {
        labels[i].slice = i;
        labels[i].text = metrics.elidedText(sliceText(slices[i]), Qt::ElideRight, width);
        list.push_back(&labels[i]);
    }
    dropSmallest(list, slices, std::size_t(std::max(0.0, std::floor(area.height() / height))));
    double top = area.center().y() - double(list.size()) * height / 2;
    for (PieLabel *label : list) {
        label->swatch = QRectF(area.left() + pieWidth + kGap, top + (height - swatch) / 2, swatch, swatch);
        label->box = QRectF(label->swatch.right() + kGap, top, width, height);
        layout.labels.push_back(*label);
        top += height;
    }
    return layout;
}

} // namespace

std::vector<PieSlice> pieSlices(
    const Totals &totals, const ReasonTable &reasons, const ViewValues &values, const Theme &theme)
{
    std::vector<PieSlice> slices;
    double all = 0;
    for (const ReasonGroup &group : totals.reasons) {
        const double value = valueOf(group, values.measure);
        if (value <= 0)
            continue;
        const ExitReason &reason = reasons[group.reason];
        const bool chosen = values.reasons.empty() || values.reasons.contains(reason.key);
        slices.push_back({{reason.key}, reason.name, value, 0, theme.reason(reason), chosen});
        all += value;
    }
    std::ranges::stable_sort(slices, std::greater(), &PieSlice::value);
    if (slices.size() > std::size_t(kMostSlices) + 1) {
        PieSlice other;
        other.name = QCoreApplication::translate("PieChart", "Other");
        other.color = theme.otherReasons();
        other.chosen = false;
        for (std::size_t i = kMostSlices; i < slices.size(); ++i) {
            other.reasons.push_back(slices[i].reasons.front());
            other.value += slices[i].value;
            other.chosen = other.chosen || slices[i].chosen;
        }
        slices.resize(kMostSlices);
        slices.push_back(std::move(other));
    }
    for (PieSlice &slice : slices)
        slice.share = slice.value / all;
    return slices;
}

QString sliceText(const PieSlice &slice)
{
    const double percent = slice.share * 100;
    const QString number = percent > 0 && percent < 0.1 ? QStringLiteral("<0.1") : QString::number(percent, 'f', 1);
    return slice.name + QLatin1Char(' ') + number + QStringLiteral(" %");
}

PieLayout layoutPie(const std::vector<PieSlice> &slices, const QRectF &area, const QFontMetricsF &metrics)
{
    PieLayout layout;
    layout.center = area.center();
    const double height = std::ceil(metrics.height());
    const double beside = area.width() / 2 - kSmallestRadius - kLeader - kGap;
    const double width = std::min(widestLabel(slices, metrics), std::max(0.0, beside));
    const double byWidth = area.width() / 2 - width - kLeader - kGap;
    layout.radius = std::max(0.0, std::min(byWidth, area.height() / 2 - height / 2 - kGap));
    if (layout.radius < std::min(area.width(), area.height()) / 4)
        return layoutList(slices, area, metrics);

    double turn = 0;
    std::vector<PieLabel> labels;
    for (std::size_t i = 0; i < slices.size(); ++i) {
        const double middle = turn + slices[i].share / 2;
        turn += slices[i].share;
        PieLabel label;
        label.slice = i;
        label.text = metrics.elidedText(sliceText(slices[i]), Qt::ElideRight, width);
        label.edge = onCircle(layout.center, layout.radius, middle);
        label.elbow = onCircle(layout.center, layout.radius + kLeader, middle);
        label.box
            = QRectF(0, label.elbow.y() - height / 2, std::ceil(metrics.horizontalAdvance(label.text)) + 2, height);
        labels.push_back(std::move(label));
    }
    Columns columns = columnsOf(labels, layout.center);
    const auto most = std::size_t(std::max(0.0, std::floor(area.height() / height)));
    for (std::vector<PieLabel *> *column : {&columns.left, &columns.right}) {
        dropSmallest(*column, slices, most);
        spread(*column, area.top(), area.bottom());
        const double reach = layout.radius + kLeader + kGap;
        for (PieLabel *label : *column) {
            if (column == &columns.left)
                label->box.moveRight(std::max(layout.center.x() - reach, area.left() + label->box.width()));
            else
                label->box.moveLeft(std::min(layout.center.x() + reach, area.right() - label->box.width()));
            const double side = column == &columns.left ? label->box.right() + kGap : label->box.left() - kGap;
            label->elbow = QPointF(side, label->box.center().y());
            layout.labels.push_back(*label);
        }
    }
    return layout;
}

} // namespace exitscope
