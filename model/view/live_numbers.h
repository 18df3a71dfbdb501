// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QThreadPool>

#include <memory>
#include <optional>

#include "model/statistics/duration_histogram.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// All numbers that the views show of one selection. A view that sets a filter shows its own dimension whole (with what
// is chosen marked), so it takes the numbers without that filter.
struct Numbers {
    std::shared_ptr<const Recording> recording;
    Selection selection;
    std::shared_ptr<const Statistics> selected; // with all filters
    std::shared_ptr<const Statistics> byReason; // without the filter of reasons: pie, table of reasons
    std::shared_ptr<const Statistics> byScenario; // without the filter of scenarios
    std::shared_ptr<const Statistics> byVcpu; // without the filter of vCPUs
    // Without the filter by the same kind of duration.
    DurationHistogram gross, net, runs;
};

Numbers numbersOf(std::shared_ptr<const Recording> recording, const Selection &selection);

// Keeps Numbers up to date with a selection, off the calling thread; the newest selection wins.
class LiveNumbers : public QObject {
    Q_OBJECT

public:
    explicit LiveNumbers(QObject *parent = nullptr);

    void set(std::shared_ptr<const Recording> recording, const Selection &selection);
    // The newest that is ready; null before the first.
    const std::shared_ptr<const Numbers> &current() const { return m_current; }
    bool isBusy() const { return m_running; }

Q_SIGNALS:
    void ready(); // current() is new

private:
    struct Request {
        std::shared_ptr<const Recording> recording;
        Selection selection;
    };
    void start(Request request);
    void finished(std::shared_ptr<const Numbers> numbers);

    std::shared_ptr<const Numbers> m_current;
    std::optional<Request> m_next; // waits until the running one is finished
    bool m_running = false;
    QThreadPool m_pool; // the last member: its end waits for the computation under way
};

} // namespace exitscope
