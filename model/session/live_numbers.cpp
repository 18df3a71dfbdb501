// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/session/live_numbers.h"

namespace exitscope {

Numbers numbersOf(std::shared_ptr<const Recording> recording, const Selection &selection)
{
    Numbers numbers;
    const auto compute = [&](const Selection &of) {
        return of == selection && numbers.selected ? numbers.selected
                                                   : std::make_shared<const Statistics>(statisticsOf(*recording, of));
    };
    numbers.selected = compute(selection);
    Selection without = selection;
    without.reasons.clear();
    numbers.byReason = compute(without);
    without = selection;
    without.scenarios.clear();
    numbers.byScenario = compute(without);
    without = selection;
    without.vcpus.clear();
    numbers.byVcpu = compute(without);

    const auto histogram = [&](DurationKind of) {
        Selection other = selection;
        if (other.bandOf == of) {
            other.minNs.reset();
            other.maxNs.reset();
        }
        return histogramOf(*recording, other, of);
    };
    numbers.gross = histogram(DurationKind::Gross);
    numbers.net = histogram(DurationKind::Net);
    numbers.runs = histogram(DurationKind::Run);
    numbers.selection = selection;
    numbers.recording = std::move(recording);
    return numbers;
}

LiveNumbers::LiveNumbers(QObject *parent)
    : QObject(parent), m_numbersJob(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); }),
      m_exitsJob(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); })
{
}

void LiveNumbers::set(std::shared_ptr<const Recording> recording, const Selection &selection)
{
    setExits(recording, selection);
    m_numbersJob.start([this, recording = std::move(recording), selection]() -> NewestJob::Finish {
        return [this, numbers = std::make_shared<const Numbers>(numbersOf(recording, selection))] {
            m_current = numbers;
            Q_EMIT ready();
        };
    });
}

void LiveNumbers::setExits(const std::shared_ptr<const Recording> &recording, const Selection &selection)
{
    // A drag over a range asks for numbers again and again; the exits that pass stay the same.
    if (!m_exitsJob.isBusy() && m_exits.isOf(recording.get(), selection))
        return;
    m_exitsJob.start([this, recording, selection, exits = m_exits]() -> NewestJob::Finish {
        ExitIndexCache next = exits;
        next.update(recording, selection);
        return [this, next] {
            m_exits = next;
            Q_EMIT exitsReady();
        };
    });
}

} // namespace exitscope
