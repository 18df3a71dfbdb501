// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <algorithm>
#include <cmath>
#include <vector>

#include "model/timeline/columns.h"

namespace exitscope {

// Between times and horizontal pixels. Column c of a chart is [left + c, left + c + 1) and shows
// [columnBegin(c), columnBegin(c + 1)).
struct TimeScale {
    TimeRange range;
    double left = 0;
    double width = 1;

    double timeToPx(Ns t) const
    {
        return left + width * double(t - range.from) / double(std::max<Ns>(range.length(), 1));
    }
    Ns pxToTime(double x) const { return range.from + Ns(std::floor((x - left) / width * double(range.length()))); }
    int columns() const { return std::max(1, int(width)); }
    Ns columnBegin(int column) const { return range.from + Ns(double(range.length()) * column / columns()); }
    std::vector<Ns> columnBorders() const; // where each column begins, and where the last one ends
    // The column that shows t; columns() at and after the end, -1 before the begin.
    int columnOf(Ns t) const;
};

// Where a time axis is marked, and how. Times are relative to the begin of the recording.
struct TimeTicks {
    std::vector<Ns> at;
    std::vector<QString> labels;
    Ns step = 0;
    Ns offset = 0; // what labels count from; 0 unless they would be too long
    QString shortTitle; // where room is dear: "time (ms)", "µs after 3.016 s"
    QString title; // "ms from the start of the recording", "µs after 3.016 s from the start of the recording"
};
TimeTicks timeTicks(TimeRange relative, double pixels, double pixelsPerTick);

// A point in time, as exact as it needs to be: "3.016 s", "3.016123456 s".
QString formatInstant(Ns relative);

} // namespace exitscope
