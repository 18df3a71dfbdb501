// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace exitscope {

// Text as it is, for tooltips, which take what looks like markup for it: a trace may name its threads, files and hosts
// as it likes. A label is told by Qt::PlainText instead.
QString plainTip(const QString &text);

} // namespace exitscope
