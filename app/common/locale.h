// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace exitscope {

// Qt works in UTF-8 only, and complains on stderr where the locale has something else. Before the first use of Qt.
void useUtf8();

} // namespace exitscope
