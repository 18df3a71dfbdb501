// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QIcon>

namespace exitscope {

// The icon of the program, drawn here: a QIcon of the SVG file stays empty without the plugin of Qt that reads those,
// which is a package of its own on Debian 13.
QIcon programIcon();

} // namespace exitscope
