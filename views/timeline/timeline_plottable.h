// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/chart/chart_plottable.h"
#include "views/timeline/timeline_layout.h"

namespace exitscope {

// Paints a TimelineLayout but for what is chosen: on a screen, into a picture or a vector file alike.
class TimelinePlottable : public ChartPlottable {
    Q_OBJECT

public:
    TimelinePlottable(QCustomPlot &plot, std::shared_ptr<const TimelineLayout> layout, const Theme &theme);

protected:
    void draw(QCPPainter *painter) override;

private:
    void drawNotes(QCPPainter &painter) const; // beside the rows
    void drawRowBacks(QCPPainter &painter) const;
    void drawStates(QCPPainter &painter) const;
    void drawPcpus(QCPPainter &painter) const;
    void drawOccupancy(QCPPainter &painter) const;
    void fillOccupant(QCPPainter &painter, const QList<QRectF> &rects, const Occupant &of) const;
    QColor colourOf(const Occupant &of) const;
    void drawThreads(QCPPainter &painter) const;
    void fillThread(QCPPainter &painter, const QList<QRectF> &rects, ThreadState state) const;
    void drawGuests(QCPPainter &painter) const;
    void drawContexts(QCPPainter &painter) const;
    void drawMisfits(QCPPainter &painter) const;
    void drawMarks(QCPPainter &painter) const;
    void drawNames(QCPPainter &painter) const;
    void drawDimmed(QCPPainter &painter) const;
    void drawLegend(QCPPainter &painter) const;
    QColor reasonColor(std::uint16_t reason) const { return m_theme.reason(m_layout->recording->reasons[reason]); }

    std::shared_ptr<const TimelineLayout> m_layout;
    Theme m_theme;
};

// Paints what of it is chosen, and the labels, which lie above that.
class ChosenPlottable : public ChartPlottable {
    Q_OBJECT

public:
    ChosenPlottable(QCustomPlot &plot, std::shared_ptr<const TimelineLayout> layout, const Theme &theme);

protected:
    void draw(QCPPainter *painter) override;

private:
    void drawSelected(QCPPainter &painter) const;
    void drawHandle(QCPPainter &painter, const TimelineRow &row) const;
    void drawLabels(QCPPainter &painter) const;

    std::shared_ptr<const TimelineLayout> m_layout;
    Theme m_theme;
};

} // namespace exitscope
