// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/live_numbers.h"

namespace exitscope {

namespace {

// Sums follow at once, so what is computed of a selection that is old already is soon given up.
constexpr int kLeastMs = 30;

} // namespace

LiveNumbers::LiveNumbers(QObject *parent)
    : QObject(parent), m_sumsJob(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); }),
      m_numbersJob(
          *this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); }, kLeastMs),
      m_exitsJob(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); })
{
}

void LiveNumbers::set(std::shared_ptr<const Recording> recording, const Selection &selection)
{
    if (recording != m_recording) { // the one before is not kept for its sums
        m_sums = {};
        m_preparing.reset();
    }
    m_recording = std::move(recording);
    m_selection = selection;
    ++m_asked;
    setExits();
    setWhole();
    setSums();
}

void LiveNumbers::setExits()
{
    // A drag over a range asks for numbers again and again; the exits that pass stay the same.
    if (!m_exitsJob.isBusy() && m_exits.isOf(m_recording.get(), m_selection))
        return;
    m_exitsJob.start([this, recording = m_recording, selection = m_selection, exits = m_exits](
                         const std::atomic<bool> &cancel) -> NewestJob::Finish {
        ExitIndexCache next = exits;
        next.update(recording, selection, &cancel);
        return [this, next] {
            m_exits = next;
            Q_EMIT exitsReady();
        };
    });
}

void LiveNumbers::setSums()
{
    if (const SumsSource source = m_sums.sourceOf(m_recording, m_selection))
        showSums(std::make_shared<const Numbers>(sumsOf(m_recording, m_selection, source)), m_asked);
    else
        prepareRanges();
}

void LiveNumbers::setWhole()
{
    m_numbersJob.start([this, recording = m_recording, selection = m_selection, asked = m_asked, sums = m_sums](
                           const std::atomic<bool> &cancel) -> NewestJob::Finish {
        SumsSource source = sums.sourceOf(recording, selection);
        if (!source)
            source = sumsRowByRow(*recording, selection, &cancel);
        std::optional<Numbers> whole = completed(sumsOf(recording, selection, source), &cancel);
        if (!whole)
            return [] {};
        return [this, asked, numbers = std::make_shared<const Numbers>(std::move(*whole))] {
            m_current = numbers;
            if (asked == m_newestAsked)
                m_newest = numbers; // with the same sums
            else
                showSums(numbers, asked);
            Q_EMIT ready();
            prepareDrags();
        };
    });
}

void LiveNumbers::showSums(std::shared_ptr<const Numbers> numbers, std::uint64_t asked)
{
    if (asked < m_newestAsked) // the sums of a newer selection are there
        return;
    m_newestAsked = asked;
    m_newest = std::move(numbers);
    Q_EMIT sumsReady();
}

// Sums of all ranges, by the row filters of now; then those that are waited for.
void LiveNumbers::prepareRanges()
{
    const Selection rows = rowFiltersIn(m_selection);
    // Whoever drags asks again and again for what is under way.
    if (m_sumsJob.isBusy() && m_preparing == rows)
        return;
    m_preparing = rows;
    m_sumsJob.start([this, recording = m_recording, rows](const std::atomic<bool> &cancel) -> NewestJob::Finish {
        const auto sums = std::make_shared<ExitSums>(recording, rows, &cancel);
        return [this, recording, sums, rows] {
            if (recording == m_recording)
                m_sums.keep(std::move(*sums), rows);
            if (m_newestAsked != m_asked)
                setSums();
            prepareDrags();
        };
    });
}

// What the next step needs if a band is dragged now, then what it needs if a range is. Whole numbers come first.
void LiveNumbers::prepareDrags()
{
    if (m_sumsJob.isBusy() || !m_current || !m_current->isOf(m_recording, m_selection))
        return;
    if (m_sums.hasBands(m_recording.get(), m_selection)) {
        if (!m_sums.hasRanges(m_recording.get(), m_selection))
            prepareRanges();
        return;
    }
    m_preparing.reset();
    m_sumsJob.start(
        [this, recording = m_recording, selection = m_selection](const std::atomic<bool> &cancel) -> NewestJob::Finish {
            const auto sums = std::make_shared<BandSums>(recording, selection, &cancel);
            return [this, recording, sums] {
                if (recording == m_recording)
                    m_sums.keep(std::move(*sums));
                prepareDrags();
            };
        });
}

} // namespace exitscope
