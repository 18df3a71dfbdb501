// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/panels/status_line.h"

#include <QHBoxLayout>
#include <QPainter>

#include "model/number_format.h"
#include "model/session/exit_search.h"
#include "model/statistics/known_net.h"
#include "views/chart/failed_entry.h"

namespace exitscope {

StatusTexts statusTexts(const Numbers &numbers, TimeRange bounds)
{
    const Selection &selection = numbers.selection;
    const TimeRange range{selection.from.value_or(bounds.from), selection.to.value_or(bounds.to)};
    const Ns length = range.length();
    const Totals &totals = numbers.selected->totals;
    StatusTexts texts;
    if (selection.from || selection.to)
        texts.range = QStringLiteral("selected %1 of %2").arg(formatDuration(length), formatDuration(bounds.length()));
    else
        texts.range = QString(QStringLiteral("whole recording, ") % formatDuration(length));
    texts.exits = formatCounted(totals.exits, QStringLiteral("exit"), QStringLiteral("exits"));
    const Ns recorded = recordedWithin(*numbers.recording, range);
    texts.rate = recorded > 0 ? QString(formatRate(double(totals.exits) * 1e9 / double(recorded))
                                            .replace(QLatin1Char('/'), QStringLiteral(" exits/")))
                              : QStringLiteral("-");
    texts.overhead = QString(QStringLiteral("overhead ") % formatPercent(totals.overheadPercent()));
    return texts;
}

QString exitText(const Recording &recording, const ExitRef &exit)
{
    const std::optional<FoundExit> found = exitAt(recording, exit);
    if (!found)
        return {};
    const ExitColumns &exits = found->vcpu->exits;
    const ExitReason &reason = recording.reasons[exits.reason(found->index)];
    const ExitParts parts = exits.parts(found->index);
    const QString named
        = reason.meaning.isEmpty() ? reason.name : QString(reason.name % QStringLiteral(": ") % reason.meaning);
    const QString net = netIsKnown(recording, *found, found->index) ? formatDuration(parts.net()) : notKnownText();
    const QString took = exits.timed(found->index)
        ? QStringLiteral("gross %1, net %2").arg(formatDuration(parts.gross()), net)
        : QStringLiteral("untimed: its end was not seen");
    const QString failed
        = exits.failedToEnter(found->index) ? QString(QStringLiteral(" · ") % failedEntryText()) : QString();
    return QString(QStringLiteral("%1 · %2 · %3").arg(found->id(), named, took) % failed);
}

void ElidedLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    const QString shown = fontMetrics().elidedText(text(), Qt::ElideRight, width());
    painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, shown);
}

StatusLine::StatusLine(ViewState &state, LiveNumbers &numbers, QWidget *parent)
    : QWidget(parent), m_state(state), m_numbers(numbers)
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(6, 0, 6, 0);
    layout->setSpacing(14);
    m_range = addLabel(new QLabel(this), QStringLiteral("The time range that all numbers are of, and its length"));
    m_exits = addLabel(new QLabel(this),
        QStringLiteral("VM exits that begin in the range, of the filtered vCPUs, reasons, scenarios and durations"));
    m_rate = addLabel(
        new QLabel(this), QStringLiteral("Exits divided by the length of the range: of all filtered vCPUs together"));
    m_overhead = addLabel(new QLabel(this),
        QStringLiteral(
            "Time in Kvm, Userspace, Blocked and Preempted, as a share of that and Guest together, in the "
            "range, of the filtered vCPUs. How long the guest asked to rest (Idle, and Kvm time of halts) is "
            "left out. Filters by reason, scenario or duration do not change it."));
    m_exit = addLabel(new ElidedLabel(this),
        QStringLiteral("The exit under the pointer, or else the current one. Gross: until the guest ran again; net: "
                       "without Idle and Preempted"));
    m_exit->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    layout->setStretchFactor(m_exit, 1);
    connect(&m_numbers, &LiveNumbers::sumsReady, this, &StatusLine::showNumbers);
    connect(&m_state, &ViewState::hoveredChanged, this, &StatusLine::showExit);
    connect(&m_state, &ViewState::changed, this, &StatusLine::showExit);
}

QLabel *StatusLine::addLabel(QLabel *label, const QString &meaning)
{
    label->setAccessibleDescription(meaning);
    label->setToolTip(QStringLiteral("<p>%1</p>").arg(meaning.toHtmlEscaped()));
    label->setTextFormat(Qt::PlainText);
    layout()->addWidget(label);
    return label;
}

void StatusLine::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    showExit();
}

void StatusLine::setTheme(const Theme &theme)
{
    QPalette muted = palette();
    muted.setColor(QPalette::WindowText, theme.mutedText());
    m_exit->setPalette(muted);
}

void StatusLine::showNumbers()
{
    const auto numbers = m_numbers.newest();
    if (!numbers || numbers->recording != m_recording)
        return; // of the recording before
    const StatusTexts texts = statusTexts(*numbers, m_state.bounds());
    m_range->setText(texts.range);
    m_exits->setText(texts.exits);
    m_rate->setText(texts.rate);
    m_overhead->setText(texts.overhead);
}

void StatusLine::showExit()
{
    const std::optional<ExitRef> &exit = m_state.hovered() ? m_state.hovered() : m_state.values().current;
    m_exit->setText(m_recording && exit ? exitText(*m_recording, *exit) : QString());
}

} // namespace exitscope
