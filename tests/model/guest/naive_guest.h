// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <map>

namespace exitscope::naive {

// A second reading of a guest that lost nothing, from the text that babeltrace2 prints of it: it shares nothing with
// the model, and looks for what comes next where the model waits for it.
struct NaiveGuest {
    std::map<int, QStringList> contexts; // by CPU, behind each of its events, as textOf() writes them
    std::map<QString, qint64> calls; // how often each was entered
    std::map<QString, qint64> handlers; // how often each interrupt began, "softirq 7"
    std::map<QString, qint64> callNs; // the time of those that were entered and left
};

NaiveGuest readGuest(const QString &trace); // empty if babeltrace2 cannot read it

} // namespace exitscope::naive
