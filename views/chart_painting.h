// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>

#include <memory>

#include "views/chart_picture.h"

class QCustomPlot;
class QGraphicsScene;

namespace exitscope {

int captionHeight(const PictureOptions &options); // 0 without one
QSize chartSize(const PictureOptions &options); // what the caption leaves
int dotsPerInch(); // the layouts measured their texts at it: a picture must have the same, or the texts would not fit

// A chart that can be painted, as often as wanted. What paints are widgets: only the thread of the GUI has it.
class ChartPainting {
public:
    ChartPainting(const ChartInput &input, const PictureOptions &options, const PictureLayout &layout);
    ~ChartPainting();

    void paint(QPaintDevice &device, bool isVector) const;

private:
    void paintCaption(QPainter &painter) const;

    Theme m_theme;
    PictureOptions m_options;
    std::unique_ptr<QCustomPlot> m_plot;
    std::unique_ptr<QGraphicsScene> m_pie; // of a pie, which has no plot
    std::shared_ptr<const FlameLayout> m_flame; // of a flame graph, which has none either
};

// An image that is painted a band at a time: all of a large one would take the GUI thread for seconds.
class BandedImage {
public:
    BandedImage(const ChartInput &input, const PictureOptions &options, const PictureLayout &layout);

    bool isWhole() const { return m_done >= m_image.height(); } // also when there is no memory for it: then it is null
    double share() const { return m_image.isNull() ? 1 : double(m_done) / m_image.height(); }
    void paintBand(int rows); // of pixels
    const QImage &image() const { return m_image; }

private:
    ChartPainting m_painting;
    QColor m_background;
    QImage m_image;
    int m_done = 0; // rows
};

} // namespace exitscope
