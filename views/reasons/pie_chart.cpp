// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/reasons/pie_chart.h"

#include <QCoreApplication>
#include <QCursor>
#include <QGraphicsLayout>
#include <QGraphicsPathItem>
#include <QGraphicsSimpleTextItem>
#include <QPen>
#include <QToolTip>
#include <QtCharts/QPieSeries>
#include <QtCharts/QPieSlice>

#include <algorithm>
#include <cmath>

#include "model/number_format.h"
#include "views/chart/net_note.h"
#include "views/chart/plain_text.h"

namespace exitscope {

namespace {

constexpr int kOwnItem = 0; // QGraphicsItem::data key of what buildPie added
constexpr double kMargin = 6; // px

struct Builder {
    QChart &chart;
    const ChartInput &input;
    const SliceChosen &chosen;
    QFont font;

    QString tr(const char *text) const { return QCoreApplication::translate("PieChart", text); }

    void clear() const
    {
        chart.removeAllSeries();
        for (QGraphicsItem *item : chart.childItems())
            if (item->data(kOwnItem).toBool())
                delete item;
    }

    void own(QGraphicsItem *item, double z) const
    {
        item->setData(kOwnItem, true);
        item->setZValue(z);
    }

    QGraphicsSimpleTextItem *text(const QString &string, QPointF at, const QColor &color) const
    {
        auto *item = new QGraphicsSimpleTextItem(string, &chart);
        item->setFont(font);
        item->setBrush(color);
        item->setPos(at);
        own(item, 20);
        return item;
    }

    void centered(const QString &string, const QRectF &area, const QColor &color) const
    {
        const QFontMetricsF metrics(font);
        const QString fitting = metrics.elidedText(string, Qt::ElideRight, area.width());
        text(fitting,
            {area.center().x() - metrics.horizontalAdvance(fitting) / 2, area.center().y() - metrics.height() / 2},
            color);
    }

    double lineHeight() const { return std::ceil(QFontMetricsF(font).height()); }

    // In the middle of the area.
    void centeredLines(const QString &string, const QRectF &area) const
    {
        const double line = lineHeight();
        const QStringList lines = wrappedText(string, QFontMetricsF(font), area.width());
        double top = area.center().y() - double(lines.size()) * line / 2;
        for (const QString &each : lines) {
            centered(each, QRectF(area.left(), top, area.width(), line), input.theme.mutedText());
            top += line;
        }
    }

    // At the bottom of the area; returns the height that it takes. One pie without slices tells it instead of them.
    double note(const QRectF &area, bool perVcpu) const
    {
        const QString string = pieNote(input);
        if (string.isEmpty() || (!perVcpu && isEmpty()))
            return 0;
        const double height = double(wrappedText(string, QFontMetricsF(font), area.width()).size()) * lineHeight();
        centeredLines(string, QRectF(area.left(), area.bottom() - height, area.width(), height));
        return height + kMargin;
    }

    QString tooltip(const PieSlice &slice) const
    {
        QString told = slice.name;
        if (slice.reasons.size() == 1) {
            const QString meaning = exitReason(slice.reasons.front()).meaning;
            if (!meaning.isEmpty())
                told += QStringLiteral(": ") + meaning;
        } else {
            told += tr(": the %1 rarer reasons").arg(slice.reasons.size());
        }
        const Measure measure = input.values.measure;
        const QString value = measure == Measure::Count
            ? formatCounted(std::int64_t(slice.value), tr("exit"), tr("exits"))
            : (measure == Measure::Gross ? tr("%1 gross: until the guest ran again")
                                         : tr("%1 net: what handling the exits took"))
                  .arg(formatDuration(Ns(slice.value)));
        return told + QLatin1Char('\n') + value + tr(", %1 of the whole pie").arg(formatPercent(slice.share * 100));
    }

