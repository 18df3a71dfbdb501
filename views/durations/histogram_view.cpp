// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/durations/histogram_view.h"

#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QToolTip>
#include <QVBoxLayout>

#include "views/chart/chart_plot.h"

#include <algorithm>
#include <cmath>

#include "model/number_format.h"
#include "views/durations/heat_view.h"
#include "views/durations/histogram_chart.h"

namespace exitscope {

namespace {

constexpr double kDragDistance = 3; // px; below it is a click
// So soon what is of an older selection is marked so; mostly the new one is there before, and nothing flickers.
constexpr int kFadeMs = 50;
constexpr std::size_t kMostTold = 8; // reasons in a tooltip

bool isBandKey(int key)
{
    return key == Qt::Key_Left || key == Qt::Key_Right;
}

} // namespace

HistogramView::HistogramView(ViewState &state, LiveNumbers &numbers, QWidget *parent)
    : QWidget(parent), m_state(state), m_numbers(numbers), m_plot(new ChartPlot(this, [this] { rebuild(); })),
      m_choice(new QComboBox(this)), m_overTime(new QCheckBox(tr("Over time"), this)), m_heat(new HeatView(state, this))
{
    m_choice->addItems({tr("Exits, gross duration"), tr("Exits, net duration"), tr("Runs of the guest")});
    m_choice->setAccessibleName(tr("Durations in the histogram"));
    for (const DurationKind of : {DurationKind::Gross, DurationKind::Net, DurationKind::Run})
        m_choice->setItemData(int(of), durationMeaning(of), Qt::ToolTipRole);
    m_overTime->setAccessibleName(tr("Durations over time, as a heat map"));
    m_overTime->setToolTip(tr("A heat map of what is visible: how often which durations came when (H)"));
    m_plot->setAccessibleName(tr("Histogram of durations"));
    m_plot->setFocusPolicy(Qt::StrongFocus);
    m_plot->setMinimumSize(160, 120);
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);

    auto *controls = new QHBoxLayout;
    controls->setContentsMargins(6, 2, 6, 0);
    controls->setSpacing(10);
    controls->addWidget(m_choice);
    controls->addWidget(m_overTime);
    controls->addStretch();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(controls);
    layout->addWidget(m_plot, 1);
    layout->addWidget(m_heat, 1);
    m_heat->hide();
    setFocusProxy(m_plot);

    setShown(m_shown);
    connect(m_choice, &QComboBox::activated, this, [this](int index) { setShown(DurationKind(index)); });
    connect(m_overTime, &QCheckBox::toggled, this, &HistogramView::setOverTime);
    connect(&m_state, &ViewState::changed, this, [this](const ViewValues &now, const ViewValues &before) {
        if (now.band != before.band || now.reasons != before.reasons)
            m_plot->askForBuild();
    });
    m_fading.setSingleShot(true);
    connect(
        &m_fading, &QTimer::timeout, m_plot,
        [this] {
            if (m_numbers.newest() != m_numbers.current())
                m_plot->askForBuild();
        });
    connect(&m_numbers, &LiveNumbers::sumsReady, &m_fading, [this] {
        if (!m_layout.isOld && !m_fading.isActive())
            m_fading.start(kFadeMs);
    });
    connect(&m_numbers, &LiveNumbers::ready, m_plot, &ChartPlot::askForBuild);
}

QCustomPlot *HistogramView::plot() const
{
    return m_plot;
}

void HistogramView::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    m_drag.reset();
    rebuild();
    m_heat->setRecording(m_recording);
}

void HistogramView::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_heat->setTheme(theme);
    m_plot->askForBuild();
}

void HistogramView::setShown(DurationKind shown)
{
    m_shown = shown;
    m_drag.reset();
    const QSignalBlocker blocker(m_choice);
    m_choice->setCurrentIndex(int(shown));
    m_choice->setToolTip(durationMeaning(shown));
    rebuild();
    m_heat->setShown(shown);
}

void HistogramView::setOverTime(bool isOverTime)
{
    if (isOverTime == m_isOverTime)
        return;
    m_isOverTime = isOverTime;
    m_drag.reset();
    const bool hasFocus = m_plot->hasFocus() || m_heat->focusProxy()->hasFocus();
    m_overTime->setChecked(isOverTime);
    m_plot->setVisible(!isOverTime);
    m_heat->setVisible(isOverTime);
    setFocusProxy(isOverTime ? static_cast<QWidget *>(m_heat) : m_plot);
    if (hasFocus)
        (isOverTime ? static_cast<QWidget *>(m_heat) : m_plot)->setFocus();
    Q_EMIT overTimeChanged(isOverTime);
}

ChartInput HistogramView::input() const
{
    return {m_recording, m_numbers.current(), m_state.values(), m_theme};
}

void HistogramView::rebuild()
{
    m_plot->isBuiltNow();
    const ChartInput shown = input();
    // Numbers of another recording are on their way out: what is drawn stays until the new ones are there.
    if (!m_recording || !shown.numbers || shown.numbers->recording != m_recording)
        return;
    m_layout = layoutHistogram(shown, m_shown, m_plot->size());
    drawHistogram(*m_plot, m_layout, m_theme, m_plot->size());
    m_plot->askForPaint();
    QStringList told{m_layout.message.isEmpty() ? formatCount(m_layout.total) : m_layout.message};
    for (const HistogramMark &mark : m_layout.marks)
        told << mark.text;
    if (m_layout.message.isEmpty() && !m_layout.note.isEmpty())
        told << m_layout.note;
    if (m_layout.isOld)
        told << tr("of the selection before, while that of now is computed");
    m_plot->setAccessibleDescription(told.join(QStringLiteral(", ")));
}

