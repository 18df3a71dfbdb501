// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <cstdint>
#include <memory>
#include <optional>

#include "model/session/newest_job.h"
#include "model/session/numbers.h"
#include "model/session/sums_cache.h"
#include "model/statistics/exit_index.h"

namespace exitscope {

// Keeps Numbers and the exits that pass up to date with a selection; the newest selection wins. Sums are there at once,
// but for those of a recording, a band or a filter by place that is new; the rest comes later, computed off the calling
// thread.
class LiveNumbers : public QObject {
    Q_OBJECT

public:
    explicit LiveNumbers(QObject *parent = nullptr);

    void set(std::shared_ptr<const Recording> recording, const Selection &selection);
    // The newest that are whole; null before the first.
    const std::shared_ptr<const Numbers> &current() const { return m_current; }
    // The newest sums, whole or not: of current()'s selection, or of a newer one. Null before the first.
    const std::shared_ptr<const Numbers> &newest() const { return m_newest; }
    // All exits of the recording and those that pass, by the newest filters that are ready: long before the numbers.
    // Null before the first of the recording.
    const ExitIndexCache *exitsOf(const Recording *recording) const
    {
        return m_exits.isOf(recording) ? &m_exits : nullptr;
    }
    // Something that was asked for is not there.
    bool isBusy() const { return m_numbersJob.isBusy() || m_exitsJob.isBusy(); }
    // Everything is there that makes the sums quick while a range or a band is dragged next.
    bool isPrepared() const { return !isBusy() && !m_sumsJob.isBusy(); }

Q_SIGNALS:
    void sumsReady(); // newest() has other sums; from within set(), as a rule
    void ready(); // current() is new, and newest() is the same unless it is of a newer selection
    void exitsReady(); // exitsOf() is
    void failed(const exitscope::Diagnostic &cause); // what is there stays

private:
    void setExits();
    void setSums();
    void setWhole();
    void prepareRanges();
    void prepareDrags();
    void showSums(std::shared_ptr<const Numbers> numbers, std::uint64_t asked);

    std::shared_ptr<const Recording> m_recording; // that was asked for last
    Selection m_selection;
    std::uint64_t m_asked = 0; // so often
    std::uint64_t m_newestAsked = 0; // when newest() was
    std::shared_ptr<const Numbers> m_current, m_newest;
    SumsCache m_sums;
    ExitIndexCache m_exits;
    std::optional<Selection> m_preparing; // the ranges by its row filters, by m_sumsJob
    NewestJob m_sumsJob;
    NewestJob m_numbersJob;
    NewestJob m_exitsJob; // the last members: their end waits for the computation under way
};

} // namespace exitscope
