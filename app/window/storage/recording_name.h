// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace exitscope {

// What to call what was opened together: "storms", "storms/host", "storms and 2 more".
QString recordingName(const QStringList &paths);

} // namespace exitscope