bool HistogramView::eventFilter(QObject *watched, QEvent *event)
{
    if (watched != m_plot)
        return QWidget::eventFilter(watched, event);
    switch (event->type()) {
    case QEvent::MouseButtonPress:
    case QEvent::MouseMove:
    case QEvent::MouseButtonRelease:
        return handleMouse(static_cast<QMouseEvent *>(event));
    case QEvent::ShortcutOverride: // keys that the window would take
        if (isBandKey(static_cast<QKeyEvent *>(event)->key())
            || (static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape && (m_drag || band())))
            event->accept();
        return event->isAccepted();
    case QEvent::KeyPress:
        return handleKey(*static_cast<QKeyEvent *>(event));
    case QEvent::ToolTip: {
        const auto *help = static_cast<QHelpEvent *>(event);
        QToolTip::showText(help->globalPos(), tooltipAt(help->pos()), m_plot);
        return true;
    }
    default:
        return false;
    }
}

bool HistogramView::handleMouse(QMouseEvent *event)
{
    const bool left = event->button() == Qt::LeftButton;
    if (event->type() == QEvent::MouseButtonPress && left && !m_layout.isEmpty()) {
        m_drag = Drag{event->position(), m_layout.pxToBin(event->position().x())};
    } else if (event->type() == QEvent::MouseMove && m_drag) {
        dragTo(event->position());
    } else if (event->type() == QEvent::MouseButtonRelease && left && m_drag) {
        dragTo(event->position());
        if (m_drag && m_drag->gesture == kNoGesture && band())
            m_state.setBand(std::nullopt);
        m_drag.reset();
    } else {
        return false;
    }
    return event->type() != QEvent::MouseButtonPress; // a press also gives the focus
}

void HistogramView::dragTo(const QPointF &pos)
{
    if (m_drag->gesture == kNoGesture) {
        if (std::abs(pos.x() - m_drag->from.x()) < kDragDistance)
            return;
        m_drag->gesture = m_state.newGesture();
    }
    const int bin = m_layout.pxToBin(pos.x());
    const BinRange bins{std::min(bin, m_drag->bin), std::max(bin, m_drag->bin) + 1};
    m_state.setBand(bandOf(bins, m_shown), m_drag->gesture);
}

std::optional<BinRange> HistogramView::band() const
{
    const std::optional<DurationBand> &now = m_state.values().band;
    return now && now->of == m_shown ? std::optional(binsOf(*now)) : std::nullopt;
}

// Nothing if it would leave the bins that there are. Without a band it begins at the median.
std::optional<BinRange> HistogramView::bandAfter(int step, bool resize) const
{
    std::optional<BinRange> bins = band();
    if (!bins) {
        if (!m_layout.median)
            return std::nullopt;
        const int bin = DurationBins::indexOf(*m_layout.median);
        return BinRange{bin, bin + 1};
    }
    bins->end += step;
    if (!resize)
        bins->first += step;
    if (bins->first < 0 || bins->end > DurationBins::kCount || bins->size() < 1)
        return std::nullopt;
    return bins;
}

bool HistogramView::handleKey(const QKeyEvent &event)
{
    if (event.key() == Qt::Key_Escape)
        return escape();
    const Qt::KeyboardModifiers modifiers = event.modifiers() & ~Qt::KeypadModifier;
    const bool resize = modifiers == Qt::ShiftModifier;
    if (!isBandKey(event.key()) || !(resize || modifiers == Qt::NoModifier))
        return false;
    const auto bins = bandAfter(event.key() == Qt::Key_Right ? 1 : -1, resize);
    if (!event.isAutoRepeat())
        m_keys = m_state.newGesture(); // as long as the key is held it is one step of the history
    if (bins)
        m_state.setBand(bandOf(*bins, m_shown), m_keys);
    return true;
}

bool HistogramView::escape()
{
    if (m_drag) {
        const GestureId gesture = m_drag->gesture;
        m_drag.reset();
        m_state.cancelGesture(gesture);
        return true;
    }
    if (!band())
        return false;
    m_state.setBand(std::nullopt);
    return true;
}

QString HistogramView::tooltipAt(const QPointF &pos) const
{
    if (m_layout.isEmpty() || !m_layout.plot.contains(pos))
        return {};
    const int bin = m_layout.pxToBin(pos.x());
    const std::int64_t all = m_layout.countOf(bin);
    const QString what = m_shown == DurationKind::Run ? formatCounted(all, tr("run"), tr("runs"))
                                                      : formatCounted(all, tr("exit"), tr("exits"));
    QStringList lines{QString(binText(bin) % QStringLiteral(": ") % what % QStringLiteral(" (")
        % formatPercent(100.0 * double(all) / double(m_layout.total)) % QLatin1Char(')'))};
    std::vector<std::pair<std::int64_t, QString>> counts;
    for (const HistogramSeries &series : m_layout.stack) {
        const std::int64_t count = series.counts[std::size_t(bin - m_layout.bins.first)];
        if (count > 0)
            counts.emplace_back(count, series.name);
    }
    std::ranges::stable_sort(counts, std::greater(), &std::pair<std::int64_t, QString>::first);
    for (std::size_t i = 0; i < std::min(counts.size(), kMostTold); ++i)
        lines << QString(counts[i].second % QStringLiteral(": ") % formatCount(counts[i].first));
    if (counts.size() > kMostTold)
        lines << tr("and %1").arg(
            formatCounted(std::int64_t(counts.size() - kMostTold), tr("other reason"), tr("other reasons")));
    lines << QString() << durationMeaning(m_shown);
    if (!m_layout.note.isEmpty())
        lines << m_layout.note;
    if (m_layout.isOld)
        lines << tr("Of the selection before, while that of now is computed");
    return lines.join(QLatin1Char('\n'));
}

} // namespace exitscope
