// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

namespace exitscope {

// A table as the panels show it: whole rows, read only, no grid. Tab leaves it.
QTableView *newPanelTable(const QString &accessibleName, QWidget *parent);

} // namespace exitscope
