// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QStringList>

#include <memory>

#include "model/session/live_numbers.h"
#include "model/session/view_state.h"

namespace exitscope::test {

QString samplePath();
std::shared_ptr<const Recording> loadedFrom(const QString &path);
std::shared_ptr<const Recording> sample(); // loaded once

// A state and its numbers, joined as the window joins them.
struct LinkedViews {
    explicit LinkedViews(std::shared_ptr<const Recording> of = sample());
    // Until the numbers are those of the state and every view shows them; false if that does not come.
    bool settle();
    const Totals &totals() const { return numbers.current()->selected->totals; }

    std::shared_ptr<const Recording> recording;
    ViewState state;
    LiveNumbers numbers;
};

// The report of exitscope-cli over the sample.
QJsonObject sampleReport(const QStringList &filters);

} // namespace exitscope::test
