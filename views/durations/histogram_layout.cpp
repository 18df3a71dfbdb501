// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/durations/histogram_layout.h"

#include <QCoreApplication>
#include <QFontMetricsF>

#include <algorithm>
#include <array>
#include <cmath>
#include <ranges>

#include "model/number_format.h"
#include "model/statistics/known_net.h"
#include "views/chart/net_note.h"

namespace exitscope {

namespace {

constexpr int kMargin = 2; // empty bins on each side of what occurs
constexpr double kSpace = 6; // px between things
constexpr double kFlag = 3; // px between a percentile's line and its text
constexpr int kMostLegendLines = 2;

QString tr(const char *text)
{
    return QCoreApplication::translate("HistogramChart", text);
}

const DurationHistogram &histogramIn(const Numbers &numbers, DurationKind of)
{
    switch (of) {
    case DurationKind::Net:
        return numbers.net;
    case DurationKind::Run:
        return numbers.runs;
    case DurationKind::Gross:
        break;
    }
    return numbers.gross;
}

BinRange shownBins(const DurationHistogram &histogram, const std::optional<BinRange> &band)
{
    int first = DurationBins::kCount;
    int end = 0;
    for (const auto &counts : histogram.counts) {
        for (int bin = 0; bin < DurationBins::kCount; ++bin) {
            if (counts[std::size_t(bin)] != 0) {
                first = std::min(first, bin);
                end = std::max(end, bin + 1);
            }
        }
    }
    return roomyBins({first, end}, band);
}

std::vector<HistogramSeries> stackOf(const DurationHistogram &histogram, BinRange bins, const ChartInput &input)
{
    std::vector<HistogramSeries> stack;
    for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
        const auto &counts = histogram.counts[i];
        const ExitReason &reason = input.recording->reasons[i];
        HistogramSeries series;
        series.counts.assign(counts.begin() + bins.first, counts.begin() + bins.end);
        for (const std::int64_t count : series.counts)
            series.total += count;
        if (series.total == 0)
            continue;
        series.key = reason.key;
        series.name = reason.name;
        series.color = input.theme.reason(reason);
        series.chosen = input.values.reasons.empty() || input.values.reasons.contains(reason.key);
        stack.push_back(std::move(series));
    }
    std::ranges::stable_sort(stack, std::greater(), &HistogramSeries::total);
    return stack;
}

// "hlt (20 exits): net time is not known without sched_switch"
QString noteOf(const DurationHistogram &histogram, const ReasonTable &reasons)
{
    QStringList names;
    for (std::size_t i = 0; i < histogram.leftOut.size(); ++i) {
        if (const std::int64_t count = histogram.leftOut[i]; count > 0)
            names << QString(reasons[i].name % QStringLiteral(" (") % formatCounted(count, tr("exit"), tr("exits"))
                % QLatin1Char(')'));
    }
    return netNotKnownText(names);
}

// 1, 2 or 5 times a power of ten.
std::int64_t niceStep(double atLeast)
{
    std::int64_t power = 1;
    while (double(power) * 10 <= atLeast)
        power *= 10;
    for (const int factor : {1, 2, 5})
        if (double(power * factor) >= atLeast)
            return power * factor;
    return power * 10;
}

// Whether the numbers are of another selection than these values choose. Its own band leaves nothing out of a
// histogram.
bool isOld(const Numbers &numbers, const ViewValues &values, DurationKind of)
{
    const auto choosing = [of](Selection selection) {
        if (selection.bandOf == of) {
            selection.minNs.reset();
            selection.maxNs.reset();
        }
        if (!selection.minNs && !selection.maxNs)
            selection.bandOf = DurationKind::Gross;
        return selection;
    };
    return choosing(numbers.selection) != choosing(values.selection());
}

class Layouter {
public:
    Layouter(HistogramLayout &layout, const ChartInput &input, QSize size)
        : m_layout(layout), m_metrics(input.theme.font()), m_line(std::ceil(m_metrics.height())),
          m_area(QRectF(QPointF(0, 0), QSizeF(size)).adjusted(kSpace, kSpace, -kSpace, -kSpace))
    {
    }

    void place(const DurationHistogram &histogram);

private:
    struct Flag {
        HistogramMark mark;
        int row = 0; // from the plot up
    };

