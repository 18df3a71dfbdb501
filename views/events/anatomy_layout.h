// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QBrush>
#include <QFont>
#include <QRectF>
#include <QString>

#include <vector>

#include "model/events/exit_anatomy.h"
#include "views/chart/theme.h"
#include "views/chart/time_scale.h"

class QPainter;

namespace exitscope {

struct AnatomyLabel {
    QRectF rect;
    QString text;
};

// Something that lasted.
struct AnatomyBox {
    QRectF rect;
    QBrush fill;
    QString text; // drawn where it has room
    TimeRange range; // ns on the host's clock
    bool beganBefore = false;
    bool endsBehind = false;
};

// An event, or several that share a pixel.
struct AnatomyMark {
    double x = 0; // px
    std::size_t event = 0; // the first of them: in EventList::events
    int count = 1;
};

// Where all of an exit's anatomy stands in a picture of some width; px.
struct AnatomyLayout {
    TimeScale scale;
    Ns exitNs = 0; // the times of the axis count from there
    std::vector<AnatomyLabel> titles; // of the lanes
    std::vector<AnatomyBox> boxes;
    QRectF markLane;
    std::vector<AnatomyMark> marks;
    std::vector<AnatomyLabel> ticks; // the middle of its upper edge is the time
    QString axis;
    double height = 0;

    const AnatomyBox *boxAt(QPointF pos) const; // the one on top; null: none
    const AnatomyMark *markAt(QPointF pos) const; // the nearest within a few pixels; null: none
};

AnatomyLayout layOutAnatomy(
    const ExitAnatomy &anatomy, const EventList &list, double width, const QFont &font, const Theme &theme);
void paintAnatomy(QPainter &painter, const AnatomyLayout &layout, const Theme &theme);

} // namespace exitscope
