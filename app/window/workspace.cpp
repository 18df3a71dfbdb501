// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/workspace.h"

#include <QApplication>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

#include "app/window/bookmarks_panel.h"
#include "model/causes/symbol_ranges.h"
#include "views/causes/causes_table.h"
#include "views/causes/key_chooser.h"
#include "views/causes/reason_matrix.h"
#include "views/chart/custom_plot.h"
#include "views/durations/heat_view.h"
#include "views/durations/histogram_view.h"
#include "views/events/events_view.h"
#include "views/findings/findings_view.h"
#include "views/flame/flame_canvas.h"
#include "views/flame/flame_view.h"
#include "views/guests/guest_table.h"
#include "views/overview/overview_view.h"
#include "views/panels/details_panel.h"
#include "views/panels/diagnostics_panel.h"
#include "views/panels/filter_chips.h"
#include "views/panels/status_line.h"
#include "views/panels/traces_panel.h"
#include "views/phases/phases_table.h"
#include "views/reasons/pie_view.h"
#include "views/tables/statistics_table.h"
#include "views/timeline/timeline_view.h"
#include "views/waits/halts_table.h"
#include "views/waits/takers_table.h"

namespace exitscope {

namespace {

// Names of what viewOptions() tells.
const QString kPcpus = QStringLiteral("pcpus");
const QString kOccupancy = QStringLiteral("pcpu_rows");
const QString kThreads = QStringLiteral("thread_rows");
const QString kThreadOrder = QStringLiteral("thread_order");
const QString kGuests = QStringLiteral("guests");
const QString kPerVcpu = QStringLiteral("one_pie_per_vcpu");
const QString kDurations = QStringLiteral("durations");
const QString kOverTime = QStringLiteral("durations_over_time");
const QString kCausesBy = QStringLiteral("causes_by");
const QString kFlameBy = QStringLiteral("flame_by");
const QString kPhaseFiles = QStringLiteral("phase_files");
enum RunKind { ZoomRun, PanRun }; // of keys that repeat

} // namespace

Workspace::Workspace(const QString &bookmarkDirectory, QWidget *parent)
    : QMainWindow(parent), m_statusLine(new StatusLine(m_state, m_numbers, this))
{
    setWindowFlags(Qt::Widget);
    setDockNestingEnabled(true);
    m_statusLine->hide();
    m_bookmarks = new BookmarksPanel(m_state, bookmarkDirectory, this);
    buildCentre();
    buildDocks();
    connect(&m_state, &ViewState::changed, this, [this](const ViewValues &now, const ViewValues &before) {
        if (!now.selectsAs(before))
            askForNumbers();
        if (now.clocks != before.clocks)
            m_clocks.choose(now.clocks);
    });
    connect(&m_numbers, &LiveNumbers::exitsReady, this, &Workspace::takeSteps);
    connect(&m_clocks, &GuestClocks::changed, this, [this] {
        m_timeline->setGuests(m_clocks.current());
        m_details->setGuests(m_clocks.current());
        m_events->setGuests(m_clocks.current());
        m_phases->setGuests(m_clocks.current());
        m_guests.set(m_clocks.current());
        tellDiagnostics();
    });
    connect(&m_guests, &LiveGuests::changed, this, [this] {
        m_state.setGuests(m_guests.current() ? m_guests.current()->exits : nullptr);
        m_guestTable->setGuests(m_guests.current());
    });
    connect(
        &m_symbols, &SessionSymbols::changed, this,
        [this] {
            m_details->setSymbols(m_symbols.current());
            m_timeline->setSymbols(m_symbols.current());
            m_causes->setSymbols(m_symbols.current());
            m_flame->setSymbols(m_symbols.current());
            m_findings->setSymbols(m_symbols.current());
            renewSymbols();
            tellDiagnostics();
        });
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget *, QWidget *now) { followFocus(now); });
}

Workspace::~Workspace() = default;

void Workspace::buildCentre()
{
    auto *centre = new QWidget(this);
    auto *layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_chips = new FilterChips(m_state, centre);
    layout->addWidget(m_chips);
    m_overview = new OverviewView(m_state, m_numbers, centre);
    m_overview->setFixedHeight(kMostOverviewHeight);
    layout->addWidget(m_overview);
    m_timeline = new TimelineView(m_state, m_numbers, centre);
    layout->addWidget(m_timeline, 1);
    setCentralWidget(centre);
}

