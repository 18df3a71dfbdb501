// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/live_numbers.h"

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

#include "model/statistics/statistics_tally.h"

namespace exitscope {

namespace {

// The statistics and histograms of one selection, filled together.
class NumbersPass {
public:
    NumbersPass(const Recording &recording, const Selection &selection, CancelFlag cancel)
        : m_recording(recording), m_selection(selection), m_cancel(cancel), m_gross(histogram(DurationKind::Gross)),
          m_net(histogram(DurationKind::Net)), m_runs(histogram(DurationKind::Run))
    {
    }

    bool run(Numbers &numbers)
    {
        StatisticsTally &selected = tally(m_selection, {});
        Selection without = m_selection;
        without.reasons.clear();
        StatisticsTally &byReason = tally(without, {.reasons = true});
        without = m_selection;
        without.scenarios.clear();
        StatisticsTally &byScenario = tally(without, {.scenarios = true});
        without = m_selection;
        without.vcpus.clear();
        StatisticsTally &byVcpu = tally(without, {.reasons = true, .runs = true});

        std::vector<ExitSink *> sinks{&m_gross, &m_net, &m_runs};
        for (StatisticsTally &of : m_tallies)
            sinks.push_back(&of);
        if (!passOverExits(m_recording, m_selection, sinks, m_cancel))
            return false;
        std::map<const StatisticsTally *, std::shared_ptr<const Statistics>> taken;
        for (StatisticsTally &of : m_tallies)
            taken[&of] = std::make_shared<const Statistics>(of.take());
        numbers.selected = taken[&selected];
        numbers.byReason = taken[&byReason];
        numbers.byScenario = taken[&byScenario];
        numbers.byVcpu = taken[&byVcpu];
        numbers.gross = m_gross.take(m_cancel);
        numbers.net = m_net.take(m_cancel);
        numbers.runs = m_runs.take(m_cancel);
        return !isCancelled(m_cancel);
    }

private:
    StatisticsTally &tally(const Selection &selection, StatisticsParts parts)
    {
        const auto same = std::ranges::find(m_tallies, selection, &StatisticsTally::selection);
        if (same == m_tallies.end())
            return m_tallies.emplace_back(m_recording, selection, parts, m_cancel);
        same->want(parts);
        return *same;
    }

    HistogramTally histogram(DurationKind of) const
    {
        Selection other = m_selection;
        if (other.bandOf == of) {
            other.minNs.reset();
            other.maxNs.reset();
        }
        return {m_recording, other, of};
    }

    const Recording &m_recording;
    const Selection &m_selection;
    CancelFlag m_cancel;
    std::deque<StatisticsTally> m_tallies; // they stay where they are
    HistogramTally m_gross, m_net, m_runs;
};

} // namespace

std::optional<Numbers> numbersOf(
    std::shared_ptr<const Recording> recording, const Selection &selection, CancelFlag cancel)
{
    Numbers numbers;
    if (!NumbersPass(*recording, selection, cancel).run(numbers))
        return std::nullopt;
    numbers.selection = selection;
    numbers.recording = std::move(recording);
    return numbers;
}

Numbers numbersOf(std::shared_ptr<const Recording> recording, const Selection &selection)
{
    return *numbersOf(std::move(recording), selection, nullptr);
}

LiveNumbers::LiveNumbers(QObject *parent)
    : QObject(parent), m_numbersJob(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); }),
      m_exitsJob(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); })
{
}

void LiveNumbers::set(std::shared_ptr<const Recording> recording, const Selection &selection)
{
    setExits(recording, selection);
    m_numbersJob.start(
        [this, recording = std::move(recording), selection](const std::atomic<bool> &cancel) -> NewestJob::Finish {
            std::optional<Numbers> numbers = numbersOf(recording, selection, &cancel);
            if (!numbers)
                return [] {};
            return [this, whole = std::make_shared<const Numbers>(std::move(*numbers))] {
                m_current = whole;
                Q_EMIT ready();
            };
        });
}

void LiveNumbers::setExits(const std::shared_ptr<const Recording> &recording, const Selection &selection)
{
    // A drag over a range asks for numbers again and again; the exits that pass stay the same.
    if (!m_exitsJob.isBusy() && m_exits.isOf(recording.get(), selection))
        return;
    m_exitsJob.start(
        [this, recording, selection, exits = m_exits](const std::atomic<bool> &cancel) -> NewestJob::Finish {
            ExitIndexCache next = exits;
            next.update(recording, selection, &cancel);
            return [this, next] {
                m_exits = next;
                Q_EMIT exitsReady();
            };
        });
}

} // namespace exitscope
