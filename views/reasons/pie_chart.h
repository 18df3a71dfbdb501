// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCharts/QChart>

#include <functional>

#include "views/chart/chart.h"
#include "views/reasons/pie_layout.h"

namespace exitscope {

struct PieOptions {
    bool perVcpu = false; // one small pie per vCPU instead of one in total
    bool caption = false; // tells the measure, which on the screen stands above the chart
};

// What a click on a slice means: its reasons, and whether to add to what is chosen (Ctrl).
using SliceChosen = std::function<void(const std::vector<ReasonKey> &reasons)>;

// What a pie by net time leaves out, in one line; empty if nothing.
QString pieNote(const ChartInput &input);

// Builds the pie for a chart of that size; replaces what the chart held. `chosen` may be null.
void buildPie(
    QChart &chart, const ChartInput &input, const PieOptions &options, QSizeF size, const SliceChosen &chosen = {});

} // namespace exitscope
