// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <memory>

#include "model/cancel_flag.h"
#include "model/session/newest_job.h"
#include "model/statistics/duration_histogram.h"
#include "model/statistics/exit_index.h"
#include "model/statistics/statistics.h"

namespace exitscope {

// All numbers that the views show of one selection. A view that sets a filter shows its own dimension whole (with what
// is chosen marked), so it takes the numbers without that filter.
// Of the sums each has all, of the distributions only those that are shown of it:
// those that no filter tells apart are one object, with what is wanted of any of them.
struct Numbers {
    std::shared_ptr<const Recording> recording;
    Selection selection;
    std::shared_ptr<const Statistics> selected; // with all filters: sums
    std::shared_ptr<const Statistics> byReason; // without the filter of reasons: sums, reasons
    std::shared_ptr<const Statistics> byScenario; // without the filter of scenarios: sums, scenarios
    std::shared_ptr<const Statistics> byVcpu; // without the filter of vCPUs: sums, reasons, runs
    // Without the filter by the same kind of duration.
    DurationHistogram gross, net, runs;
};

// From one pass over the exits. None if it was cancelled: soon after that.
std::optional<Numbers> numbersOf(
    std::shared_ptr<const Recording> recording, const Selection &selection, CancelFlag cancel);
Numbers numbersOf(std::shared_ptr<const Recording> recording, const Selection &selection);

// Keeps Numbers and the exits that pass up to date with a selection, off the calling thread; the newest selection wins.
class LiveNumbers : public QObject {
    Q_OBJECT

public:
    explicit LiveNumbers(QObject *parent = nullptr);

    void set(std::shared_ptr<const Recording> recording, const Selection &selection);
    // The newest that is ready; null before the first.
    const std::shared_ptr<const Numbers> &current() const { return m_current; }
    // All exits of the recording and those that pass, by the newest filters that are ready: long before the numbers.
    // Null before the first of the recording.
    const ExitIndexCache *exitsOf(const Recording *recording) const
    {
        return m_exits.isOf(recording) ? &m_exits : nullptr;
    }
    bool isBusy() const { return m_numbersJob.isBusy() || m_exitsJob.isBusy(); }

Q_SIGNALS:
    void ready(); // current() is new
    void exitsReady(); // exitsOf() is
    void failed(const exitscope::Diagnostic &cause); // what is there stays

private:
    void setExits(const std::shared_ptr<const Recording> &recording, const Selection &selection);

    std::shared_ptr<const Numbers> m_current;
    ExitIndexCache m_exits;
    NewestJob m_numbersJob;
    NewestJob m_exitsJob; // the last members: their end waits for the computation under way
};

} // namespace exitscope