    void addSeries(const std::vector<PieSlice> &slices, QPointF center, double radius) const
    {
        auto *series = new QPieSeries;
        const QRectF area = chart.plotArea();
        series->setPieSize(2 * radius / std::min(area.width(), area.height()));
        series->setHorizontalPosition((center.x() - area.left()) / area.width());
        series->setVerticalPosition((center.y() - area.top()) / area.height());
        for (const PieSlice &slice : slices) {
            QPieSlice *drawn = series->append(slice.name, slice.value);
            QColor color = slice.color;
            if (!slice.chosen)
                color.setAlphaF(0.25F);
            drawn->setBrush(color);
            drawn->setPen(QPen(input.theme.base(), 1));
            drawn->setLabelVisible(false);
            if (chosen)
                QObject::connect(
                    drawn, &QPieSlice::clicked, &chart, [call = chosen, reasons = slice.reasons] { call(reasons); });
            QObject::connect(drawn, &QPieSlice::hovered, &chart, [told = tooltip(slice)](bool over) {
                if (over)
                    QToolTip::showText(QCursor::pos(), plainTip(told));
                else
                    QToolTip::hideText();
            });
        }
        chart.addSeries(series);
    }

    void addSwatch(const QRectF &area, const QColor &color) const
    {
        auto *box = new QGraphicsRectItem(area, &chart);
        box->setBrush(color);
        box->setPen(Qt::NoPen);
        own(box, 10);
    }

    void addLabels(const PieLayout &layout, const std::vector<PieSlice> &slices) const
    {
        for (const PieLabel &label : layout.labels) {
            text(label.text, label.box.topLeft(), input.theme.text());
            if (!label.swatch.isEmpty()) {
                addSwatch(label.swatch, slices[label.slice].color);
                continue;
            }
            QPainterPath path(label.edge);
            path.lineTo(label.elbow);
            auto *leader = new QGraphicsPathItem(path, &chart);
            leader->setPen(QPen(input.theme.mutedText(), 0.8));
            own(leader, 10);
        }
    }

    // What the shares are of. On the screen the choice of the measure above the chart tells it.
    void caption(const QRectF &area) const
    {
        const Totals &totals = input.numbers->byReason->totals;
        Ns gross = 0;
        for (const ReasonGroup &reason : totals.reasons)
            gross += reason.parts.gross();
        const std::optional<Ns> net = knownNetOf(totals.reasons);
        if (input.values.measure == Measure::Net && !net)
            return;
        const QString of = input.values.measure == Measure::Count ? formatCounted(totals.exits, tr("exit"), tr("exits"))
            : input.values.measure == Measure::Gross
            ? tr("%1 gross time: from the exits until the guest ran again").arg(formatDuration(gross))
            : tr("%1 net time: what handling the exits took").arg(formatDuration(*net));
        centered(tr("Shares of %1").arg(of), area, input.theme.mutedText());
    }

    std::vector<PieSlice> slicesOf(const Totals &totals) const
    {
        return pieSlices(totals, input.recording->reasons, input.values, input.theme);
    }

    bool isEmpty() const { return slicesOf(input.numbers->byReason->totals).empty(); }

    void total(const QRectF &area) const
    {
        const Totals &totals = input.numbers->byReason->totals;
        const auto slices = slicesOf(totals);
        if (slices.empty()) {
            const QString left = pieNote(input);
            centeredLines(!left.isEmpty() ? left
                    : totals.exits > 0    ? tr("No timed exits in the selection")
                                          : tr("No exits in the selection"),
                area);
            return;
        }
        const PieLayout layout = layoutPie(slices, area, QFontMetricsF(font));
        addSeries(slices, layout.center, layout.radius);
        addLabels(layout, slices);
    }

    // A line of colour and name for each reason that any of the pies shows; returns the height that it takes.
    double legend(const std::vector<std::vector<PieSlice>> &pies, const QRectF &area) const
    {
        std::vector<PieSlice> entries;
        for (const auto &slices : pies) {
            for (const PieSlice &slice : slices)
                if (std::ranges::none_of(entries, [&](const PieSlice &e) { return e.name == slice.name; }))
                    entries.push_back(slice);
        }
        const QFontMetricsF metrics(font);
        const double line = std::ceil(metrics.height());
        const double swatch = metrics.ascent();
        double x = area.left();
        int row = 0;
        std::vector<std::pair<QPointF, const PieSlice *>> places;
        for (const PieSlice &entry : entries) {
            const double width = swatch + 4 + metrics.horizontalAdvance(entry.name) + 12;
            if (x > area.left() && x + width > area.right()) {
                x = area.left();
                ++row;
            }
            places.emplace_back(QPointF(x, row * line), &entry);
            x += width;
        }
        const double height = entries.empty() ? 0 : (row + 1) * line;
        for (const auto &[at, entry] : places) {
            const QPointF top(at.x(), area.bottom() - height + at.y());
            addSwatch(QRectF(top + QPointF(0, line - swatch - 2), QSizeF(swatch, swatch)), entry->color);
            text(entry->name, top + QPointF(swatch + 4, 0), input.theme.text());
        }
        return height;
    }

