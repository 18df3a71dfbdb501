// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/timeline/timeline_view.h"

#include <QAction>
#include <QActionGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QScrollBar>
#include <QShortcut>
#include <QVBoxLayout>

#include <utility>

#include "views/chart/chart_plot.h"
#include "views/chart/plain_text.h"
#include "views/timeline/timeline_chart.h"
#include "views/timeline/timeline_gestures.h"

namespace exitscope {

TimelineView::TimelineView(ViewState &state, LiveNumbers &numbers, QWidget *parent)
    : QWidget(parent), m_state(state), m_numbers(numbers), m_plot(new ChartPlot(
                                                               this, [this] { rebuild(); }, ChartPlot::Place::Front)),
      m_scroll(new QScrollBar(Qt::Vertical, this)), m_gestures(new TimelineGestures(state, *m_plot)),
      m_find(new QLineEdit(this)), m_listing(*this, [this](const Diagnostic &cause) { Q_EMIT failed(cause); })
{
    m_options.scrolls = true;
    setFocusProxy(m_plot);
    setContextMenuPolicy(Qt::ActionsContextMenu);
    m_plot->setAccessibleName(tr("Timeline"));
    m_plot->setAccessibleDescription(tr("What each virtual CPU did over time. W and S zoom, A and D or the "
                                        "arrows pan."));
    m_scroll->setAccessibleName(tr("Scroll the rows of the timeline"));
    m_scroll->hide();
    m_find->setPlaceholderText(tr("Find in guest threads"));
    m_find->setAccessibleName(tr("Find in guest threads"));
    m_find->setClearButtonEnabled(true);
    m_find->hide();
    auto *rows = new QHBoxLayout;
    rows->addWidget(m_plot);
    rows->addWidget(m_scroll);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addLayout(rows, 1);
    layout->addWidget(m_find);

    connect(&state, &ViewState::changed, this, &TimelineView::followState);
    connect(&numbers, &LiveNumbers::exitsReady, m_plot, &ChartPlot::askForBuild);
    connect(m_scroll, &QScrollBar::valueChanged, this, [this](int value) {
        m_options.scroll = value;
        rebuild();
    });
    connect(m_gestures, &TimelineGestures::collapseToggled, this, &TimelineView::toggleCollapsed);
    connect(m_gestures, &TimelineGestures::foldToggled, this, &TimelineView::toggleFold);
    connect(m_gestures, &TimelineGestures::pinToggled, this, &TimelineView::togglePin);
    connect(new QShortcut(QKeySequence::Find, this, nullptr, nullptr, Qt::WidgetWithChildrenShortcut),
        &QShortcut::activated, this, &TimelineView::findThreads);
    connect(
        m_find, &QLineEdit::textChanged, this,
        [this](const QString &text) {
            TimelineOptions options = m_options;
            options.threadsNamed = text.trimmed();
            setOptions(options);
        });
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
    m_options.toggled.clear();
    m_options.pinned.clear();
    m_options.threadList.reset();
    m_options.scroll = 0;
    m_guests.reset();
    m_find->clear();
    makeActions();
    rebuild();
}

void TimelineView::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_isFontNew = true;
    m_plot->askForBuild();
}

void TimelineView::setGuests(std::shared_ptr<const ShownGuests> guests)
{
    m_guests = std::move(guests);
    listThreads();
    m_plot->askForBuild();
}

void TimelineView::setSymbols(std::shared_ptr<const GuestSymbols> symbols)
{
    m_gestures->setSymbols(std::move(symbols));
}

void TimelineView::setOptions(const TimelineOptions &options)
{
    if (options == m_options)
        return;
    m_options = options;
    m_options.scrolls = true;
    m_find->setVisible(m_options.threads);
    listThreads();
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

void TimelineView::toggleFold(const ThreadFold &fold)
{
    TimelineOptions options = m_options;
    if (options.toggled.erase(fold) == 0)
        options.toggled.insert(fold);
    setOptions(options);
}

void TimelineView::togglePin(const GuestThreadKey &thread)
{
    TimelineOptions options = m_options;
    if (options.pinned.erase(thread) == 0)
        options.pinned.insert(thread);
    setOptions(options);
}

void TimelineView::findThreads()
{
    TimelineOptions options = m_options;
    options.threads = true;
    setOptions(options);
    m_find->setFocus(Qt::ShortcutFocusReason);
    m_find->selectAll();
}

// Of the guests and in the order that are wanted, unless they are that already. Until then the older ones stay.
void TimelineView::listThreads()
{
    const std::shared_ptr<const ThreadList> &now = m_options.threadList;
    const bool isOf = now && now->shown == m_guests;
    if (!m_options.threads || !m_guests || (isOf && now->order == m_options.threadOrder))
        return;
    const std::pair wanted(m_guests.get(), m_options.threadOrder);
    if (m_listing.isBusy() && m_beingListed == wanted)
        return;
    m_beingListed = wanted;
    m_listing.start([this, guests = m_guests, order = m_options.threadOrder, known = isOf ? now : nullptr](
                        const std::atomic<bool> &cancel) -> NewestJob::Finish {
        auto list = std::make_shared<const ThreadList>(
            inOrder(known ? *known : exitscope::listThreads(guests, &cancel), order));
        return [this, list, guests] {
            if (guests != m_guests)
                return;
            TimelineOptions options = m_options;
            options.threadList = list;
            setOptions(options);
        };
    });
}

void TimelineView::addToggle(const QString &text, bool TimelineOptions::*option)
{
    auto *action = new QAction(text, this);
    action->setCheckable(true);
    action->setChecked(m_options.*option);
    connect(action, &QAction::toggled, this, [this, option](bool on) {
        TimelineOptions options = m_options;
        options.*option = on;
        setOptions(options);
    });
    addAction(action);
}

void TimelineView::addOrders()
{
    QActionGroup *group = nullptr;
    for (const auto &[order, text] : {std::pair(ThreadOrder::Lost, tr("Threads by &lost time")),
             std::pair(ThreadOrder::Name, tr("Threads by &name")),
             std::pair(ThreadOrder::FirstRun, tr("Threads by their &first run"))}) {
        auto *action = new QAction(text, this);
        action->setCheckable(true);
        action->setChecked(order == m_options.threadOrder);
        if (!group)
            group = new QActionGroup(action);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, order = order] {
            TimelineOptions options = m_options;
            options.threadOrder = order;
            setOptions(options);
        });
        addAction(action);
    }
}

void TimelineView::makeActions()
{
    const QList<QAction *> old = findChildren<QAction *>(QString(), Qt::FindDirectChildrenOnly);
    for (QAction *action : old) {
        removeAction(action);
        action->deleteLater(); // one of them may be what called
    }
    addToggle(tr("Show the &pCPU of each vCPU"), &TimelineOptions::pcpus);
    addToggle(tr("Show &who ran on each pCPU"), &TimelineOptions::occupancy);
    addToggle(tr("Show what runs in the &guest"), &TimelineOptions::guests);
    addToggle(tr("Show the guest's processes and &threads"), &TimelineOptions::threads);
    if (m_options.threads)
        addOrders();
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
        m_layout = std::make_shared<TimelineLayout>(layoutTimeline(input, m_plot->size(), m_options, *exits->all(),
            *exits->passing(), std::exchange(m_isFontNew, false) ? nullptr : m_layout.get()));
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
    if (event->type() != QEvent::FontChange)
        return;
    m_isFontNew = true;
    m_plot->askForBuild();
}

} // namespace exitscope
