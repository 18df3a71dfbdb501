// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace exitscope {

// The name of a thread without what differs between threads of one kind: "kworker/*" of "kworker/0:1-events", "worker"
// of "worker-12", "swapper" of "swapper/0" (manual "Accounts of guests").
QString programName(const QString &thread);

} // namespace exitscope
