// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// QCustomPlot's header wants the keywords that this project does without (QT_NO_KEYWORDS).
#include <QtGlobal>

#define signals Q_SIGNALS
#define slots Q_SLOTS
#define emit Q_EMIT
#define foreach Q_FOREACH
#include <qcustomplot.h>
#undef foreach
#undef emit
#undef slots
#undef signals
