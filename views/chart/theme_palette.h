// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPalette>

#include "views/chart/theme.h"

namespace exitscope {

// The colours of all controls that go with the theme of the charts.
QPalette paletteOf(const Theme &theme);
// The style darkens the window's colour for the frame of a box: on a dark window it could not be seen.
QPalette checkBoxPaletteOf(const Theme &theme);

// The theme that goes with a desktop's colours: dark if its windows are.
Theme themeFor(const QPalette &palette);

} // namespace exitscope