    // In the place of a small pie.
    QString emptyText(const Totals &totals) const
    {
        if (input.values.measure == Measure::Count)
            return tr("no exits");
        const bool isNet = input.values.measure == Measure::Net;
        return isNet && !knownNetOf(totals.reasons) ? tr("net time not known") : tr("no timed exits");
    }

    void perVcpu(const QRectF &area) const
    {
        std::vector<std::vector<PieSlice>> pies;
        std::vector<const VcpuStatistics *> shown;
        for (const VmStatistics &vm : input.numbers->byReason->vms) {
            for (const VcpuStatistics &vcpu : vm.vcpus) {
                pies.push_back(slicesOf(vcpu.totals));
                shown.push_back(&vcpu);
            }
        }
        if (pies.empty()) {
            centered(tr("No vCPU in the selection"), area, input.theme.mutedText());
            return;
        }
        const QRectF above = area.adjusted(0, 0, 0, -legend(pies, area) - kMargin);
        const int count = int(pies.size());
        const int columns
            = std::max(1, int(std::ceil(std::sqrt(count * above.width() / std::max(1.0, above.height())))));
        const int rows = (count + columns - 1) / columns;
        const double line = QFontMetricsF(font).height();
        for (int i = 0; i < count; ++i) {
            const QSizeF cell(above.width() / columns, above.height() / rows);
            const QRectF place(
                above.topLeft() + QPointF(i % columns * cell.width(), i / columns * cell.height()), cell);
            const QRectF title(place.left(), place.top(), place.width(), line);
            const VcpuStatistics &vcpu = *shown[std::size_t(i)];
            centered(vcpu.id(), title, input.theme.text());
            const QRectF circle = place.adjusted(kMargin, line + 2, -kMargin, -kMargin);
            const double radius = std::min(circle.width(), circle.height()) / 2;
            if (pies[std::size_t(i)].empty())
                centered(emptyText(vcpu.totals), circle, input.theme.mutedText());
            else if (radius > 0)
                addSeries(pies[std::size_t(i)], circle.center(), radius);
        }
    }
};

} // namespace

QString pieNote(const ChartInput &input)
{
    return input.numbers && input.values.measure == Measure::Net
        ? netNote(input.numbers->byReason->totals.reasons, input.recording->reasons)
        : QString();
}

void buildPie(QChart &chart, const ChartInput &input, const PieOptions &options, QSizeF size, const SliceChosen &chosen)
{
    const Builder builder{chart, input, chosen, input.theme.font()};
    builder.clear();
    chart.setBackgroundRoundness(0);
    chart.setMargins({});
    chart.setContentsMargins(0, 0, 0, 0);
    chart.layout()->setContentsMargins(0, 0, 0, 0);
    chart.setBackgroundBrush(input.theme.window());
    chart.setBackgroundPen(Qt::NoPen);
    chart.legend()->hide();
    chart.resize(size);
    const QRectF all(QPointF(0, 0), size);
    chart.setPlotArea(all);
    QRectF area = all.adjusted(kMargin, kMargin, -kMargin, -kMargin);
    if (!input.numbers)
        return;
    area.setBottom(area.bottom() - builder.note(area, options.perVcpu));
    if (options.caption) {
        const double line = builder.lineHeight();
        builder.caption(QRectF(area.left(), area.bottom() - line, area.width(), line));
        area.setBottom(area.bottom() - line - kMargin);
    }
    if (options.perVcpu)
        builder.perVcpu(area);
    else
        builder.total(area);
}

} // namespace exitscope
