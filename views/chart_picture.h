// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QImage>

#include <memory>
#include <optional>
#include <variant>

#include "model/cancel_flag.h"
#include "views/chart/chart.h"
#include "views/flame/flame_layout.h"
#include "views/reasons/pie_chart.h"
#include "views/timeline/timeline_layout.h"

namespace exitscope {

enum class PictureFormat : std::uint8_t { Png, Svg, Pdf };
inline constexpr int kPictureFormats = 3;
QString pictureSuffix(PictureFormat format); // "png"
std::optional<PictureFormat> pictureFormatOf(const QString &fileName); // by its suffix

// Which chart, how it is looked at, and how large: all that a picture needs beside the ChartInput.
struct PictureOptions {
    static constexpr int kLeastSide = 64; // px
    static constexpr int kMostSide = 16'384; // px
    static constexpr double kMostPixels = 1e8; // of a PNG

    ChartKind chart = ChartKind::Timeline;
    QSize size{1600, 600}; // of the picture, px at 1×: what the chart is laid out for
    QString caption = {}; // below the chart, within the size; empty: none
    double scale = 1; // pixels of a PNG for each of those; the others have no pixels
    TimelineOptions timeline = {};
    PieOptions pie = {};
    DurationKind durations = DurationKind::Gross; // of Durations and HeatMap; ChartKind::Runs has its own
    FlameOptions flame = {};
};

struct OverviewLayout;
struct HistogramLayout;
struct HeatLayout;
// Where all of a picture stands; of a pie, whose few slices are placed while it is painted, nothing.
using PictureLayout
    = std::variant<std::monostate, std::shared_ptr<const TimelineLayout>, std::shared_ptr<const OverviewLayout>,
        std::shared_ptr<const HistogramLayout>, std::shared_ptr<const HeatLayout>, std::shared_ptr<const FlameLayout>>;
// In any thread.
PictureLayout layOutPicture(const ChartInput &input, const PictureOptions &options);

// One line of what is wrong with size or scale; nothing if they can be drawn.
std::optional<QString> pictureProblem(const PictureOptions &options, PictureFormat format);

// The size, higher where a timeline needs that to show all of its rows at a readable height.
QSize readableSize(const ChartInput &input, const PictureOptions &options);

// What the chart on the screen would draw at that size. `title` is what a reader of the file is told that it shows.
QImage chartImage(const ChartInput &input, const PictureOptions &options);

// A picture for a file. Drawing is the GUI thread's; encoding, which takes most of the time of a large PNG, may be any
// thread's.
class DrawnPicture {
public:
    explicit DrawnPicture(QImage image, const QString &title); // PNG
    DrawnPicture(const ChartInput &input, const PictureOptions &options, const PictureLayout &layout,
        PictureFormat format, const QString &title); // the others

    // Empty if there is no memory for it, or soon after it was cancelled.
    QByteArray encoded(CancelFlag cancel = nullptr) const;

private:
    QImage m_image; // of a PNG
    QByteArray m_vectors; // of the others
};

QByteArray chartPicture(
    const ChartInput &input, const PictureOptions &options, PictureFormat format, const QString &title);

} // namespace exitscope
