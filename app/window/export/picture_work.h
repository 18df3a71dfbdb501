// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>
#include <QObject>
#include <QTimer>

#include <atomic>
#include <functional>
#include <optional>

#include "app/window/export/picture_file.h"
#include "model/session/newest_job.h"
#include "views/chart_painting.h"

namespace exitscope {

// Makes one picture at a time while the window goes on: it is laid out in another thread, painted in this one, which
// alone may, but a band between two events, and encoded and written in another.
class PictureWork : public QObject {
    Q_OBJECT

public:
    explicit PictureWork(QObject *parent = nullptr);
    ~PictureWork() override; // what is not written by then is not written

    // In place of what is under way.
    void paint(const ChartInput &input, const PictureOptions &options);
    void write(const ChartInput &input, const PictureOptions &options, const PictureFile &file, bool overwrites);
    void cancel(); // its end is told, as that of a failure
    bool isBusy() const { return m_isBusy; }
    bool wasCancelled() const { return m_isCancelled; }

Q_SIGNALS:
    void progressed(double share); // of what is painted
    void painted(const QImage &image);
    void written(const QString &error); // one line of what went wrong; empty if it is written

private:
    using Painted = std::function<void(const QImage &)>;

    void begin(const ChartInput &input, const PictureOptions &options,
        const std::function<void(const PictureLayout &)> &laidOut);
    void paintInBands(
        const ChartInput &input, const PictureOptions &options, const PictureLayout &layout, Painted whole);
    void paintBand();
    void encode(DrawnPicture picture, const PictureFile &file, bool overwrites);
    void end(const QString &error);

    QString m_path; // of the file that is written
    bool m_isBusy = false;
    bool m_isEncoding = false; // then it may be too late to cancel it: its end tells
    int m_serial = 0; // of what is under way: what was given up is not gone on with
    std::unique_ptr<BandedImage> m_image;
    Painted m_whole; // called with it
    int m_rows = 1; // of the next band
    QTimer m_turn;
    std::atomic<bool> m_isCancelled = false; // what is encoded
    NewestJob m_job; // the last member: its end waits for the work under way
};

} // namespace exitscope