    double width(const QString &text) const { return std::ceil(m_metrics.horizontalAdvance(text)); }
    void placeNote();
    double placeLegend();
    void placeTicksY(double height);
    void placeTicksX();
    bool tryTicksX(std::initializer_list<int> factors, int everyDecade);
    double placeMarks(const DurationHistogram &histogram);
    bool standsFree(std::vector<Flag> &flags, std::size_t first, int rows) const;
    void titles();

    HistogramLayout &m_layout;
    QFontMetricsF m_metrics;
    double m_line;
    QRectF m_area;
};

// Takes the lowest lines.
void Layouter::placeNote()
{
    if (m_layout.note.isEmpty() || m_area.height() < 9 * m_line)
        return;
    const QStringList lines = wrappedText(m_layout.note, m_metrics, m_area.width());
    double top = m_area.bottom() - double(lines.size()) * m_line;
    m_area.setBottom(top - 2);
    for (const QString &line : lines) {
        m_layout.legend.push_back({line, QRectF(m_area.left(), top, width(line) + 1, m_line), {}, {}});
        top += m_line;
    }
}

// Takes the height that is not needed by anything else; the lines at the bottom, the largest reasons first.
double Layouter::placeLegend()
{
    if (m_area.height() < 12 * m_line || m_area.width() < 20 * m_line)
        return 0;
    double x = m_area.left();
    int row = 0;
    const double swatch = std::floor(m_metrics.ascent());
    const std::size_t above = m_layout.legend.size();
    const QString more = tr("and %1 more");
    for (std::size_t i = 0; i < m_layout.stack.size(); ++i) {
        const HistogramSeries &series = m_layout.stack[i];
        const std::size_t left = m_layout.stack.size() - i;
        const QString rest = more.arg(left);
        const double needs = swatch + 4 + width(series.name);
        // On the last line there must stay room to say how many are left out.
        const bool last = row + 1 == kMostLegendLines;
        const double reserve = last && left > 1 ? 2 * kSpace + width(rest) : 0;
        if (x + needs + reserve > m_area.right()) {
            if (last) {
                m_layout.legend.push_back({rest, QRectF(x, row * m_line, width(rest) + 1, m_line), {}, {}});
                break;
            }
            x = m_area.left();
            ++row;
        }
        m_layout.legend.push_back({series.name, QRectF(x + swatch + 4, row * m_line, width(series.name) + 1, m_line),
            QRectF(x, row * m_line + (m_line - swatch) / 2, swatch, swatch), series.color});
        x += needs + 2 * kSpace;
    }
    const double height = (row + 1) * m_line;
    for (HistogramLegendEntry &entry : m_layout.legend | std::views::drop(above)) {
        entry.box.translate(0, m_area.bottom() - height);
        entry.swatch.translate(0, m_area.bottom() - height);
    }
    return height + kSpace;
}

void Layouter::placeTicksY(double height)
{
    double highest = 0;
    for (int bin = m_layout.bins.first; bin < m_layout.bins.end; ++bin)
        highest = std::max(highest, double(m_layout.countOf(bin)));
    m_layout.top = std::max(1.0, highest) * 1.05;
    const double most = std::max(1.0, std::floor(height / (2.5 * m_line)));
    const std::int64_t step = niceStep(m_layout.top / most);
    for (std::int64_t at = 0; double(at) <= m_layout.top; at += step)
        m_layout.ticksY.push_back({double(at), formatCount(at)});
}

bool Layouter::tryTicksX(std::initializer_list<int> factors, int everyDecade)
{
    std::vector<HistogramTick> ticks;
    double free = 0;
    Ns power = DurationBins::kLowest;
    for (int decade = 0; decade * DurationBins::kPerDecade <= m_layout.bins.end; ++decade, power *= 10) {
        for (const int factor : factors) {
            const double at = binPositionOf(power * factor);
            if (decade % everyDecade != 0 || at < m_layout.bins.first || at > m_layout.bins.end)
                continue;
            const QString label = durationTickText(power * factor);
            const double half = width(label) / 2;
            const double x = m_layout.binToPx(at);
            if (x - half < m_area.left() || x + half > m_area.right())
                continue; // would be cut
            if (x - half < free)
                return false;
            free = x + half + kSpace;
            ticks.push_back({at, label});
        }
    }
    m_layout.ticksX = std::move(ticks);
    return true;
}

void Layouter::placeTicksX()
{
    if (tryTicksX({1, 2, 5}, 1))
        return;
    int every = 1;
    while (!tryTicksX({1}, every))
        ++every;
}

// Each text stands like a flag at the top of its line, on either side, in one of the rows above the plot. Of all ways
// in which no text meets another text or another's line, the lowest. Returns the height of the rows.
double Layouter::placeMarks(const DurationHistogram &histogram)
{
    std::vector<Flag> flags;
    const auto add = [&](const char *name, const std::optional<Ns> &value) {
        if (!value)
            return;
        Flag flag;
        flag.mark.value = *value;
        flag.mark.text = QString(QLatin1String(name) % formatDuration(*value));
        flag.mark.x = m_layout.binToPx(binPositionOf(*value));
        flag.mark.box.setSize({width(flag.mark.text) + 1, m_line});
        flags.push_back(flag);
    };
    add("p50 ", histogram.p50);
    add("p95 ", histogram.p95);
    add("p99 ", histogram.p99);
    const auto most = int(flags.size()); // rows are never needed for more
    for (int rows = 1; rows <= most; ++rows) {
        if (!standsFree(flags, 0, rows))
            continue;
        for (Flag &flag : flags) {
            flag.mark.box.moveTop(m_area.top() + (rows - 1 - flag.row) * m_line);
            m_layout.marks.push_back(flag.mark);
        }
        return rows * m_line + 2;
    }
    return 0; // too narrow for the texts
}

// Finds rows and sides for the flags from `first` on.
bool Layouter::standsFree(std::vector<Flag> &flags, std::size_t first, int rows) const
{
    if (first == flags.size())
        return true;
    Flag &flag = flags[first];
    QRectF &box = flag.mark.box;
    const auto meets = [](const Flag &a, const Flag &b) {
        const QRectF &text = a.mark.box;
        const bool onLine = a.row <= b.row && text.left() - 1 < b.mark.x && b.mark.x < text.right() + 1;
        return onLine
            || (a.row == b.row && text.left() < b.mark.box.right() + kSpace
                && b.mark.box.left() < text.right() + kSpace);
    };
    for (flag.row = 0; flag.row < rows; ++flag.row) {
        for (const double left : {flag.mark.x + kFlag, flag.mark.x - kFlag - box.width()}) {
            box.moveLeft(left);
            bool free = box.left() >= m_area.left() && box.right() <= m_area.right();
            for (std::size_t i = 0; i < first; ++i)
                free = free && !meets(flags[i], flag) && !meets(flag, flags[i]);
            if (free && standsFree(flags, first + 1, rows))
                return true;
        }
    }
    return false;
}

void Layouter::titles()
{
    const QString meaning = durationMeaning(m_layout.of);
    for (const QString &title : {meaning, meaning.section(QLatin1Char(':'), 0, 0)})
        if (m_layout.titleX.isEmpty() && width(title) <= m_layout.plot.width())
            m_layout.titleX = title;
}

void Layouter::place(const DurationHistogram &histogram)
{
    QRectF &plot = m_layout.plot;
    placeNote();
    const double legend = placeLegend();
    const bool titled = m_area.height() > 8 * m_line;
    const double below = legend + m_line + kSpace + (titled ? m_line + 2 : 0);
    const QString unit = m_layout.of == DurationKind::Run ? tr("runs") : tr("exits");
    const double titleWidth = m_area.width() > 16 * m_line && titled ? m_line + kSpace : 0;
    placeTicksY(m_area.height() - below - 2 * m_line);
    double labels = 0;
    for (const HistogramTick &tick : m_layout.ticksY)
        labels = std::max(labels, width(tick.label));
    plot = m_area.adjusted(titleWidth + labels + kSpace, 0, 0, -below);
    plot.setTop(m_area.top() + placeMarks(histogram));
    if (titleWidth > 0)
        m_layout.titleY = unit;
    if (titled)
        titles();
    placeTicksX();
}

} // namespace

