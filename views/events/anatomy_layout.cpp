// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/events/anatomy_layout.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <array>
#include <cmath>

namespace exitscope {

namespace {

constexpr double kAnatomyMargin = 6; // px
constexpr double kLaneGap = 3; // px between lanes
constexpr double kPixelsPerTick = 90;
constexpr double kMarkReach = 4; // px on either side of a mark that the pointer may miss
constexpr std::array kLaneTitles{"vCPU", "System calls", "Interrupts", "On the pCPU", "Events"};

QString stateTitle(VcpuState state)
{
    return QString::fromUtf8(info(state).name);
}

class AnatomyLayoutBuilder {
public:
    AnatomyLayoutBuilder(const ExitAnatomy &anatomy, double width, const QFont &font, const Theme &theme)
        : m_anatomy(anatomy), m_theme(theme), m_metrics(font), m_row(std::ceil(m_metrics.height()) + 2)
    {
        double titles = 0;
        for (const char *title : kLaneTitles)
            titles = std::max(titles, m_metrics.horizontalAdvance(QString::fromLatin1(title)));
        m_left = kAnatomyMargin + titles + kAnatomyMargin;
        m_layout.exitNs = anatomy.exitNs;
        m_layout.scale = {anatomy.range, m_left, std::max(1.0, width - m_left - kAnatomyMargin)};
        m_layout.height = kAnatomyMargin;
    }

    void addStates();
    void addSpans(const char *title, const std::vector<AnatomySpan> &spans, const QColor &fill);
    void addMarks(const EventList &list);
    void addAxis();
    AnatomyLayout take() { return std::move(m_layout); }

private:
    QRectF addLane(const char *title, int rows);
    QRectF boxIn(const QRectF &lane, TimeRange range, int row) const;

    const ExitAnatomy &m_anatomy;
    const Theme &m_theme;
    QFontMetricsF m_metrics;
    double m_row; // px
    double m_left = 0;
    AnatomyLayout m_layout;
};

QRectF AnatomyLayoutBuilder::addLane(const char *title, int rows)
{
    const QRectF lane(m_left, m_layout.height, m_layout.scale.width, m_row * rows);
    m_layout.titles.push_back(
        {QRectF(kAnatomyMargin, lane.top(), m_left - 2 * kAnatomyMargin, m_row), QString::fromLatin1(title)});
    m_layout.height = lane.bottom() + kLaneGap;
    return lane;
}

QRectF AnatomyLayoutBuilder::boxIn(const QRectF &lane, TimeRange range, int row) const
{
    const double from = m_layout.scale.timeToPx(range.from);
    const double to = m_layout.scale.timeToPx(range.to);
    return {from, lane.top() + m_row * row, std::max(to - from, 1.0), m_row - 1};
}

void AnatomyLayoutBuilder::addStates()
{
    const QRectF lane = addLane(kLaneTitles[0], 1);
    double until = lane.left() - 1;
    for (const AnatomyState &state : m_anatomy.states) {
        const QRectF box = boxIn(lane, state.range, 0);
        if (box.right() <= until) // within a pixel that is taken
            continue;
        until = box.right();
        m_layout.boxes.push_back({box, m_theme.stateBrush(state.state), stateTitle(state.state), state.range});
    }
}

// What happens on top of others stands below them, as calls do in a flame graph that hangs.
void AnatomyLayoutBuilder::addSpans(const char *title, const std::vector<AnatomySpan> &spans, const QColor &fill)
{
    constexpr int kMostRows = 4;
    if (spans.empty())
        return;
    int rows = 1;
    for (const AnatomySpan &span : spans)
        rows = std::max(rows, std::min(span.depth + 1, kMostRows));
    const QRectF lane = addLane(title, rows);
    std::array<double, kMostRows> until;
    until.fill(lane.left() - 1);
    for (const AnatomySpan &span : spans) {
        const int row = std::min(span.depth, kMostRows - 1);
        const QRectF box = boxIn(lane, span.range, row);
        if (box.right() <= until[std::size_t(row)])
            continue;
        until[std::size_t(row)] = box.right();
        const QColor &own = span.isNobody ? m_theme.taker(TakerKind::Free) : fill;
        m_layout.boxes.push_back({box, own, span.text, span.range, span.beganBefore, span.endsBehind});
    }
}

void AnatomyLayoutBuilder::addMarks(const EventList &list)
{
    m_layout.markLane = addLane(kLaneTitles[4], 1);
    for (const std::size_t event : m_anatomy.marks) {
        const double x = std::floor(m_layout.scale.timeToPx(list.events[event].timeNs)) + 0.5;
        if (!m_layout.marks.empty() && m_layout.marks.back().x == x)
            ++m_layout.marks.back().count;
        else
            m_layout.marks.push_back({x, event, 1});
    }
}

void AnatomyLayoutBuilder::addAxis()
{
    const TimeRange &range = m_anatomy.range;
    const TimeTicks ticks
        = timeTicks({range.from - m_anatomy.exitNs, range.to - m_anatomy.exitNs}, m_layout.scale.width, kPixelsPerTick);
    m_layout.axis = ticks.shortTitle;
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
        const double x = m_layout.scale.timeToPx(ticks.at[i] + m_anatomy.exitNs);
        m_layout.ticks.push_back(
            {QRectF(x - kPixelsPerTick / 2, m_layout.height, kPixelsPerTick, m_row), ticks.labels[i]});
    }
    m_layout.titles.push_back(
        {QRectF(kAnatomyMargin, m_layout.height, m_left - 2 * kAnatomyMargin, m_row), m_layout.axis});
    m_layout.height += m_row + kLaneGap;
}

} // namespace