void Workspace::buildDocks()
{
    m_pie = new PieView(m_state, m_numbers, this);
    m_histogram = new HistogramView(m_state, m_numbers, this);
    m_table = new StatisticsTable(m_state, m_numbers, this);
    m_findings = new FindingsView(m_state, this);
    m_causes = new CausesTable(m_state, this);
    m_takers = new TakersTable(m_state, this);
    m_halts = new HaltsTable(m_state, this);
    m_matrix = new ReasonMatrix(m_state, this);
    m_guestTable = new GuestTable(m_state, this);
    m_phases = new PhasesTable(m_state, this);
    m_flame = new FlameView(m_state, this);
    m_events = new EventsView(m_state, this);
    m_details = new DetailsPanel(m_state, this);
    m_diagnostics = new DiagnosticsPanel(this);
    m_traces = new TracesPanel(this);
    QDockWidget *reasons = addDock(m_pie, QStringLiteral("Exit reasons"), QStringLiteral("reasons"));
    QDockWidget *durations = addDock(m_histogram, QStringLiteral("Durations"), QStringLiteral("durations"));
    QDockWidget *table = addDock(m_table, QStringLiteral("Statistics"), QStringLiteral("statistics"));
    QDockWidget *findings = addDock(m_findings, QStringLiteral("Findings"), QStringLiteral("findings"));
    // So many names have no room below one part.
    putBehind(table,
        {findings, addDock(m_causes, QStringLiteral("Causes"), QStringLiteral("causes")),
            addDock(m_flame, QStringLiteral("Flame"), QStringLiteral("flame")),
            addDock(m_events, QStringLiteral("Events"), QStringLiteral("events")),
            addDock(m_details, QStringLiteral("Details"), QStringLiteral("details")),
            addDock(m_diagnostics, QStringLiteral("Diagnostics"), QStringLiteral("diagnostics"))});
    putBehind(reasons,
        {addDock(m_traces, QStringLiteral("Traces"), QStringLiteral("traces")),
            addDock(m_bookmarks, QStringLiteral("Bookmarks"), QStringLiteral("bookmarks"))});
    putBehind(durations,
        {addDock(m_takers, QStringLiteral("Takers"), QStringLiteral("takers")),
            addDock(m_halts, QStringLiteral("Halts"), QStringLiteral("halts")),
            addDock(m_matrix, QStringLiteral("Matrix"), QStringLiteral("matrix")),
            addDock(m_guestTable, QStringLiteral("Guest"), QStringLiteral("guest")),
            addDock(m_phases, QStringLiteral("Phases"), QStringLiteral("phases"))});
    reasons->raise();
    durations->raise();
    findings->raise(); // what a new user wants to know first
}

void Workspace::putBehind(QDockWidget *first, const std::vector<QDockWidget *> &others)
{
    for (QDockWidget *before = first; QDockWidget * dock : others) {
        tabifyDockWidget(before, dock);
        before = dock;
    }
}

QDockWidget *Workspace::addDock(QWidget *content, const QString &title, const QString &name)
{
    auto *dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setWidget(content);
    addDockWidget(Qt::BottomDockWidgetArea, dock);
    m_docks.push_back(dock);
    return dock;
}

void Workspace::setRecording(std::shared_ptr<const Recording> recording, const AlignOptions &guestMaps,
    Diagnostics told, SessionSymbols::Sources symbols)
{
    m_guests.set(nullptr); // what exits of another interrupted means nothing for those of this
    m_recording = std::move(recording);
    m_steps.clear(); // of another
    m_told = std::move(told);
    // The views know the new recording before the state tells of it.
    m_statusLine->setRecording(m_recording);
    m_details->setRecording(m_recording);
    m_chips->setRecording(m_recording);
    m_overview->setRecording(m_recording);
    m_timeline->setRecording(m_recording);
    m_pie->setRecording(m_recording);
    m_histogram->setRecording(m_recording);
    m_table->setRecording(m_recording);
    m_causes->setRecording(m_recording);
    for (NumberTable *table : numberTables())
        table->setRecording(m_recording);
    m_flame->setRecording(m_recording);
    m_findings->setRecording(m_recording);
    m_events->setRecording(m_recording);
    m_state.reset(boundsOf(*m_recording));
    m_traces->setRecording(m_recording);
    m_bookmarks->setRecording(*m_recording);
    m_symbols.set(m_recording, std::move(symbols));
    m_clocks.set(m_recording, guestMaps); // which tells the diagnostics
    askForNumbers();
}

void Workspace::setTheme(const Theme &theme)
{
    m_theme = theme;
    m_chips->setTheme(theme);
    m_statusLine->setTheme(theme);
    m_overview->setTheme(theme);
    m_timeline->setTheme(theme);
    m_pie->setTheme(theme);
    m_histogram->setTheme(theme);
    m_table->setTheme(theme);
    m_causes->setTheme(theme);
    for (NumberTable *table : numberTables())
        table->setTheme(theme);
    m_events->setTheme(theme);
    m_flame->setTheme(theme);
    m_findings->setTheme(theme);
    Q_EMIT themeChanged();
}

