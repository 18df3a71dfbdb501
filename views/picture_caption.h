// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "views/chart/chart.h"

namespace exitscope {

// What a reader of a report needs to know of a picture that nobody can ask any more: the recording by its name, the
// range and the filters.
QString pictureCaption(const ChartInput &input, ChartKind chart, const QString &recording);

} // namespace exitscope
