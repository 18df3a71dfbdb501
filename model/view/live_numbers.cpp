// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/view/live_numbers.h"

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

LiveNumbers::LiveNumbers(QObject *parent) : QObject(parent) { }

void LiveNumbers::set(std::shared_ptr<const Recording> recording, const Selection &selection)
{
    Request request{std::move(recording), selection};
    if (m_running)
        m_next = std::move(request);
    else
        start(std::move(request));
}

void LiveNumbers::start(Request request)
{
    m_running = true;
    m_pool.start([this, request = std::move(request)] {
        auto numbers = std::make_shared<const Numbers>(numbersOf(request.recording, request.selection));
        QMetaObject::invokeMethod(
            this, [this, numbers = std::move(numbers)] { finished(numbers); }, Qt::QueuedConnection);
    });
}

void LiveNumbers::finished(std::shared_ptr<const Numbers> numbers)
{
    m_running = false;
    m_current = std::move(numbers);
    if (m_next) {
        Request next = std::move(*m_next);
        m_next.reset();
        start(std::move(next));
    }
    Q_EMIT ready();
}

} // namespace exitscope