// A filter by a function is one by where its code is, as it is known now.
void Workspace::renewSymbols()
{
    ExitFilters filters = m_state.values();
    for (auto &[name, ranges] : filters.symbols)
        ranges = codeNamed(name, *m_recording, m_symbols.current().get());
    std::erase_if(filters.symbols, [](const auto &symbol) { return symbol.second.empty(); });
    m_state.setFilters(std::move(filters));
}

void Workspace::askForNumbers()
{
    if (m_recording)
        m_numbers.set(m_recording, m_state.values().selection());
}

// Of the recording, and of its guests' clocks once they are known.
void Workspace::tellDiagnostics()
{
    Diagnostics all = m_recording->diagnostics;
    all.insert(all.end(), m_told.begin(), m_told.end());
    if (const auto &guests = m_clocks.current())
        all.insert(all.end(), guests->diagnostics.begin(), guests->diagnostics.end());
    const Diagnostics &ofSymbols = m_symbols.diagnostics();
    all.insert(all.end(), ofSymbols.begin(), ofSymbols.end());
    m_diagnostics->setDiagnostics(all);
    Q_EMIT diagnosticsChanged(all);
}

std::vector<QWidget *> Workspace::charts() const
{
    return {
        m_overview,
        m_timeline,
    };
}

std::vector<QWidget *> Workspace::pictures() const
{
    return {m_overview, m_timeline, m_pie, m_histogram, m_flame};
}

void Workspace::followFocus(const QWidget *now)
{
    for (QWidget *table : tables())
        if (table->isAncestorOf(now))
            m_tableUsedLast = table;
    if (m_overview->isAncestorOf(now))
        m_activeChart = ChartKind::Overview;
    else if (m_timeline->isAncestorOf(now))
        m_activeChart = ChartKind::Timeline;
    else if (m_pie->isAncestorOf(now))
        m_activeChart = ChartKind::Reasons;
    else if (m_histogram->isAncestorOf(now))
        m_activeChart = ChartKind::Durations;
    else if (m_flame->isAncestorOf(now))
        m_activeChart = ChartKind::Flame;
}

ChartKind Workspace::activeChart() const
{
    if (m_activeChart != ChartKind::Durations)
        return m_activeChart;
    if (m_histogram->isOverTime())
        return ChartKind::HeatMap;
    return m_histogram->shown() == DurationKind::Run ? ChartKind::Runs : ChartKind::Durations;
}

std::vector<QWidget *> Workspace::tables() const
{
    return {m_table, m_causes, m_takers, m_halts, m_matrix, m_guestTable, m_phases, m_flame, m_events};
}

QWidget *Workspace::activeTable() const
{
    // A dock behind another one's tab counts as visible.
    const auto isOnScreen
        = [](const QWidget *table) { return table->isVisible() && !table->visibleRegion().isEmpty(); };
    if (m_tableUsedLast && isOnScreen(m_tableUsedLast))
        return m_tableUsedLast;
    const std::vector<QWidget *> all = tables();
    const auto shown = std::ranges::find_if(all, isOnScreen);
    return shown == all.end() ? m_table : *shown;
}

bool Workspace::isCausesActive() const
{
    return activeTable() == m_causes;
}

bool Workspace::isEventsActive() const
{
    return activeTable() == m_events;
}

bool Workspace::isFlameActive() const
{
    return activeTable() == m_flame;
}

QString Workspace::activeTableName() const
{
    const auto dock = std::ranges::find(m_docks, activeTable(), &QDockWidget::widget);
    return (*dock)->objectName();
}

std::vector<NumberTable *> Workspace::numberTables() const
{
    return {m_takers, m_halts, m_matrix, m_guestTable, m_phases};
}

NumberTable *Workspace::activeNumbers() const
{
    return qobject_cast<NumberTable *>(activeTable());
}

ChartInput Workspace::chartInput() const
{
    const ExitIndexCache *exits = m_numbers.exitsOf(m_recording.get());
    return {m_recording, m_numbers.current(), m_state.values(), m_theme, m_clocks.current(),
        exits ? *exits : ExitIndexCache()};
}

PictureOptions Workspace::pictureOptions(ChartKind chart) const
{
    PictureOptions options;
    options.chart = chart;
    options.timeline = m_timeline->options();
    options.timeline.scrolls = false;
    options.pie = m_pie->options();
    options.pie.caption = true;
    options.flame = m_flame->options();
    if (m_histogram->shown() != DurationKind::Run || chart == ChartKind::HeatMap)
        options.durations = m_histogram->shown();
    switch (chart) {
    case ChartKind::Timeline:
        options.size = m_timeline->plot().size();
        if (m_numbers.exitsOf(m_recording.get())) // rows that are scrolled away here are in the picture
            options.size = readableSize(chartInput(), options);
        break;
    case ChartKind::Overview:
        options.size = m_overview->plot().size();
        break;
    case ChartKind::Flame:
        options.size = m_flame->canvas().size();
        break;
    case ChartKind::Reasons:
        options.size = m_pie->chart()->size().toSize();
        break;
    default:
        options.size = (m_histogram->isOverTime() ? m_histogram->heat().plot() : m_histogram->plot())->size();
        break;
    }
    options.size = options.size.expandedTo({PictureOptions::kLeastSide, PictureOptions::kLeastSide});
    return options;
}

