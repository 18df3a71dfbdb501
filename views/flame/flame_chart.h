// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "views/flame/flame_layout.h"

class QPainter;

namespace exitscope {

// Paints all of it from (0, 0) on; `current` is framed.
void paintFlame(QPainter &painter, const FlameLayout &layout, QSize size, const Theme &theme,
    std::optional<AccountTree::Node> current = {});

} // namespace exitscope