DurationBand bandOf(BinRange bins, DurationKind of)
{
    DurationBand band{of, DurationBins::lower(bins.first), DurationBins::lower(bins.end)};
    if (bins.first == 0)
        band.minNs = 0; // the first bin holds shorter ones too
    if (bins.end == DurationBins::kCount)
        band.maxNs.reset(); // and the last one longer ones
    return band;
}

BinRange binsOf(const DurationBand &band)
{
    const int first = band.minNs ? DurationBins::indexOf(*band.minNs) : 0;
    const int last = band.maxNs ? DurationBins::indexOf(*band.maxNs - 1) : DurationBins::kCount - 1;
    return {first, std::max(first, last) + 1};
}

BinRange roomyBins(BinRange bins, const std::optional<BinRange> &band)
{
    int first = std::max(0, bins.first - kMargin);
    int end = std::min(int(DurationBins::kCount), bins.end + kMargin);
    if (band) {
        first = std::min(first, band->first);
        if (band->end < DurationBins::kCount) // one without an upper end needs no room
            end = std::max(end, band->end);
    }
    const int lacking = DurationBins::kPerDecade - (end - first); // always room for a few labels
    if (lacking > 0) {
        first = std::max(0, first - lacking / 2);
        end = std::min(int(DurationBins::kCount), first + DurationBins::kPerDecade);
        first = end - DurationBins::kPerDecade;
    }
    return {first, end};
}

