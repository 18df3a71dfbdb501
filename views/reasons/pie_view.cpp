// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/reasons/pie_view.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QVBoxLayout>
#include <QtCharts/QChartView>
#include <QtCharts/QPieSeries>
#include <QtCharts/QPieSlice>

#include <algorithm>

#include "model/number_format.h"

namespace exitscope {

namespace {

bool isPieKey(int key)
{
    return key == Qt::Key_Left || key == Qt::Key_Right || key == Qt::Key_Space || key == Qt::Key_Return
        || key == Qt::Key_Enter;
}

} // namespace

PieView::PieView(ViewState &state, LiveNumbers &numbers, QWidget *parent)
    : QWidget(parent), m_state(state), m_numbers(numbers), m_view(new QChartView(new QChart, this)),
      m_measure(new QComboBox(this)), m_perVcpu(new QCheckBox(tr("One per vCPU"), this)), m_build([this] { rebuild(); })
{
    m_measure->addItems({tr("by count"), tr("by gross time"), tr("by net time")});
    m_measure->setAccessibleName(tr("Measure of the exit-reason pie"));
    m_measure->setToolTip(tr("Count: VM exits. Gross: from the exit until the guest ran again. "
                             "Net: gross without the time in which the vCPU was idle or preempted."));
    m_perVcpu->setAccessibleName(tr("One pie per vCPU"));
    m_view->setAccessibleName(tr("Exit reasons as a pie"));
    m_view->setRenderHint(QPainter::Antialiasing);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setFocusPolicy(Qt::StrongFocus);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setMinimumSize(160, 120);
    m_view->installEventFilter(this);

    auto *controls = new QHBoxLayout;
    controls->setContentsMargins(6, 2, 6, 0);
    controls->setSpacing(10);
    controls->addWidget(m_measure);
    controls->addWidget(m_perVcpu);
    controls->addStretch();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(controls);
    layout->addWidget(m_view, 1);

    connect(
        m_measure, &QComboBox::activated, this, [this](int index) { m_state.setMeasure(Measure(index)); });
    connect(m_perVcpu, &QCheckBox::toggled, this, [this](bool on) { setOptions({on}); });
    connect(
        &m_state, &ViewState::changed, this,
        [this](const ViewValues &now, const ViewValues &before) {
            if (now.measure != before.measure)
                showMeasure();
            if (now.measure != before.measure || now.reasons != before.reasons)
                m_build.ask();
        });
    connect(&m_numbers, &LiveNumbers::sumsReady, this, [this] { m_build.ask(); });
}

QChart *PieView::chart() const
{
    return m_view->chart();
}

void PieView::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    m_focused = -1;
    rebuild();
}

void PieView::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_view->setBackgroundBrush(theme.window());
    m_build.ask();
}

void PieView::setOptions(const PieOptions &options)
{
    m_options = options;
    const QSignalBlocker blocker(m_perVcpu);
    m_perVcpu->setChecked(options.perVcpu);
    m_focused = -1;
    rebuild();
}

ChartInput PieView::input() const
{
    return {m_recording, m_numbers.newest(), m_state.values(), m_theme};
}

void PieView::showMeasure()
{
    const QSignalBlocker blocker(m_measure);
    m_measure->setCurrentIndex(int(m_state.values().measure));
}

void PieView::rebuild()
{
    m_build.forget();
    showMeasure();
    const ChartInput shown = input();
    // Numbers of another recording are on their way out: what is drawn stays until the new ones are there.
    if (!m_recording || !shown.numbers || shown.numbers->recording != m_recording)
        return;
    buildPie(*m_view->chart(), shown, m_options, m_view->viewport()->size(),
        [this](const std::vector<ReasonKey> &reasons) { choose(reasons); });
    m_view->setAccessibleDescription(pieNote(shown));
    markFocused();
}

void PieView::choose(const std::vector<ReasonKey> &reasons)
{
    std::set<ReasonKey> chosen(reasons.begin(), reasons.end());
    const std::set<ReasonKey> &now = m_state.values().reasons;
    if (QApplication::keyboardModifiers().testFlag(Qt::ControlModifier)) {
        const bool all = std::ranges::all_of(chosen, [&](const ReasonKey &key) { return now.contains(key); });
        std::set<ReasonKey> next = now;
        for (const ReasonKey &key : chosen)
            if (all)
                next.erase(key);
            else
                next.insert(key);
        chosen = std::move(next);
    } else if (chosen == now) {
        chosen.clear();
    }
    // Queued: the chart is built anew, and the slice that was clicked is gone before its own event ends.
    QMetaObject::invokeMethod(
        this, [this, chosen = std::move(chosen)] { m_state.setReasons(chosen); }, Qt::QueuedConnection);
}

bool PieView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_view && event->type() == QEvent::Resize)
        m_build.ask();
    if (watched == m_view && event->type() == QEvent::ShortcutOverride
        && isPieKey(static_cast<QKeyEvent *>(event)->key())) {
        event->accept(); // before the window takes it
        return true;
    }
    if (watched == m_view && event->type() == QEvent::KeyPress)
        return handleKey(static_cast<QKeyEvent *>(event)->key());
    return QWidget::eventFilter(watched, event);
}

bool PieView::handleKey(int key)
{
    const QList<QPieSlice *> slices = allSlices();
    if (slices.isEmpty())
        return false;
    const int count = int(slices.size());
    switch (key) {
    case Qt::Key_Left:
    case Qt::Key_Right:
        m_focused = (m_focused + (key == Qt::Key_Right ? 1 : count - (m_focused < 0 ? 0 : 1))) % count;
        markFocused();
        return true;
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_focused >= 0 && m_focused < count)
            Q_EMIT slices.at(m_focused)->clicked();
        return true;
    default:
        return false;
    }
}

// Of all pies, one after the other.
QList<QPieSlice *> PieView::allSlices() const
{
    QList<QPieSlice *> slices;
    for (QAbstractSeries *series : m_view->chart()->series())
        slices += qobject_cast<QPieSeries *>(series)->slices();
    return slices;
}

void PieView::markFocused()
{
    const QList<QPieSlice *> slices = allSlices();
    for (int i = 0; i < slices.size(); ++i)
        slices[i]->setPen(i == m_focused ? QPen(m_theme.accent(), 2.5) : QPen(m_theme.base(), 1));
    if (m_focused >= 0 && m_focused < slices.size()) {
        const QPieSlice *slice = slices[m_focused];
        m_view->setAccessibleDescription(tr("%1, %2").arg(slice->label(), formatPercent(slice->percentage() * 100)));
    }
}

} // namespace exitscope
