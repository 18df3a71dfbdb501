// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timeline/timeline_view.h"

#include <QAction>
#include <QEvent>
#include <QHBoxLayout>
#include <QScrollBar>

#include "views/chart/chart_plot.h"
#include "views/chart/plain_text.h"
#include "views/timeline/timeline_chart.h"
#include "views/timeline/timeline_gestures.h"

namespace exitscope {

TimelineView::TimelineView(ViewState &state, LiveNumbers &numbers, QWidget *parent)
    : QWidget(parent), m_state(state), m_numbers(numbers), m_plot(new ChartPlot(
                                                               this, [this] { rebuild(); }, ChartPlot::Place::Front)),
      m_scroll(new QScrollBar(Qt::Vertical, this)), m_gestures(new TimelineGestures(state, *m_plot))
{
    m_options.scrolls = true;
    setFocusProxy(m_plot);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    m_plot->setAccessibleName(tr("Timeline"));
    m_plot->setAccessibleDescription(
        tr("What each virtual CPU did over time. W and S zoom, A and D or the arrows pan."));
    m_scroll->setAccessibleName(tr("Scroll the rows of the timeline"));
    m_scroll->hide();
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_plot);
    layout->addWidget(m_scroll);

    connect(&state, &ViewState::changed, this, &TimelineView::followState);
    connect(&numbers, &LiveNumbers::exitsReady, m_plot, &ChartPlot::askForBuild);
    connect(m_scroll, &QScrollBar::valueChanged, this, [this](int value) {
        m_options.scroll = value;
        rebuild();
    });
    connect(m_gestures, &TimelineGestures::collapseToggled, this, &TimelineView::toggleCollapsed);
    connect(m_gestures, &TimelineGestures::scrollRequested, this,
        [this](double px) { m_scroll->setValue(m_scroll->value() + int(px)); });
}

TimelineView::~TimelineView() = default;

QCustomPlot &TimelineView::plot()
{
    return *m_plot;
}

void TimelineView::setRecording(std::shared_ptr<const Recording> recording)
{
    m_recording = std::move(recording);
    m_options.collapsed.clear();
    m_options.scroll = 0;
    makeActions();
    rebuild();
}

void TimelineView::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_plot->askForBuild();
}

void TimelineView::setGuests(std::shared_ptr<const ShownGuests> guests)
{
    m_guests = std::move(guests);
    m_plot->askForBuild();
}

void TimelineView::setOptions(const TimelineOptions &options)
{
    if (options == m_options)
        return;
    m_options = options;
    m_options.scrolls = true;
    makeActions();
    rebuild();
    Q_EMIT optionsChanged(m_options);
}

void TimelineView::toggleCollapsed(const VmKey &vm)
{
    TimelineOptions options = m_options;
    if (options.collapsed.erase(vm) == 0)
        options.collapsed.insert(vm);
    setOptions(options);
}

void TimelineView::makeActions()
{
    const QList<QAction *> old = findChildren<QAction *>(QString(), Qt::FindDirectChildrenOnly);
    for (QAction *action : old) {
        removeAction(action);
        action->deleteLater(); // one of them may be what called
    }
    auto *pcpus = new QAction(tr("Show the &pCPU of each vCPU"), this);
    pcpus->setCheckable(true);
    pcpus->setChecked(m_options.pcpus);
    connect(pcpus, &QAction::toggled, this, [this](bool on) {
        TimelineOptions options = m_options;
        options.pcpus = on;
        setOptions(options);
    });
    addAction(pcpus);
    auto *occupancy = new QAction(tr("Show &who ran on each pCPU"), this);
    occupancy->setCheckable(true);
    occupancy->setChecked(m_options.occupancy);
    connect(occupancy, &QAction::toggled, this, [this](bool on) {
        TimelineOptions options = m_options;
        options.occupancy = on;
        setOptions(options);
    });
    addAction(occupancy);
    auto *guests = new QAction(tr("Show the &guest's threads"), this);
    guests->setCheckable(true);
    guests->setChecked(m_options.guests);
    connect(guests, &QAction::toggled, this, [this](bool on) {
        TimelineOptions options = m_options;
        options.guests = on;
        setOptions(options);
    });
    addAction(guests);
    if (!m_recording)
        return;
    for (const VmAt &vm : vmsOf(*m_recording)) {
        const bool collapsed = m_options.collapsed.contains(vm.key);
        auto *action = new QAction((collapsed ? tr("Expand %1") : tr("Collapse %1")).arg(vm.vm->name), this);
        action->setToolTip(plainTip(action->text()));
        connect(action, &QAction::triggered, this, [this, key = vm.key] { toggleCollapsed(key); });
        addAction(action);
    }
}

// What passes the filters comes by exitsReady.
void TimelineView::followState(const ViewValues &now, const ViewValues &before)
{
    if (now.visible != before.visible || now.vcpus != before.vcpus)
        return rebuild();
    if (now.selected == before.selected && now.current == before.current)
        return;
    const ExitIndexCache *exits = m_numbers.exitsOf(m_recording.get());
    if (!exits || !m_layout || m_layout->recording != m_recording || !m_plot->isBuilt())
        return rebuild();
    placeChosen(*m_layout, now);
    m_gestures->setShown(m_layout, exits->passing());
    m_plot->askForPaintOfMoving();
}

void TimelineView::rebuild()
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
        const ChartInput input{m_recording, m_numbers.current(), m_state.values(), m_theme, m_guests, *exits};
        m_layout = std::make_shared<TimelineLayout>(
            layoutTimeline(input, m_plot->size(), m_options, *exits->all(), *exits->passing()));
        drawTimeline(*m_plot, m_layout, m_plot->size(), m_theme);
        m_gestures->setShown(m_layout, exits->passing());
        updateScrollBar();
    }
    m_plot->askForPaint();
}

void TimelineView::updateScrollBar()
{
    const int hidden = int(std::ceil(m_layout->contentHeight - m_layout->plot.height()));
    const QSignalBlocker quiet(m_scroll);
    m_scroll->setRange(0, std::max(0, hidden));
    m_scroll->setPageStep(int(m_layout->plot.height()));
    m_scroll->setSingleStep(20);
    m_scroll->setValue(int(m_options.scroll));
    m_options.scroll = m_scroll->value();
    m_scroll->setVisible(hidden > 0);
}

void TimelineView::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        m_plot->askForBuild();
}

} // namespace exitscope