double binPositionOf(Ns duration)
{
    const double decades = std::log10(double(std::max(duration, DurationBins::kLowest)) / DurationBins::kLowest);
    return std::min(decades * DurationBins::kPerDecade, double(DurationBins::kCount));
}

// "100 ns", "20 µs", "1 s": only for numbers that need no decimals.
QString durationTickText(Ns ns)
{
    static constexpr std::array kUnits{"ns", "µs", "ms", "s"};
    std::size_t unit = 0;
    while (ns >= 1000 && unit + 1 < kUnits.size()) {
        ns /= 1000;
        ++unit;
    }
    return QString::number(ns) % QChar(0xa0) % QString::fromUtf8(kUnits[unit]);
}

int HistogramLayout::pxToBin(double x) const
{
    const double share = plot.width() > 0 ? (x - plot.left()) / plot.width() : 0;
    return std::clamp(bins.first + int(std::floor(share * bins.size())), bins.first, bins.end - 1);
}

std::int64_t HistogramLayout::countOf(int bin) const
{
    std::int64_t count = 0;
    for (const HistogramSeries &series : stack)
        count += bins.contains(bin) ? series.counts[std::size_t(bin - bins.first)] : 0;
    return count;
}

HistogramLayout layoutHistogram(const ChartInput &input, DurationKind of, QSize size)
{
    HistogramLayout layout;
    layout.of = of;
    const DurationHistogram &histogram = histogramIn(*input.numbers, of);
    layout.total = histogram.total;
    layout.median = histogram.p50;
    layout.isOld = isOld(*input.numbers, input.values, of);
    if (input.values.band && input.values.band->of == of)
        layout.band = binsOf(*input.values.band);
    layout.note = noteOf(histogram, input.recording->reasons);
    if (histogram.total == 0) {
        layout.message = !layout.note.isEmpty() ? layout.note
            : of == DurationKind::Run           ? tr("No runs in the selection")
                                                : tr("No timed exits in the selection");
        return layout;
    }
    layout.bins = shownBins(histogram, layout.band);
    layout.stack = stackOf(histogram, layout.bins, input);
    Layouter(layout, input, size).place(histogram);
    if (layout.plot.width() < 20 || layout.plot.height() < 20)
        layout.message = tr("No room");
    return layout;
}

DurationKind durationKindOf(Measure measure)
{
    return measure == Measure::Net ? DurationKind::Net : DurationKind::Gross;
}

QString durationMeaning(DurationKind of)
{
    switch (of) {
    case DurationKind::Gross:
        return tr("gross duration: from the exit until the guest ran again");
    case DurationKind::Net:
        return tr("net duration: gross without the time in which the vCPU was idle or preempted");
    case DurationKind::Run:
        break;
    }
    return tr("run length: how long the guest ran undisturbed before the exit");
}

QString binText(int bin)
{
    if (bin == 0)
        return tr("below %1").arg(formatDuration(DurationBins::upper(0)));
    if (bin == DurationBins::kCount - 1)
        return tr("%1 and more").arg(formatDuration(DurationBins::lower(bin)));
    return tr("%1 to %2").arg(formatDuration(DurationBins::lower(bin)), formatDuration(DurationBins::upper(bin)));
}

} // namespace exitscope
