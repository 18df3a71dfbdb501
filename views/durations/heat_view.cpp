// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/durations/heat_view.h"

#include <QVBoxLayout>

#include "model/freed_elsewhere.h"
#include "model/number_format.h"
#include "views/chart/chart_plot.h"
#include "views/durations/heat_chart.h"
#include "views/durations/heat_gestures.h"

namespace exitscope {

HeatView::HeatView(ViewState &state, QWidget *parent)
    : QWidget(parent), m_state(state), m_plot(new ChartPlot(this, [this] { rebuild(); })),
      m_gestures(new HeatGestures(state, *m_plot)),
      m_job(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); })
{
    setFocusProxy(m_plot);
    m_plot->setAccessibleName(tr("Heat map of durations over time"));
    m_plot->setMinimumSize(160, 120);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_plot);
    connect(&m_state, &ViewState::changed, this, &HeatView::followState);
}

QCustomPlot *HeatView::plot() const
{
    return m_plot;
}

void HeatView::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    m_map.reset();
    m_mapOf.reset();
    m_asked = {};
    rebuild();
}

void HeatView::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_plot->askForBuild();
}

void HeatView::setShown(DurationKind shown)
{
    m_shown = shown;
    rebuild();
}

HeatView::Asked HeatView::wanted() const
{
    return {m_recording, heatSelection(m_state.values().selection(), m_shown), m_shown,
        heatBorders(m_state.values(), m_state.bounds(), m_plot->size())};
}

bool HeatView::isSettled() const
{
    return m_mapOf && *m_mapOf == wanted() && !m_job.isBusy() && m_plot->isBuilt() && m_layout
        && m_layout->map == m_map;
}

void HeatView::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_plot->askForBuild();
}

void HeatView::followState(const ViewValues &now, const ViewValues &before)
{
    if (!isVisible())
        return;
    const bool isSame = now.visible == before.visible && now.measure == before.measure
        && heatSelection(now.selection(), m_shown) == heatSelection(before.selection(), m_shown);
    if (!isSame || !m_layout || !m_plot->isBuilt() || !hasRoom(now))
        return m_plot->askForBuild();
    if (now.selected == before.selected && now.band == before.band)
        return;
    placeHeatFrame(*m_layout, now);
    m_plot->askForPaintOfMoving();
}

// Whether the axis shows the band.
bool HeatView::hasRoom(const ViewValues &values) const
{
    if (!values.band || values.band->of != m_shown)
        return true;
    const BinRange band = binsOf(*values.band);
    return band.first >= m_layout->bins.first && (band.end <= m_layout->bins.end || band.end == DurationBins::kCount);
}

void HeatView::ask()
{
    Asked asked = wanted();
    if (asked == m_asked)
        return;
    m_asked = std::move(asked);
    m_job.start([this, asked = m_asked](const std::atomic<bool> &cancel) -> NewestJob::Finish {
        auto map = freedElsewhere(heatMapOf(*asked.recording, asked.selection, asked.of, asked.borders, &cancel));
        return [this, asked, map = std::move(map)] {
            if (asked.recording != m_recording)
                return;
            m_map = map;
            m_mapOf = asked;
            m_plot->askForBuild();
        };
    });
}

void HeatView::rebuild()
{
    m_plot->isBuiltNow();
    if (m_recording && isVisible() && m_plot->width() >= 2 && m_plot->height() >= 2)
        ask();
    if (!m_recording || !m_map || m_map->of != m_shown) {
        m_layout.reset();
        m_gestures->setShown(nullptr);
        showNothing(*m_plot, m_theme);
    } else {
        const ChartInput input{m_recording, nullptr, m_state.values(), m_theme};
        m_layout = std::make_shared<HeatLayout>(layoutHeat(input, m_map, m_plot->size()));
        drawHeat(*m_plot, m_layout, m_plot->size(), m_theme);
        m_gestures->setShown(m_layout);
        describe();
    }
    m_plot->askForPaint();
}

void HeatView::describe()
{
    QStringList told{m_layout->message.isEmpty() ? formatCount(m_map->total) : m_layout->message};
    for (const QString &text : {m_layout->legendText, m_layout->note})
        if (!text.isEmpty())
            told << text;
    m_plot->setAccessibleDescription(told.join(QStringLiteral(", ")));
}

} // namespace exitscope