const AnatomyBox *AnatomyLayout::boxAt(QPointF pos) const
{
    const auto found
        = std::find_if(boxes.rbegin(), boxes.rend(), [&](const AnatomyBox &box) { return box.rect.contains(pos); });
    return found == boxes.rend() ? nullptr : &*found;
}

const AnatomyMark *AnatomyLayout::markAt(QPointF pos) const
{
    if (!markLane.contains(pos))
        return nullptr;
    const auto distance = [&](const AnatomyMark &mark) { return std::abs(mark.x - pos.x()); };
    const auto nearest = std::ranges::min_element(marks, {}, distance);
    return nearest == marks.end() || distance(*nearest) > kMarkReach ? nullptr : &*nearest;
}

AnatomyLayout layOutAnatomy(
    const ExitAnatomy &anatomy, const EventList &list, double width, const QFont &font, const Theme &theme)
{
    AnatomyLayoutBuilder builder(anatomy, width, font, theme);
    builder.addStates();
    builder.addSpans(kLaneTitles[1], anatomy.calls, theme.pcpu(0));
    builder.addSpans(kLaneTitles[2], anatomy.interrupts, theme.pcpu(1));
    builder.addSpans(kLaneTitles[3], anatomy.others, theme.taker(TakerKind::Host));
    builder.addMarks(list);
    builder.addAxis();
    return builder.take();
}

void paintAnatomy(QPainter &painter, const AnatomyLayout &layout, const Theme &theme)
{
    const QFontMetricsF metrics(painter.font());
    painter.setPen(theme.mutedText());
    for (const AnatomyLabel &title : layout.titles)
        painter.drawText(title.rect, Qt::AlignVCenter | Qt::AlignLeft, title.text);
    for (const AnatomyLabel &tick : layout.ticks) {
        painter.setPen(theme.grid());
        painter.drawLine(QPointF(tick.rect.center().x(), kAnatomyMargin), tick.rect.center());
        painter.setPen(theme.mutedText());
        painter.drawText(tick.rect, Qt::AlignHCenter | Qt::AlignVCenter, tick.text);
    }
    for (const AnatomyBox &box : layout.boxes) {
        painter.fillRect(box.rect, theme.base()); // patterns let through what is behind them
        painter.fillRect(box.rect, box.fill);
        const QRectF inside = box.rect.adjusted(3, 0, -3, 0);
        if (inside.width() < metrics.averageCharWidth() * 3)
            continue;
        painter.setPen(Theme::textOn(box.fill.color()));
        painter.drawText(
            inside, Qt::AlignVCenter | Qt::AlignLeft, metrics.elidedText(box.text, Qt::ElideRight, inside.width()));
    }
    painter.setPen(theme.text());
    for (const AnatomyMark &mark : layout.marks)
        painter.drawLine(QPointF(mark.x, layout.markLane.top()), QPointF(mark.x, layout.markLane.bottom() - 1));
    const double begin = layout.scale.timeToPx(layout.exitNs);
    painter.setPen(theme.accent());
    painter.drawLine(QPointF(begin, kAnatomyMargin), QPointF(begin, layout.markLane.bottom()));
}

} // namespace exitscope
