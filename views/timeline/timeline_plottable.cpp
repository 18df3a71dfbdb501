// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timeline/timeline_plottable.h"

#include <array>
#include <map>

#include "views/chart/moving_layer.h"

namespace exitscope {

namespace {

using Rects = QList<QRectF>;

QColor mixed(const QColor &a, const QColor &b, double shareOfA)
{
    const auto mix = [&](int x, int y) { return int(std::lround(x * shareOfA + y * (1 - shareOfA))); };
    return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

// A pattern leaves gaps: below it lies a paler shade of the state.
void fillState(QCPPainter &painter, const Rects &rects, VcpuState state, const Theme &theme)
{
    const QBrush brush = theme.stateBrush(state);
    if (brush.style() != Qt::SolidPattern)
        fillRects(painter, rects, mixed(theme.state(state), theme.base(), 0.45));
    fillRects(painter, rects, brush);
}

// The state of a vCPU that a thread on it shows; none of a thread that is on none.
std::optional<VcpuState> vcpuStateOf(ThreadState state)
{
    switch (state) {
    case ThreadState::Running:
        return VcpuState::Guest;
    case ThreadState::Kvm:
        return VcpuState::Kvm;
    case ThreadState::Userspace:
        return VcpuState::Userspace;
    case ThreadState::Preempted:
        return VcpuState::Preempted;
    case ThreadState::Blocked:
        return VcpuState::Blocked;
    case ThreadState::Halted:
        return VcpuState::Idle;
    case ThreadState::Unknown:
        return VcpuState::Unknown;
    case ThreadState::Waiting:
    case ThreadState::Sleeping:
    case ThreadState::Gone:
        break;
    }
    return std::nullopt;
}

GuestThreadState guestStateOf(ThreadState state)
{
    return state == ThreadState::Waiting ? GuestThreadState::Waiting
        : state == ThreadState::Sleeping ? GuestThreadState::Sleeping
                                         : GuestThreadState::Gone;
}

// Behind text on it.
QColor stateGround(VcpuState state, const Theme &theme)
{
    const bool isPattern = theme.stateBrush(state).style() != Qt::SolidPattern;
    return isPattern ? mixed(theme.state(state), theme.base(), 0.7) : theme.state(state);
}

// Their labels included.
QRectF rowsOf(const TimelineLayout &layout)
{
    return {0, layout.plot.top(), layout.plot.right() + 1, layout.plot.height()};
}

} // namespace

TimelinePlottable::TimelinePlottable(
    QCustomPlot &plot, std::shared_ptr<const TimelineLayout> layout, const Theme &theme)
    : ChartPlottable(plot), m_layout(std::move(layout)), m_theme(theme)
{
}

void TimelinePlottable::draw(QCPPainter *painter)
{
    painter->setAntialiasing(false);
    if (!m_layout->message.isEmpty()) {
        painter->setPen(m_theme.mutedText());
        painter->setFont(m_theme.font(10));
        painter->drawText(m_layout->plot, Qt::AlignCenter | Qt::TextWordWrap, m_layout->message);
        return;
    }
    drawLegend(*painter);
    drawNotes(*painter);
    painter->save();
    painter->setClipRect(rowsOf(*m_layout));
    drawRowBacks(*painter);
    drawStates(*painter);
    drawPcpus(*painter);
    drawOccupancy(*painter);
    drawThreads(*painter);
    drawGuests(*painter);
    drawMisfits(*painter);
    drawMarks(*painter);
    drawDimmed(*painter);
    drawNames(*painter);
    painter->restore();
}

void TimelinePlottable::drawNotes(QCPPainter &painter) const
{
    painter.setFont(m_theme.font(9));
    painter.setPen(m_theme.mutedText());
    if (!m_layout->axisTitle.isEmpty())
        painter.drawText(m_layout->axisTitle, Qt::AlignLeft | Qt::AlignVCenter, m_layout->ticks.shortTitle);
    painter.drawText(m_layout->missing.rect, Qt::AlignLeft | Qt::AlignVCenter, m_layout->missing.text);
}

void TimelinePlottable::drawRowBacks(QCPPainter &painter) const
{
    Rects headers;
    for (const TimelineRow &row : m_layout->rows)
        if (row.isHeader())
            headers.push_back(row.rect);
    fillRects(painter, headers, mixed(m_theme.grid(), m_theme.window(), 0.5));
}

void TimelinePlottable::drawStates(QCPPainter &painter) const
{
    std::array<Rects, kVcpuStates> rects;
    for (const StateRect &state : m_layout->states)
        rects[std::size_t(state.state)].push_back(state.rect);
    for (std::size_t i = 0; i < rects.size(); ++i)
        fillState(painter, rects[i], static_cast<VcpuState>(i), m_theme);
}

void TimelinePlottable::drawPcpus(QCPPainter &painter) const
{
    std::map<std::int32_t, Rects> rects;
    for (const PcpuRect &pcpu : m_layout->pcpus)
        rects[pcpu.pcpu].push_back(pcpu.rect);
    for (const auto &[pcpu, of] : rects)
        fillRects(painter, of, m_theme.pcpu(pcpu));
    painter.setFont(m_theme.font(8));
    painter.setPen(m_theme.text());
    for (const PlacedText &label : m_layout->pcpuLabels)
        painter.drawText(label.rect, Qt::AlignCenter, label.text);
}

QColor TimelinePlottable::colourOf(const Occupant &of) const
{
    switch (of.kind) {
    case Occupant::Kind::Vcpu:
        return m_theme.vm(of.vm, false);
    case Occupant::Kind::VmThread:
        return m_theme.vm(of.vm, true);
    case Occupant::Kind::Host:
        return m_theme.taker(TakerKind::Host);
    case Occupant::Kind::Nobody:
        return m_theme.taker(TakerKind::Free);
    case Occupant::Kind::Unknown:
        break;
    }
    return m_theme.state(VcpuState::Unknown);
}

void TimelinePlottable::fillOccupant(QCPPainter &painter, const Rects &rects, const Occupant &of) const
{
    if (of.kind == Occupant::Kind::Unknown)
        fillState(painter, rects, VcpuState::Unknown, m_theme);
    else
        fillRects(painter, rects, colourOf(of));
}

void TimelinePlottable::drawOccupancy(QCPPainter &painter) const
{
    std::map<Occupant, Rects> rects;
    for (const OccupantRect &part : m_layout->occupancy)
        rects[part.of].push_back(part.rect);
    for (const auto &[of, parts] : rects)
        fillOccupant(painter, parts, of);
    painter.setFont(m_theme.font(8));
    for (const OccupantLabel &label : m_layout->occupancyLabels) {
        painter.setPen(Theme::textOn(colourOf(label.of)));
        painter.drawText(label.note.rect, Qt::AlignCenter, label.note.text);
    }
    painter.setPen(m_theme.mutedText());
    for (const OccupantSwatch &entry : m_layout->occupancyLegend) {
        fillOccupant(painter, {entry.rect}, entry.of);
        painter.drawText(entry.note.rect, Qt::AlignLeft | Qt::AlignVCenter, entry.note.text);
    }
}

void TimelinePlottable::fillThread(QCPPainter &painter, const Rects &rects, ThreadState state) const
{
    if (const std::optional<VcpuState> ofVcpu = vcpuStateOf(state))
        fillState(painter, rects, *ofVcpu, m_theme);
    else
        fillRects(painter, rects, m_theme.guestState(guestStateOf(state)));
}

void TimelinePlottable::drawThreads(QCPPainter &painter) const
{
    std::map<ThreadState, Rects> rects;
    for (const ThreadRect &thread : m_layout->threads)
        if (thread.state != ThreadState::Gone)
            rects[thread.state].push_back(thread.rect);
    for (const auto &[state, of] : rects)
        fillThread(painter, of, state);
    painter.setFont(m_theme.font(8));
    for (const ThreadLabel &label : m_layout->threadLabels) {
        const std::optional<VcpuState> ofVcpu = vcpuStateOf(label.state);
        painter.setPen(
            Theme::textOn(ofVcpu ? stateGround(*ofVcpu, m_theme) : m_theme.guestState(guestStateOf(label.state))));
        painter.drawText(label.note.rect, Qt::AlignCenter, label.note.text);
    }
    for (const ThreadRect &swatch : m_layout->threadSwatches)
        fillThread(painter, {swatch.rect}, swatch.state);
    painter.setPen(m_theme.mutedText());
    painter.setBrush(Qt::NoBrush);
    for (const ThreadRect &swatch : m_layout->threadSwatches) // sleep is nearly as pale as what is below it
        painter.drawRect(swatch.rect);
    for (const PlacedNote &note : m_layout->threadNotes)
        painter.drawText(note.rect, Qt::AlignLeft | Qt::AlignVCenter, note.text);
}

void TimelinePlottable::drawGuests(QCPPainter &painter) const
{
    std::map<std::int32_t, Rects> rects;
    for (const GuestRect &guest : m_layout->guests)
        rects[guest.tid].push_back(guest.rect);
    for (const auto &[tid, of] : rects)
        if (tid == kNoThread)
            fillState(painter, of, VcpuState::Unknown, m_theme);
        else
            fillRects(painter, of, m_theme.guestThread(tid));
    painter.setFont(m_theme.font(8));
    painter.setPen(m_theme.text());
    for (const PlacedText &label : m_layout->guestLabels)
        painter.drawText(label.rect, Qt::AlignCenter, label.text);
    drawContexts(painter);
    painter.setPen(m_theme.mutedText());
    const double least = QFontMetricsF(painter.font()).ascent();
    for (const TimelineRow &row : m_layout->rows)
        for (const auto &[kind, name] : {std::pair(LaneKind::Guests, QStringLiteral("threads")),
                 std::pair(LaneKind::Contexts, QStringLiteral("contexts"))})
            if (const QRectF lane = row.lane(kind); lane.height() >= least)
                painter.drawText(QRectF(QPointF(row.labelArea.left(), lane.top()), lane.bottomLeft() - QPointF(6, 0)),
                    Qt::AlignRight | Qt::AlignVCenter, name);
}

void TimelinePlottable::drawContexts(QCPPainter &painter) const
{
    std::map<GuestMode, Rects> rects;
    for (const ContextRect &context : m_layout->contexts)
        rects[context.mode].push_back(context.rect);
    for (const auto &[mode, of] : rects)
        if (mode == GuestMode::Unknown)
            fillState(painter, of, VcpuState::Unknown, m_theme);
        else
            fillRects(painter, of, m_theme.context(mode));
    painter.setPen(m_theme.text());
    for (const PlacedNote &label : m_layout->contextLabels)
        painter.drawText(label.rect, Qt::AlignCenter, label.text);
}

void TimelinePlottable::drawMisfits(QCPPainter &painter) const
{
    fillRects(painter, Rects(m_layout->misfits.begin(), m_layout->misfits.end()), m_theme.error());
}

void TimelinePlottable::drawMarks(QCPPainter &painter) const
{
    std::map<std::uint16_t, Rects> rects;
    Rects dimmed;
    for (const MarkRect &mark : m_layout->marks)
        (mark.passes ? rects[mark.reason] : dimmed).push_back(mark.rect);
    fillRects(painter, dimmed, m_theme.grid());
    for (const auto &[reason, of] : rects)
        fillRects(painter, of, reasonColor(reason));
}

// A row that the filter of vCPUs leaves out fades into the background.
void TimelinePlottable::drawDimmed(QCPPainter &painter) const
{
    Rects rects;
    for (const TimelineRow &row : m_layout->rows)
        if (!row.chosen && (!row.shows.empty() || row.pcpu || row.threads))
            rects.push_back(row.rect.adjusted(m_layout->plot.left(), 0, 0, 0));
    QColor veil = m_theme.base();
    veil.setAlphaF(0.65F);
    fillRects(painter, rects, veil);
}

void TimelinePlottable::drawNames(QCPPainter &painter) const
{
    painter.setFont(m_theme.font(8));
    painter.setPen(m_theme.text());
    for (const PlacedText &label : m_layout->exitLabels)
        painter.drawText(label.rect, Qt::AlignLeft | Qt::AlignVCenter, label.text);
    for (const PlacedText &label : m_layout->stateLabels) {
        const VcpuState state = std::get<VcpuState>(label.of);
        painter.setPen(Theme::textOn(stateGround(state, m_theme)));
        painter.drawText(label.rect, Qt::AlignCenter, label.text);
    }
}

void TimelinePlottable::drawLegend(QCPPainter &painter) const
{
    painter.setFont(m_theme.font(9));
    for (const LegendEntry &entry : m_layout->legend) {
        if (!entry.swatch.isEmpty()) {
            if (const auto *state = std::get_if<VcpuState>(&entry.text.of)) {
                fillState(painter, {entry.swatch}, *state, m_theme);
            } else { // marks are upright
                const QRectF mark = entry.swatch.adjusted(3, -1, -3, 1);
                fillRects(painter, {mark}, reasonColor(std::get<std::uint16_t>(entry.text.of)));
            }
        }
        painter.setPen(m_theme.mutedText());
        painter.drawText(entry.text.rect, Qt::AlignLeft | Qt::AlignVCenter, entry.text.text);
    }
}

ChosenPlottable::ChosenPlottable(QCustomPlot &plot, std::shared_ptr<const TimelineLayout> layout, const Theme &theme)
    : ChartPlottable(plot), m_layout(std::move(layout)), m_theme(theme)
{
    setLayer(movingLayer(plot));
}

void ChosenPlottable::draw(QCPPainter *painter)
{
    painter->setAntialiasing(false);
    painter->save();
    painter->setClipRect(rowsOf(*m_layout));
    drawSelected(*painter);
    drawLabels(*painter);
    painter->restore();
}

void ChosenPlottable::drawSelected(QCPPainter &painter) const
{
    if (!m_layout->selected.isEmpty()) {
        // What lies outside fades: inside, colours stay those of the legend.
        const QRectF &rect = m_layout->selected;
        const QRectF &plot = m_layout->plot;
        QColor veil = m_theme.base();
        veil.setAlphaF(0.55F);
        fillRects(painter,
            {QRectF(plot.topLeft(), rect.bottomLeft()),
                QRectF(rect.topRight(), QPointF(plot.right() + 1, rect.bottom()))},
            veil);
        painter.setPen(QPen(m_theme.accent(), 1));
        painter.drawLine(rect.topLeft(), rect.bottomLeft());
        painter.drawLine(rect.topRight(), rect.bottomRight());
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(m_theme.accent(), 2));
    for (const QRectF &rect : m_layout->current)
        painter.drawRect(rect.adjusted(0, 1, 0, -1));
}

// A triangle to fold by, or a thread's pin: filled if it is pinned.
void ChosenPlottable::drawHandle(QCPPainter &painter, const TimelineRow &row) const
{
    const QPointF center = row.triangle.center();
    painter.setAntialiasing(true);
    if (row.isThread()) {
        painter.setPen(QPen(row.threads->isPinned ? m_theme.accent() : m_theme.mutedText(), 1));
        painter.setBrush(row.threads->isPinned ? QBrush(m_theme.accent()) : QBrush(Qt::NoBrush));
        painter.drawEllipse(center, 2.5, 2.5);
    } else {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.text());
        painter.drawPolygon(row.collapsed
                ? QPolygonF({center + QPointF(-2, -4), center + QPointF(3, 0), center + QPointF(-2, 4)})
                : QPolygonF({center + QPointF(-4, -2), center + QPointF(4, -2), center + QPointF(0, 3)}));
    }
    painter.setAntialiasing(false);
}

void ChosenPlottable::drawLabels(QCPPainter &painter) const
{
    const QFont font = m_theme.font(9);
    QFont bold = font;
    bold.setBold(true);
    const QFontMetricsF metrics(font);
    for (const TimelineRow &row : m_layout->rows) {
        if (!row.triangle.isEmpty() && row.triangle.height() <= row.rect.height())
            drawHandle(painter, row);
        if (row.rect.height() < metrics.ascent())
            continue; // many rows in a small picture
        painter.setFont(row.isHeader() ? bold : font);
        painter.setPen(row.chosen ? m_theme.text() : m_theme.mutedText());
        const QString text = QFontMetricsF(painter.font()).elidedText(row.label, Qt::ElideRight, row.labelArea.width());
        painter.drawText(row.labelArea, Qt::AlignLeft | Qt::AlignVCenter, text);
    }
}

} // namespace exitscope
