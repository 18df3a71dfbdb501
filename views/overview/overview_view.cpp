// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/overview/overview_view.h"

#include <QEvent>
#include <QVBoxLayout>

#include "views/chart/chart_plot.h"
#include "views/overview/overview_chart.h"
#include "views/overview/overview_gestures.h"

namespace exitscope {

OverviewView::OverviewView(ViewState &state, LiveNumbers &numbers, QWidget *parent)
    : QWidget(parent), m_state(state), m_numbers(numbers), m_plot(new ChartPlot(this, [this] { rebuild(); })),
      m_gestures(new OverviewGestures(state, *m_plot))
{
    setFocusProxy(m_plot);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    m_plot->setAccessibleName(tr("Overview"));
    m_plot->setAccessibleDescription(
        tr("Exits per second of the whole recording, with the visible range framed. W and S zoom, A and D or the "
           "arrows move the range."));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_plot);
    // What passes the filters comes by exitsReady.
    connect(&state, &ViewState::changed, this, &OverviewView::followState);
    connect(&numbers, &LiveNumbers::exitsReady, m_plot, &ChartPlot::askForBuild);
}

OverviewView::~OverviewView() = default;

QCustomPlot &OverviewView::plot()
{
    return *m_plot;
}

void OverviewView::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    rebuild();
}

void OverviewView::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_plot->askForBuild();
}

void OverviewView::rebuild()
{
    m_plot->isBuiltNow();
    if (!m_recording || m_plot->width() < 2 || m_plot->height() < 2) {
        m_layout.reset();
        showNothing(*m_plot, m_theme);
        m_gestures->setShown(nullptr, nullptr);
    } else {
        // Those of another recording are on their way out: what is drawn stays until the new ones are there.
        const ExitIndexCache *exits = m_numbers.exitsOf(m_recording.get());
        if (!exits) {
            m_gestures->setShown(nullptr, nullptr); // but it is nothing to work on
            return;
        }
        m_plot->axisRect()->setVisible(true);
        updateRate(exits->passing());
        const ChartInput input{m_recording, m_numbers.current(), m_state.values(), m_theme};
        draw(std::make_shared<const OverviewLayout>(layoutOverview(input, m_plot->size(), *m_rate)));
        return;
    }
    m_plot->askForPaint();
}

void OverviewView::draw(std::shared_ptr<const OverviewLayout> layout)
{
    m_layout = std::move(layout);
    m_layoutSize = m_plot->size();
    drawOverview(*m_plot, m_layout, m_layoutSize, m_theme);
    m_gestures->setShown(m_layout, m_rate);
    m_plot->askForPaint();
}

bool OverviewView::isOfNow() const
{
    const ExitIndexCache *exits = m_numbers.exitsOf(m_recording.get());
    return m_layout && m_layout->recording == m_recording && m_layoutSize == m_plot->size() && exits
        && exits->passing() == m_rateOf;
}

void OverviewView::followState(const ViewValues &now, const ViewValues &before)
{
    if (now.visible == before.visible && now.selected == before.selected)
        return;
    if (!isOfNow())
        return rebuild();
    auto moved = std::make_shared<OverviewLayout>(*m_layout);
    placeWindow(*moved, now);
    draw(std::move(moved));
}

void OverviewView::updateRate(const std::shared_ptr<const ExitIndex> &exits)
{
    const int bins = overviewBins(m_plot->size());
    if (m_rate && exits == m_rateOf && bins == m_rateBins)
        return;
    m_rate
        = std::make_shared<const ExitRate>(exitRate(*exits, m_recording->reasons.size(), boundsOf(*m_recording), bins));
    m_rateOf = exits;
    m_rateBins = bins;
}

void OverviewView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        m_plot->askForBuild();
}

} // namespace exitscope
