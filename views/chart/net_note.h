// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFontMetricsF>
#include <QStringList>

#include "model/statistics/statistics.h"

// What charts of net times say of the reasons that they leave out.
namespace exitscope {

// "hlt: net time is not known without sched_switch"; empty if it is known of all.
QString netNote(const std::vector<ReasonGroup> &groups, const ReasonTable &reasons);

// Broken between words into lines that fit, the last of them cut where more would be needed.
QStringList wrappedText(const QString &text, const QFontMetricsF &metrics, double width, int mostLines = 2);

} // namespace exitscope
