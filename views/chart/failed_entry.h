// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace exitscope {

// What is told of an exit where ExitColumns::failedToEnter().
inline QString failedEntryText()
{
    return QStringLiteral("the VM entry before it failed: the guest did not run");
}

} // namespace exitscope
