// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace exitscope {

// The man page (section 1) of a program, "exitscope" or "exitscope-cli", from its page of the manual. Others: empty.
QString manPage(const QString &program, const QString &version);

} // namespace exitscope