void Workspace::goToExit(Direction direction)
{
    m_steps.push_back(direction);
    takeSteps();
}

void Workspace::takeSteps()
{
    const ExitIndexCache *exits = m_numbers.exitsOf(m_recording.get());
    if (!exits || !exits->isOf(m_recording.get(), m_state.values().selection()))
        return; // they come
    for (const Direction direction : std::exchange(m_steps, {})) {
        const ViewValues &values = m_state.values();
        const Ns end = values.visible.to + (values.visible.to == m_state.bounds().to ? 1 : 0); // with the very last
        SearchStart start = direction == Direction::Next ? values.visible.from : end;
        if (values.current)
            start = *values.current;
        if (const auto found = findExit(*m_recording, *exits->passing(), values.selection(), start, direction))
            m_state.setCurrent(found->ref(), scrolledTo(values.visible, found->time()));
    }
}

void Workspace::zoomToExit()
{
    const std::optional<ExitRef> &current = m_state.values().current;
    const auto found = current ? exitAt(*m_recording, *current) : std::nullopt;
    if (found)
        m_state.setVisible(rangeAround(*found));
}

void Workspace::zoom(double factor)
{
    const ViewValues &values = m_state.values();
    Ns around = values.visible.from + values.visible.length() / 2;
    if (const auto found = values.current ? exitAt(*m_recording, *values.current) : std::nullopt;
        found && values.visible.contains(found->time()))
        around = found->time();
    m_state.zoom(factor, around, m_run.next(m_state, ZoomRun));
}

void Workspace::pan(double visibleParts)
{
    m_state.pan(visibleParts, m_run.next(m_state, PanRun));
}

void Workspace::showDock(QWidget *content)
{
    const auto dock = std::ranges::find(m_docks, content, &QDockWidget::widget);
    if (dock == m_docks.end())
        return;
    (*dock)->show();
    (*dock)->raise();
    content->setFocus();
}

QVariantMap Workspace::viewOptions() const
{
    return {{kPcpus, m_timeline->options().pcpus}, {kGuests, m_timeline->options().guests},
        {kOccupancy, m_timeline->options().occupancy}, {kThreads, m_timeline->options().threads},
        {kThreadOrder, int(m_timeline->options().threadOrder)}, {kPerVcpu, m_pie->options().perVcpu},
        {kDurations, int(m_histogram->shown())}, {kOverTime, m_histogram->isOverTime()},
        {kCausesBy, keysText(m_causes->chooser().keys())}, {kFlameBy, keysText(m_flame->chosenKeys())},
        {kPhaseFiles, m_phases->files()}};
}

void Workspace::setViewOptions(const QVariantMap &options)
{
    const TimelineOptions first;
    TimelineOptions timeline = m_timeline->options();
    timeline.pcpus = options.value(kPcpus, first.pcpus).toBool();
    timeline.occupancy = options.value(kOccupancy, first.occupancy).toBool();
    timeline.threads = options.value(kThreads, first.threads).toBool();
    timeline.threadOrder = ThreadOrder(std::clamp(options.value(kThreadOrder, int(first.threadOrder)).toInt(),
        int(ThreadOrder::Lost), int(ThreadOrder::FirstRun)));
    timeline.guests = options.value(kGuests, first.guests).toBool();
    m_timeline->setOptions(timeline);
    PieOptions pie = m_pie->options();
    pie.perVcpu = options.value(kPerVcpu, PieOptions().perVcpu).toBool();
    m_pie->setOptions(pie);
    const int durations = options.value(kDurations, int(DurationKind::Gross)).toInt();
    m_histogram->setShown(DurationKind(std::clamp(durations, 0, int(DurationKind::Run))));
    m_histogram->setOverTime(options.value(kOverTime, false).toBool());
    QString unknown; // of another version
    m_causes->setKeys(parseAccountKeys(options.value(kCausesBy).toString(), unknown).value_or(KeyChooser::firstKeys()));
    m_phases->setFiles(options.value(kPhaseFiles).toStringList());
    m_flame->setKeys(parseAccountKeys(options.value(kFlameBy).toString(), unknown).value_or(std::vector<AccountKey>()));
}

} // namespace exitscope
